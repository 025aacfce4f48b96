"""A node with whole units, beside the textbook's unit commitment with a binary for every unit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp
from tests.builders.studies import UNITS, on_a_circle, solved_once

from headrace.plan.lp.highs import solve as by_highs
from headrace.plan.model.formulate import formulate
from headrace.plan.results import whole_unit_operation
from headrace.plan.results.dispatch import node_outcome
from headrace.plan.results.reserve_check import covered
from headrace.plan.results.whole_unit_operation import operate, over_tree

TWO = """\
study: two
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8760 h]}}
technologies:
  large: {variable: 18 USD/MWh, fuel: gas, heat_rate: 10 MMBtu/MWh, units: {size: 3 MW,
    minimum_load: 40 %, no_load: 20 %, start_cost: 30 USD/MW, TIMES}}
  quick: {variable: 31 USD/MWh, units: {size: 2 MW, minimum_load: 50 %, start_cost: 5 USD/MW}}
fuels: {gas: {price: 1 USD/MMBtu}}
sites:
  here:
    spinning_reserve: RESERVE
    build:
      large: {use: large, at_most: 6 MW, stands: 6 MW, commitment: relaxed}
      quick: {use: quick, at_most: 4 MW, stands: 4 MW, commitment: relaxed}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 50 USD/MWh}}
"""
UNITS_OF = ((3.0, 26.0, 2.0, 0.4, 30.0), (3.0, 26.0, 2.0, 0.4, 30.0)) + (
    (2.0, 31.0, 0.0, 0.5, 5.0),
) * 2
"""Of every unit its size [MW], USD/MWh, USD an hour for a MW on line, least load, USD/MW of a
start: 18 and 8 of 10 MMBtu for what is given, 2 of them for what is on line.
"""


def planned(load, *, reserve="largest unit", times="least_up: 1 h"):
    text = TWO.replace("RESERVE", reserve).replace("TIMES", times)
    found = formulate(on_a_circle(text, tuple(load)))
    return found, by_highs(found.problem)


def rules(t, u, reserve, times):
    """Rows of a unit in hour t for its reserve, and for its least times that end there: terms, and
    their limit.
    """
    if reserve:
        held = [(t, v, -one[0]) for v, one in enumerate(UNITS_OF)]
        out = [(t, v, 1.0) for v in range(len(UNITS_OF))]
        yield {"output": out, "on": [*held, (t, u, UNITS_OF[u][0])]}, 0
    up, down = times if u < 2 else (0, 0)
    if up > 1 and t >= up:
        begun = [(j, u, 1.0) for j in range(t - up, t)]
        yield {"start": begun, "on": [(t, u, -1.0)]}, 0
    if down > 1 and t + 1 >= down:
        begun = [(j, u, 1.0) for j in range(t + 1 - down, t + 1)]
        yield {"start": begun, "on": [(t + 1 - down, u, 1.0)]}, 1


def textbook(load, *, reserve=True, up=0, down=0):
    """Least cost less revenue [USD a year] with a binary for each unit and hour, written apart.

    Columns: on, start (on line in the next hour), output of every unit; served, wasted by hour.
    """
    n, k, weight = len(load), len(UNITS_OF), 8760 / len(load)
    place = {name: i * k * n for i, name in enumerate(("on", "start", "output"))}
    place |= {"served": 3 * k * n, "wasted": 3 * k * n + n}
    width = 3 * k * n + 2 * n
    cost, rows, least, most = np.zeros(width), [], [], []
    cost[place["served"] : place["wasted"]] = -50.0
    cost[place["wasted"] :] = 100.0  # what is made and not used costs at least this

    def at(name, t, unit=0):
        return place[name] + unit * n + t % n

    def row(low, high, **terms):
        values = np.zeros(width)
        for name, pairs in terms.items():
            for t, unit, value in pairs:
                values[at(name, t, unit)] += value
        rows.append(values)
        least.append(low)
        most.append(high)

    for t in range(n):
        out = [(t, u, 1.0) for u in range(k)]
        row(0, 0, output=out, served=[(t, 0, -1.0)], wasted=[(t, 0, -1.0)])
        for u, (size, usd, no_load, minimum, start) in enumerate(UNITS_OF):
            cost[at("output", t, u)] = usd
            cost[at("on", t, u)] = no_load * size
            cost[at("start", t, u)] = start * size
            row(-np.inf, 0, output=[(t, u, 1.0)], on=[(t, u, -size)])
            row(-np.inf, 0, output=[(t, u, -1.0)], on=[(t, u, minimum * size)])
            if t + 1 < n:
                row(-np.inf, 0, on=[(t + 1, u, 1.0), (t, u, -1.0)], start=[(t, u, -1.0)])
            for words, limit in rules(t, u, reserve, (up, down)):
                row(-np.inf, limit, **words)
    for kind in ((0, 1), (2, 3)):  # alike units may change places where the circle closes
        turned = [(0, u, 1.0) for u in kind] + [(n - 1, u, -1.0) for u in kind]
        row(-np.inf, 0, on=turned, start=[(n - 1, u, -1.0) for u in kind])
    upper = np.ones(width)
    upper[place["output"] :] = np.inf
    upper[place["served"] : place["wasted"]] = load
    found = milp(
        cost * weight,
        constraints=LinearConstraint(np.array(rows), least, most),
        bounds=Bounds(0, upper),
        integrality=np.r_[np.ones(2 * k * n), np.zeros(width - 2 * k * n)],
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    return found.fun


def same(load, **asked):
    times = {"up": asked.pop("up", 0), "down": asked.pop("down", 0)}
    words = f"least_up: {times['up'] or 1} h, least_down: {times['down'] or 1} h"
    reserve = "largest unit" if asked.get("reserve", True) else "none"
    found, solution = planned(load, reserve=reserve, times=words)
    ours = operate(found, solution, 0, gap=1e-9)
    assert ours is not None
    best = textbook(load, **asked, **times)
    assert ours.high == pytest.approx(best, rel=1e-6, abs=1.0)
    assert ours.low == pytest.approx(best, rel=1e-6, abs=1.0)
    return found, solution, ours


LOAD = np.array([2.0, 2.0, 5.5, 7.0, 7.0, 3.0, 0.5, 4.0])


@pytest.mark.parametrize("reserve", [True, False])
@pytest.mark.parametrize(("up", "down"), [(0, 0), (4, 0), (0, 3), (3, 3)])
def test_whole_units_cost_what_the_textbook_says(reserve, up, down) -> None:
    _, _, ours = same(LOAD, reserve=reserve, up=up, down=down)
    assert ours.low >= ours.relaxed - 1e-6 * abs(ours.relaxed)


def test_the_reserve_covers_a_whole_unit_where_the_plan_covers_a_share() -> None:
    """2 MW asked in all hours. The plan holds half a unit of 3 MW, as half of the 6 MW may; with
    whole units one is on line and the others can do without it.
    """
    found, solution, ours = same(np.full(4, 2.0))
    tightest = {
        one.title: one.tightest for one in covered(found, [node_outcome(found, solution, 0)])
    }
    assert min(tightest.values()) < 0.75
    whole = replace(solution.nodes[0], columns=ours.columns)
    again = [node_outcome(found, replace(solution, nodes=(whole,)), 0)]
    assert all(one.tightest == pytest.approx(1.0) for one in covered(found, again))
    low, high = ours.extra
    assert 0 < low <= high


def test_units_on_line_are_whole_and_carry_the_output() -> None:
    found, _, ours = same(LOAD)
    assert ours.sizes == {0: 3.0, 1: 2.0}
    rows = {(label.kind, label.number): j for j, label in enumerate(found.labels[0].columns)}
    for number, size in ours.sizes.items():
        assert ours.units[number].max() <= 2
        on_line = ours.columns[rows["running", number]]
        assert on_line == pytest.approx(ours.units[number] * size, abs=1e-6)


def test_a_plant_that_is_not_committed_loses_one_of_its_units() -> None:
    """8 MW stand uncommitted in four units of 2: the plan keeps a quarter of what stands, and
    whole units ask for the same 2 MW, so 6 MW of 10 asked are served.
    """
    found = solved_once(UNITS.replace(", commitment: relaxed", ", stands: 8 MW"))
    ours = operate(found.formulation, found.plan.solution, 0)
    assert ours is not None
    assert ours.units == {}
    assert ours.high == ours.low == pytest.approx(ours.relaxed, rel=1e-7)
    few = solved_once(
        UNITS.replace(", commitment: relaxed", ", stands: 4 MW").replace("10 MW", "3 MW")
    )
    ours = operate(few.formulation, few.plan.solution, 0)
    assert ours is not None
    # the share of 4 MW in 8 lets 3 MW run of 4; a whole unit lets 2
    assert ours.extra[0] > 0


def test_nothing_to_count_is_nothing_and_so_is_too_much(monkeypatch) -> None:
    bare = UNITS.replace("    spinning_reserve: largest unit\n", "")
    found = solved_once(bare.replace(", commitment: relaxed", ""))
    assert operate(found.formulation, found.plan.solution, 0) is None
    there, solution = planned(LOAD)
    monkeypatch.setattr(whole_unit_operation, "MOST", 4 * len(LOAD) - 1)
    assert operate(there, solution, 0) is None


@pytest.mark.slow
def test_300_random_systems_are_those_of_the_textbook() -> None:
    rng = np.random.default_rng(11)
    for _ in range(300):
        load = rng.uniform(0, 9, int(rng.integers(5, 10)))
        load = np.where(rng.random(len(load)) < 0.2, 0.0, load)
        same(
            load,
            reserve=bool(rng.random() < 0.6),
            up=int(rng.integers(0, 4)),
            down=int(rng.integers(0, 4)),
        )


def test_all_nodes_of_a_tree_are_counted_and_told() -> None:
    """Two nodes of one year each: twice the same, and nothing is left out."""
    text = TWO.replace("RESERVE", "largest unit").replace("TIMES", "least_up: 2 h")
    text = text.replace("stages: [12 months]", "stages: [12 months, 12 months]")
    found = formulate(on_a_circle(text, tuple(LOAD)))
    solution = by_highs(found.problem)
    each = [operate(found, solution, n) for n in range(2)]
    counted, left = over_tree(found, solution)
    assert left == 0
    assert [one.high for one in counted] == pytest.approx(
        [one.high for one in each if one], rel=1e-3
    )
    _, left = over_tree(found, solution, stop=lambda: True)
    assert left == 2
