"""Rows of the rights room: their ids, that they pass, and that a wrong rule fails."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import count

import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of

from headrace.rights import register, rsl
from headrace.rights.royalties import settlement, shapley
from headrace.rights.usage import fraud
from headrace.verification import rights, rights_measurements
from headrace.verification.rights_measurements import Appends, MeasuredCost, Settled


def test_the_registry_holds_its_rows():
    assert ids_of("rights") == {
        "rights.split.hamilton_1790",
        "rights.shapley.eec_1958",
        "rights.terms.rsl_1_0",
        "rights.settle.five_million",
        "rights.settle.replay",
        "rights.settle.bot",
        "rights.offers.price",
        "rights.offers.clash",
        "rights.metering.refused",
    }


def jefferson(total, weights):
    """The rival bill: every seat to the state with most people for its seats and one more."""
    seats = [0] * len(weights)
    for _ in range(total):
        best = max(range(len(weights)), key=lambda k: weights[k] / (seats[k] + 1))
        seats[best] += 1
    return tuple(seats)


def test_hamiltons_seats_are_not_jeffersons(monkeypatch):
    """Washington's first veto: the two rules differ in some states."""
    assert row_of("rights.split.hamilton_1790").status == "pass"
    monkeypatch.setattr(rights, "apportion", jefferson)
    found = row_of("rights.split.hamilton_1790")
    assert (found.status, found.ours > 0) == ("fail", True)


def test_luxembourg_has_no_power_and_equal_shares_fail(monkeypatch):
    """14/60 thrice, 9/60 twice and 0; a sixth each is off by 1/6 for Luxembourg."""
    assert row_of("rights.shapley.eec_1958").status == "pass"
    monkeypatch.setattr(shapley, "shapley", lambda worth: (Fraction(1, 6),) * 6)
    found = row_of("rights.shapley.eec_1958")
    assert (found.status, found.deviation) == ("fail", pytest.approx(1 / 6))


def test_a_price_read_in_cents_fails(monkeypatch):
    assert row_of("rights.terms.rsl_1_0").ours == pytest.approx(0.015)
    monkeypatch.setattr(rsl, "Fraction", lambda text: Fraction(text) / 100)
    assert row_of("rights.terms.rsl_1_0").status == "fail"


def test_a_reader_that_lets_overlapping_exclusive_grants_stand_fails(monkeypatch):
    assert row_of("rights.metering.refused").status == "pass"
    monkeypatch.setattr(register, "clashes", lambda licences: ())
    assert row_of("rights.metering.refused").status == "fail"


def test_a_settlement_that_drifts_by_a_micro_unit_fails(monkeypatch):
    """Every second settlement gives each holder one micro-unit more."""
    true, calls = settlement.settle, count()

    def drifting(uses, rule, fees):
        done = true(uses, rule, fees)
        return replace(done, earned=done.earned + next(calls) % 2)

    monkeypatch.setattr(settlement, "settle", drifting)
    rows = rows_of("rights.settle.replay")
    assert failed(rows) == {".replayed", ".shuffled"}
    assert rows[".replayed"].ours == 4 * 500  # four rules, 500 holders


def test_a_bot_that_moves_more_than_its_fee_fails(monkeypatch):
    def gains(uses, fees, *, work, fee, count, price):
        return tuple(
            fraud.BotGain(rule, fee, count, gain, gain)
            for rule, gain in (
                ("pro_rata", 9 * fee),
                ("user_centric", 2 * fee),
                ("equal_split", fee),
                ("per_use", 0),
            )
        )

    monkeypatch.setattr(fraud, "bot_gains", gains)
    rows = rows_of("rights.settle.bot")
    assert failed(rows) == {".user_centric"}
    assert "pro_rata 9.0" in rows[".equal_split"].reason


@pytest.mark.parametrize(
    ("lost", "cpu", "peak", "off"),
    [
        (0, 7.9, 1.9, set()),
        (1, 7.9, 1.9, {".lost"}),
        (0, 8.1, 1.9, {".cpu_s"}),
        (0, 7.9, 2.1, {".peak_gb"}),
    ],
)
def test_five_million_uses_are_held_to_three_bars(monkeypatch, lost, cpu, peak, off):
    cost = MeasuredCost(cpu_s=cpu, wall_s=cpu, queued_s=0.0, peak_gb=peak)
    measured = Settled(5_000_000, lost, (("pro_rata", cpu),), cost)
    monkeypatch.setattr(rights_measurements, "settle_all", lambda: measured)
    assert failed(rows_of("rights.settle.five_million")) == off


def test_a_rate_does_not_count_the_time_behind_other_programs():
    """1,000 entries in 3 s of which 1 s was queued: 500 a second."""
    cost = MeasuredCost(cpu_s=1.0, wall_s=3.0, queued_s=1.0, peak_gb=0.1)
    assert Appends(1000, 3000, cost).rate == pytest.approx(500.0)
