"""At which price does a technology enter the plan, and at which others does the plan change?

    V(p) = max over plans of  a(plan) - p b(plan)      p: a price that enters the objective linearly

V is convex and piecewise linear in p; each plan is one of its lines, b >= 0 the discounted quantity
it buys at p. So exact answers need few solves: two lines meet at a price where either V lies on
them (a crossing, exact), or a new plan is found. Quantity bought never rises with its own price: b
is minus a slope of a convex function (docs/decisions/0026).

    about = "capex:nuclear.smr"   overnight price [USD/kW], the same at every tree node (beliefs and
                                  learning about it set aside)
    about = "fuel:gas"            fuel price [USD/MMBtu] at every tree node, its carbon on top
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.ids import ELECTRICITY
from headrace.core.study import Study
from headrace.core.uncertainty import Capex, FuelPrice, uncertainty
from headrace.core.varying import one_number
from headrace.energy.fuels import default_fuels, fuel_cost
from headrace.plan.lp.fix_orders import forbid_orders
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results import cash_flow
from headrace.plan.results.dispatch import Item, flows, node_outcome, ordered
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.solve.solve import CertifiedPlan, solve

EXACT = 1e-9
"""Two values closer than this share of the plan's size are the same value."""

BRACKET = 0.01
"""A crossing that is not exact is bracketed to this share of its price."""

SURE = 1e-3
"""Most of what a plan spends on the technology that its certificate may leave open where its price
is told as exact [1].
"""

CLOSER = 0.01
"""The gap at which a price is asked for again, over the first [1]."""

MOST_SOLVES = 60
"""Solves after which a search gives up; what it has bracketed by then is returned."""


@dataclass(frozen=True)
class BreakevenQuestion:
    """What is asked: a study with its expansion, the price `about`, the gap of each solve, and the
    folder in which the study's files lie.
    """

    study: Study
    expansion: SystemOnTree
    about: Capex | FuelPrice
    gap: float = 1e-6
    threads: int = 1
    folder: Path | None = None

    @property
    def name(self) -> str:
        """The technology or the fuel."""
        return self.about.technology if isinstance(self.about, Capex) else self.about.fuel


@dataclass(frozen=True)
class PricePoint:
    """The best plan at a price. worth: certified net present value [USD]; worth(p) = fixed - p x
    slope for this very plan.

    slope: discounted quantity bought at the price, in USD per unit of the price (capex: discounted
        kW; fuel: MMBtu).
    """

    price: float
    formulation: Formulation
    plan: CertifiedPlan
    fixed: float
    slope: float

    @property
    def worth(self) -> float:
        """Net present value at its own price [USD]."""
        return self.fixed - self.price * self.slope

    def at(self, price: float) -> float:
        """What this plan is worth at another price [USD]."""
        return self.fixed - price * self.slope


@dataclass(frozen=True)
class Breakeven:
    """The highest price at which a technology is ordered.

    low: a plan that orders it is certified to be worth as much as the best without it. high: no
        plan that orders it gains more than the certificates' slack. exact: low is the price itself.
        slope: quantity bought just below it.
    never: it is not ordered even as a gift.
    """

    low: float
    high: float
    exact: bool
    slope: float
    worth_without: float
    solves: int
    never: bool = False


def breakeven_question(
    study: Study, about: str, folder: Path | None = None, *, gap: float = 1e-6, threads: int = 1
) -> BreakevenQuestion:
    """A question about a study: the price `about`, and the relative gap [1] of each solve.

    Raises InputError for a price that the study's plans do not pay, a study with a risk, and the
    capex of a technology where `limits.spend` holds: the price would then enter a limit as well, so
    that V is no longer convex in it.
    """
    expansion = expand(study, folder)
    known: list[Capex | FuelPrice] = [
        Capex(a.belief)
        for a in expansion.system.assets
        if a.belief and a.unit == "MW" and a.price > 0
    ]
    known += [FuelPrice(fuel) for fuel in expansion.parameters[0].fuel]
    if expansion.risk is not None:
        fix = (
            "Set `omega: 0`; the flip prices of `headrace plan --deep` are of the study's own goal."
        )
        found = f"{expansion.risk.omega:g}: a sweep asks for the mean alone"
        raise InputError(InputFault(Place(key="goal.risk.omega"), found, "0", fix))
    asked = next((one for one in known if one == uncertainty(about)), None)
    if asked is None:
        listed = ", ".join(sorted({str(one) for one in known}))
        raise InputError(InputFault(Place(key="about"), f"`{about}`", f"one of {listed}"))
    if isinstance(asked, Capex) and expansion.spend is not None:
        raise InputError(
            InputFault(
                Place(key="limits.spend"),
                f"what {asked.technology} may cost changes which plans are allowed",
                "no `spend`",
            )
        )
    return BreakevenQuestion(study, expansion, asked, gap, threads, folder)


def formulation_at(question: BreakevenQuestion, price: float) -> Formulation:
    """The plan's problem at that price [unit of the question]."""
    e, name = question.expansion, question.name
    if isinstance(question.about, Capex):
        factor = price / catalogue_price(question)
        # a price written at a site is asked about too: nothing keeps it where it was
        asked = {asset.id for asset in e.system.assets if asset.belief == name}
        parameters = tuple(
            replace(
                w,
                capex={k: f for k, f in w.capex.items() if k not in asked} | {name: factor},
                learned={k: years for k, years in w.learned.items() if k != name},
            )
            for w in e.parameters
        )
    else:
        written = (
            question.study.fuels.get(name)
            or default_fuels({name}, set(), question.study.money.year)[name]
        )
        carbon = one_number(question.study.carbon, "carbon")
        parameters = tuple(
            replace(w, fuel={**w.fuel, name: fuel_cost(written, price, carbon)})
            for w in e.parameters
        )
    return formulate(replace(e, parameters=parameters))


def catalogue_price(question: BreakevenQuestion) -> float:
    """What the study pays for the technology at its first site before beliefs and learning
    [USD/kW].
    """
    assets = question.expansion.system.assets
    return next(a.price / 1e3 for a in assets if a.belief == question.name and a.unit == "MW")


def best_plan(question: BreakevenQuestion, price: float) -> PricePoint:
    """The best plan at a price [unit of the question], with its line."""
    formulation = formulation_at(question, price)
    plan = solve(formulation.problem, SolverOptions(gap=question.gap, threads=question.threads))
    step = max(1.0, abs(price))
    here = cash_flow.objective(formulation, plan.solution)
    there = cash_flow.objective(formulation_at(question, price + step), plan.solution)
    slope = max(0.0, (here - there) / step)
    return PricePoint(price, formulation, plan, here + price * slope, slope)


def same_value(a: float, b: float, point: PricePoint) -> bool:
    """Whether two values of plans [USD] are the same, as far as the certificate of `point` can
    tell.
    """
    size = max(abs(point.plan.low), abs(point.fixed), 1.0)
    return abs(a - b) <= EXACT * size + abs(point.plan.high - point.plan.low)


def breakeven(question: BreakevenQuestion, *, bracket: float = BRACKET) -> Breakeven:
    """The capex above which the technology is not ordered, by Newton's method on the convex V:
    finite, from below.

    bracket: width of what is not exact, as a share of the price [1].

    Each solve gives a plan; where its line meets the worth of the best plan without the technology
    is the next price. Raises InputError for a question that is not about a capex.
    """
    if not isinstance(question.about, Capex):
        raise InputError(
            InputFault(
                Place(key="about"),
                f"`{question.about}`",
                "`capex:TECHNOLOGY`; for other prices see `crossings`",
            )
        )
    none, gap = plan_without(question), question.gap
    low, slope, solves, price = 0.0, 0.0, 1, 0.0
    while solves < MOST_SOLVES:
        point = best_plan(question, price)
        solves += 1
        gain = point.plan.high - none.low
        # a gain within what both certificates leave open is none that anybody can tell
        open_ends = none.high - none.low + point.plan.high - point.plan.low
        slack = EXACT * max(abs(none.low), abs(point.fixed), 1.0) + open_ends
        bought = point.slope * (point.price or catalogue_price(question))
        if gain <= slack and slack > SURE * bought > SURE * slack:
            # it is ordered, and whether it gains cannot be told: ask more closely, then above it
            if question.gap == gap:
                question = replace(question, gap=CLOSER * gap)
                none, solves = plan_without(question), solves + 1
            else:
                price = max(price, low) * (1 + 0.5 * bracket)
        elif gain <= slack or bought <= slack:
            never = price == 0.0
            return Breakeven(
                low, max(price, low), price == low and not never, slope, none.low, solves, never
            )
        else:
            reached = (point.plan.low + price * point.slope - none.high) / point.slope
            if reached > low:
                low, slope = reached, point.slope
            if reached <= price * (1 + EXACT):
                # the certificates' slack hides what is left: step over it, to the bracket's end
                price = max(price, low) * (1 + 0.5 * bracket)
            else:
                price = reached
    return Breakeven(low, np.inf, False, slope, none.low, solves)


def plan_without(question: BreakevenQuestion) -> CertifiedPlan:
    """The best plan in which the technology is never ordered."""
    formulation = formulation_at(question, catalogue_price(question))
    assets = formulation.system.assets
    its = [
        column
        for column, order in enumerate(formulation.orders)
        if assets[order.asset].belief == question.name
    ]
    options = SolverOptions(gap=question.gap, threads=question.threads)
    return solve(forbid_orders(formulation.problem, its), options)


def share(point: PricePoint, name: str) -> float:
    """Share of all electricity generated and used that the technology `name` (catalogue key) gives,
    over the whole tree [1].

    Energy is weighted by probability and discounted, as its money is. What sun and wind throw away
    counts for nobody.
    """
    formulation = point.formulation
    mine = everyone = 0.0
    assets, converters = formulation.system.assets, formulation.system.converters
    mine_too = {a.id for a in assets if name in (a.belief, a.catalogue_key)}
    own = {c.id for c in converters if c.asset in mine_too}
    shining = {c.id for c in converters if not c.has_activity}
    giving = electricity_sources(formulation)
    for number, node in enumerate(formulation.nodes):
        outcome = node_outcome(formulation, point.plan.solution, number)
        weight = node_weight(node, formulation.discounting) * outcome.weights
        found = [f for f in flows(formulation, outcome) if f.bus.carrier == ELECTRICITY]
        for site in {f.bus.site for f in found}:
            here = [f for f in found if f.bus.site == site]
            spilled = np.maximum(np.sum([f.value for f in here], axis=0), 0.0)
            sources = [f for f in here if f.item in giving]
            free = np.sum(
                [f.value for f in sources if f.item in shining] or [0.0 * spilled], axis=0
            )
            kept = 1.0 - np.divide(spilled, free, out=np.zeros_like(spilled), where=free > 0).clip(
                0.0, 1.0
            )
            for flow in sources:
                energy = float(weight @ (flow.value * (kept if flow.item in shining else 1.0)))
                everyone += energy
                mine += energy if flow.item in own else 0.0
    return mine / everyone if everyone > 0 else 0.0


def electricity_sources(formulation: Formulation) -> set[Item]:
    """Converters that put electricity in and take none."""
    ratios = {
        c.id: [p for p in (*c.ports, *c.standing) if p.bus.carrier == ELECTRICITY]
        for c in formulation.system.converters
    }
    return {
        one
        for one, ports in ratios.items()
        if ports and all(float(np.min(p.ratio)) >= 0 for p in ports)
    }


def quantity(point: PricePoint, name: str) -> float:
    """Orders of a technology over the whole tree, weighted by probability [MW]."""
    amounts = ordered(point.formulation, point.plan.solution)
    assets, nodes = point.formulation.system.assets, point.formulation.nodes
    return float(
        sum(
            nodes[o.node].probability * amount
            for amount, o in zip(amounts, point.formulation.orders)
            if assets[o.asset].belief == name and assets[o.asset].unit == "MW"
        )
    )


def best_plans(question: BreakevenQuestion, prices: Sequence[float]) -> tuple[PricePoint, ...]:
    """The best plan at each of `prices` [unit of the question]."""
    return tuple(best_plan(question, float(price)) for price in prices)
