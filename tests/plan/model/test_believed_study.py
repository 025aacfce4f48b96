"""Prices, series and weather that nobody knows yet, by hand arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.builders.own_tables import table
from tests.builders.studies import Solved, solve_system, study

from headrace.core.errors import InputError
from headrace.core.ids import ProductId
from headrace.core.study import Study
from headrace.core.varying import SeriesFile
from headrace.plan.analysis.mean_value import mean_study
from headrace.plan.model.believed_study import swapped
from headrace.plan.model.build_system import expand

HEAD = """
study: believed
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months], terminal_value: false, hours: HOURS}
products: {power: {kind: electricity, site: here, demand: DEMAND, price: 100 USD/MWh}}
"""
BLOCKS = HEAD.replace("HOURS", "{blocks: [8760 h]}").replace("DEMAND", "10 MW")
GRID = "limit: 99 MW, stands: 99 MW"
CASES = "cases: {low: {probability: 25 %, value: LOW}, high: {probability: 75 %, value: HIGH}}"


def _belief(about: str, before: str, low: str, high: str) -> str:
    cases = CASES.replace("LOW", low).replace("HIGH", high)
    return f"beliefs: {{b: {{about: {about}, before: {before}, reveal: 2, {cases}}}}}\n"


def _solved(text: str, folder: Path) -> Solved:
    return solve_system(expand(study(text), folder))


def test_the_price_of_a_grid(tmp_path: Path) -> None:
    """20 in the first year, then 10 or 60: 80 + .25 x 90 + .75 x 40 = 132.5 USD a MWh."""
    sites = f"sites: {{here: {{grid: {{{GRID}, energy: 999 USD/MWh}}}}}}\n"
    belief = _belief('"grid:here"', "20 USD/MWh", "10 USD/MWh", "60 USD/MWh")
    assert _solved(BLOCKS + sites + belief, tmp_path).npv == pytest.approx(87_600 * 132.5)


def test_a_path_of_carbon(tmp_path: Path) -> None:
    """1 t/MWh: 10 USD/t in the first year; then 30, or a path of 20 and from July on 40."""
    sites = f"sites: {{here: {{grid: {{{GRID}, energy: 0 USD/MWh, co2: 1000 kg/MWh}}}}}}\n"
    path = "{2028-01: 20 USD/t, 2028-07: 40 USD/t}"
    belief = _belief("carbon", "10 USD/t", "30 USD/t", path)
    found = _solved(BLOCKS + sites + belief, tmp_path)
    assert found.npv == pytest.approx(87_600 * (90 + 70))


def test_an_offer_for_what_is_given_back(tmp_path: Path) -> None:
    """A plant of 20 MW at 5 USD/MWh; 10 MW are given at 10, then at -3 (not at all) or 25."""
    text = f"""{BLOCKS}
technologies: {{plant: {{variable: 5 USD/MWh}}}}
sites:
  here:
    grid: {{{GRID}, energy: 50 USD/MWh, export: {{}}}}
    build: {{plant: {{use: plant, stands: 20 MW, at_most: 20 MW}}}}
"""
    text += _belief('"export:here"', "10 USD/MWh", "-3 USD/MWh", "25 USD/MWh")
    want = 87_600 * (2 * 95 + 5 + 0.75 * 20)
    assert _solved(text, tmp_path).npv == pytest.approx(want)


def test_a_price_of_a_tree_by_hand(tmp_path: Path) -> None:
    sites = f"sites: {{here: {{grid: {{{GRID}, energy: 999 USD/MWh}}}}}}\n"
    tree = """tree:
  - {node: now, values: {"grid:here": 20 USD/MWh}}
  - {node: then, parent: now, values: {"grid:here": 30 USD/MWh}}
"""
    assert _solved(BLOCKS + sites + tree, tmp_path).npv == pytest.approx(87_600 * (80 + 70))


def test_a_column_of_ones_own(tmp_path: Path) -> None:
    """A load of 1 or 3 MW in turn, then of 2 and 6 or of none: 2 + .25 x 4 = 3 MW-years at 80."""
    rows = (f"{1 + h % 2 * 2}, {2 + h % 2 * 4}, 0" for h in range(8760))
    table(tmp_path / "load.csv", "base [MW], double [MW], none [MW]", rows)
    head = HEAD.replace("HOURS", "{weeks: 1}").replace("DEMAND", "load.csv#base")
    sites = f"sites: {{here: {{grid: {{{GRID}, energy: 20 USD/MWh}}}}}}\n"
    belief = _belief('"series:load.csv#base"', "load.csv#base", "load.csv#double", "load.csv#none")
    found = _solved(head + sites + belief, tmp_path)
    assert found.npv == pytest.approx(8760 * 80 * 3, rel=1e-6)
    asked = [w.demands.get(ProductId("power")) for w in found.formulation.parameters]
    assert [one is None for one in asked] == [True, False, False]
    future = mean_study(found.formulation).problem
    assert len(future.nodes) == 2


def test_a_year_of_weather(tmp_path: Path) -> None:
    """Panels that stand give what the sun of the node gives: Greensboro first, then Miami or the
    Aleutians.
    """
    text = (
        HEAD.replace("HOURS", "{weeks: 1}").replace("DEMAND", "1 GW")
        + """
sites:
  here:
    weather: tmy3:723170
    build: {sun: {use: solar.fixed, stands: 10 MW, at_most: 10 MW}}
"""
    )
    text += _belief('"weather:here"', "tmy3:723170", "tm2:12839", "tmy3:703165")
    of = expand(study(text), tmp_path)
    (sun,) = (c for c in of.system.converters if c.standing)
    shares = [float(np.mean(w.converter(sun).standing[0].ratio)) for w in of.parameters]
    assert shares[1] > shares[0] > shares[2]
    for node, out in enumerate(solve_system(of).outcomes):
        share = np.asarray(of.parameters[node].converter(sun).standing[0].ratio)
        given = share[of.time_slices[node].hour]
        made = float(out.weights @ out.activity[1])  # but for what the panels have aged
        assert made == pytest.approx(10 * float(out.weights @ given), rel=2e-2)


def test_a_column_stands_for_another_everywhere_but_in_beliefs() -> None:
    text = HEAD.replace("HOURS", "all").replace("DEMAND", "a.csv#x")
    text += f"sites: {{here: {{grid: {{{GRID}, energy: {{2027: a.csv#x, 2028: a.csv#y}}}}}}}}\n"
    text += _belief('"series:a.csv#x"', "a.csv#x", "a.csv#z", "a.csv#x")
    of = study(text)
    found = swapped(of, SeriesFile("a.csv", "x"), SeriesFile("a.csv", "z"))
    assert isinstance(found, Study)
    assert found.products["power"].demand == "a.csv#z"
    grid = found.sites["here"].grid
    assert grid is not None
    assert str(grid.energy) == "{2027-01: a.csv#z, 2028-01: a.csv#y}"
    assert found.beliefs == of.beliefs


WAIT = """
study: waiting
money: {discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], terminal_value: false,
  hours: {blocks: [8760 h]}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
"""


def test_a_queue_that_may_slip(tmp_path: Path) -> None:
    """A right of 10 MW is applied for now, at 1 USD/kW, with 6 USD/kW-year while it stands. It is
    thought to take 18 months; in month 12 that turns out to be 6 (so it comes in month 12) or 30.
    24 or 6 months of 730 h at 100 USD/MWh, half and half: 15 months.
    """
    text = (
        WAIT
        + """
sites: {here: {grid: {limit: 10 MW, queue: 99 months, price: 1 USD/kW, energy: 0 USD/MWh,
  capacity: 6 USD/kW-year}}}
"""
    )
    text += (
        _belief('"queue:here"', "18 months", "6 months", "30 months")
        .replace("25 %", "50 %")
        .replace("75 %", "50 %")
    )
    found = _solved(text, tmp_path)
    assert found.quantity("n000", "here", "", "grid") == pytest.approx(10)
    assert found.npv == pytest.approx(15 * 730 * 10 * 100 - 10_000 - 15 * 5_000)


def test_what_has_arrived_stays(tmp_path: Path) -> None:
    """Six months are enough before anybody knows better: it works from month 6 on, whatever the
    case; what is ordered in month 12 takes what is known then.
    """
    text = (
        WAIT
        + """
technologies: {plant: {capex: 1 USD/kW, lead: 40 months, life: 12 months}}
sites: {here: {build: {plant: {use: plant, at_most: 10 MW}}}}
"""
    )
    text += _belief('"lead:plant"', "6 months", "12 months", "24 months")
    found = _solved(text, tmp_path)
    # the first works in months 6 to 18, its successor from month 24 on in the first case only,
    # since what takes 24 months would come in month 36, when all is over
    months = 12 + 0.25 * 12
    assert found.total("revenue") == pytest.approx(months * 730 * 10 * 100)


@pytest.mark.parametrize(
    ("about", "values", "words"),
    [
        ('"grid:there"', ("1 USD/MWh",) * 3, "`there` is not a site"),
        ('"export:here"', ("1 USD/MWh",) * 3, "nothing is given back"),
        ('"weather:here"', ("a.epw",) * 3, "has no `weather`"),
        ('"series:a.csv#x"', ("a.csv#x",) * 3, "not a column that the study takes"),
        ("carbon", ("1 USD/t", "-1 USD/t", "2 USD/t"), "is negative"),
        ("carbon", ("1 USD/t", "{2027: 1 EUR/t}", "2 USD/t"), "of which no rate is stated"),
        ('"queue:here"', ("12 months", "a.csv", "3 months"), "moves over time"),
        ('"lead:plant"', ("12 months",) * 3, "not a technology that may be built"),
        ('"wind:here"', ("1",) * 3, "not something a belief can be about"),
    ],
)
def test_what_cannot_be_believed(about: str, values: tuple[str, ...], words: str) -> None:
    sites = f"sites: {{here: {{grid: {{{GRID}, energy: 20 USD/MWh}}}}}}\n"
    with pytest.raises(InputError) as refused:
        study(BLOCKS + sites + _belief(about, *values))
    assert words in str(refused.value)
