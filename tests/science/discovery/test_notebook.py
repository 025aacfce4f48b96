"""The notebook: answers in order, a torn line, other points, another writer."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError, StoppedEarly
from headrace.science.discovery.notebook import NOTEBOOK, Notebook, opened
from headrace.science.discovery.question import parse_question
from headrace.science.discovery.world import FunctionWorld, WorldAnswer
from headrace.science.laws import expression as e

QUESTION = parse_question(
    'question: q\nstudy: s\nask: {breakeven: "capex:x"}\nanswer: {name: c, unit: USD/kW}\n'
    "vary:\n  a: {from: 1 MW, to: 3 MW}\n",
    Path(),
)
POINTS = np.array([[1.0], [2.0], [3.0]])
WORLD = FunctionWorld(lambda points: points[:, 0] ** 2)


class Counting:
    """A world that counts how many points it was asked."""

    finite = None

    def __init__(self):
        self.asked = 0

    def ask(self, points):
        for answer in WORLD.ask(points):
            self.asked += 1
            yield answer


def never():
    return False


def test_answers_come_in_order_and_are_not_asked_twice():
    notebook, world = Notebook(), Counting()
    told = notebook.asked("held out", POINTS, world, never)
    assert [answer.value for answer in told] == [1.0, 4.0, 9.0]
    again = notebook.asked("held out", POINTS[:2], world, never)
    assert [answer.value for answer in again] == [1.0, 4.0]
    assert world.asked == 3
    assert notebook.solves == 3
    notebook.asked("held out", np.vstack([POINTS, [[4.0]]]), world, never)
    assert world.asked == 4


def test_other_points_than_are_written_down_are_refused():
    notebook = Notebook()
    notebook.asked("training", POINTS, WORLD, never)
    with pytest.raises(InputError, match="begins at other points"):
        notebook.asked("training", POINTS + 0.5, WORLD, never)


def test_a_stop_keeps_what_was_answered():
    notebook, said = Notebook(), iter([False, False, True])
    with pytest.raises(StoppedEarly, match="after 2 of 3"):
        notebook.asked("training", POINTS, WORLD, lambda: next(said))
    assert len(notebook.answers["training"]) == 2
    with pytest.raises(StoppedEarly, match="Stopped before candidates"):
        notebook.candidates("candidates", lambda: (), lambda: True)
    whole = notebook.asked("training", POINTS, WORLD, lambda: False)
    assert [answer.value for answer in whole] == [1.0, 4.0, 9.0]
    notebook.asked("training", POINTS, WORLD, lambda: True)  # nothing is left to stop


def test_laws_are_frozen_once_and_their_hash_hangs_on_them(tmp_path):
    with opened(tmp_path / "q", QUESTION, "study") as notebook:
        assert notebook.frozen_laws() == ""
        laws = notebook.candidates("candidates", lambda: (e.number(2.0),), never)
        first = notebook.frozen_laws()
        assert notebook.candidates("candidates", lambda: (e.number(3.0),), never) == laws
    with opened(tmp_path / "q", QUESTION, "study") as notebook:
        assert notebook.laws["candidates"] == laws
        assert notebook.frozen_laws() == first
    with opened(tmp_path / "r", QUESTION, "study") as notebook:
        notebook.candidates("candidates", lambda: (e.number(2.5),), never)
        assert notebook.frozen_laws() != first


def test_one_writer_at_a_time(tmp_path):
    with (
        opened(tmp_path / "q", QUESTION, "study"),
        pytest.raises(InputError, match=r"in use|another"),
        opened(tmp_path / "q", QUESTION, "study"),
    ):
        pass


@pytest.mark.parametrize(
    "line",
    [
        '{"part": "training"}',
        '{"part": "training", "point": ["x"], "answer": {}}',
        '{"part": "training", "point": [1.0], "answer": {"intervals": 3}}',
        '{"part": "training", "point": [1e999], "answer": {"intervals": []}}',
        "[" * 3000,
        '{"laws": "candidates", "found": [{}]}',
    ],
)
def test_a_whole_line_that_is_none_of_a_notebook_is_told_by_its_number(tmp_path, line):
    with opened(tmp_path / "q", QUESTION, "study") as notebook:
        notebook.asked("training", POINTS, WORLD, never)
    path = tmp_path / "q" / NOTEBOOK
    path.write_text(path.read_text() + line + "\n")
    with (
        pytest.raises(InputError, match=r"notebook\.jsonl:4"),
        opened(tmp_path / "q", QUESTION, "study"),
    ):
        pass


def test_a_torn_last_line_is_taken_away_and_asked_again(tmp_path):
    with opened(tmp_path / "q", QUESTION, "study") as notebook:
        notebook.asked("training", POINTS, WORLD, never)
    path = tmp_path / "q" / NOTEBOOK
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])
    with opened(tmp_path / "q", QUESTION, "study") as notebook:
        assert len(notebook.answers["training"]) == 2
        notebook.asked("training", POINTS, WORLD, never)
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    ("intervals", "why", "single"),
    [(((1.0, 3.0),), "", True), ((), "infeasible", False), (((1.0, 2.0), (5.0, 6.0)), "2", False)],
)
def test_an_answer_is_written_and_read(intervals, why, single):
    answer = WorldAnswer(intervals, why, ("here/plant",), 7)
    read = WorldAnswer.from_json(json.loads(json.dumps(answer.as_json())))
    assert read == answer
    assert read.single == single
    if single:
        assert (read.value, read.slack) == (2.0, 1.0)
