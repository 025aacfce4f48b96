"""A planner at the terminal: a study in, orders in words, one JSON object for scripts; a stop keeps
the last finished plan.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.core.run_folder import create

STUDY = """\
study: small
title: "Small: one site, two products"
money: {year: 2026, discount: 8 %/a real}
horizon:
  start: 2027-01
  stages: [12 months, 24 months]
  hours: {weeks: 1, extreme_days: 1}
beliefs:
  demand:
    about: demand
    before: 40 %/a
    reveal: 2
    cases:
      steady: {probability: 60 %, value: 10 %/a}
      surge: {probability: 40 %, value: 70 %/a}
    source: "assumption of a test"
fuels:
  gas: {price: 4.5 USD/MMBtu, co2: 53.06 kg/MMBtu, source: "assumption of a test"}
sites:
  greensboro:
    weather: tmy3:723170
    grid:
      limit: 300 MW
      stands: 40 MW
      queue: 48 months
      price: 250 USD/kW
      energy: 66 USD/MWh
      demand: 14 USD/kW-month
      source: "assumption of a test"
    hall: {use: hall.ai, stands: 35 MW, at_most: 600 MW}
    build:
      pv: {use: solar.single_axis, at_most: 800 MW}
      engines: {use: gas.engine, at_most: 250 MW}
fleet:
  may_buy:
    b200: {use: b200, supply: 60000, stands: {greensboro: 16000}, stands_for: 4 years}
models:
  large: {shape: deepseek-ai/DeepSeek-V3, precision: fp8}
products:
  chat:
    title: chat
    kind: tokens
    model: large
    isl: 1200
    osl: 300
    promise: {ttft: 2 s, tpot: 50 ms}
    demand: 60 Gtok/h
    price: 2.2 USD/Mtok
    shape: chat
    deadline: now
    source: "assumption of a test"
  train:
    title: training
    kind: training
    model: large
    demand: 4e26 FLOP/a
    price: 1.5 USD/EFLOP
    deadline: year
    source: "assumption of a test"
"""
COMMAND = [sys.executable, "-m", "headrace.show.cli"]
ORDER = {
    "site",
    "asset",
    "quantity",
    "unit",
    "order_by",
    "arrives",
    "value_low_usd",
    "value_high_usd",
    "decided",
    "flips_at",
}
BESIDE = {"cost_usd", "payments", "worth_per_usd", "branches"}
"""What is told beside an order where it is known."""
PLAN = {
    "objective_usd",
    "lower_bound_usd",
    "upper_bound_usd",
    "gap",
    "nodes",
    "hours_per_node",
    "solve_seconds",
    "terminal_value_usd",
}


@pytest.fixture
def study(tmp_path) -> Path:
    path = tmp_path / "small.yaml"
    path.write_text(STUDY)
    return path


def headrace(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *map(str, words)], capture_output=True, text=True, cwd=cwd, check=False
    )


def test_from_a_study_to_orders_and_a_report(study, tmp_path):
    told = headrace("plan", study, "--json", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert told.stdout.count("\n") == 1
    plan = json.loads(told.stdout)
    assert set(plan) >= PLAN | {"orders", "certificate"}
    assert plan["lower_bound_usd"] == plan["objective_usd"] <= plan["upper_bound_usd"] * (1 + 1e-9)
    assert 0 <= plan["gap"] < 1e-3
    assert plan["certificate"]["max_balance_residual"] < 1e-6
    assert plan["orders"]
    for order in plan["orders"]:
        assert set(order) - BESIDE == ORDER
        assert order["order_by"] < order["arrives"]
        assert order["value_low_usd"] <= order["value_high_usd"]
    lows = [order["value_low_usd"] for order in plan["orders"] if order["decided"]]
    assert lows == sorted(lows, reverse=True)
    run = tmp_path / "runs" / "small"
    assert {"study.yaml", "study.lock.yaml", "events.jsonl", "plan.json", "report.html"} <= {
        path.name for path in run.iterdir()
    }
    # a node of two years is operated in two
    assert len(list((run / "hourly").glob("node=*.parquet"))) == plan["nodes"] + 2
    assert "formulate" in told.stderr
    again = headrace("report", run, "--json", cwd=tmp_path)
    assert json.loads(again.stdout)["bytes"] < 6e6


def test_orders_are_told_in_words(study, tmp_path):
    told = headrace("plan", study, "--out", "here", cwd=tmp_path)
    assert told.returncode == 0, told.stderr
    assert "Orders now" in told.stdout
    assert "at Greensboro by 2027-" in told.stdout
    assert "worth" in told.stdout
    assert "because" in told.stdout
    assert (tmp_path / "here" / "report.html").is_file()


TINY = """\
study: tiny
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh, lead: 6 months, life: 10 years}}
sites: {here: {build: {plant: plant}}}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 40 %, value: -50 %/a}, high: {probability: 60 %, value: 80 %/a}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""


@pytest.mark.parametrize(("minutes", "finished"), [("5", True), ("0", False)])
def test_deep_questions_are_answered_after_the_plan_and_may_be_cut_short(
    tmp_path, minutes, finished
):
    (tmp_path / "tiny.yaml").write_text(TINY)
    told = headrace(
        "plan", "tiny.yaml", "--out", "run", "--deep", "--minutes", minutes, "--json", cwd=tmp_path
    )
    assert told.returncode == 0, told.stderr
    deep = json.loads(told.stdout)["deep"]
    assert deep["finished"] is finished
    assert bool(deep["open"]) is not finished
    events = [
        json.loads(line) for line in (tmp_path / "run" / "events.jsonl").read_text().splitlines()
    ]
    asked = [event for event in events if event["stage"] == "deep"]
    # the branches need no solve
    assert len(asked) == (1 + int(asked[0]["message"].split()[0]) if finished else 2)
    page = (tmp_path / "run" / "report.html").read_text()
    assert 'id="bet"' in page
    if finished:
        waited = next(baseline for baseline in deep["regrets"] if baseline["name"] == "wait")
        assert 0 < waited["regret"]["low_usd"] <= waited["regret"]["high_usd"]
        assert json.loads(told.stdout)["orders"][0]["flips_at"]["low"] > 300


@pytest.mark.parametrize(
    "number", [pytest.param(signal.SIGINT, marks=pytest.mark.slow), signal.SIGTERM]
)
def test_a_stop_keeps_the_last_finished_plan(study, tmp_path, number):
    process = subprocess.Popen(
        [*COMMAND, "plan", str(study), "--out", "run", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
    )
    assert process.stderr is not None
    while "do nothing" not in process.stderr.readline():  # a plan stands from here on
        pass
    process.send_signal(number)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 5, err
    assert json.loads(out)["nodes"] == 3
    assert (tmp_path / "run" / "plan.json").is_file()
    assert "Traceback" not in err


def test_a_second_process_on_a_run_is_refused(study, tmp_path):
    with create(tmp_path / "run", STUDY).hold():
        told = headrace("plan", study, "--out", "run", cwd=tmp_path)
    assert told.returncode == 2
    assert f"in use by process {os.getpid()}" in told.stderr
    assert not (tmp_path / "run" / "plan.json").exists()


def test_another_study_does_not_write_over_a_run(study, tmp_path):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "study.yaml").write_text("study: other\n")
    told = headrace("plan", study, "--out", "run", cwd=tmp_path)
    assert told.returncode == 2
    assert "another study" in told.stderr
    assert (tmp_path / "run" / "study.yaml").read_text() == "study: other\n"


def test_what_is_wrong_is_said_at_once_with_its_place(study, tmp_path):
    study.write_text(STUDY.replace("limit: 300 MW", "limit: 300 MWh").replace("queue:", "queu:"))
    told = headrace("check", study, cwd=tmp_path)
    assert told.returncode == 2
    lines = STUDY.splitlines()
    assert f"small.yaml:{1 + lines.index('      limit: 300 MW')}:" in told.stderr
    assert f"small.yaml:{1 + lines.index('      queue: 48 months')}:" in told.stderr
    assert "Did you mean `queue`" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_example_can_be_copied_and_checked(tmp_path):
    listed = headrace("examples", cwd=tmp_path)
    assert "piedmont" in listed.stdout
    copied = headrace("examples", "piedmont", "--json", cwd=tmp_path)
    assert copied.returncode == 0
    study = json.loads(copied.stdout)["study"]
    assert headrace("check", study, cwd=tmp_path).returncode == 0
    assert headrace("examples", "piedmont", cwd=tmp_path).returncode == 2
    assert "Did you mean piedmont" in headrace("examples", "piedmnt", cwd=tmp_path).stderr
