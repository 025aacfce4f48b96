"""A study file in, a run folder out: what is said, what is locked, and where faults are placed."""

from __future__ import annotations

import hashlib
import json

import pytest

from headrace.core.audit_run import demand_closed
from headrace.core.errors import Infeasible, InputError, StoppedEarly
from headrace.core.plan_file import PlanFile, read_plan
from headrace.core.run_folder import LOCK, Event, RunFolder, open_run
from headrace.plan.check import check, checked, embedded
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.run import plan
from headrace.plan.solve.solve import bounded, nothing, solve
from headrace.show.reports import plan_report

STUDY = """study: tiny
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh, life: 10 years}}
sites: {here: {build: {plant: plant}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh, availability: 99 %}
"""


def test_a_run_locks_what_was_written_and_every_default(tmp_path):
    source = tmp_path / "study.yaml"
    source.write_text(STUDY)
    stages: list[str] = []
    folder = RunFolder(
        plan(source, tmp_path / "run", lambda e: stages.append(e.stage), lambda: False)
    )
    lock = json.loads(folder.read(LOCK))
    assert lock["sha256"] == hashlib.sha256(STUDY.encode()).hexdigest()
    assert lock["study"]["study"] == "tiny"
    assert lock["study"]["goal"]["risk"]["omega"] == 0
    order = [s for i, s in enumerate(stages) if s not in stages[:i] and s != "warning"]
    assert order == [
        "read",
        "expand",
        "formulate",
        "numbers",
        "solve",
        "certified",
        "price",
        "tell",
    ]


def test_a_certified_plan_can_be_read_before_its_orders_are_valued(tmp_path):
    source, out = tmp_path / "study.yaml", tmp_path / "run"
    source.write_text(STUDY)
    read: list[PlanFile] = []

    def told(event: Event) -> None:
        if event.stage == "certified":
            read.append(read_plan(open_run(out)))
            demand_closed(open_run(out))
            html = plan_report.build(open_run(out))
            assert "worth not computed" in html or "not valued" in html

    plan(source, out, told, lambda: False)
    early, late = read[0], read_plan(open_run(out))
    assert early.status.state == "finished"
    assert early.lower_bound_usd == pytest.approx(late.lower_bound_usd, rel=1e-9)
    kept = [[order.decided for order in each.orders] for each in (early, late)]
    assert kept[0] == [None] * len(kept[0])
    assert all(one is not None for one in kept[1])
    plan(source, out, told, lambda: False, worth=0.0)
    assert len(read) == 1  # nothing follows: saved once


def test_a_stop_while_orders_are_valued_gives_no_advice(tmp_path):
    source, out, seen = tmp_path / "study.yaml", tmp_path / "run", list[str]()
    source.write_text(STUDY)
    with pytest.raises(StoppedEarly):
        plan(source, out, lambda e: seen.append(e.stage), lambda: "certified" in seen)
    assert read_plan(open_run(out)).status.state == "stopped"


def test_a_gap_that_is_asked_for_replaces_the_study_s_own(tmp_path):
    source = tmp_path / "study.yaml"
    source.write_text(STUDY)
    said: list[str] = []
    plan(source, tmp_path / "run", lambda e: said.append(e.message), lambda: False, gap=0.25)
    assert any("0.25" in words or "25 %" in words for words in said if "all hours" in words)


def test_a_promise_that_is_broken_is_said_with_a_way_out():
    """The plan that does nothing serves 0 % of the 99 % that are promised."""
    found = formulate(expand(checked(STUDY, None)[0]))
    refuse_broken_promises(found, solve(found.problem).solution)
    idle = bounded(found.problem, nothing(found.problem))
    with pytest.raises(Infeasible, match=r"`power` promises to serve 99\.00%.*at node") as error:
        refuse_broken_promises(found, idle.solution)
    assert "no plan serves more than 0.00%" in error.value.message
    assert "Cheapest way out: cut that stage" in error.value.message  # there is no later one


def test_a_fault_found_while_expanding_stands_at_its_line():
    """A weather station that does not exist is found after reading; the key stands in line 5."""
    text = STUDY.replace("sites: {here: {", "sites: {here: {weather: 'tmy3:1', ")
    with pytest.raises(InputError) as error:
        checked(text, None)
    assert "study.yaml:5:" in error.value.message


def test_the_embedded_study_is_one_that_can_be_read():
    assert check(None)[0].study == "piedmont"
    assert embedded().startswith(("study:", "#"))
