"""Whether a plan keeps what is promised; and which orders the promise hangs on.

A promise has a dear way out, so that every size can be operated (constraints/demand.py). Its price
says "more than any plan would pay", and is never told as money: a plan that takes the way out is no
plan, and an order without which it must be taken has no worth but that the promise breaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.core.arrays import Floats
from headrace.core.components import Demand, Store
from headrace.core.contract_terms import ContractTerm, CurtailmentPrice
from headrace.core.errors import Infeasible
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import demanded, node_outcome
from headrace.plan.results.liquidity import missing, missing_words, refuse_missing_cash
from headrace.plan.results.order_value import OrderValue
from headrace.plan.scenario.discounting import node_weight
from headrace.plan.scenario.tree import ScenarioNode

DUST = 1e-4
"""A shortfall below this share of a node's demand is the solver's [1]."""


@dataclass(frozen=True)
class BrokenPromise:
    """The worst of what is promised and not kept: where, of what, and by which share it misses [1],
    of what is asked for, of what a source with a limit of curtailment offers, or of the energy of
    a store.
    """

    node: ScenarioNode
    of: Demand | CurtailmentPrice | Store
    missing: float

    @property
    def name(self) -> str:
        """What the study calls it."""
        if isinstance(self.of, Store):
            return self.of.power_asset.key
        return self.of.product.key if isinstance(self.of, Demand) else self.of.source.name

    @property
    def kept(self) -> str:
        """What becomes of it there, in words."""
        if isinstance(self.of, Demand):
            return f"{max(0.0, self.of.least - self.missing):.2%} of `{self.name}` is served"
        if isinstance(self.of, Store):
            held = max(0.0, self.of.at_end - self.missing)
            return f"`{self.name}` holds {held:.2%} of its energy at the end"
        return f"{self.of.most + self.missing:.2%} of what `{self.name}` offers is not taken"

    @property
    def promised(self) -> str:
        """What the study asks for, in words."""
        if isinstance(self.of, Demand):
            return f"at least {self.of.least:.2%}"
        if isinstance(self.of, Store):
            return f"at least {self.of.at_end:.2%}"
        return f"at most {self.of.most:.2%}"


def all_broken(formulation: Formulation, solution: Solution) -> Iterator[BrokenPromise]:
    """Every promise that a plan breaks, at every node."""
    for n, labels in enumerate(formulation.labels):
        weights = formulation.time_slices[n].weights
        columns = solution.nodes[n].columns
        for label, row in zip(labels.columns, columns):
            of: Demand | ContractTerm | Store
            if label.kind == "short":
                of = formulation.system.demands[label.number]
                whole = float(weights @ demanded(formulation, n, of))
            elif label.kind == "excess":
                of = formulation.system.terms[label.number]
                assert isinstance(of, CurtailmentPrice)
                whole = _offered(formulation, columns, n, of)
            elif label.kind == "lacking":
                of = formulation.system.stores[label.number]
                outcome = node_outcome(formulation, solution, n)
                whole = outcome.capacity.get(of.energy_asset, 0.0)
            else:
                continue
            missing = float(weights @ row) * label.scale
            least = 1e-6 * (1.0 if isinstance(of, Store) else float(weights.sum()))
            if missing > max(least, DUST * whole):
                yield BrokenPromise(formulation.nodes[n], of, missing / whole)


def broken(formulation: Formulation, solution: Solution) -> BrokenPromise | None:
    """The worst broken promise of a plan; None where all are kept."""
    found = all_broken(formulation, solution)
    return max(found, key=lambda one: one.missing, default=None)


def broken_words(found: BrokenPromise) -> str:
    """What becomes of a promise, in words."""
    where = f"in stage {found.node.stage}"
    if isinstance(found.of, Demand):
        served = max(0.0, found.of.least - found.missing)
        return (
            f"the promise for `{found.name}` breaks: at most {served:.0%} of it can be served "
            f"{where}"
        )
    if isinstance(found.of, Store):
        return f"a store's end breaks: {found.kept} {where}, {found.promised} is asked for"
    return f"the limit of curtailment breaks: {found.kept} {where}, {found.promised} may be"


def words_of_broken(formulation: Formulation, solution: Solution) -> str:
    """What becomes of the worst promise in a plan, or of its cash, in words; empty where all are
    kept.
    """
    found, poor = broken(formulation, solution), missing(formulation, solution)
    if found is not None:
        return broken_words(found)
    return "" if poor is None else missing_words(poor)


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


def _offered(formulation: Formulation, columns: Floats, number: int, of: CurtailmentPrice) -> float:
    """What a source offers in a node [MWh]. columns: of the node's solution."""
    system, weights = formulation.system, formulation.time_slices[number].weights
    term, source = system.terms.index(of), system.converter_numbers[of.source]
    its = {("activity", source), ("unused", term), ("excess", term)}
    pairs = zip(formulation.labels[number].columns, columns)
    return sum(
        float(weights @ row) * label.scale
        for label, row in pairs
        if (label.kind, label.number) in its
    )


def refuse_broken_promises(formulation: Formulation, solution: Solution) -> None:
    """Raise Infeasible where a promised share cannot be served, more of what is offered goes
    untaken than may, or cash does not suffice, with the shortfall in words.
    """
    clash = broken(formulation, solution)
    if clash is None:
        refuse_missing_cash(formulation, solution)
        return
    node, demand = clash.node, clash.of
    if isinstance(demand, CurtailmentPrice):
        message = (
            f"`{clash.name}` may leave {clash.promised} of what it offers untaken in a year, but "
            f"at node {node.name} ({node.label}, stage {node.stage}) {clash.kept}: more of it "
            "stands than the load, the stores and the grid of the site can take."
        )
        cheapest = (
            "raise `curtailment_limit`, let less of it stand, or give it a store or an export"
        )
    elif isinstance(demand, Store):
        message = (
            f"`{clash.name}` must hold {clash.promised} of its energy as a span closes, but at "
            f"node {node.name} ({node.label}, stage {node.stage}) {clash.kept}: nothing can charge "
            "it in time."
        )
        cheapest = "lower `stored_at_end`, or give its site something to charge it with"
    else:
        reach = max(0.0, demand.least - clash.missing)
        message = (
            f"`{demand.product.key}` promises to serve {demand.least:.2%} of its demand from stage "
            f"{demand.least_from} on, but at node {node.name} ({node.label}, stage {node.stage}) "
            f"no plan serves more than {reach:.2%}: what could serve it cannot arrive in time or "
            "is not allowed to be large enough."
        )
        last = node.stage == max(one.stage for one in formulation.nodes)
        later = (
            "cut that stage where it can be served and begin the promise there"
            if last
            else f"begin the promise after stage {node.stage}"
        )
        cheapest = (
            f"promise {reach:.2%} there, or " if reach > 0 else ""
        ) + f"{later} (`served_from`)"
    raise Infeasible(f"{message}\nCheapest way out: {cheapest}.", (clash.name,), cheapest)
