"""A plan as one JSON object and a set of hourly books: what the run folder keeps and every view
reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, is_dataclass

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.compute.facility import hall
from headrace.compute.rental import rental
from headrace.core.catalogue import Figure
from headrace.core.quantities import month_text
from headrace.core.study import Study
from headrace.core.study_checks import VALUE_UNITS
from headrace.energy.contract_assets import signed
from headrace.energy.technology import technology
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import outlook
from headrace.plan.model.build_system import SystemOnTree
from headrace.plan.model.constraints.context import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results import order_text, reserve_check
from headrace.plan.results.cash_flow import CashLine, lines, objective, total
from headrace.plan.results.dispatch import NodeOutcome, demanded, node_outcome, ordered
from headrace.plan.results.flows import links, unit_costs
from headrace.plan.results.hourly_balance import shown
from headrace.plan.results.order_value import OrderValue, root_orders
from headrace.plan.results.shadow_prices import worths
from headrace.plan.results.unit_commitment_check import whole_units
from headrace.plan.solve.solve import CertifiedPlan

DUST = 1e-4
"""Orders below this share of the largest spending of their node, or a dollar, are left out of the
telling (not of the accounts).
"""


@dataclass(frozen=True)
class Told:
    """What is told: the study, its expansion, the formulation solved, the plan and the values found
    so far.
    """

    study: Study
    expansion: SystemOnTree
    formulation: Formulation
    plan: CertifiedPlan
    values: tuple[OrderValue, ...]
    seconds: float
    notes: tuple[str, ...]


def tell(told: Told) -> dict[str, object]:
    """The content of plan.json; field names are the public contract."""
    formulation, plan = told.formulation, told.plan
    outcomes = tuple(
        node_outcome(formulation, plan.solution, n) for n in range(len(formulation.nodes))
    )
    money = lines(formulation, plan.solution, outcomes)
    gap = plan.gap(total(money, "revenue"), _gross_cost(money))
    return {
        "study": told.study.study,
        "title": told.study.title,
        "objective_usd": plan.low,
        "lower_bound_usd": plan.low,
        "upper_bound_usd": finite(plan.high),
        "gap": finite(gap),
        "nodes": len(formulation.nodes),
        "hours_per_node": max(len(c.weights) for c in formulation.calendars),
        "solve_seconds": round(told.seconds, 3),
        "terminal_value_usd": total(money, "terminal"),
        "risk": _risk(formulation.problem, told.study, plan),
        "money": {
            "unit": told.study.money.unit,
            "year": told.study.money.year,
            "discount_real": told.study.money.discount,
        },
        "orders": _root(told),
        "tree": [_node(told, outcome, money) for outcome in outcomes],
        "flows": [vars(link) for link in links(formulation, outcomes, money)],
        "costs": [_cost(cost) for cost in unit_costs(formulation, outcomes, money)],
        "certificate": _certificate(told, money, gap),
        "whole_units": [
            vars(each) for each in whole_units(formulation, outcomes, told.study.technologies)
        ],
        "sources": _sources(told),
        "weather": [
            {"site": site, "key": w.key, "label": w.label, "typical": w.typical}
            for site, w in told.expansion.weather.items()
        ],
        "assumptions": [
            *_assumptions(told),
            *(reserve_check.words(one) for one in reserve_check.covered(formulation, outcomes)),
        ],
        "prices": [
            {"site": w.site, "name": w.key, "usd": w.usd, "unit": w.unit, "words": w.words}
            for w in worths(formulation, plan.solution)
        ],
    }


def _risk(problem: Problem, study: Study, plan: CertifiedPlan) -> dict[str, object] | None:
    """What the objective mixes, and what the plan earns on its branches; None where the mean alone
    counts.
    """
    if problem.risk is None:
        return None
    found = outlook(problem, plan.solution, problem.risk.alpha)
    return {
        "alpha": study.goal.risk.alpha,
        "omega": study.goal.risk.omega,
        "expected_usd": -MONEY * found.mean,
        "cvar_usd": -MONEY * found.cvar,
        "worst_usd": -MONEY * found.worst,
    }


def finite(value: float) -> float | None:
    """The number, or None where nothing is known yet."""
    return value if np.isfinite(value) else None


def _gross_cost(money: Sequence[CashLine]) -> float:
    return -sum(line.usd for line in money if line.usd < 0)


def _root(told: Told) -> list[dict[str, object]]:
    formulation, plan = told.formulation, told.plan
    found = {value.order: value for value in told.values}
    told_orders = []
    for number in root_orders(formulation, plan):
        value = found.get(number)
        told_orders.append(
            {
                **_order(told, number),
                "value_low_usd": value.low if value else None,
                "value_high_usd": finite(value.high) if value else None,
                "decided": value.decided if value else None,
                "flips_at": None,
                "why": order_text.why(formulation, plan, value, number),
            }
        )
    return sorted(
        told_orders,
        key=lambda o: (not o["decided"], -float(o["value_low_usd"] or 0.0), -float(o["cost_usd"])),  # type: ignore[arg-type]
    )


def _order(told: Told, number: int) -> dict[str, object]:
    formulation = told.formulation
    order = formulation.orders[number]
    asset = formulation.system.assets[order.asset]
    quantity, unit = shown(float(ordered(formulation, told.plan.solution)[number]), asset.unit)
    by, arrives = order_text.months(formulation, told.study.horizon.start, number)
    cost = float(ordered(formulation, told.plan.solution)[number]) * order.price
    title = f"{asset.title}, kept on" if order.renews >= 0 else asset.title
    return {
        "site": asset.site, "asset": asset.name, "title": title, "quantity": quantity, "unit": unit,
        "order_by": by, "arrives": arrives, "cost_usd": cost, "unit_size": shown(asset.unit_size, asset.unit)[0] or None,
    }  # fmt: skip


def _node(told: Told, outcome: NodeOutcome, money: Sequence[CashLine]) -> dict[str, object]:
    formulation = told.formulation
    node = formulation.nodes[outcome.number]
    quantity = ordered(formulation, told.plan.solution)
    here = [i for i, o in enumerate(formulation.orders) if o.node == outcome.number]
    spent = {
        i: quantity[i] * formulation.system.assets[formulation.orders[i].asset].price for i in here
    }
    least = max(1.0, DUST * max(map(abs, spent.values()), default=0.0))
    return {
        "id": outcome.number,
        "parent": node.parent if node.parent >= 0 else None,
        "probability": node.probability,
        "start": month_text(told.study.horizon.start + node.start),
        "months": node.months,
        "label": node.label,
        "beliefs": _beliefs(told, outcome.number),
        "orders": [_order(told, i) for i in here if abs(spent[i]) > least],
        "capacity": [
            _capacity(formulation, key, size)
            for key, size in outcome.capacity.items()
            if size > 1e-3
        ],
        "demand": [
            _demand(formulation, outcome, number)
            for number in range(len(formulation.system.demands))
        ],
        "cash": _cash(outcome.number, money),
    }


def _beliefs(told: Told, number: int) -> dict[str, object]:
    node = told.formulation.nodes[number]
    found: dict[str, object] = {}
    for key, value in node.values.items():
        found[key] = {
            "value": value,
            "unit": "1" if key.startswith("demand") else VALUE_UNITS[key.split(":")[0]],
        }
    for key, rates in node.growth.items():
        found[f"{key} growth"] = {"value": rates[-1][1], "unit": "1/year"}
    return found


def _capacity(formulation: Formulation, key: str, size: float) -> dict[str, object]:
    asset = next(a for a in formulation.system.assets if a.key == key)
    quantity, unit = shown(size, asset.unit)
    return {"site": asset.site, "asset": asset.name, "quantity": quantity, "unit": unit}


def _demand(formulation: Formulation, outcome: NodeOutcome, number: int) -> dict[str, object]:
    demand = formulation.system.demands[number]
    yearly = 8760 / outcome.weights.sum()
    asked = float(outcome.weights @ demanded(formulation, outcome.number, demand.name)) * yearly
    served = 0.0
    for i, activity in outcome.activity.items():
        for port in formulation.system.converters[i].ports:
            if str(port.bus) == str(demand.bus):
                served += float(outcome.weights @ (activity * np.asarray(port.ratio))) * yearly
    return {
        "product": demand.name,
        "quantity": asked,
        "unit": f"{demand.bus.unit}/a",
        "served": served,
    }


def _cash(number: int, money: Sequence[CashLine]) -> list[dict[str, object]]:
    """Lines of a node: discounted to the start and weighted by probability, so that all nodes add
    up to the objective.
    """
    sums: dict[str, float] = {}
    for line in money:
        if line.node == number:
            name = f"revenue {line.about}" if line.kind == "revenue" else line.kind
            sums[name] = sums.get(name, 0.0) + line.usd
    return [{"item": item, "usd": usd} for item, usd in sums.items()]


def _cost(cost: object) -> dict[str, object]:
    return {
        "product": cost.product,  # type: ignore[attr-defined]
        "unit": cost.unit,  # type: ignore[attr-defined]
        "price": cost.price,  # type: ignore[attr-defined]
        "parts": [{"name": name, "usd_per_unit": usd} for name, usd in cost.parts],  # type: ignore[attr-defined]
    }


def _certificate(told: Told, money: Sequence[CashLine], gap: float) -> dict[str, object]:
    residuals = told.plan.evaluation.residuals
    booked = total(money)
    largest = max((abs(line.usd) for line in money), default=1.0)
    return {
        "max_balance_residual": max(
            residuals.rows,
            residuals.windows,
            residuals.uppers,
            residuals.master,
            residuals.negative,
        ),
        "max_chain_residual": residuals.chains,
        "max_money_residual": abs(booked - objective(told.formulation, told.plan.solution))
        / max(largest, 1.0),
        "lower_bound_usd": told.plan.low,
        "upper_bound_usd": finite(told.plan.high),
        "gap": finite(gap),
        "notes": list(told.notes),
    }


def _assumptions(told: Told) -> list[str]:
    found = [
        f"{belief.about}: {belief.source}" if belief.source else f"{belief.about}: no source given"
        for belief in told.study.beliefs.values()
    ]
    found += [
        f"{name}: {product.source}"
        for name, product in told.study.products.items()
        if product.source
    ]
    found += [f"weather of {site}: {w.label}" for site, w in told.expansion.weather.items()]
    boxes = boxed(told)
    if boxes:
        found.append(f"the box on a single order binds for {', '.join(boxes)}: set `at_most` there")
    return found


def boxed(told: Told) -> list[str]:
    """Assets whose orders stop only at the box on a single order: profit would grow with them for
    ever.
    """
    quantity = ordered(told.formulation, told.plan.solution)
    assets = told.formulation.system.assets
    return sorted(
        {
            assets[o.asset].key
            for amount, o in zip(quantity, told.formulation.orders)
            if amount > 0.999 * o.most
            and not np.isfinite(assets[o.asset].at_most)
            and not np.isfinite(assets[o.asset].supply)
        }
    )


def _sources(told: Told) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    study = told.study
    builds = [b for s in study.sites.values() for b in s.build.values()]
    used = {b.use for b in builds if b.use not in study.technologies} | {
        b.reserve.use for b in builds if b.reserve and b.reserve.use
    }
    things = [(key, signed(key) or technology(key)) for key in sorted(used)]
    things += [(chip.use, accelerator(chip.use)) for chip in study.fleet.may_buy.values()]  # type: ignore[misc]
    things += [(r.use, rental(r.use)) for r in study.fleet.may_rent.values()]  # type: ignore[misc]
    things += [(rental(r.use).part.key, rental(r.use).part) for r in study.fleet.may_rent.values()]  # type: ignore[misc]
    things += [(s.hall.use, hall(s.hall.use)) for s in study.sites.values() if s.hall is not None]  # type: ignore[misc]
    for key, thing in dict(things).items():
        rows.extend(_figures(key, thing))
    rows.extend(_written(study))
    return rows


def _figures(key: str, thing: object) -> list[dict[str, object]]:
    assert is_dataclass(thing)
    found = [(f.name, getattr(thing, f.name)) for f in fields(thing)]
    return [
        {
            "key": key, "attribute": name, "value": figure.value, "unit": figure.unit, "source": figure.source,
            "date": figure.date, "status": figure.status, "low": figure.low, "high": figure.high,
        }
        for name, figure in found
        if isinstance(figure, Figure)
    ]  # fmt: skip


def _written(study: Study) -> list[dict[str, object]]:
    """Figures that the study itself writes, with the source it gives; without one they are
    assumptions.
    """
    found = []
    for name, product in study.products.items():
        for attribute in ("demand", "price"):
            found.append(
                (f"products.{name}", attribute, getattr(product, attribute), product.source)
            )
    for name, belief in study.beliefs.items():
        for case, held in belief.cases.items():
            found.append(
                (
                    f"beliefs.{name}",
                    case,
                    f"{held.value} with {held.probability:.0%}",
                    belief.source,
                )
            )
    for name, site in study.sites.items():
        if site.grid is not None:
            found.append(
                (f"sites.{name}.grid", "energy", f"{site.grid.energy:g} USD/MWh", site.grid.source)
            )
            found.append(
                (f"sites.{name}.grid", "queue", f"{site.grid.queue:g} month", site.grid.source)
            )
    return [
        {
            "key": key, "attribute": attribute, "value": str(value), "unit": "", "source": source or "the study, without a source",
            "date": str(study.money.year), "status": "assumption", "low": None, "high": None,
        }
        for key, attribute, value, source in found
    ]  # fmt: skip
