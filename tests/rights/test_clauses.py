"""Pool formulas: 37 CFR 385.21 by hand, escalators, and what is no clause."""

from __future__ import annotations

from datetime import date

import pytest

from headrace.core.errors import InputError
from headrace.rights.royalties.clauses import parse_pool

US = """
pool:
  currency: USD
  inputs: {revenue: 100000000, content: 50000000, performance: 6000000, subscribers: 5000000}
  steps:
    - {name: headline, percent: {2023: 15.1, 2025: 15.25, 2026: 15.3, 2027: 15.35}, of: revenue}
    - {name: content prong, percent: 26.2, of: content}
    - {name: per subscriber, each: 1.10, of: subscribers}
    - {name: lesser, lesser_of: [content prong, per subscriber]}
    - {name: all-in, greater_of: [headline, lesser]}
    - {name: less performance, difference: [all-in, performance]}
    - {name: floor, each: 0.60, of: subscribers}
    - {name: payable, greater_of: [less performance, floor]}
"""


def test_a_us_mechanical_pool_by_hand():
    """15.3 M of revenue beats min(13.1, 5.5) M of content; less 6 M: 9.3 M, above 3 M."""
    found = parse_pool(US, date(2026, 3, 1))
    told = {step.name: float(step.amount) for step in found.steps}
    assert told["headline"] == 15_300_000
    assert (told["content prong"], told["per subscriber"], told["lesser"]) == (
        13_100_000,
        5_500_000,
        5_500_000,
    )
    assert (told["all-in"], told["less performance"], told["floor"]) == (15.3e6, 9.3e6, 3e6)
    assert (found.currency, found.amount) == ("USD", 9_300_000_000_000)


def test_the_floor_holds_where_revenue_is_small():
    small = US.replace("revenue: 100000000", "revenue: 10000000")
    assert parse_pool(small, date(2026, 3, 1)).amount == 3_000_000_000_000


@pytest.mark.parametrize(
    ("day", "pool"),
    [(date(2024, 12, 31), 9.1e12), (date(2025, 1, 1), 9.25e12), (date(2030, 1, 1), 9.35e12)],
)
def test_a_rate_escalates(day, pool):
    assert parse_pool(US, day).amount == pool


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("percent: 26.2", "percent: __import__", "is not a number"),
        ("of: content}", "of: contents}", "neither an input nor an earlier step"),
        ("lesser_of: [content prong, per subscriber]", "lesser_of: [floor, headline]", "neither"),
        ("lesser_of: [content prong, per subscriber]", "lesser_of: [headline]", "two or more"),
        ("each: 1.10, of", "each: 1.10, percent: 3, of", "made of one of"),
        ("name: lesser,", "name: headline,", "stands already"),
        ("{2023: 15.1,", "{soon: 15.1,", "not a year or a day"),
        ("performance: 6000000", "performance: six", "`six` is not a number"),
        ("currency: USD", "colour: red", "this is no pool"),
    ],
)
def test_what_is_no_clause(old, new, words):
    with pytest.raises(InputError) as told:
        parse_pool(US.replace(old, new), date(2026, 1, 1))
    assert words in str(told.value)


def test_no_rate_before_the_first_and_no_pool_below_zero():
    with pytest.raises(InputError, match="no rate has begun"):
        parse_pool(US, date(2020, 1, 1))
    below = US.replace("greater_of: [less performance, floor]", "difference: [floor, all-in]")
    with pytest.raises(InputError, match="below 0"):
        parse_pool(below, date(2026, 1, 1))
