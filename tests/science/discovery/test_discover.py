"""The loop on planted worlds: laws are found, wrong ones die, noise gives none, a stop goes on."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError, StoppedEarly
from headrace.science.discovery import judge
from headrace.science.discovery.discover import discover
from headrace.science.discovery.notebook import Notebook, opened
from headrace.science.discovery.question import parse_question
from headrace.science.discovery.world import FunctionWorld, table_world
from headrace.science.laws import expression as e

pytest.importorskip("SALib")
TEXT = """\
question: planted
study: gas_first
ask: {breakeven: "capex:x"}
answer: {name: cost, unit: USD/MWh}
vary:
  a: {key: k.a, from: 1 USD/MWh, to: 3 USD/MWh}
  b: {key: k.b, from: 1 USD/MWh, to: 3 USD/MWh}
  dud: {key: k.c, from: 1 MW, to: 2 MW}
null_law: {sum: [a, b]}
budget: {screening: 2, training: 24, ties: 0, held_out: 20, falsify: 60, beyond: 12}
"""
QUESTION = parse_question(TEXT, Path())
a, b, dud = (e.one_input(n) for n in range(3))
RIGHT = e.added(a, e.scaled(b, 2.0))
WRONG_UNITS = e.added(RIGHT, e.scaled(dud, 1e-6))


def truth(points):
    return points[:, 0] + 2 * points[:, 1]


def bent(points):
    """Wrong by 5 % in a corner of a twentieth of the box."""
    corner = np.all(points[:, :2] > 3 - 2 * 0.05**0.5, axis=1)
    return truth(points) * np.where(corner, 1.05, 1.0)


def search(*laws):
    """A search that found these, of all three inputs; of dimensionless groups it finds nothing."""

    def found(inputs, answers, seed, options):
        return laws if inputs.shape[1] >= 2 else ()

    return found


def last(world, *laws, notebook=None, stop=lambda: False, question=QUESTION):
    return [*discover(question, world, notebook or Notebook(), stop=stop, search=search(*laws))][-1]


def test_a_right_law_survives_and_an_input_without_effect_is_left_out():
    found = last(FunctionWorld(truth), e.number(5.0), RIGHT)
    assert (found.verdict, found.words) == ("law", "a + 2 b")
    assert [each.kept for each in found.screened] == [True, True, False]
    assert found.law_error < 1e-12
    assert found.null_held_out > 0.04
    assert found.falsified == 60
    assert not found.counterexamples
    assert found.beyond == 1.0
    assert found.certain == pytest.approx((0.05 / 2) ** (1 / 20))
    assert found.chance < 1e-4
    assert "on training points" in found.hypotheses[0].fate


def test_a_law_that_is_wrong_in_a_corner_is_refuted_by_a_solve():
    found = last(FunctionWorld(bent), RIGHT)
    assert found.verdict == "no law"
    fates = [each.fate for each in found.hypotheses]
    assert any(w in fates[0] for w in ("refuted by a solve", "on training points", "held-out"))


def test_the_falsifier_finds_a_corner_that_training_and_held_out_points_miss():
    bare = TEXT.replace("screening: 2, training: 24", "screening: 0, training: 8")
    asked = parse_question(bare.replace("held_out: 20", "held_out: 8"), Path())

    def tip(points):
        return truth(points) * np.where(np.all(points[:, :2] < 1.2, axis=1), 1.05, 1.0)

    found = last(FunctionWorld(tip), RIGHT, question=asked)
    assert found.counterexamples[0].error > 0.02
    assert found.counterexamples[0].point[0] < 1.2
    assert found.hypotheses[0].fate.startswith("refuted by a solve")


def test_a_formula_of_wrong_units_never_counts():
    found = last(FunctionWorld(truth), e.multiplied(a, b))
    assert found.hypotheses[0].fate.startswith("units")
    assert found.verdict == "no law"


def test_what_the_null_law_says_already_is_no_discovery():
    same = parse_question(TEXT.replace("{sum: [a, b]}", "{sum: [a, b, b]}"), Path())
    found = last(FunctionWorld(truth), RIGHT, question=same)
    assert found.verdict == "no more than the null law"


def test_the_null_law_is_given_a_factor_and_an_offset():
    half = parse_question(TEXT.replace("{sum: [a, b]}", "{ratio: [{sum: [a, b, b]}, 2]}"), Path())
    found = last(FunctionWorld(truth), RIGHT, question=half)
    assert found.null_error[0] == pytest.approx(0.5)
    assert found.null_held_out < 1e-9


def test_a_gap_larger_than_the_effect_is_refused():
    found = last(FunctionWorld(truth, slack=4.0), RIGHT)
    assert found.verdict == "refused"
    assert "the gap is larger than the effect" in found.why
    wide = last(FunctionWorld(truth, slack=0.5), RIGHT)
    assert "no law could be told from the gap" in wide.why


def test_regions_without_an_answer_are_mapped_and_not_averaged():
    def partly(points):
        return np.where(points[:, 0] > 2.5, np.nan, truth(points))

    found = last(FunctionWorld(partly), RIGHT)
    assert found.verdict == "law"
    assert all(why == "infeasible" for _, why in found.unanswered)
    assert found.unanswered_region.low[0] == pytest.approx(2.5, abs=0.2)


def test_noise_gives_no_law():
    rows = "\n".join(
        f"{x},{y},1,{z}" for x, y, z in np.random.default_rng(0).uniform(1, 3, (80, 3))
    )
    text = TEXT.replace("study: gas_first", "table: t.csv").replace(
        '{breakeven: "capex:x"}', "{column: cost}"
    )
    table = table_world(f"a,b,dud,cost\n{rows}\n", ["a", "b", "dud"], "cost", "t.csv")

    def found(inputs, answers, seed, options):
        return (RIGHT, e.number(float(np.median(answers))), a) if inputs.shape[1] == 3 else ()

    asked = parse_question(text, Path())
    told = [*discover(asked, table, Notebook(), stop=lambda: False, search=found)][-1]
    assert told.verdict in ("no law", "refused")


def test_a_stop_leaves_a_notebook_and_the_rest_comes_to_the_same_end(tmp_path):
    whole = tmp_path / "whole"
    with opened(whole, QUESTION, "study text") as notebook:
        first = last(FunctionWorld(truth), RIGHT, notebook=notebook)
    for when in (3, 90):
        parts = tmp_path / f"parts {when}"
        left = iter([False] * when)
        with (
            opened(parts, QUESTION, "study text") as notebook,
            pytest.raises(StoppedEarly, match="Stopped"),
        ):
            last(FunctionWorld(truth), RIGHT, notebook=notebook, stop=partial(next, left, True))
        lines = (parts / "notebook.jsonl").read_text()
        assert lines
        (parts / "notebook.jsonl").write_text(lines + '{"part": "torn')
        with opened(parts, QUESTION, "study text") as notebook:
            second = last(FunctionWorld(truth), RIGHT, notebook=notebook)
        assert second.as_json() == first.as_json()
        assert (parts / "notebook.jsonl").read_bytes() == (whole / "notebook.jsonl").read_bytes()


def test_another_question_or_a_changed_study_is_refused(tmp_path):
    with opened(tmp_path / "q", QUESTION, "study text"):
        pass
    with (
        pytest.raises(InputError, match="its study has changed"),
        opened(tmp_path / "q", QUESTION, "another study"),
    ):
        pass
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "mine.txt").write_text("mine")
    with (
        pytest.raises(InputError, match="holds no question"),
        opened(tmp_path / "other", QUESTION, "study text"),
    ):
        pass


def test_held_out_points_are_asked_only_after_the_candidates_are_frozen(tmp_path):
    with opened(tmp_path / "q", QUESTION, "study text") as notebook:
        last(FunctionWorld(truth), RIGHT, notebook=notebook)
    told = [json.loads(line) for line in (tmp_path / "q/notebook.jsonl").read_text().splitlines()]
    parts = [line.get("part", "laws") for line in told]
    assert parts.index("laws") < parts.index("held out")
    assert "held out" not in parts[: parts.index("laws")]


def test_errors_count_what_lies_beyond_the_certain_interval():
    found = judge.errors(
        e.number(11.0),
        judge.Readings(
            np.zeros((1, 1)), np.zeros((1, 1)), np.array([10.0]), np.array([0.4]), ((),)
        ),
    )
    np.testing.assert_allclose(found, [0.06])
