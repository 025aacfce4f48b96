"""Outside results on energy that need a plan: cost against solar share, PyPSA, an availability
target.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files

import numpy as np

from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of
from headrace.energy.technology import technology, value_of
from headrace.plan.analysis.breakeven import PricePoint
from headrace.plan.lp.options import SolverOptions
from headrace.verification.registry import CheckOutcome, Skip, check

_PAPER = (
    "Baranko et al., white paper of offgridai.us, 2024-12: 44 % at 93 (87 optimised), 90 % at 109 "
    "(97) USD/MWh"
)
_GAS = (
    0.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 13.0, 17.0, 25.0, 32.0,
    40.0, 50.0, 65.0, 80.0, 120.0, 200.0, 400.0, 800.0, 3e3, 2e4,
)  # fmt: skip
"""Fuel prices [USD/MMBtu] at which the planner is asked: each gives one point of the least-cost
line, whatever gas really costs.
"""


def bundled(name: str, **changed: str) -> Study:
    """A study that comes along, with words of its text replaced (tests hold that each word is
    there).
    """
    text = (files("headrace") / "examples" / name / "study.yaml").read_text(encoding="utf-8")
    for old, new in changed.items():
        marked = {
            "station": "tmy3:723170",
            "hours": "hours: all",
            "engines": "at_most: 130 MW",
            "price": "price: 1000 USD/MWh",
        }[old]
        if marked not in text:
            raise ValueError(f"{name} does not say `{marked}`")
        text = text.replace(marked, new)
    return study_of(parse_text(text))


@check(
    "energy.plan.solar_share",
    what="The planner's cost by solar share: where it is least, and last tenth dearest",
    unit="1",
    tolerance=0.0,
    source=_PAPER,
)
def solar_share() -> Iterator[CheckOutcome]:
    """Sun, battery and engines sized by the planner itself: a flat 100 MW off the grid, at the
    bundled stations.

    The load is served whatever it costs; the share is what the engines' fuel did not give of it.
    The plan at another fuel price is a point of the line of least cost over share, and its cost is
    counted at the fuel's real price. 1 means that the last tenth of the share costs most, and that
    the least cost lies inside, as in the paper's sunny places, or at no sun at all where
    `energy.plan.first_panel` says that no panel pays.
    """
    from headrace.energy.technology import fuel, in_money
    from headrace.energy.weather.series import station

    diesel = in_money(fuel("diesel").price, "USD/MMBtu", 2026)
    for key, prices in (
        ("tmy3:723170", {"": 5.0}),
        ("tm2:12839", {"": 5.0}),
        (_CLOUDY, {"": 5.0, ".diesel": diesel}),
    ):
        weather = station(key)
        line = _frontier(
            bundled("offgrid_solar", station=key, hours=_WEEKS, price="price: 1000000 USD/MWh")
        )
        name = weather.place.split(",")[0].lower().replace(" ", "_")
        for suffix, price in prices.items():
            inner = key != _CLOUDY or suffix == ".diesel"
            holds, told = _shape(line, price, inner)
            words = (
                f"{weather.label}, four typical weeks and two extreme days; fuel at {price:.1f} "
                f"USD/MMBtu: {told}"
            )
            yield CheckOutcome(
                float(holds),
                1.0,
                absolute=True,
                id_suffix=f".{name}{suffix}",
                reason=words + _WHY.get(name + suffix, ""),
            )


_CLOUDY = "tmy3:703165"
_WEEKS = "hours: {weeks: 4, extreme_days: 2}"
_WHY = {
    "sand_point": (
        ". No inner minimum is claimed here: at this price no panel pays for itself (see "
        "energy.plan.first_panel)"
    ),
    "sand_point.diesel": (
        ". No gas pipe reaches Sand Point; power there is made of diesel brought by sea. The "
        "price is the mainland's (Newkirk et "
        "al. 2025), a low one for it: large buyers in western Alaska paid about 4 USD/gal, 29 "
        "USD/MMBtu, in 2007 (Capital City "
        "Weekly, 2008-06-18)"
    ),
}


def _shape(line: list[tuple[float, PricePoint]], price: float, inner: bool) -> tuple[bool, str]:
    """Whether cost [USD/MWh served] against share has its minimum inside (or at no sun) and its
    dearest tenth last, with the fuel at `price` [USD/MMBtu]; and the line in words.
    """
    share = np.array([s for s, _ in line])
    demands = line[0][1].formulation.system.demands
    sold, served = next(iter(demands)).price, [_served(point) for _, point in line]
    # Cost of each plan with its fuel at `price`: what its energy was sold for, less its worth.
    cost = np.array([sold - point.at(price) / mwh for mwh, (_, point) in zip(served, line)])
    tenths = np.minimum(np.linspace(0.0, 1.0, 11), share.max())
    costs = np.interp(tenths, share, cost)
    last = int(np.diff(costs).argmax()) == 9 and share.max() > 0.99
    least = int(cost.argmin())
    place = 0 < least < len(cost) - 1 if inner else share[least] < 1e-6
    told = ", ".join(f"{s:.3g} % {c:.0f}" for s, c in zip(100 * tenths, costs))
    end = (
        "" if share.max() > 0.9999 else " (the rest would need fuel at more than 20,000 USD/MMBtu)"
    )
    return (
        place and last,
        f"cheapest at {share[least]:.0%} for {cost[least]:.1f}; share and USD/MWh {told}{end}",
    )


def _frontier(study: Study) -> list[tuple[float, PricePoint]]:
    """The least-cost plans by rising solar share."""
    from headrace.plan.analysis.breakeven import best_plans, breakeven_question

    heat = value_of(technology("gas.engine").heat_rate, "MMBtu/MWh")
    found = {
        round(max(0.0, 1.0 - point.slope / (_served(point) * heat)), 9): point
        for point in best_plans(breakeven_question(study, "fuel:gas"), _GAS)
    }
    return sorted(found.items(), key=lambda pair: pair[0])


def _served(point: PricePoint) -> float:
    """Discounted energy served [MWh]."""
    from headrace.plan.results.cash_flow import lines, total
    from headrace.plan.results.dispatch import node_outcome

    outcome = node_outcome(point.formulation, point.plan.solution, 0)
    revenue = total(lines(point.formulation, point.plan.solution, (outcome,)), "revenue")
    return revenue / next(iter(point.formulation.system.demands)).price


@check(
    "energy.plan.first_panel",
    what="Capex below which the first panel pays, off the grid",
    unit="USD/kW",
    tolerance=1e-6,
    source=(
        "algebra: all it gives saves an engine's fuel and upkeep, and no engine, since the dark "
        "hours need them all"
    ),
)
def first_panel() -> Iterator[CheckOutcome]:
    """It decides whether the cheapest share of sun is nought; no hour at Sand Point is hot enough
    to derate an engine. No battery is offered: late in the horizon, when engines have aged, one
    that panels fill would save some of them.

    capex x (1 - what is left of it at the end) = discounted years x (MWh/kW x (heat rate x fuel +
    upkeep) - fixed cost).
    """
    from headrace.energy.capacity_factor import hourly_share
    from headrace.energy.technology import fuel, in_money
    from headrace.energy.weather.series import station
    from headrace.plan.analysis.breakeven import breakeven, breakeven_question

    panel, engine = technology("solar.single_axis"), technology("gas.engine")
    rate, years, life = 0.07, 20, 30
    left = (1 - (1 + rate) ** (years - life)) / (1 - (1 + rate) ** -life) * (1 + rate) ** -years
    for name, price in (("", 5.0), (".diesel", in_money(fuel("diesel").price, "USD/MMBtu", 2026))):
        text = bundled("offgrid_solar", station=_CLOUDY, hours=_WEEKS)
        site = text.sites["campus"]
        alone = {key: build for key, build in site.build.items() if key != "battery"}
        study = text.model_copy(
            update={
                "fuels": {"gas": text.fuels["gas"].model_copy(update={"price": price})},
                "sites": {"campus": site.model_copy(update={"build": alone})},
            }
        )
        question = breakeven_question(study, "capex:solar.single_axis")
        calendar = question.expansion.time_slices[0]
        sun = float(calendar.weights @ hourly_share(panel, station(_CLOUDY))[calendar.hour]) / 1e3
        burnt = value_of(engine.heat_rate, "MMBtu/MWh") * price
        saved = burnt + in_money(engine.variable_cost, "USD/MWh", 2026)  # type: ignore[arg-type]
        fixed, worth = in_money(panel.fixed_cost, "USD/kW-year", 2026), 0.0
        for node in question.expansion.nodes:  # panels are as old as in its middle
            first, last = node.start / 12, node.end / 12
            annuity = ((1 + rate) ** -first - (1 + rate) ** -last) / np.log1p(rate)
            aged = (1 - value_of(panel.fade, "1/year")) ** ((first + last) / 2)
            worth += annuity * (aged * sun * saved - fixed)
        capex = worth / (1 - left)
        told = (
            f"fuel at {price:.1f} USD/MMBtu; panels cost 1,100 USD/kW and give {sun / 8.76:.1%} "
            "of their nameplate"
        )
        yield CheckOutcome(
            breakeven(question).low, capex, id_suffix=f".sand_point{name}", reason=told
        )


@check(
    "energy.pypsa.operation",
    what="Operating cost of gas_first at fixed capacities against PyPSA's",
    unit="USD",
    tolerance=1e-6,
    source="PyPSA 1.4 with HiGHS 1.15 on the exported network",
)
def pypsa_operation() -> Iterator[CheckOutcome]:
    """Three nodes of the bundled study, sizes held; by HiGHS, and by the interior point within the
    gap it certifies.
    """
    from headrace.plan import interior_point
    from headrace.plan.lp import highs
    from headrace.plan.lp.fix_orders import alone
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.formulate import formulate
    from headrace.plan.pypsa.exporter import lost_revenue, operating_cost
    from headrace.plan.solve.solve import solve

    e = expand(bundled("gas_first"))
    f = formulate(e)
    held = highs.solve_fixed(f.problem, solve(f.problem).solution.master)
    for n in (1, 5, 7):
        theirs = _by_pypsa(f, held, n) - lost_revenue(f, n)
        yield CheckOutcome(
            operating_cost(f, held, n), theirs, id_suffix=f".highs.node{n}", reason=f.nodes[n].label
        )
        block = f.problem.nodes[n]
        found = interior_point.solve(
            alone(block, block.start + block.map @ held.master), SolverOptions(gap=1e-6)
        )
        ours = found.upper * 1e3 / block.weight
        yield CheckOutcome(
            ours,
            theirs,
            tolerance=found.gap + 1e-9,
            id_suffix=f".interior.node{n}",
            reason=(
                f"{f.nodes[n].label}; certified gap {found.gap:.1e}, by {found.solver}; HiGHS "
                "behind PyPSA is good to 1e-9"
            ),
        )


def _by_pypsa(formulation: object, solution: object, node: int) -> float:
    """PyPSA's objective for one node. Raises Skip where PyPSA is not installed."""
    import logging
    import warnings

    from headrace.plan.pypsa.exporter import to_pypsa

    try:
        import linopy  # noqa: F401
        import pypsa  # noqa: F401
    except ImportError:
        raise Skip("PyPSA is not installed: pip install 'headrace[test]'") from None
    for name in ("linopy", "pypsa"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        network = to_pypsa(formulation, solution, node)  # type: ignore[arg-type]
        network.optimize(
            solver_name="highs",
            solver_options={"output_flag": False, "threads": 1},
            include_objective_constant=False,
            multi_investment_periods=network.has_investment_periods,
        )
    return float(network.objective)


@check(
    "energy.plan.availability",
    what="99.9 % of hours off the grid by plan and Monte Carlo in turn",
    unit="1",
    tolerance=0.0,
    source="asked for: lower 95 % bound of an independent Monte Carlo at 99.9 % or above",
)
def availability_target() -> CheckOutcome:
    """Greensboro, flat 100 MW: engines of 18.8 MW with their outages; deviation is by how much the
    target is missed.
    """
    from headrace.plan.analysis.adequacy import plan_through_outages
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.formulate import formulate
    from headrace.plan.results.dispatch import node_outcome
    from headrace.plan.results.outage_check import availabilities, judged_sites
    from headrace.plan.solve.solve import solve

    study = bundled(
        "offgrid_solar",
        hours="hours: {weeks: 4, extreme_days: 2}",
        engines="at_most: 400 MW",
        station="tmy3:723170\n    reliability: {hours: 99.9 %}",
    )
    first = formulate(expand(study))
    alone = solve(first.problem)
    found = plan_through_outages(first, alone, judged_sites(study), solve)
    before, after = (
        availabilities(study, first, [node_outcome(first, plan.solution, 0)], 1, "")[0]
        for plan in (alone, found.plan)
    )
    told = (
        f"the plan alone {before.hours:.2%} of hours, {before.energy:.4%} of energy; after "
        f"{found.rounds} plans {after.hours:.3%} and {after.energy:.4%}"
    )
    return CheckOutcome(
        after.hours_low, 0.999, deviation=max(0.0, 0.999 - after.hours_low), reason=told
    )
