"""Several years of weather under one decision."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import study
from tests.builders.what_ifs import WEEK

from headrace.core.errors import InputError
from headrace.plan.lp.highs import solve as by_highs
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.residuals import evaluate
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.model.named_files import named_files
from headrace.plan.results.assumptions import assumptions
from headrace.plan.results.weather_years import binding, by_weather, without, words
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.solve.solve import solve

TWO = ("tmy3:723170", "tm2:12839")
HEAD, REST = WEEK.split("beliefs:")[0], WEEK.split("fuels:")[1]
SHORT = (
    (HEAD + "fuels:" + REST)
    .replace("stages: [12 months, 12 months, 24 months]", "stages: [12 months]")
    .replace("weeks: 1, extreme_days: 1", "weeks: 1")
)


def several(text, years, weights=()):
    shares = f", weights: [{', '.join(weights)}]" if weights else ""
    names = ", ".join(f'"{one}"' for one in years)
    return text.replace("weather: tmy3:723170", f"weather: {{years: [{names}]{shares}}}")


@pytest.fixture(scope="module")
def planned():
    found = formulate(expand(study(several(SHORT, TWO))))
    return found, solve(found.problem)


def test_a_year_twice_is_the_year_once():
    """Two equal halves of one year: the same optimum, twice the hours."""
    one, twice = (
        formulate(expand(study(text))) for text in (SHORT, several(SHORT, (TWO[0], TWO[0])))
    )
    assert len(twice.nodes) == 2 * len(one.nodes)
    assert len(twice.orders) == len(one.orders)
    ours, theirs = solve(twice.problem), solve(one.problem)
    assert ours.low <= theirs.high * (1 + 1e-9)
    assert theirs.low <= ours.high * (1 + 1e-9)


def test_no_one_decision_beats_a_decision_for_each_year(planned):
    """What is built for both years earns at most the mean of what each alone could."""
    found, both = planned
    alone = [
        solve(formulate(expand(study(SHORT.replace("tmy3:723170", year)))).problem) for year in TWO
    ]
    assert both.low <= np.mean([one.high for one in alone]) * (1 + 1e-9)
    assert both.low >= 0.5 * min(one.low for one in alone)
    assert sum(node_weight(n, found.discounting) for n in found.nodes) == pytest.approx(
        2 * sum(node_weight(n, found.discounting) for n in found.nodes if n.weather == 0)
    )


def test_it_is_the_program_that_highs_solves(planned):
    found, both = planned
    problem = found.problem
    best = evaluate(problem, by_highs(replace(problem, risk=None))).value
    assert -both.high / 1e3 <= best + 1e-6 * abs(best)
    assert best <= -both.low / 1e3 + 1e-6 * abs(best)


@pytest.mark.slow
def test_both_solvers_agree_on_300_random_mixtures_of_years():
    """Weights, load and the price of the grid drawn; HiGHS on the whole program, the interior point
    with its own bounds.
    """
    rng = np.random.default_rng(40)
    for _ in range(300):
        share = round(float(rng.uniform(0.05, 0.95)), 3)
        text = several(SHORT, TWO, (f"{share}", f"{round(1 - share, 3)}"))
        text = text.replace("demand: 120 MW", f"demand: {rng.uniform(60, 200):.1f} MW")
        text = text.replace("energy: 66 USD/MWh", f"energy: {rng.uniform(40, 90):.1f} USD/MWh")
        problem = formulate(expand(study(text))).problem
        exact = solve(problem, SolverOptions(method="highs"))
        found = solve(problem, SolverOptions(method="interior", gap=1e-4))
        assert found.low <= exact.high * (1 + 1e-9)
        assert exact.low <= found.high * (1 + 1e-9)
        assert found.high - found.low <= 1.01e-4 * abs(found.low)


def test_every_year_is_told_and_one_binds(planned):
    found, both = planned
    years = by_weather(found, both.solution)
    assert [one.share for one in years] == [0.5, 0.5]
    assert sum(one.rent for one in years) == pytest.approx(1.0)
    assert all(0 <= one.unserved < 1 for one in years)
    most = max(years, key=lambda one: one.weighs)
    assert words(years, TWO)[0].endswith(f"{TWO[most.number]} binds")
    assert words((), ()) == []


def test_a_weight_of_all_leaves_the_other_year_without_a_say():
    whole = several(SHORT, TWO, ("100 %", "0 %"))
    ours, theirs = (solve(formulate(expand(study(t))).problem) for t in (whole, SHORT))
    assert ours.low <= theirs.high * (1 + 1e-9)
    assert theirs.low <= ours.high * (1 + 1e-9)


def test_every_year_is_a_file_that_the_study_names():
    assert set(TWO) <= set(named_files(study(several(SHORT, TWO)), None))


@pytest.mark.parametrize(
    ("weights", "said"),
    [(("50 %",), "1 weights"), (("50 %", "40 %"), "add up to 0.9")],
)
def test_weights_that_do_not_fit_are_refused(weights, said):
    with pytest.raises(InputError, match=said):
        study(several(SHORT, TWO, weights))


def test_years_of_two_sites_are_the_same():
    text = several(SHORT, TWO)
    more = '\n  elsewhere: {weather: {years: ["tmy3:723170", "tm2:12839", "tm2:12839"]}}'
    with pytest.raises(InputError, match="the same years at every site"):
        study(text.replace("\nsites:", f"\nsites:{more}"))


def drawn(text, count, **more):
    keys = "".join(f", {key}: {value}" for key, value in more.items())
    return text.replace(
        "weather: tmy3:723170", f'weather: {{years: ["tmy3:723170"], bootstrap: {count}{keys}}}'
    )


def test_drawn_years_follow_the_named_ones_and_are_labelled():
    """Two more years of one file, with a seed; each its own hours under one set of orders."""
    asked = study(drawn(SHORT, 2, seed=9))
    several = asked.sites["greensboro"].weather_years
    assert several.names == ("tmy3:723170", "tmy3:723170~9.1", "tmy3:723170~9.2")
    assert several.shares == (1 / 3,) * 3
    found = formulate(expand(asked))
    assert [node.weather for node in found.nodes] == [0, 1, 2]
    pv = next(c for c in found.system.converters if "pv" in str(c.id))
    own = [np.asarray(p.converter(pv).standing[0].ratio) for p in found.parameters]
    assert not np.array_equal(own[0], own[1])
    assert not np.array_equal(own[1], own[2])
    assert sorted(own[0])[-100:] == pytest.approx(sorted(own[1])[-100:], abs=0.1)
    plan = solve(found.problem)
    told = assumptions(asked, found, plan.solution)
    assert any("2 of 3 years of weather are drawn from days of the others" in one for one in told)
    assert any("year 2 drawn from tmy3:723170 counts 33%" in one for one in told)


def test_years_are_drawn_on_the_same_days_at_all_sites():
    other = '\n  elsewhere: {weather: {years: ["tm2:12839"], bootstrap: 2, seed: SEED}}'
    text = drawn(SHORT, 2, seed=9).replace("\nsites:", f"\nsites:{other}")
    names = [s.weather_years.names for s in study(text.replace("SEED", "9")).sites.values()]
    assert [[name.partition("~")[2] for name in one] for one in names] == [["", "9.1", "9.2"]] * 2
    with pytest.raises(InputError, match="other years, weights or draws"):
        study(text.replace("SEED", "8"))


def test_one_year_alone_is_refused():
    with pytest.raises(InputError, match="`bootstrap`, which draws more"):
        study(drawn(SHORT, 0))


def test_without_a_year_the_others_count_what_it_counted_more(planned):
    found, both = planned
    year = binding(by_weather(found, both.solution))
    nodes = without(found.nodes, year.number)
    assert {node.share for node in nodes if node.weather == year.number} == {0.0}
    assert {node.share for node in nodes if node.weather != year.number} == {1.0}
    alone = solve(formulate(replace(found.expansion, nodes=nodes)).problem)
    other = TWO[1 - year.number]
    there = solve(formulate(expand(study(SHORT.replace("tmy3:723170", other)))).problem)
    assert alone.low <= there.high * (1 + 1e-9)
    assert there.low <= alone.high * (1 + 1e-9)


SUNNY = """\
study: sunny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-06, stages: [1 month], terminal_value: false}
technologies:
  plant: {capex: 6 USD/kW, variable: 60 USD/MWh}
  cell: {kind: battery, capex: 0.5 USD/kW, energy_capex: 0.3 USD/kWh, efficiency: 81 %}
sites:
  here:
    weather: {years: ["tmy3:723170"], bootstrap: 2, weights: [0.5, 0.3, 0.2]}
    build:
      pv: {use: solar.single_axis, capex: 4 USD/kW, lead: 0 months, at_most: 90 MW}
      plant: {use: plant, at_most: 90 MW}
      cell: {use: cell, at_most: 50 MW, at_most_energy: 99 MWh, stored_at_start: 1}
products: {power: {kind: electricity, site: here, demand: 30 MW, price: 90 USD/MWh}}
"""


@pytest.mark.filterwarnings("ignore")  # PyPSA and linopy of what they call
def test_the_years_are_the_scenarios_of_a_pypsa_network():
    """June three times, with panels, a battery that ends as it began, and a plant: PyPSA's own
    stochastic network of three scenarios, with our prices of orders, has the same optimum.
    """
    pypsa = pytest.importorskip("pypsa")
    found = formulate(expand(study(SUNNY)))
    plan = solve(found.problem, SolverOptions(gap=1e-6))
    prices = {
        (found.system.assets[order.asset].id.key, found.system.assets[order.asset].unit): 1e3 * cost
        for order, cost in zip(found.orders, found.problem.master.cost / found.order_scales)
    }
    names = ["first", "second", "third"]
    total = sum(node_weight(node, found.discounting) for node in found.nodes)
    network = pypsa.Network(snapshots=range(720))
    network.snapshot_weightings["objective"] = total
    network.add("Bus", ["power", "inside"])
    network.add("Load", "load", bus="power", p_set=30.0)
    network.add("Generator", "lost", bus="power", p_nom=30.0, marginal_cost=90.0)
    for name, usd, more in (("plant", 60.0, {}), ("pv", 0.0, {"p_max_pu": np.ones(720)})):
        network.add("Generator", name, bus="power", p_nom_extendable=True, p_nom_max=90.0,
                    capital_cost=prices[name, "MW"], marginal_cost=usd, **more)  # fmt: skip
    network.add("Link", "in", bus0="power", bus1="inside", p_nom_extendable=True, efficiency=0.9,
                p_nom_max=50.0, capital_cost=prices["cell", "MW"])  # fmt: skip
    network.add("Link", "out", bus0="inside", bus1="power", p_nom_extendable=True, efficiency=0.9)
    network.add("Store", "cell", bus="inside", e_nom_extendable=True, e_cyclic=True,
                e_nom_max=99.0, capital_cost=prices["cell", "MWh"])  # fmt: skip
    network.set_scenarios(dict(zip(names, (0.5, 0.3, 0.2))))
    pv = next(c for c in found.system.converters if c.id.asset and c.id.asset.key == "pv")
    number = found.system.asset_numbers[pv.asset]
    for name, slices, holds, stands in zip(
        names, found.time_slices, found.parameters, found.installed
    ):
        (port,) = holds.converter(pv).standing
        (kept,) = (share for group in stands if group.asset == number for share in group.shares)
        network.generators_t.p_max_pu[name, "pv"] = kept * slices.cut(port.ratio)  # aged a little

    def one_inverter(made, _):
        sizes = made.model.variables["Link-p_nom"]
        made.model.add_constraints(0.9 * sizes.sel(name="out") - sizes.sel(name="in") == 0)

    status, _ = network.optimize(
        solver_name="highs", extra_functionality=one_inverter, include_objective_constant=False
    )
    assert status == "ok"
    best = total * 720 * 30 * 90 - network.objective
    assert plan.low <= best + 1e-5 * abs(best)
    assert best <= plan.high + 1e-5 * abs(best)
    assert network.generators.p_nom_opt["first"][["pv", "plant"]].min() > 1.0
    assert network.stores.e_nom_opt["first", "cell"] > 1.0
