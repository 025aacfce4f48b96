"""The workbook: cached values are ours, and a spreadsheet that calculates finds the same."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tests.builders.spreadsheets import calculated, cells, differing, present
from tests.builders.statement_plans import LEDGERED, stored

from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.statements import statements_of
from headrace.finance.statements.terms import terms_of
from headrace.show.statements import page, workbook

TERMS = terms_of()
VARIANTS = {
    "as the catalogue says": (LEDGERED, TERMS),
    "expensed, tight interest, payout of what was earned": (
        LEDGERED.replace("price: 2.2", "price: 1.1"),
        replace(TERMS, depreciation="expensing", interest_limit=0.02, payout="earned"),
    ),
    "straight line, mean case, short lives, contracts": (
        LEDGERED.replace("at_most: 90 MW", "at_most: 40 MW"),
        replace(TERMS, depreciation="straight_line", lender_case="mean", lives={"accelerator": 3}),
    ),
    "lines of the plan": (
        LEDGERED + "limits: {cash: {opening: 50 MUSD, lines: {"
        "bank: {limit: 200 MUSD, cost: 10 %/a real}, "
        "own: {kind: equity, limit: 1000 MUSD, cost: 12 %/a real, until: 2032-07}}}}\n",
        TERMS,
    ),
}

SIGNED = ContractsFile.model_validate(
    {
        "contracts": {
            "loan": {
                "kind": "vendor_loan", "plant": "accelerator", "share": "30 %",
                "interest": "9 %/a", "years": 4,
            },
            "cloud": {"kind": "commitment", "yearly": "6 MUSD", "from": 2028, "to": 2031},
            "let": {
                "kind": "capacity_lease", "yearly": "9 MUSD", "from": 2028, "to": 2031,
                "deposit": "3 MUSD", "let": True, "defaults_below": "95 %", "step_in": 0.7,
            },
            "call": {
                "kind": "option", "right": "buy", "hours": 1e6, "year": 2027, "from": 2028,
                "to": 2031, "price": "2.7 USD/accelerator-h", "strike": "2.7 USD/accelerator-h",
                "premium": "1 MUSD",
            },
        }
    }
)  # fmt: skip


def test_a_viewer_that_does_not_calculate_sees_our_numbers(tmp_path: Path) -> None:
    found = statements_of(stored(), TERMS)
    told = cells(workbook.write(found, tmp_path / "a.xlsx"))
    one = found.branches[0]
    sheet = [value for (name, _), value in told.items() if name == workbook.sheet_name(one)]
    for wanted in (one.statement.net_income[0], one.schedule.owed[0], one.npv):
        assert any(isinstance(v, float) and v == pytest.approx(wanted) for v in sheet)


@pytest.mark.slow
@pytest.mark.skipif(not present(), reason="soffice (LibreOffice headless) is not installed")
@pytest.mark.parametrize("name", VARIANTS)
def test_a_spreadsheet_finds_no_differing_cell(tmp_path: Path, name: str) -> None:
    text, terms = VARIANTS[name]
    signed = SIGNED if name.startswith("straight line") else None
    found = statements_of(stored(text), terms, signed)
    ours = workbook.write(found, tmp_path / "ours.xlsx")
    bare = workbook.write(found, tmp_path / "bare.xlsx", cached=False)
    theirs = calculated(bare, tmp_path)
    assert len(cells(theirs)) > 1000
    assert differing(ours, theirs) == []


def test_the_page_carries_every_branch_and_loads_nothing(tmp_path: Path) -> None:
    found = statements_of(stored(), TERMS)
    text = page.write(found, tmp_path / "s.html").read_text()
    assert "Income statement: Mean of the branches" in text
    for one in found.branches:
        assert f"branch to node {one.facts.leaf}" in text
    assert "src=" not in text
