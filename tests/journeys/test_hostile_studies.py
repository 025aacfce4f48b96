"""Odd studies end in seconds with a clear word: what was planned, or why nothing can be."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest
from tests.conftest import fill

from headrace.show.cli import main

pytestmark = pytest.mark.timeout(60)  # none may hang; each takes a second

PLAIN = """\
study: hostile
horizon: {start: 2027-01, stages: [6 months, 6 months], hours: {blocks: [8760 h]}}
technologies: {plant: {capex: 20 USD/kW, variable: 15 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


@dataclass(frozen=True)
class Told:
    code: int
    plan: dict
    words: str


@pytest.fixture
def plan(tmp_path, capsys):
    def run(*changes: tuple[str, str]) -> Told:
        text = PLAIN
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        name = f"hostile{len(list(tmp_path.glob('*.yaml')))}"
        path = tmp_path / f"{name}.yaml"
        path.write_text(text)
        code = main(["plan", str(path), "--out", str(tmp_path / name), "--json"])
        said = capsys.readouterr()
        return Told(code, json.loads(said.out), said.err)

    return run


def test_nobody_wants_anything(plan):
    told = plan(("10 MW", "0 MW"))
    assert told.code == 0
    assert told.plan["orders"] == []
    assert told.plan["objective_usd"] == told.plan["upper_bound_usd"] == 0.0


@pytest.mark.parametrize("hours", ["1 h", "876 h", "8760 h, 24 h", "1e9 h"])
def test_blocks_that_are_no_year(plan, hours):
    """What is counted by the year would be counted for other hours than those that are paid for."""
    told = plan(("8760 h", hours))
    assert told.code == 2
    assert "expected the 8760 h of a year" in told.words


def test_an_asset_nobody_can_use(plan):
    """A second site that sells nothing, tied to nothing: the plan is that of the first alone."""
    alone = plan()
    told = plan(
        ("{build: {plant: plant}}", "{build: {plant: plant}}, there: {build: {plant: plant}}")
    )
    assert told.code == alone.code == 0
    assert told.plan["objective_usd"] == pytest.approx(alone.plan["objective_usd"])
    assert {order["site"] for order in told.plan["orders"]} == {"here"}


def test_a_plant_that_is_paid_for_running(plan):
    """A running cost below zero is money that comes in: the books and the chain still close, and
    more is worth more.
    """
    told = plan(("15 USD/MWh", "-15 USD/MWh"))
    assert told.code == 0
    assert told.plan["objective_usd"] > plan().plan["objective_usd"]
    assert told.plan["certificate"]["max_money_residual"] < 1e-9


def test_profit_without_limit_stops_at_the_box_and_says_so(plan):
    """Whatever is made is sold at a profit: the plan takes the largest order there is, and names
    the key that is missing.
    """
    told = plan(("10 MW", "1e9 MW"))
    assert told.code == 0
    assert told.plan["orders"][0]["quantity"] == pytest.approx(50_000.0)
    assert "grow without limit" in told.words
    assert "build 'plant' at 'here'" in told.words
    assert "at_most" in told.words


def test_numbers_far_apart_are_named(plan):
    """A price of 1e12 USD/MWh beside a running cost of 0.001: both are named before the first
    iteration.
    """
    assert "warning" not in plan().words
    told = plan(("price: 60 USD/MWh", "price: 1e12 USD/MWh"), ("15 USD/MWh", "0.001 USD/MWh"))
    assert told.code == 0
    assert "costs span 1e+15" in told.words
    assert "build 'plant' at 'here'" in told.words
    assert "delivery product 'power'" in told.words


def test_a_promise_that_cannot_be_kept(plan):
    """Nothing can be there before the second half of stage two: the product, the node and the
    promise that can be kept are named.
    """
    told = plan(
        ("price: 60 USD/MWh", "price: 60 USD/MWh, availability: 99.9 %"),
        ("capex: 20", "lead: 9 months, capex: 20"),
    )
    assert told.code == 4
    assert told.plan["error"] == "Infeasible"
    assert told.plan["clashes"] == ["power"]
    assert "served_from" in told.plan["cheapest"]
    assert "node n000" in told.plan["message"]


@pytest.mark.parametrize("leave", [0, 8_192, 16_384, 32_768])
def test_a_disk_that_fills_up_during_the_run(small_disk, tmp_path, capsys, leave):
    """Wherever the room ends: one sentence and exit 5, no half file, and with room again the same
    command plans.
    """
    study = tmp_path / "hostile.yaml"
    study.write_text(PLAIN)
    ballast = fill(small_disk, leave=leave)
    command = ["plan", str(study), "--out", str(small_disk / "run"), "--json"]
    assert main(command) == 5
    assert "No room left on the disk" in capsys.readouterr().err
    assert list(small_disk.glob("**/.*.tmp")) == []
    ballast.unlink()
    assert main(command) == 0
