"""Write-offs of one asset by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from headrace.finance.branch_facts import Purchase
from headrace.finance.statements.depreciation import investment_credit, plant_schedule
from headrace.finance.statements.terms import terms_of

YEARS = (2027, 2028, 2029, 2030, 2031, 2032, 2033)
TERMS = terms_of()


def bought(plant: str, begins: int, spending: list[float]) -> Purchase:
    paid = np.array(spending + [0.0] * (len(YEARS) - len(spending)))
    none = np.zeros(len(YEARS))
    return Purchase("0.0", "asset", plant, 12 * 2027, begins, begins + 240.0, paid, 0.0, none)


def test_straight_line_from_the_month_of_service() -> None:
    """100 in service in July 2027 over five years: half a year, four whole ones, half a year."""
    one = plant_schedule(bought("accelerator", 12 * 2027 + 6, [100.0]), np.zeros(7), YEARS, TERMS)
    assert one.books == pytest.approx([10, 20, 20, 20, 20, 10, 0])
    assert one.tax == pytest.approx([20, 32, 19.2, 11.52, 11.52, 5.76, 0])


def test_interest_while_building_is_a_part_of_the_cost() -> None:
    carried = np.array([0.0, 8.0, 0, 0, 0, 0, 0])
    asset = bought("accelerator", 12 * 2029, [100.0])
    one = plant_schedule(asset, carried, YEARS, TERMS)
    assert one.into_service == pytest.approx([0, 0, 108, 0, 0, 0, 0])
    assert one.books.sum() == pytest.approx(108.0)


def test_what_is_paid_later_is_written_off_from_then() -> None:
    one = plant_schedule(
        bought("accelerator", 12 * 2027, [50.0, 0.0, 50.0]), np.zeros(7), YEARS, TERMS
    )
    assert one.books.sum() == pytest.approx(100.0)
    assert one.books[0] == pytest.approx(10.0)


def test_a_credit_takes_half_of_itself_off_the_basis() -> None:
    """A battery ordered in 2027: 30 %, so 85 of 100 are written off for tax."""
    asset = bought("battery", 12 * 2028, [100.0])
    share, law = investment_credit(asset, TERMS.classes["battery"], TERMS)
    assert (share, law) == (0.30, "ira.48e.firm")
    one = plant_schedule(asset, np.zeros(7), YEARS, TERMS)
    assert one.tax.sum() == pytest.approx(85.0)
    assert one.credit.sum() == pytest.approx(30.0)


def test_law_is_dated() -> None:
    """Solar begun in 2027 and in service in 2028 comes too late for its credit."""
    late = bought("solar", 12 * 2028, [100.0])
    assert investment_credit(late, TERMS.classes["solar"], TERMS) == (0.0, "")
    in_time = replace(late, begins=12 * 2027 + 11)
    assert investment_credit(in_time, TERMS.classes["solar"], TERMS)[0] == 0.30


def test_all_at_once() -> None:
    terms = replace(TERMS, depreciation="expensing")
    one = plant_schedule(bought("hall", 12 * 2028 + 3, [100.0]), np.zeros(7), YEARS, terms)
    assert one.tax == pytest.approx([0, 100, 0, 0, 0, 0, 0])
