"""The checker finds every wrong posting, and nothing in right ones."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest
from tests.builders.statement_plans import stored

from headrace.core.json_records import encode
from headrace.finance.statements import PlanStatements, statements_of
from headrace.finance.statements.statements import added_up
from headrace.finance.statements.terms import terms_of
from headrace.finance.statements.to_json import as_json, branch_json
from headrace.verification.money.mutations import SLIPS, one_event, one_posting, slipped
from headrace.verification.money.statement_checker import faults


@cache
def drawn_up() -> tuple[PlanStatements, dict, dict]:
    found = statements_of(stored(), terms_of())
    told = json.loads(json.dumps(as_json(found, ledgers=True)))
    return found, told, json.loads(json.dumps(encode(stored())))


def test_right_statements_have_no_fault() -> None:
    _, told, plan = drawn_up()
    for branch in told["branches"]:
        assert faults(branch, told["terms"], plan) == []


@pytest.mark.parametrize("pick", [one_posting, one_event])
def test_a_hundred_slips_are_all_found(pick) -> None:
    """One posting in one ledger; and a whole event in all of them, which still agree."""
    found, told, plan = drawn_up()
    missed = []
    for seed in range(100):
        branch, slip = found.branches[seed % 2], SLIPS[seed // 2 % 4]
        lines = slipped(branch.postings, pick(branch.postings, seed), slip, branch.facts.years)
        wrong = replace(branch, postings=lines, statement=added_up(lines, branch.facts.years))
        if not faults(branch_json(wrong, ledgers=True), told["terms"], plan):
            missed.append((slip, branch.postings[pick(branch.postings, seed)[0]]))
    assert missed == []


def test_a_line_that_is_not_its_postings_is_found() -> None:
    _, told, plan = drawn_up()
    branch = json.loads(json.dumps(told["branches"][0]))
    branch["earnings"]["revenue"][1] *= 1.0001
    assert any("added up" in words for words in faults(branch, told["terms"], plan))
