"""The terms file: defaults of the catalogue, every mistake at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.finance.statements.terms import terms_of


def test_without_a_file_the_catalogue_speaks() -> None:
    terms = terms_of()
    assert (terms.tax, terms.dscr, terms.lender_case) == (0.21, 1.35, "worst")
    assert terms.classes["accelerator"].life == 5


def test_a_file_says_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(
        "tax: 25 %\ndebt: {share: 40 %, dscr: 1.5, case: mean}\nlives: {accelerator: 3 years}\n"
        "depreciation: expensing\n"
    )
    terms = terms_of(path)
    assert (terms.tax, terms.debt_share, terms.dscr, terms.lender_case) == (0.25, 0.4, 1.5, "mean")
    assert terms.classes["accelerator"].life == 3
    assert terms.interest == 0.075


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text("taxx: 25 %\ndebt: {share: 140 %, dscr: 0.5}\ndepreciation: fast\n")
    with pytest.raises(InputError) as raised:
        terms_of(path)
    told = str(raised.value)
    assert len(raised.value.problems) == 4
    assert "terms.yaml:1:1" in told
    assert "Did you mean `tax`?" in told


def test_an_unknown_class_of_plant(tmp_path: Path) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text("lives: {chips: 3 years}\n")
    with pytest.raises(InputError, match="Known: accelerator"):
        terms_of(path)


@pytest.mark.parametrize("text", ["- a list\n", "tax: .nan\n", "tax: 21 MW\n"])
def test_no_sense_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "terms.yaml"
    path.write_text(text)
    with pytest.raises(InputError):
        terms_of(path)
