"""A stored run checked from its numbers alone: do the books of every hour, every link and every
dollar close?

This reads the run folder as any outsider could. It shares nothing with the code that formulated or
solved the plan: it does not know what a turbine is, only that at a bus what goes in comes out.
"""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import LawBroken
from headrace.core.hourly_store import read_hourly, stored_nodes
from headrace.core.plan_file import PlanFile, read_plan
from headrace.core.run_folder import RunFolder

TOLERANCE = 1e-6
"""A residual is |sum| over the row's largest term (or 1 MW, 1 USD)."""


@dataclass(frozen=True)
class Closing:
    """The largest residual [1] of one kind of book, and where it stands."""

    kind: str
    residual: float
    where: str

    @property
    def good(self) -> bool:
        """Whether it closes to the tolerance."""
        return self.residual <= TOLERANCE


def recheck(folder: RunFolder) -> tuple[Closing, ...]:
    """Every kind of book of a run: hourly balances by carrier, the chain's links, the money.

    Raises InputError where the plan or its hours cannot be read.
    """
    plan = read_plan(folder)
    return (*hours_close(folder), *audit_plan(plan))


def audit_plan(plan: PlanFile) -> tuple[Closing, ...]:
    """Every kind of book of a plan that its hours are not needed for."""
    return tuple(check(plan) for check in PLAN_CHECKS)


def demand_closed(folder: RunFolder, *, hours: bool = True) -> None:
    """Raise LawBroken naming every kind of book that does not close. hours: also those of every
    hour, which take a while to read.
    """
    books = recheck(folder) if hours else audit_plan(read_plan(folder))
    open_books = [c for c in books if not c.good]
    if open_books:
        raise LawBroken(
            "\n".join(f"{c.kind} does not close: {c.residual:.2e} at {c.where}" for c in open_books)
        )


def hours_close(folder: RunFolder) -> list[Closing]:
    """The worst hour of each kind of bus; two nodes are read at a time."""
    worst: dict[str, Closing] = {}
    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(lambda node: _buses(folder, node), stored_nodes(folder)))
    for found in (closing for part in parts for closing in part):
        if found.kind not in worst or found.residual > worst[found.kind].residual:
            worst[found.kind] = found
    return [worst[kind] for kind in sorted(worst)]


def _buses(folder: RunFolder, node: int) -> list[Closing]:
    """The worst hour of every bus of one node."""
    buses: dict[tuple[str, str, str, str], list[Floats]] = defaultdict(list)
    for series in read_hourly(folder, node).series:
        buses[series.site, series.bus, series.book, series.bus_id].append(series.values)
    found = []
    for (site, bus, book, _), values in buses.items():
        table = np.array(values)
        residual = np.abs(table.sum(axis=0)) / np.maximum(np.abs(table).max(axis=0), 1.0)
        hour = int(residual.argmax())
        where = f"node {node}, {bus} {site}, hour {hour}".replace(" ,", ",")
        found.append(
            Closing(f"hourly {bus if book == 'carrier' else book}", float(residual[hour]), where)
        )
    return found


def links_close(plan: PlanFile) -> Closing:
    """At every place of the chain that a carrier both enters and leaves, its links add up."""
    into: dict[tuple[int, str, str, str], float] = defaultdict(float)
    out: dict[tuple[int, str, str, str], float] = defaultdict(float)
    for link in plan.flows:
        # a product may be called like another carrier: its unit is not the same
        into[link.node, link.carrier, link.unit, link.target_id or link.target] += link.quantity
        out[link.node, link.carrier, link.unit, link.source_id or link.source] += link.quantity
    worst = Closing("chain", 0.0, "no carrier passes through any place")
    for place in into.keys() & out.keys():
        residual = abs(into[place] - out[place]) / max(into[place], out[place], 1.0)
        if residual >= worst.residual:
            worst = Closing("chain", residual, f"node {place[0]}, {place[3]}")
    return worst


def money_closes(plan: PlanFile) -> Closing:
    """All cash adds up to the objective, or to the expected value where the objective weighs
    branches otherwise.
    """
    expected, what = plan.objective_usd, "the objective"
    if plan.risk is not None:
        expected, what = plan.risk.expected_usd, "the expected value"
    if expected is None:
        return Closing("money", 0.0, "there is no plan")
    booked = sum(line.usd for node in plan.tree for line in node.cash)
    return Closing("money", abs(booked - expected) / _largest(plan), f"all nodes against {what}")


def risk_closes(plan: PlanFile) -> Closing:
    """Mean, CVaR, worst branch and their mixture, from the cash on the way to every leaf."""
    told = plan.risk
    if told is None or plan.objective_usd is None:
        return Closing("risk", 0.0, "the mean alone counts")
    values, odds = _branches(plan)
    order = np.argsort(values)
    share = np.diff(np.minimum(np.cumsum(odds[order]), 1.0 - told.alpha), prepend=0.0)
    tail = float(share @ values[order] / share.sum()) if share.sum() > 0 else float(values.min())
    mean = float(odds @ values)
    off = {
        "expected value": abs(mean - told.expected_usd),
        "CVaR": abs(tail - told.cvar_usd),
        "worst branch": abs(float(values.min()) - told.worst_usd),
        "objective": abs((1 - told.omega) * mean + told.omega * tail - plan.objective_usd),
    }
    worst = max(off, key=lambda name: off[name])
    return Closing("risk", off[worst] / max(_largest(plan), float(np.abs(values).max())), worst)


def _branches(plan: PlanFile) -> tuple[Floats, Floats]:
    """What every leaf's branch earns [USD], and its probability [1]; shape (leaf,)."""
    earned: dict[int, float] = {}
    for node in plan.tree:  # parents stand before their children
        expected = sum(line.usd for line in node.cash)
        own = expected / node.probability if node.probability > 0 else 0.0
        earned[node.id] = own + (0.0 if node.parent is None else earned[node.parent])
    inner = {node.parent for node in plan.tree}
    leaves = [node for node in plan.tree if node.id not in inner]
    return (
        np.array([earned[leaf.id] for leaf in leaves]),
        np.array([leaf.probability for leaf in leaves]),
    )


def orders_whole(plan: PlanFile) -> Closing:
    """Orders of whole units are whole."""
    worst = Closing("whole units", 0.0, "no order comes in units")
    for node in plan.tree:
        for order in node.orders:
            if order.unit_size:
                count = order.quantity / order.unit_size
                where = f"node {node.id}, {order.asset} at {order.site}"
                found = Closing("whole units", abs(count - round(count)), where)
                worst = max(worst, found, key=lambda c: c.residual)
    return worst


def _largest(plan: PlanFile) -> float:
    """The largest line of cash [USD], or 1 USD."""
    return max((abs(line.usd) for node in plan.tree for line in node.cash), default=1.0) or 1.0


def bounds_ordered(plan: PlanFile) -> Closing:
    """The plan's worth may not exceed what its own bound allows."""
    low, high = plan.lower_bound_usd, plan.upper_bound_usd
    if low is None or high is None:
        return Closing("bounds", 0.0, "a bound is not known")
    return Closing("bounds", max(0.0, low - high) / max(abs(low), 1.0), "lower against upper bound")


PLAN_CHECKS = (links_close, money_closes, risk_closes, orders_whole, bounds_ordered)
