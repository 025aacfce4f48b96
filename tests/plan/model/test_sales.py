"""What is sold is one level a stage: against enumeration of posted prices, and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import Solved, on_a_circle, solve_system, solve_text, study

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.model.sales import UNSERVED, levels, work_sold
from headrace.plan.results.dispatch import sold_columns
from headrace.plan.solve.solve import solve

HEAD = """\
study: sold
money: {year: 2026, discount: 0 %/a real}
horizon: {start: 2027-01, stages: [12 months], terminal_value: false,
   hours: {blocks: [4380 h, 4380 h]}}
"""
GRID = "sites: {here: {grid: {limit: 5 MW, stands: 5 MW, energy: 0 USD/MWh}}}\n"
ONE_PRICE = "elasticity: 1, amount: 5 MW, price: 5 USD/MWh, pieces: 10"
TWO_HOURS = (5.0, 2.0)
"""Capacity in each of two hours; in both, 10 - q is what the last of q MW pays."""


def offered(terms: str, more: str = "") -> str:
    return (
        HEAD
        + GRID
        + "products: {power: {kind: electricity, site: here, "
        + f"{more} offers: {{use: {{kind: api, {terms}}}}}}}}}\n"
    )


def two_hours(text: str, load: tuple[float, ...]) -> Solved:
    """The study on two hours, of which the second has 2 MW of the grid; worth 1 USD an hour."""
    found = on_a_circle(text, load)
    grid = next(c for c in found.system.converters if c.asset is not None)
    room = np.zeros(HOURS_PER_YEAR)
    room[:2] = TWO_HOURS
    converters = tuple(
        replace(c, at_most=room) if c is grid else c for c in found.system.converters
    )
    return solve_system(replace(found, system=replace(found.system, converters=converters)))


def earned(solved: Solved) -> float:
    """Objective of one pair of hours [USD]."""
    return solved.npv / (HOURS_PER_YEAR / 2)


def test_prices_by_the_hour_earn_forty_one() -> None:
    """K demands at K prices serve only the dear ones in the scarce hour: 25 + 16."""
    marginal = (9, 7, 5, 3, 1)
    products = ", ".join(
        f"p{m}: {{kind: electricity, site: here, demand: 1 MW, price: {m} USD/MWh}}"
        for m in marginal
    )
    solved = two_hours(HEAD + GRID + f"products: {{{products}}}\n", (1.0, 1.0))
    assert earned(solved) == pytest.approx(41.0, rel=1e-6)


def test_one_posted_price_earns_thirty_six() -> None:
    """4 and 2 MW at 6 USD/MWh; 35 at 5, 35 at 7. What is not served is not billed."""
    prices = ", ".join(f"{p} USD/MWh" for p in range(2, 10))
    solved = two_hours(offered(f"{ONE_PRICE}, prices: [{prices}]"), (5.0, 5.0))
    assert earned(solved) == pytest.approx(36.0, rel=1e-6)
    book = solved.formulation.sales
    found = levels(book, sold_columns(solved.formulation, solved.plan.solution))
    assert found == {(0, 0, 0): pytest.approx(0.8)}
    assert solved.total("revenue") / (HOURS_PER_YEAR / 2) == pytest.approx(36.0, rel=1e-6)
    assert solved.total() == pytest.approx(solved.npv, rel=1e-9)


@pytest.mark.parametrize(("refund", "best"), [(4.0, 40.0), (8.0, 34.0), (20.0, 32.0)])
def test_a_level_with_a_refund_is_the_best_of_all_levels(refund: float, best: float) -> None:
    """2 (10 - s) s less the refund of s - 2 MW: s = 5 - refund / 4 where that is above 2."""
    text = offered(f"{ONE_PRICE}, pieces: 40", f"refund: {refund} USD/MWh,").replace(
        "pieces: 10, ", ""
    )
    solved = two_hours(text, (5.0, 5.0))
    steps = np.linspace(0.0, 10.0, 41)
    by_hand = max(2 * (10 - s) * s - refund * max(0.0, s - 2) for s in steps)
    assert by_hand == pytest.approx(best)
    assert earned(solved) == pytest.approx(by_hand, rel=1e-6)
    assert solved.total() == pytest.approx(solved.npv, rel=1e-9)


def random_case(seed: int) -> tuple[str, str, float]:
    """A campus that may build, with an offer on a curve; the same with `DEMAND` at a price of the
    refund; and the refund [USD/MWh].
    """
    rng = np.random.default_rng(seed)
    amount, price = rng.uniform(20, 80), rng.uniform(40, 120)
    refund = rng.uniform(0.5, 2.0) * price
    elastic, share = rng.uniform(0.6, 3.0), rng.uniform(0.1, 0.5)
    curve = f"elasticity: {elastic}" + (f", market_share: {share}" if seed % 2 else "")
    world = f"""\
study: random
money: {{year: 2026, discount: 5 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 24 months], hours: {{blocks: [5000 h, 3760 h]}}}}
technologies: {{t: {{capex: {rng.uniform(300, 900)} USD/kW,
   variable: {rng.uniform(5, 30)} USD/MWh}}}}
sites: {{here: {{grid: {{limit: {rng.uniform(10, 60)} MW, stands: {rng.uniform(5, 10)} MW,
   queue: 6 months, price: 100 USD/kW, energy: {rng.uniform(20, 70)} USD/MWh}},
   build: {{plant: {{use: t, at_most: {rng.uniform(0, 60)} MW}}}}}}}}
"""
    deadline = ("now", "4 h", "year")[seed % 3]
    sold = f"""\
products: {{power: {{kind: electricity, site: here, refund: {refund} USD/MWh, deadline: {deadline},
   price_change: 2 %/a, offers: {{use: {{kind: api, amount: {amount} MW, price: {price} USD/MWh,
   {curve}, pieces: 8, growth: 10 %/a}}}}}}}}
"""
    plain = f"""\
products: {{power: {{kind: electricity, site: here, demand: {amount} MW, price: {refund} USD/MWh,
   price_change: 2 %/a, deadline: {deadline}}}}}
"""
    return world + sold, world + plain, refund


@pytest.mark.parametrize("seed", range(6))
def test_what_is_sold_is_the_best_of_all_posted_prices(seed: int) -> None:
    """Every pair of levels is tried as a demand that is given, at a price of its refund; what is
    billed is added, and what all of it would be paid back taken off.
    """
    text, plain, refund = random_case(seed)
    solved = solve_text(text)
    formulation = solved.formulation
    book, solution = formulation.sales, solved.plan.solution
    offer = formulation.system.demands[0].offers[0]
    grid = np.linspace(0.0, offer.most, offer.number + 1)
    fixed = expand(study(plain))
    years = [book.year(n, 0, 0) for n in range(len(formulation.nodes))]

    def enumerated(pair: tuple[float, ...]) -> float:
        steps = [pair[node.stage - 1] for node in formulation.nodes]
        world = replace(
            fixed,
            parameters=tuple(
                replace(p, level={k: y.level * x for k in p.level})
                for p, y, x in zip(fixed.parameters, years, steps)
            ),
        )
        billed = sum(
            y.level * y.hours * float(offer.revenue(np.array(x))) for y, x in zip(years, steps)
        )
        back = sum(refund * y.level * x * y.hours * offer.amount for y, x in zip(years, steps))
        return billed - back + solve_system(world).npv

    chosen = levels(book, sold_columns(formulation, solution))
    stages = [n for n, node in enumerate(formulation.nodes) if node.decides]
    near = [grid[np.argsort(np.abs(grid - chosen[n, 0, 0]))[:3]] for n in stages]
    best = max(enumerated((a, b)) for a in near[0] for b in near[1])
    error = sum(y.level * y.hours for y in years) * offer.pieces().error
    assert solved.npv >= best - 1e-6 * abs(best)
    exact = enumerated(tuple(chosen[n, 0, 0] for n in stages))
    assert exact - 1e-6 * abs(exact) - error <= solved.npv <= exact + 1e-6 * abs(exact)


SUBSCRIBED = (
    HEAD.replace("[12 months]", "[12 months, 12 months]")
    + """\
sites: {here: {grid: {limit: 6 MW, stands: 6 MW, energy: 0 USD/MWh}}}
products:
  power:
    kind: electricity
    site: here
    refund: 1 USD/MWh
    offers:
      plan: {kind: tier, users: 7300 user, use: 1 MWh/user-month, price: 10 USD/user-month,
             churn: {rate: 0 %}, joins: 0 user/month, unserved_churn: LOST}
"""
)


@pytest.mark.parametrize("lost", [0.0, 0.5, 0.8])
def test_those_who_go_unserved_leave_in_the_next_year(lost: float) -> None:
    """10 MW wanted, 6 there. Of the 4 MW unserved, the share `lost` of the heads leaves."""
    solved = solve_text(SUBSCRIBED.replace("LOST", f"{lost:.0%}"))
    found = levels(solved.formulation.sales, sold_columns(solved.formulation, solved.plan.solution))
    second = {key[0]: level for key, level in found.items()}
    heads = 7300 * 10.0 * 12
    kept = 1.0 - 0.4 * lost
    assert second[max(second)] == pytest.approx(kept, abs=1e-5)
    assert solved.total("revenue") == pytest.approx(heads * (1.0 + kept), rel=1e-5)
    back = 8760 * (4.0 + max(0.0, 10 * kept - 6.0))
    assert solved.total("unserved") == pytest.approx(-back, rel=1e-4)
    assert solved.total("short") == pytest.approx(0.0, abs=1.0)
    assert solved.total() == pytest.approx(solved.npv, rel=1e-9)


def test_a_promise_holds_of_what_is_sold() -> None:
    """9 of 10 sold MW must be served: with 6 MW, 6.67 are sold."""
    text = SUBSCRIBED.replace("refund", "availability: 90 %\n    refund").replace("LOST", "0 %")
    solved = solve_text(text)
    work = work_sold(
        solved.formulation.sales,
        0,
        0,
        sold_columns(solved.formulation, solved.plan.solution),
    )
    assert work == pytest.approx(6.0 / 0.9 / 10.0, rel=1e-5)
    with_churn = solve_text(
        text.replace("0 %}, joins", "0 %}, joins").replace(
            "unserved_churn: 0 %", "unserved_churn: 50 %"
        )
    )
    names = [s.offer for s in with_churn.formulation.sales.columns]
    assert UNSERVED in names
    assert with_churn.total("short") == pytest.approx(0.0, abs=1.0)


@pytest.mark.parametrize("deadline", ["now", "day", "4 h", "year"])
def test_the_interior_point_agrees_with_the_simplex_method(deadline: str) -> None:
    """Subscribers who leave, a curve, risk and a promise, on hours that hold a store."""
    text = f"""\
study: both
goal: {{maximise: npv, risk: {{alpha: 0.5, omega: 0.3}}}}
money: {{year: 2026, discount: 8 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], hours: {{weeks: 1}}}}
beliefs:
  growth: {{about: demand, before: 10 %/a, reveal: 2, cases: {{
    low: {{probability: 60 %, value: 0 %/a}}, high: {{probability: 40 %, value: 60 %/a}}}}}}
technologies: {{t: {{capex: 400 USD/kW, variable: 20 USD/MWh}}}}
sites: {{here: {{grid: {{limit: 90 MW, stands: 60 MW, queue: 6 months, price: 100 USD/kW,
   energy: 50 USD/MWh, demand: 5 USD/kW-month}},
   build: {{plant: {{use: t, at_most: 40 MW}}, cell: {{use: battery.lfp, at_most: 30 MW}}}}}}}}
products:
  power:
    kind: electricity
    site: here
    shape: office
    deadline: {deadline}
    availability: 60 %
    offers:
      use: {{kind: api, amount: 40 MW, price: 90 USD/MWh, elasticity: 1.4, market_share: 20 %,
        rivals: {{share: 30 %, cut: 40 %, since: 2028-01}}}}
      plan: {{kind: tier, users: 50000 user, use: 0.6 MWh/user-month, price: 45 USD/user-month,
        churn: {{alpha: 0.7, beta: 4}}, joins: 900 user/month, unserved_churn: 50 %}}
"""
    problem = formulate(expand(study(text))).problem
    exact = solve(problem, SolverOptions(method="highs", gap=1e-6))
    found = solve(problem, SolverOptions(method="interior", gap=1e-5))
    assert found.solution.solver == "interior"
    assert exact.solution.solver != "interior"
    assert found.low <= exact.high + 1e-6 * abs(exact.high)
    assert found.high >= exact.low - 1e-6 * abs(exact.low)
    assert found.low == pytest.approx(exact.low, rel=1e-4)
