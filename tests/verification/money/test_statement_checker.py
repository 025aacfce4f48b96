"""The checker finds every wrong posting, and nothing in right ones."""

from __future__ import annotations

import json

import pytest

from headrace.verification.money.slipped_statements import (
    cash_distance,
    drawn_up,
    found_slips,
    told,
)
from headrace.verification.money.statement_checker import faults


def test_right_statements_have_no_fault() -> None:
    assert told() == []


@pytest.mark.parametrize("what", ["one", "event"])
def test_a_hundred_slips_are_all_found(what) -> None:
    """One posting in one ledger; and a whole event in all of them, which still agree."""
    assert found_slips(what) == 100


def test_cash_is_the_optimisers() -> None:
    assert cash_distance() <= 1e-9


def test_a_line_that_is_not_its_postings_is_found() -> None:
    _, plain, plan = drawn_up()
    branch = json.loads(json.dumps(plain["branches"][0]))
    branch["earnings"]["revenue"][1] *= 1.0001
    assert any("added up" in words for words in faults(branch, plain["terms"], plan))
