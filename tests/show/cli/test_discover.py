"""`headrace discover` on a table: finding, report, stop, and a second run to the same bytes."""

from __future__ import annotations

import json

import numpy as np
import pytest

from headrace.science.discovery import run as running
from headrace.science.laws import expression as e
from headrace.show import cli

pytest.importorskip("pyoperon")
QUESTION = """\
question: planted
title: "What does it cost?"
table: seen.csv
ask: {column: cost}
answer: {name: cost, unit: USD/MWh}
vary:
  a: {from: 1 USD/MWh, to: 3 USD/MWh}
  b: {from: 1 USD/MWh, to: 3 USD/MWh}
null_law: {sum: [a, b]}
"""
LAW = e.added(e.one_input(0), e.one_input(1, 2.0))


@pytest.fixture
def asked(tmp_path, monkeypatch):
    def found(inputs, answers, seed, options):
        return (LAW,) if inputs.shape[1] == 2 else ()

    monkeypatch.setattr(running.answer, "__kwdefaults__", {"search": found})
    points = np.random.default_rng(0).uniform(1, 3, (60, 2))
    rows = "\n".join(f"{x},{y},{x + 2 * y}" for x, y in points)
    (tmp_path / "seen.csv").write_text(f"a,b,cost\n{rows}\n")
    (tmp_path / "question.yaml").write_text(QUESTION)
    return tmp_path


def test_a_finding_is_printed_and_written(asked, capsys):
    words = ["discover", str(asked / "question.yaml"), "--out", str(asked / "one"), "--json"]
    assert cli.main(words) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["verdict"], told["law"]) == ("law", "a + 2 b")
    report = (asked / "one/report.html").read_text()
    assert "cost = a + 2 b [USD/MWh]" in report
    assert told["question_sha256"] in report
    words[3] = str(asked / "two")
    assert cli.main(words) == 0
    for name in ("notebook.jsonl", "finding.json", "report.html"):
        assert (asked / "one" / name).read_bytes() == (asked / "two" / name).read_bytes(), name


def test_a_question_about_another_column_is_bad_input(asked, capsys):
    (asked / "question.yaml").write_text(QUESTION.replace("column: cost", "column: price"))
    assert cli.main(["discover", str(asked / "question.yaml"), "--out", str(asked / "x")]) == 2
    assert "there is no column `price`" in capsys.readouterr().err
