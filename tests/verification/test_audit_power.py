"""Counting the auditor's answers: shares add up, and a size that cannot be planted is refused."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from headrace.trust.simulated_logs import Marketplace
from headrace.verification import audit_power
from headrace.verification.audit_power import Tally, tally, tally_at_printed


def answers(*given, unit="units of relevance", beta_min=0.3):
    """An auditor that gives these answers, one after the other."""
    left = list(given)

    def audit(log):
        design = SimpleNamespace(unit=unit, beta_min=beta_min)
        return SimpleNamespace(answer=left.pop(0), design=design)

    return audit


def test_shares_of_answers():
    """5, 3 and 2 of 10."""
    found = Tally(10, 5, 3, 2)
    shares = [found.share(one) for one in ("biased", "no_bias_above", "cannot_tell")]
    assert shares == [0.5, 0.3, 0.2]


def test_every_repeat_is_another_log_and_is_counted_once(monkeypatch):
    seeds = []
    monkeypatch.setattr(audit_power, "draw", lambda market, seed: seeds.append(seed))
    monkeypatch.setattr(
        audit_power, "audit", answers("biased", "cannot_tell", "biased", "no_bias_above")
    )
    assert tally(Marketplace(), 4, seed=10) == Tally(4, 2, 1, 1)
    assert seeds == [10, 11, 12, 13]


def test_the_printed_size_is_planted_in_a_log_of_its_own(monkeypatch):
    """Two logs a repeat: an honest one that prints .3, then one with beta .3 under another seed."""
    drawn = []
    monkeypatch.setattr(audit_power, "draw", lambda market, seed: drawn.append((market.beta, seed)))
    monkeypatch.setattr(
        audit_power, "audit", answers("no_bias_above", "biased", "no_bias_above", "cannot_tell")
    )
    assert tally_at_printed(Marketplace(beta=5.0), 2, seed=0) == Tally(2, 1, 0, 1)
    assert drawn == [(0.0, 0), (0.3, 1), (0.0, 2), (0.3, 3)]


def test_a_size_in_places_cannot_be_planted(monkeypatch):
    monkeypatch.setattr(audit_power, "audit", answers("biased", unit="places"))
    with pytest.raises(ValueError, match="printed in places"):
        tally_at_printed(Marketplace(queries=60), 1)
