"""Whether a plan keeps what is promised; and which orders the promise hangs on.

A promise has a dear way out, so that every size can be operated (constraints/demand.py). Its price
says "more than any plan would pay", and is never told as money: a plan that takes the way out is no
plan, and an order without which it must be taken has no worth but that the promise breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.core.components import Demand
from headrace.core.errors import Infeasible
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import demanded
from headrace.plan.results.order_value import OrderValue
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.scenario.tree import ScenarioNode

DUST = 1e-4
"""A shortfall below this share of a node's demand is the solver's [1]."""


@dataclass(frozen=True)
class BrokenPromise:
    """The worst of what is promised and not kept: where, of what, and its missing share [1]."""

    node: ScenarioNode
    demand: Demand
    missing: float

    @property
    def served(self) -> float:
        """The share that is served there, of what the promise counts [1]."""
        return max(0.0, self.demand.least - self.missing)


def all_broken(formulation: Formulation, solution: Solution) -> Iterator[BrokenPromise]:
    """Every promise that a plan breaks, at every node."""
    for n, labels in enumerate(formulation.labels):
        weights = formulation.time_slices[n].weights
        for label, row in zip(labels.columns, solution.nodes[n].columns):
            if label.kind != "short":
                continue
            demand = formulation.system.demands[label.number]
            short = float(weights @ row) * label.scale
            asked = float(weights @ demanded(formulation, n, demand))
            if short > max(1e-6 * float(weights.sum()), DUST * asked):
                yield BrokenPromise(formulation.nodes[n], demand, short / asked)


def broken(formulation: Formulation, solution: Solution) -> BrokenPromise | None:
    """The worst broken promise of a plan; None where all are kept."""
    found = all_broken(formulation, solution)
    return max(found, key=lambda one: one.missing, default=None)


def broken_words(found: BrokenPromise) -> str:
    """What becomes of a promise, in words."""
    return (
        f"the promise for `{found.demand.product.key}` breaks: at most {found.served:.0%} of it "
        f"can be served in stage {found.node.stage}"
    )


def words_of_broken(formulation: Formulation, solution: Solution) -> str:
    """What becomes of the worst promise in a plan, in words; empty where all are kept."""
    found = broken(formulation, solution)
    return "" if found is None else broken_words(found)


def breaks(formulation: Formulation, value: OrderValue | None) -> str:
    """What becomes of a promise without an order, in words; empty where it can be kept."""
    if value is None:
        return ""
    if value.other is not None:
        told = words_of_broken(formulation, value.other.solution)
        return f"without it {told}" if told else ""
    if value.low > everything(formulation):
        return "without it a promise breaks, or costs more than all that the plan sells"
    return ""


def everything(formulation: Formulation) -> float:
    """What all demand of the tree would bring if it were served, discounted [USD]."""
    total = 0.0
    for n, node in enumerate(formulation.nodes):
        weight = node_weight(node, formulation.discounting)
        for demand in formulation.system.demands:
            price = demand.price * formulation.parameters[n].price.get(demand.product, 1.0)
            asked = formulation.time_slices[n].weights @ demanded(formulation, n, demand)
            total += weight * price * float(asked)
    return total


def refuse_broken_promises(formulation: Formulation, solution: Solution) -> None:
    """Raise Infeasible where a promised share cannot be served, with the shortfall in words."""
    clash = broken(formulation, solution)
    if clash is not None:
        node, demand, reach = clash.node, clash.demand, clash.served
        message = (
            f"`{demand.product.key}` promises to serve {demand.least:.2%} of its demand from stage "
            f"{demand.least_from} on, but at node {node.name} ({node.label}, stage {node.stage}) "
            f"no plan serves more than {reach:.2%}: what could serve it cannot arrive in time or "
            "is not allowed to be large enough."
        )
        cheapest = (
            f"promise {reach:.2%} there, or begin the promise after stage {node.stage} "
            "(`served_from`)"
        )
        raise Infeasible(
            f"{message}\nCheapest way out: {cheapest}.", (demand.product.key,), cheapest
        )
