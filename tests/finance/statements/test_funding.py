"""Which financing closes: laws of the list, and what each line of it is drawn up as."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.builders.statement_plans import stored

from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.statements import statements_of
from headrace.finance.statements.funding import CASES, SHARES, financings
from headrace.finance.statements.terms import terms_of

TERMS = terms_of()


def test_every_share_and_case_is_drawn_up_once() -> None:
    found = financings(stored(), TERMS, 0.0)
    told = sorted((one.share, one.case) for one in found)
    wanted = [(0.0, "worst"), *((s, c) for s in SHARES if s > 0 for c in CASES)]
    assert told == sorted(wanted)


def test_each_line_is_the_statements_with_that_debt() -> None:
    """Peak, branch and present value are those of the statements drawn up so."""
    for one in financings(stored(), TERMS, 1e8):
        told = statements_of(
            stored(), replace(TERMS, debt_share=one.share, lender_case=one.case)
        ).branches
        assert one.peak == pytest.approx(max(b.peak_funding for b in told))
        assert one.npv == pytest.approx(sum(b.facts.probability * b.npv for b in told))
        (mine,) = (b for b in told if b.facts.leaf == one.leaf)
        assert mine.peak_funding == one.peak
        assert one.closes == (one.peak <= 1e8)


def test_those_that_close_come_first_and_cost_is_against_the_best_of_all() -> None:
    found = financings(stored(), TERMS, 1e8)
    closing = [one.closes for one in found]
    assert closing == sorted(closing, reverse=True)
    best = max(one.npv for one in found)
    for one in found:
        assert one.cost == pytest.approx(best - one.npv)
        assert one.cost >= 0
    first = [one.cost for one in found if one.closes]
    assert first == sorted(first)


def test_more_debt_asks_less_of_owners_at_their_peak() -> None:
    worst = {one.share: one for one in financings(stored(), TERMS, 0.0) if one.case == "worst"}
    peaks = [worst[share].peak for share in SHARES]
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[0] > peaks[-1]


def test_more_cash_never_closes_fewer() -> None:
    peaks = sorted({one.peak for one in financings(stored(), TERMS, 0.0)})
    counts = [sum(o.closes for o in financings(stored(), TERMS, have)) for have in peaks]
    assert counts == sorted(counts)
    assert counts[-1] == len(SHARES) * 2 - 1
    assert sum(o.closes for o in financings(stored(), TERMS, peaks[-1] - 1.0)) < counts[-1]


def test_what_was_signed_counts_too() -> None:
    """A hundred million a year to pay: every financing is worth less, and none closes sooner."""
    signed = ContractsFile.model_validate(
        {"contracts": {"due": {"kind": "payments", "yearly": "-100 MUSD", "from": 2027,
                               "to": 2030}}}
    )  # fmt: skip
    plain = {(o.share, o.case): o for o in financings(stored(), TERMS, 0.0)}
    for one in financings(stored(), TERMS, 0.0, signed):
        before = plain[one.share, one.case]
        assert one.npv < before.npv
        assert one.peak >= before.peak
