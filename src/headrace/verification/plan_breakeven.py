"""Rows on break-even prices: algebra where there is one hour, laws where there are many."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.study_reader import parse_text, study_of
from headrace.verification.plan_energy import bundled
from headrace.verification.registry import CheckOutcome, check


@check(
    "energy.breakeven.algebra",
    what="Break-even capex where there is one hour",
    unit="USD/kW",
    tolerance=1e-9,
    source="algebra: rival's capex + hours x (its running cost - own) - own fixed cost",
)
def breakeven_algebra() -> Iterator[CheckOutcome]:
    """A reactor against a plant of 300 USD/kW and 40 USD/MWh for 8,000 hours; and the two crossings
    of a load with a step.
    """
    from headrace.plan.analysis.breakeven import breakeven, breakeven_question
    from headrace.plan.analysis.parametric import crossings

    one = breakeven_question(study_of(parse_text(_ONE_HOUR)), "capex:reactor")
    yield CheckOutcome(breakeven(one).low, 300 + 8000 * (40 - 10) / 1e3 - 20, id_suffix=".one")
    stepped = _ONE_HOUR.replace("[8000 h, 760 h]", "[2000 h, 6760 h]").replace(
        "[10 MW, 0 MW]", "[10 MW, 6 MW]"
    )
    found = crossings(breakeven_question(study_of(parse_text(stepped)), "capex:reactor"), 0, 2000)
    for crossing, hours in zip(found, (2000, 8760)):
        yield CheckOutcome(crossing.low, 300 + hours * 30 / 1e3 - 20, id_suffix=f".step{hours}")
    yield CheckOutcome(
        float(len(found)), 2.0, id_suffix=".count", reason="all crossings of a load with two levels"
    )


_ONE_HOUR = """
study: algebra
money: {discount: 0 %/a real}
horizon:
  {start: 2027-01, stages: [12 months], terminal_value: false, hours: {blocks: [8000 h, 760 h]}}
technologies:
  reactor: {capex: 100 USD/kW, fixed: 20 USD/kW-year, variable: 10 USD/MWh}
  plant: {capex: 300 USD/kW, variable: 40 USD/MWh}
sites: {here: {build: {reactor: reactor, plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 500 USD/MWh}}
tree: [{node: now, demand: {power: [10 MW, 0 MW]}}]
"""


@check(
    "energy.breakeven.hourly",
    what="Break-even capex of a small reactor, hourly: width of the bracket",
    unit="1",
    tolerance=0.01,
    source="asked for: bracketed to 1 %; certified from both sides by the plan's own bounds",
)
def breakeven_hourly() -> CheckOutcome:
    """The bundled race: a plan that orders the reactor just below is worth the plan without it;
    none above gains anything.
    """
    from headrace.plan.analysis.breakeven import breakeven, breakeven_question

    found = breakeven(breakeven_question(bundled("reactor_race"), "capex:nuclear.smr"))
    told = (
        f"{found.low:,.1f} to {found.high:,.1f} USD/kW in {found.solves} solves; gas 6 USD/MMBtu, "
        "carbon 50 USD/t"
    )
    return CheckOutcome(found.high / found.low - 1, 0.0, absolute=True, reason=told)


@check(
    "energy.breakeven.falls",
    what="A reactor's discounted quantity against its own price: times it rises",
    unit="1",
    tolerance=0.0,
    source="convexity: the quantity is minus a slope of a convex function (docs/decisions/0026)",
)
def breakeven_falls() -> CheckOutcome:
    """The bundled race at six prices; the picture with gas and carbon prices is
    `headrace.show.figures.technology_share`.
    """
    from headrace.plan.analysis.breakeven import best_plans, breakeven_question, share

    prices = (2000.0, 3500.0, 5000.0, 6500.0, 8000.0, 10000.0)
    points = best_plans(breakeven_question(bundled("reactor_race"), "capex:nuclear.smr"), prices)
    slopes = np.array([p.slope for p in points])
    told = ", ".join(
        f"{price:,.0f} {share(p, 'nuclear.smr'):.1%}" for price, p in zip(prices, points)
    )
    # Where nothing is ordered an interior point leaves dust: 2e-6 of the largest quantity, seen
    # here; 1e-7 was allowed until it did (2026-11-30).
    rises = int((np.diff(slopes) > 1e-5 * slopes.max()).sum())
    return CheckOutcome(
        float(rises), 0.0, absolute=True, reason=f"USD/kW and share of electricity: {told}"
    )
