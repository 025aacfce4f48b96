"""Rows of the trust room: their ids, what they skip for, and that a broken promise fails."""

from __future__ import annotations

import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of

from headrace.trust.noninterference import Searched
from headrace.verification import trust
from headrace.verification.audit_power import Tally
from headrace.verification.leaking_recommenders import honest

OPEN_BANDIT = ("uniform", "thompson", "planted_flags")


def test_the_registry_holds_its_rows():
    assert ids_of("trust") == {
        *(f"trust.noninterference.{name}" for name in ("honest", "leak")),
        *(
            f"trust.audit.{name}"
            for name in ("false_alarms", "power", "noisy_relevance", "refusals")
        ),
        *(f"trust.open_bandit.{name}" for name in OPEN_BANDIT),
        "trust.auction",
        "trust.replay.sample_size",
    }


@pytest.mark.parametrize("name", OPEN_BANDIT)
def test_the_real_sample_is_skipped_where_it_is_absent(name, tmp_path, monkeypatch):
    monkeypatch.delenv("HEADRACE_OBP", raising=False)
    found = row_of(f"trust.open_bandit.{name}")
    assert found.status == "skip"
    assert found.reason.startswith("HEADRACE_OBP names no folder")
    monkeypatch.setenv("HEADRACE_OBP", str(tmp_path))
    assert "has no dataset/obd" in row_of(f"trust.open_bandit.{name}").reason


def test_queries_for_one_flip_are_whole_and_enough(monkeypatch):
    """299, 2,995 and 29,956; one less would be too few, one more is not the formula's."""
    assert failed(rows_of("trust.replay.sample_size")) == set()
    true = trust.sample_size
    monkeypatch.setattr(trust, "sample_size", lambda rate: true(rate) + 1)
    assert failed(rows_of("trust.replay.sample_size")) == {".0.01", ".0.001", ".0.0001"}


def test_a_fault_that_is_audited_fails_its_row(monkeypatch):
    rows = rows_of("trust.audit.refusals")
    assert (failed(rows), len(rows)) == (set(), len(trust.FAULTS))
    monkeypatch.setattr(trust, "audit", lambda log: None)
    rows = rows_of("trust.audit.refusals")
    assert failed(rows) == set(rows)
    assert {row.reason for row in rows.values()} == {"audited"}


def test_a_leak_that_the_search_does_not_see_fails(monkeypatch):
    """A search that finds nothing in a leaking recommender is worthless, and says so here."""
    monkeypatch.setattr(trust, "CASES", 300)
    assert failed(rows_of("trust.noninterference.leak")) == set()
    monkeypatch.setattr(trust, "LEAKS", {"none": lambda: honest})
    assert failed(rows_of("trust.noninterference.leak")) == {".none"}


def test_one_case_in_which_bids_move_an_answer_fails(monkeypatch):
    monkeypatch.setattr(trust, "search", lambda build, cases, seed: Searched(cases, None))
    assert row_of("trust.noninterference.honest").status == "pass"
    monkeypatch.setattr(trust, "search", lambda build, cases, seed: Searched(7, object()))
    found = row_of("trust.noninterference.honest")
    assert (found.status, found.reason) == ("fail", "7 cases run")


@pytest.mark.parametrize(("biased", "status"), [(361, "pass"), (360, "pass"), (359, "fail")])
def test_power_is_held_to_nine_in_ten(monkeypatch, biased, status):
    """360 of 400 is 90 %."""
    monkeypatch.setattr(
        trust, "tally_at_printed", lambda market, repeats, seed: Tally(400, biased, 0, 400 - biased)
    )
    assert {row.status for row in rows_of("trust.audit.power").values()} == {status}


def test_an_accusation_under_noise_is_held_to_one_in_twenty(monkeypatch):
    """21 of 400 accuse: 5.25 %; and 379 cannot tell: 94.75 %. Both bars are missed."""
    monkeypatch.setattr(trust, "tally", lambda market, repeats, seed: Tally(400, 20, 0, 380))
    assert failed(rows_of("trust.audit.noisy_relevance")) == set()
    monkeypatch.setattr(trust, "tally", lambda market, repeats, seed: Tally(400, 21, 0, 379))
    rows = rows_of("trust.audit.noisy_relevance")
    assert failed(rows) == set(rows)


def test_an_auction_that_charges_the_bid_fails(monkeypatch):
    """First price: shading pays, and one slot does not cost the second bid."""
    true = trust.position_auction

    def first_price(offers, clicks, reserve=0.0, mechanism="vcg"):
        bids = {one.bidder: one.amount for one in offers}
        return tuple(
            type(sold)(sold.slot, sold.bidder, bids[sold.bidder], sold.clicks)
            for sold in true(offers, clicks, reserve, mechanism)
        )

    monkeypatch.setattr(trust, "position_auction", first_price)
    monkeypatch.setattr(trust, "_best_gain", lambda *market: 1.0)
    assert failed(rows_of("trust.auction")) == {".deviation_gain", ".one_slot_is_vickrey"}
