"""However a run ends, plan.json says how, and a plan that stands is not replaced by none."""

from __future__ import annotations

import json

import pytest

from headrace.core.audit_run import demand_closed
from headrace.core.errors import Infeasible, StoppedEarly
from headrace.core.hourly_store import read_hourly, stored_nodes, write_hours_of_plan
from headrace.core.plan_file import read_plan
from headrace.core.run_folder import PLAN, RunFolder
from headrace.plan import run_in_progress
from headrace.plan.run import plan

STUDY = """
study: tiny
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh, lead: 6 months, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""


def run(folder, stop=lambda: False, text=STUDY, heard=lambda event: None, worth=None) -> RunFolder:
    source = folder / "study.yaml"
    source.write_text(text)
    return RunFolder(plan(source, folder / "run", heard, stop, worth=worth))


def test_a_finished_run_says_so(tmp_path):
    told = read_plan(run(tmp_path))
    assert (told.status.state, told.status.holds, told.status.why) == (
        *("finished", "certified plan", ""),
    )
    assert told.status.after_seconds == told.solve_seconds > 0
    assert told.orders[0].value_low_usd > 0


def test_a_run_stopped_at_once_keeps_the_plan_that_does_nothing_and_marks_it(tmp_path):
    with pytest.raises(StoppedEarly, match="do nothing"):
        run(tmp_path, lambda: True)
    told = read_plan(RunFolder(tmp_path / "run"))
    assert (told.status.state, told.status.holds) == ("stopped", "do nothing")
    assert told.status.why == "it was asked to stop"
    assert told.orders == ()
    assert (stored_nodes(RunFolder(tmp_path / "run")), told.hours_sha256) == ((), "")


def test_a_run_stopped_while_orders_are_valued_keeps_its_plan_but_is_not_finished(tmp_path):
    stages: list[str] = []
    with pytest.raises(StoppedEarly, match="orders valued"):
        run(tmp_path, lambda: "price" in stages, heard=lambda event: stages.append(event.stage))
    told = read_plan(RunFolder(tmp_path / "run"))
    assert (told.status.state, told.status.holds) == ("stopped", "certified plan")
    assert told.gap < 1e-3
    assert told.orders
    assert len(stored_nodes(RunFolder(tmp_path / "run"))) == 2


def test_hours_that_stand_are_not_written_again(tmp_path, monkeypatch):
    written: list[int] = []
    monkeypatch.setattr(
        run_in_progress,
        "write_hours_of_plan",
        lambda *given: written.append(1) or write_hours_of_plan(*given),
    )
    folder = run(tmp_path)  # saved twice: before its orders are valued, and after
    assert written == [1]
    assert [read_hourly(folder, node).node for node in stored_nodes(folder)] == [0, 1]
    demand_closed(folder)


@pytest.mark.parametrize("seconds", [0.0, 60.0])
def test_a_stopped_plan_does_not_wait_for_hours_that_take_long_to_write(
    tmp_path, monkeypatch, seconds
):
    monkeypatch.setattr(run_in_progress, "HOURS_SECONDS", seconds)
    told: list[str] = []
    with pytest.raises(StoppedEarly, match="orders valued"):
        run(
            tmp_path,
            lambda: any("gap" in words for words in told),
            heard=lambda event: told.append(event.message),
            worth=0.0,
        )
    folder = RunFolder(tmp_path / "run")
    file = read_plan(folder)
    assert file.status.state == "stopped"
    assert len(stored_nodes(folder)) == (2 if seconds else 0)
    assert ("its hours are left out" in file.status.why) == (not seconds)
    assert (file.hours_sha256 == "") == (not seconds)


def test_a_plan_that_stands_is_not_replaced_by_none(tmp_path):
    before = run(tmp_path).read(PLAN)
    with pytest.raises(StoppedEarly, match="earlier run stands"):
        run(tmp_path, lambda: True)
    assert RunFolder(tmp_path / "run").read(PLAN) == before


@pytest.mark.parametrize("spoilt", ["{", json.dumps({"study": "tiny"})])
def test_a_torn_file_is_no_plan_that_stands(tmp_path, spoilt):
    folder = run(tmp_path)
    folder.write(PLAN, spoilt)
    with pytest.raises(StoppedEarly, match="do nothing"):
        run(tmp_path, lambda: True)
    assert read_plan(folder).status.holds == "do nothing"


PROMISE = STUDY.replace("price: 120 USD/MWh", "price: 120 USD/MWh, availability: 99 %").replace(
    "lead: 6 months", "lead: 18 months"
)


def test_an_infeasible_study_leaves_its_reason(tmp_path):
    """The plant takes 18 months, and the promise begins at once."""
    with pytest.raises(Infeasible) as caught:
        run(tmp_path, text=PROMISE)
    told = read_plan(RunFolder(tmp_path / "run"))
    assert (told.status.state, told.status.holds) == ("infeasible", "no plan")
    assert told.status.why == caught.value.message
    assert (told.objective_usd, len(told.tree), told.orders) == (None, 2, ())
