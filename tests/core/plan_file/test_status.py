"""How a run ended, in the words that a planner signs: by hand, at the edges of each of them."""

from __future__ import annotations

import dataclasses

import pytest

from headrace.core.plan_file.status import FullHours, SiteAvailability


def full(kept: float, every: float | None, paid: float | None, **more: object) -> FullHours:
    return FullHours(kept, every, paid, **more)  # type: ignore[arg-type]


def test_what_every_hour_costs_more_is_a_share_of_what_is_paid() -> None:
    found = full(-300e6, -250e6, 1e9)
    assert (found.miss_usd, found.miss) == (50e6, 0.05)
    assert found.sentence == (
        "The kept hours miss the full-hours cost by 5.00% (50 M USD too cheap)"
    )


def test_hours_that_were_too_dear_miss_as_much_the_other_way() -> None:
    assert "5.00% (50 M USD too dear)" in full(-250e6, -300e6, 1e9).sentence


@pytest.mark.parametrize(
    ("every", "told"),
    [(100.0049e6, "by less than 0.01%"), (99.9951e6, "by less than 0.01%"), (100.01e6, "by 0.01%")],
)
def test_a_miss_that_rounds_to_nothing_is_told_as_a_bound(every: float, told: str) -> None:
    assert told in full(100e6, every, 100e6).sentence


def test_bounds_of_the_check_are_told_where_they_are_wide() -> None:
    assert "to within" not in full(0.0, 5e6, 1e8, open_usd=9e3).sentence
    assert "(5 M USD too cheap, to within 2)" in full(0.0, 5e6, 1e8, open_usd=2e6).sentence


def test_a_check_that_did_not_end_claims_nothing() -> None:
    """Also where nothing is paid, but the hours are not alike: no share can be told."""
    for one in (full(1.0, None, None), full(1.0, 2.0, 0.0), full(1.0, 2.0, None)):
        told = dataclasses.replace(one, words="the time was up")
        assert told.miss is None
        assert "is not known: the time was up" in told.sentence


def test_where_nothing_is_paid_nothing_is_missed() -> None:
    assert full(0.0, 0.0, 0.0).sentence == "Nothing is paid in the kept hours, nor in every hour"


def test_what_else_every_hour_shows_follows_whatever_the_miss() -> None:
    for every in (100e6, 104e6):
        assert full(100e6, every, 100e6, words="3 MWh unserved").sentence.endswith("3 MWh unserved")


ISLAND = SiteAvailability(
    site="elpaso",
    start="2028-07",
    hours=0.99934,
    hours_low=0.9991,
    energy=0.999987,
    energy_low=0.99998,
    mean_hours=0.9995,
    longest_h=7.0,
    asked_hours=0.999,
)


def island(**changes: object) -> SiteAvailability:
    return dataclasses.replace(ISLAND, **changes)  # type: ignore[arg-type]


def test_a_promise_is_kept_by_its_lower_bound_and_not_by_its_mean() -> None:
    assert ISLAND.kept
    assert island(hours_low=0.999).kept
    assert not island(hours_low=0.99899).kept


def test_a_promise_of_n_minus_one_hangs_on_no_plant() -> None:
    assert island(asked_n_minus_one=True).kept
    hung = island(asked_n_minus_one=True, hangs_on=("engines",))
    assert not hung.kept
    assert "not without one unit of engines" in hung.sentence
    assert island(hangs_on=("engines",)).kept  # nobody asked


def test_nines_are_not_rounded_up_to_certainty() -> None:
    told = ISLAND.sentence
    assert "whole load in 99.93% of hours (at least 99.91% with 95% confidence)" in told
    assert "99.9987% of energy" in told
    assert "100% of energy" not in told


def test_the_verdict_counts_plans_and_says_why_no_more_was_done() -> None:
    assert ISLAND.sentence.endswith(": 99.9% of hours is kept after 1 plan")
    assert island(rounds=3).sentence.endswith("is kept after 3 plans")
    failed = island(hours_low=0.9, rounds=5, ended="the engines stand at their limit")
    assert failed.sentence.endswith("is NOT kept after 5 plans, the engines stand at their limit")
    assert island(hours_low=0.9).sentence.endswith("is NOT kept after 1 plan")


def test_without_a_promise_the_key_that_makes_one_is_named() -> None:
    told = island(asked_hours=0.0).sentence
    assert told.endswith("of hours nothing is promised (`reliability`)")
    assert "kept" not in told


def test_n_minus_one_alone_is_named_as_what_is_asked() -> None:
    told = island(asked_hours=0.0, asked_n_minus_one=True).sentence
    assert told.endswith("without any one unit all the same: N-1 is kept after 1 plan")


def test_what_never_fails_in_the_draws_is_said() -> None:
    told = island(never_out=("pv 7 MW", "grid 40 MW")).sentence
    assert "outages of pv 7 MW, grid 40 MW are not drawn (their mean counts)" in told
