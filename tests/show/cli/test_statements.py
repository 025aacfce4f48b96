"""`headrace statements` on a stored plan."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.builders.statement_plans import LEDGERED, stored

import headrace as hr
from headrace.core.plan_file import write_plan
from headrace.core.run_folder import create
from headrace.show.cli import main


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = create(tmp_path / "run", LEDGERED)
    write_plan(folder, stored())
    return folder.root


def test_words_page_and_workbook(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", str(run)]) == 0
    told = capsys.readouterr().out
    assert "Owners need nothing ready on any branch" in told
    assert "net income" in told
    assert (run / "statements.html").stat().st_size > 10_000
    assert (run / "statements.xlsx").stat().st_size > 10_000


def test_what_owners_must_have_ready(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terms.yaml").write_text("debt: {share: 0 %}\n")
    assert main(["statements", str(run), "--terms", str(tmp_path / "terms.yaml")]) == 0
    assert "Owners must have at most" in capsys.readouterr().out


def test_one_json_object(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["statements", str(run), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["branches"]) == 2
    assert sum(branch["probability"] for branch in told["branches"]) == pytest.approx(1.0)
    assert told["mean"]["earnings"]["revenue"][0] > 0


def test_a_bad_terms_file_is_bad_input(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "terms.yaml").write_text("tax: 21 MW\n")
    assert main(["statements", str(run), "--terms", str(tmp_path / "terms.yaml")]) == 2
    assert "terms.yaml:1:1" in capsys.readouterr().err


def test_the_same_in_python(run: Path) -> None:
    found = hr.open(run).statements()
    assert found.branches[0].statement.net_income.shape == (len(found.mean.years),)
