"""A solved study as the plan file that every view reads (core/plan_file)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.ids import AssetId, ProductId
from headrace.core.plan_file import (
    BeliefValue,
    Capacity,
    Cash,
    Certificate,
    CostPart,
    FullHours,
    GapOf,
    Holds,
    MoneyRecord,
    NodeRecord,
    OrderRecord,
    PlanFile,
    PlanStatus,
    ProductCost,
    RiskRecord,
    StageCost,
    State,
    WeatherKind,
    WeatherRecord,
)
from headrace.core.quantities import month_text
from headrace.core.study import Study
from headrace.core.uncertainty import unit_at_node
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import outlook
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.constraints.context import CashKind
from headrace.plan.model.formulate import Formulation
from headrace.plan.results import (
    order_text,
    outage_check,
    promise_check,
    reserve_check,
    sold,
    waste,
)
from headrace.plan.results.assumptions import assumptions
from headrace.plan.results.cash_flow import CashLine, lines, objective, total
from headrace.plan.results.decision.alternatives import NONE_SOLVED, Alternatives
from headrace.plan.results.decision.cash_by_year import cash_by_year, due, merged
from headrace.plan.results.decision.sheet import branch_gains, decision, ratio
from headrace.plan.results.dispatch import NodeOutcome, demand_of_years, node_outcome, ordered
from headrace.plan.results.flows import links
from headrace.plan.results.histories import history_records
from headrace.plan.results.input_sources import series_sources, source_key, sources
from headrace.plan.results.liquidity import liquidity
from headrace.plan.results.order_value import OrderValue, root_orders
from headrace.plan.results.shadow_prices import worths
from headrace.plan.results.unit_commitment_check import whole_units
from headrace.plan.results.unit_cost import UnitCost, unit_costs
from headrace.plan.scenario.tree import ScenarioNode, decisions, opening_of
from headrace.plan.solve.solve import CertifiedPlan

DUST = 1e-4
"""Orders below this share of the largest spending of their node, or a dollar, are left out of the
file (not of the accounts).
"""
DUST_OF_ALL = 1e-5
"""The same for the largest spending of any node, since some order next to nothing."""


@dataclass(frozen=True)
class SolvedStudy:
    """A study, its expansion, the formulation solved, the plan, and the values of orders found so
    far. holds: which plan it is, and `words` the same for people; seconds: since the start [s];
    full: its orders in every hour, where it was planned on kept ones.

    beside: the plans that place no order. valued: time spent on worths, and allowed for them [s].
    rounds, ended: how often the plan was made until outages were carried, and why no more was done.
    """

    study: Study
    expansion: SystemOnTree
    formulation: Formulation
    plan: CertifiedPlan
    values: tuple[OrderValue, ...]
    seconds: float
    holds: Holds
    words: str
    full: FullHours | None = None
    beside: Alternatives = NONE_SOLVED
    valued: tuple[float, float | None] = (0.0, None)
    rounds: int = 1
    ended: str = ""


def plan_file(solved: SolvedStudy, state: State, why: str = "") -> PlanFile:
    """The plan file of a run that ended in `state`; why: in words, where it did not finish."""
    formulation, plan, study = solved.formulation, solved.plan, solved.study
    outcomes = tuple(
        node_outcome(formulation, plan.solution, n) for n in range(len(formulation.nodes))
    )
    money = lines(formulation, plan.solution, outcomes)
    cost = -sum(line.usd for line in money if line.usd < 0)
    certificate = _certificate(solved, money, plan.gap(total(money, "revenue"), cost))
    orders, start = _root_orders(solved), study.horizon.start
    years = cash_by_year(formulation, plan.solution, money, start)
    drawn = outage_check.availabilities(study, formulation, outcomes, solved.rounds, solved.ended)
    return PlanFile(
        study=study.study,
        status=_status(solved, state, why),
        title=study.title,
        objective_usd=certificate.lower_bound_usd,
        lower_bound_usd=certificate.lower_bound_usd,
        upper_bound_usd=certificate.upper_bound_usd,
        gap=certificate.gap,
        nodes=sum(node.decides for node in formulation.nodes),
        hours_per_node=max(len(c.weights) for c in formulation.time_slices),
        solve_seconds=round(solved.seconds, 3),
        terminal_value_usd=total(money, "terminal"),
        risk=_risk(formulation.problem, study, plan),
        full_hours=solved.full,
        availability=drawn or None,
        money=_money(study),
        orders=orders,
        decision=decision(formulation, plan, orders, solved.beside, solved.valued),
        liquidity=liquidity(formulation, plan.solution),
        tree=tuple(
            replace(
                _node(solved, [outcomes[n] for n in operated], money),
                years=merged(years[n] for n in operated),
            )
            for operated in decisions(formulation.nodes)
        ),
        flows=links(formulation, outcomes, money),
        costs=tuple(
            _product_cost(cost, start) for cost in unit_costs(formulation, outcomes, money)
        ),
        offers=sold.offer_records(formulation),
        histories=history_records(study),
        certificate=certificate,
        whole_units=whole_units(formulation, outcomes, study.technologies),
        sources=(*sources(study), *series_sources(solved.expansion.series)),
        weather=_weather(solved.expansion),
        assumptions=(
            *assumptions(study, formulation, plan.solution),
            *((solved.full.sentence,) if solved.full is not None else ()),
            *(one.sentence for one in drawn),
            *waste.words(formulation, plan.solution),
            *sold.words(formulation, outcomes),
            *(reserve_check.words(one) for one in reserve_check.covered(formulation, outcomes)),
        ),
        prices=worths(formulation, plan.solution),
    )


def no_plan(study: Study, expansion: SystemOnTree | None, why: str, seconds: float) -> PlanFile:
    """The plan file of a study that no plan can keep: what was believed, and why it failed.

    expansion: None where it failed before there was one. seconds: since the start [s].
    """
    tree = [NodeRecord(0, None, 1.0, month_text(study.horizon.start), 0.0)]
    if expansion is not None:
        tree = [_bare_node(study, expansion.nodes, n) for n, *_ in decisions(expansion.nodes)]
    return PlanFile(
        study=study.study,
        status=PlanStatus("infeasible", why, round(seconds, 3), "no plan"),
        title=study.title,
        objective_usd=None,
        nodes=len(tree),
        hours_per_node=0 if expansion is None else max(len(c.hour) for c in expansion.time_slices),
        solve_seconds=round(seconds, 3),
        money=_money(study),
        tree=tuple(tree),
        sources=() if expansion is None else sources(study),
        weather=() if expansion is None else _weather(expansion),
    )


def _product_cost(cost: UnitCost, start: int) -> ProductCost:
    stages = (
        StageCost(month_text(start + one.start), one.months, one.sold, one.price, one.cost)
        for one in cost.stages
    )
    parts = tuple(CostPart(*part) for part in cost.parts)
    own, levelised = (cost.product.key, cost.unit, cost.price), cost.levelised_price
    return ProductCost(*own, parts, levelised, tuple(stages))


def hours_kept(formulation: Formulation) -> str:
    """Which hours of a node are planned, in words: "every hour", "load blocks"."""
    return ", ".join(sorted({calendar.labelled for calendar in formulation.time_slices}))


def finite(value: float) -> float | None:
    """The number [same unit], or None where nothing is known yet."""
    return value if np.isfinite(value) else None


def _status(solved: SolvedStudy, state: State, why: str) -> PlanStatus:
    time_slices, weather = solved.formulation.time_slices, solved.expansion.weather.values()
    kind: WeatherKind = "typical" if any(w.typical for w in weather) else "actual"
    gap_of: GapOf = "full hours"
    if any(converter.commitment for converter in solved.formulation.system.converters):
        gap_of = "relaxed units"
    elif any(len(c.hour) < c.span for c in time_slices):
        gap_of = "kept hours"
    return PlanStatus(
        state,
        why,
        round(solved.seconds, 3),
        solved.holds,
        hours_kept(solved.formulation),
        kind if weather else "none",
        None if finite(solved.plan.high) is None else gap_of,
    )


def _money(study: Study) -> MoneyRecord:
    return MoneyRecord(study.money.unit, study.money.year, study.money.discount)


def _weather(expansion: SystemOnTree) -> tuple[WeatherRecord, ...]:
    return tuple(
        WeatherRecord(site, weather.key, weather.label, weather.typical)
        for site, weather in expansion.weather.items()
    )


def _risk(problem: Problem, study: Study, plan: CertifiedPlan) -> RiskRecord | None:
    """What the objective mixes, and what the plan earns on its branches; None where the mean alone
    counts.
    """
    if problem.risk is None:
        return None
    found, risk = outlook(problem, plan.solution, problem.risk.alpha), study.goal.risk
    return RiskRecord(
        risk.alpha, risk.omega, -MONEY * found.mean, -MONEY * found.cvar, -MONEY * found.worst
    )


def _root_orders(solved: SolvedStudy) -> tuple[OrderRecord, ...]:
    """Orders of this month with their values: decided ones first, then by the worth that is
    certain, then by cost.
    """
    formulation, plan = solved.formulation, solved.plan
    values = {value.order: value for value in solved.values}
    found = [
        _order(solved, number, values.get(number), root=True)
        for number in root_orders(formulation, plan)
    ]
    return tuple(
        sorted(
            found,
            key=lambda o: (
                not o.decided,
                not o.breaks,
                -(o.value_low_usd or 0.0),
                -(o.cost_usd or 0),
            ),
        )
    )


def _order(
    solved: SolvedStudy, number: int, value: OrderValue | None = None, *, root: bool = False
) -> OrderRecord:
    formulation = solved.formulation
    order = formulation.orders[number]
    asset = formulation.system.assets[order.asset]
    quantity = float(ordered(formulation, solved.plan.solution)[number])
    by, arrives = order_text.months(formulation, solved.study.horizon.start, number)
    breaks = promise_check.breaks(formulation, value)
    ending = formulation.discounting.discount(formulation.discounting.end)
    return OrderRecord(
        site=asset.site,
        asset=asset.id.name,
        role=str(asset.id.role),
        title=f"{asset.title}, kept on" if order.renews >= 0 else asset.title,
        quantity=quantity,
        unit=asset.unit,
        order_by=by,
        arrives=arrives,
        cost_usd=quantity * order.price,
        payments=tuple(due(formulation, number, quantity, solved.study.horizon.start)),
        # of what is rented the rent is most of the cost, and not known before the plan's end
        worth_per_usd=None if breaks or asset.rented else ratio(quantity * order.price, value),
        branches=branch_gains(formulation, solved.plan, value) if root and not breaks else (),
        value_low_usd=None if value is None or breaks else value.low,
        value_high_usd=None if value is None or breaks else finite(value.high),
        decided=None if value is None else value.decided,
        why=order_text.why(formulation, solved.plan, value, number) if root else "",
        unit_size=asset.unit_size or None,
        number=number,
        breaks=breaks or None,
        figures=source_key(solved.study, asset.id),
        kind=str(asset.kind),
        technology=asset.catalogue_key,
        life_months=finite(asset.life_months),
        rented=asset.rented,
        yearly_usd=quantity * asset.fixed_cost,
        terminal_usd=quantity * order.money.terminal / ending,
    )


def _node(
    solved: SolvedStudy, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> NodeRecord:
    """One decision with all the years that it is operated in; a year's demand is their mean, and
    what stands is told at its fullest.
    """
    formulation, operated = solved.formulation, {outcome.number for outcome in outcomes}
    bare = _bare_node(solved.study, formulation.nodes, outcomes[0].number)
    quantity = ordered(formulation, solved.plan.solution)
    every = [
        abs(q * formulation.system.assets[o.asset].price)
        for q, o in zip(quantity, formulation.orders, strict=True)
    ]
    spent = {i: usd for i, usd in enumerate(every) if formulation.orders[i].node in operated}
    least = max(1.0, DUST * max(spent.values(), default=0.0), DUST_OF_ALL * max(every, default=0.0))
    capacity: dict[AssetId, float] = {}
    for outcome in outcomes:
        for one, size in outcome.capacity.items():
            capacity[one] = max(size, capacity.get(one, 0.0))
    return replace(
        bare,
        orders=tuple(_order(solved, i) for i, usd in spent.items() if usd > least),
        capacity=tuple(
            Capacity(one.site, one.name, size, formulation.system.asset(one).unit, str(one.role))
            for one, size in capacity.items()
            if size > 1e-3
        ),
        demand=tuple(
            demand_of_years(formulation, outcomes, number)
            for number in range(len(formulation.system.demands))
        ),
        cash=_cash(operated, money),
        sold=sold.sold_records(formulation, solved.plan.solution, outcomes),
    )


def _bare_node(study: Study, nodes: Sequence[ScenarioNode], number: int) -> NodeRecord:
    """A node of the tree and what holds there, without what a plan does in it."""
    node = nodes[number]
    beliefs: dict[str, BeliefValue] = {}
    for about, value in node.values.items():
        beliefs[str(about)] = BeliefValue(value, unit_at_node(about))
    for grown, rates in node.growth.items():
        beliefs[f"{grown} growth"] = BeliefValue(rates[-1][1], "1/year")
    return NodeRecord(
        id=number,
        parent=opening_of(nodes, node.parent) if node.parent >= 0 else None,
        probability=node.probability,
        start=month_text(study.horizon.start + node.start),
        months=node.decided_until - node.start,
        label=node.label,
        beliefs=beliefs,
    )


def _cash(operated: Collection[int], money: Sequence[CashLine]) -> tuple[Cash, ...]:
    """Lines of a decision's nodes: discounted to the start and weighted by probability, so that all
    nodes add up to the objective.
    """
    sums: dict[tuple[CashKind, str], float] = {}
    for line in money:
        if line.node in operated:
            sold = line.about if line.kind in ("revenue", "royalty") else None
            one = (line.kind, sold.key if isinstance(sold, ProductId) else "")
            sums[one] = sums.get(one, 0.0) + line.usd
    return tuple(
        Cash(f"{kind} {sold}".rstrip(), usd, kind, sold) for (kind, sold), usd in sums.items()
    )


def _certificate(solved: SolvedStudy, money: Sequence[CashLine], gap: float) -> Certificate:
    """Bounds and gap, and the largest residuals of the solution and of its accounts."""
    plan = solved.plan
    residuals, solution = plan.evaluation.residuals, plan.solution
    largest = max((abs(line.usd) for line in money), default=1.0)
    r = residuals
    return Certificate(
        max_balance_residual=max(r.rows, r.windows, r.uppers, r.master, r.negative),
        max_chain_residual=residuals.chains,
        max_money_residual=abs(total(money) - objective(solved.formulation, solution))
        / max(largest, 1.0),
        lower_bound_usd=plan.low + 0.0,  # never a negative zero
        upper_bound_usd=finite(plan.high),
        gap=finite(gap),
        notes=(
            solved.words,
            f"hours: {hours_kept(solved.formulation)}",
            f"solver: {solution.solver}, {solution.iterations} iterations",
        ),
    )
