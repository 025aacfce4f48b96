"""A study that minds its worst branches and orders whole units, from the command line to the
report.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

STUDY = """
study: careful
title: A careful plan in whole units
goal: {maximise: npv, risk: {alpha: 0.5, omega: 0.6}}
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 700 USD/kW, variable: 5 USD/MWh, life: 10 years, source: "assumption of a test"}
  quick: {capex: 120 USD/kW, variable: 45 USD/MWh, life: 4 years, source: "assumption of a test"}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {bust: {probability: 40 %, value: -80 %/a}, boom: {probability: 60 %, value: 80 %/a}}
    source: "assumption of a test"
sites:
  here: {build: {plant: {use: plant, at_most: 60 MW, unit: 8 MW}, quick: {use: quick, unit: 3 MW}}}
products:
  power:
    {kind: electricity, site: here, demand: 20 MW, price: 90 USD/MWh, source: "of a test"}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("careful")
    (path / "careful.yaml").write_text(STUDY)
    return path


def headrace(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "headrace.show.cli", *words],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
    )


def test_the_terminal_says_what_the_objective_is(folder: Path) -> None:
    told = headrace("plan", "careful.yaml", "--out", "run", "--deep", "--minutes", "1", cwd=folder)
    assert told.returncode == 0, told.stderr
    said = " ".join(told.stdout.split())
    assert "(risk-adjusted NPV: 40 % mean + 60 % CVaR 0.5)" in said
    assert "the mean of the worst 50 % (CVaR)" in said
    assert "on the worst branch." in said
    assert "Order 24 MW of plant (3 units of 8 MW) at Here by 2027-01" in said
    assert "What plans are worth and lose is risk-adjusted NPV" in said
    page = (folder / "run" / "report.html").read_text(encoding="utf-8")
    assert "Risk-adjusted worth of the plan" in page
    assert "40 % mean + 60 % CVaR 0.5" in page


def test_scripts_get_the_parts_beside_the_objective(folder: Path) -> None:
    told = headrace("plan", "careful.yaml", "--out", "scripted", "--json", cwd=folder)
    assert told.returncode == 0, told.stderr
    plan = json.loads(told.stdout)
    risk = plan["risk"]
    assert (risk["alpha"], risk["omega"]) == (0.5, 0.6)
    assert plan["objective_usd"] == pytest.approx(
        0.4 * risk["expected_usd"] + 0.6 * risk["cvar_usd"], rel=1e-9
    )
    assert risk["worst_usd"] < risk["cvar_usd"] < risk["expected_usd"]
    assert [(order["quantity"], order["unit_size"]) for order in plan["orders"]] == [(24.0, 8.0)]


def test_a_share_without_its_sense_is_refused_at_its_place(folder: Path) -> None:
    (folder / "odd.yaml").write_text(STUDY.replace("unit: 8 MW", "whole: true"))
    told = headrace("check", "odd.yaml", cwd=folder)
    assert told.returncode == 2
    assert "plant comes in any size" in told.stderr
