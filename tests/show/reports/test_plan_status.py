"""What is said of a run that did not finish: no advice, and what is known."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core.plan_file import PlanFile, parse
from headrace.show.reports.plan_status import headline, known, orders_title, strip


def plan(status: dict, **more) -> PlanFile:
    return parse(json.dumps(toy_plan.plan() | {"status": status} | more))


STOPPED = {"state": "stopped", "after_seconds": 5.2, "holds": "best so far"}
INFEASIBLE = {"state": "infeasible", "why": "`power` cannot be served.\n", "holds": "no plan"}


def test_a_finished_plan_needs_no_words():
    assert headline(plan({"state": "finished"})) == ""
    assert orders_title(plan({"state": "finished"})) == "Orders now"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(5.2, "after 5 s"), (0.138, "after 0.1 s"), (3600.0, "after 3,600 s"), (None, "early")],
)
def test_a_stop_is_told_with_its_time(seconds, words):
    told = plan(STOPPED | {"after_seconds": seconds})
    assert headline(told) == f"Stopped {words}: no advice yet"
    assert orders_title(told) == "No advice"


def test_what_is_known_of_a_stopped_run_is_its_bounds():
    assert known(plan(STOPPED)) == (
        "The best plan so far is worth 1.23 bn USD; "
        "the best possible one lies between 1.23 and 1.25 bn USD."
    )
    assert known(plan(STOPPED, upper_bound_usd=None)) == (
        "The best plan so far is worth 1.23 bn USD, and no bound above it yet."
    )
    same = known(plan(STOPPED, upper_bound_usd=1.234e9))
    assert same.endswith("; the best possible one is worth 1.23 bn USD.")


def test_the_plan_that_does_nothing_is_called_so_and_the_reason_follows():
    told = known(plan(STOPPED | {"holds": "do nothing", "why": "it was asked to stop"}))
    assert told.startswith("Only the plan that orders nothing and serves nothing is known;")
    assert told.endswith(" Why: it was asked to stop.")


def test_an_infeasible_study_says_why():
    told = plan(INFEASIBLE, objective_usd=None, orders=[])
    assert headline(told) == "Infeasible: no plan keeps every limit, so there is no advice"
    assert known(told) == "`power` cannot be served."
    assert orders_title(told) == "No advice"


def test_the_strip_says_how_it_ended_and_what_the_gap_is_of():
    told = strip(plan(toy_plan.plan()["status"]))
    assert told == (
        "Finished in 82 s",
        "every hour of 13 nodes",
        "weather of a typical year",
        "gap 1.5 % of the whole problem",
        "sources up to 2026-01",
    )


def test_the_strip_says_up_to_when_sources_are_and_who_planned():
    made = {"version": "1.2.0", "study_sha256": "c6ab8ae5" * 8, "planned": "2026-11-30"}
    dated = [{**toy_plan.plan()["sources"][0], "date": date} for date in ("2025", "2026-07", "?")]
    told = strip(plan(toy_plan.plan()["status"], provenance=made, sources=dated))
    assert told[-2:] == (
        "sources up to 2026-07",
        "planned 2026-11-30 by Headrace 1.2.0, study c6ab8ae5",
    )


def test_the_strip_says_that_few_hours_were_kept():
    status = {
        **{"state": "finished", "hours_kept": "1 representative weeks and 1 extreme days"},
        **{"gap_of": "kept hours", "weather": "actual"},
    }
    told = strip(plan(status, hours_per_node=192))
    assert told[1:-1] == (
        "only 1 representative weeks and 1 extreme days: 192 hours stand for a year",
        "weather of actual years",
        "gap 1.5 % of the smaller problem with these hours, not of the whole year",
    )
    assert strip(plan(STOPPED))[0] == "Stopped after 5 s: no advice yet"
