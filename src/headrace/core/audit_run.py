"""A stored run checked from its numbers alone: do the books of every hour, every link and every
dollar close?

This reads the run folder as any outsider could. It shares nothing with the code that formulated or
solved the plan: it does not know what a turbine is, only that at a bus what goes in comes out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from headrace.core.errors import LawBroken
from headrace.core.hourly_store import read_hourly, stored_nodes
from headrace.core.run_folder import PLAN, RunFolder

TOLERANCE = 1e-6
"""A residual is |sum| over the row's largest term (or 1 MW, 1 USD)."""


@dataclass(frozen=True)
class Closing:
    """The largest residual of one kind of book, and where it stands."""

    kind: str
    residual: float
    where: str

    @property
    def good(self) -> bool:
        """Whether it closes to the tolerance."""
        return self.residual <= TOLERANCE


def recheck(folder: RunFolder) -> tuple[Closing, ...]:
    """Every kind of book of a run: hourly balances by carrier, the chain's links, the money."""
    plan = json.loads(folder.read(PLAN))
    return (*_hours(folder), _links(plan), _money(plan), _risk(plan), _whole(plan), _bounds(plan))


def demand_closed(folder: RunFolder) -> None:
    """Raise LawBroken naming every kind of book that does not close."""
    open_books = [c for c in recheck(folder) if not c.good]
    if open_books:
        raise LawBroken(
            "\n".join(f"{c.kind} does not close: {c.residual:.2e} at {c.where}" for c in open_books)
        )


def _hours(folder: RunFolder) -> list[Closing]:
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
    buses: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
    for series in read_hourly(folder, node).series:
        buses[series.site, series.bus].append(series.values)
    found = []
    for (site, bus), values in buses.items():
        table = np.array(values)
        residual = np.abs(table.sum(axis=0)) / np.maximum(np.abs(table).max(axis=0), 1.0)
        hour = int(residual.argmax())
        where = f"node {node}, {bus} {site}, hour {hour}".replace(" ,", ",")
        found.append(Closing(f"hourly {bus.split(' ')[0]}", float(residual[hour]), where))
    return found


def _links(plan: dict[str, list[dict[str, object]]]) -> Closing:
    """At every place of the chain that a carrier both enters and leaves, its links add up."""
    into: dict[tuple[object, ...], float] = defaultdict(float)
    out: dict[tuple[object, ...], float] = defaultdict(float)
    for link in plan["flows"]:
        into[link["node"], link["carrier"], link["target"]] += float(link["quantity"])  # type: ignore[arg-type]
        out[link["node"], link["carrier"], link["source"]] += float(link["quantity"])  # type: ignore[arg-type]
    worst = Closing("chain", 0.0, "no carrier passes through any place")
    for place in into.keys() & out.keys():
        residual = abs(into[place] - out[place]) / max(into[place], out[place], 1.0)
        if residual >= worst.residual:
            worst = Closing("chain", residual, f"node {place[0]}, {place[2]}")
    return worst


def _money(plan: dict[str, object]) -> Closing:
    """All cash adds up to the objective, or to the expected value where the objective weighs
    branches otherwise.
    """
    amounts = [line["usd"] for node in plan["tree"] for line in node["cash"]]  # type: ignore[attr-defined]
    risk = plan.get("risk")
    told, what = (
        (plan["objective_usd"], "the objective")
        if risk is None
        else (risk["expected_usd"], "the expected value")  # type: ignore[index]
    )
    error = abs(sum(amounts) - float(told))  # type: ignore[arg-type]
    return Closing("money", error / _largest(plan), f"all nodes against {what}")


def _risk(plan: dict[str, object]) -> Closing:
    """Mean, CVaR, worst branch and their mixture, from the cash on the way to every leaf."""
    risk = plan.get("risk")
    if risk is None:
        return Closing("risk", 0.0, "the mean alone counts")
    values, odds = _branches(plan)
    order = np.argsort(values)
    share = np.diff(np.minimum(np.cumsum(odds[order]), 1.0 - risk["alpha"]), prepend=0.0)  # type: ignore[index]
    tail = float(share @ values[order] / share.sum()) if share.sum() > 0 else float(values.min())
    mean, omega = float(odds @ values), float(risk["omega"])  # type: ignore[index]
    found = {"expected_usd": mean, "cvar_usd": tail, "worst_usd": float(values.min())}
    off = {name: abs(value - float(risk[name])) for name, value in found.items()}  # type: ignore[index]
    off["objective_usd"] = abs((1 - omega) * mean + omega * tail - float(plan["objective_usd"]))  # type: ignore[arg-type]
    worst = max(off, key=lambda name: off[name])
    return Closing("risk", off[worst] / max(_largest(plan), float(np.abs(values).max())), worst)


def _branches(plan: dict[str, object]) -> tuple[np.ndarray, np.ndarray]:
    """What every leaf's branch earns, and its probability."""
    nodes = {node["id"]: node for node in plan["tree"]}  # type: ignore[attr-defined]
    parents = {node["parent"] for node in nodes.values()}
    values, odds = [], []
    for number in [n for n in nodes if n not in parents]:
        odds.append(float(nodes[number]["probability"]))
        value, at = 0.0, number
        while at is not None:
            value += sum(line["usd"] for line in nodes[at]["cash"]) / float(
                nodes[at]["probability"]
            )
            at = nodes[at]["parent"]
        values.append(value)
    return np.array(values), np.array(odds)


def _whole(plan: dict[str, object]) -> Closing:
    """Orders of whole units are whole."""
    worst = Closing("whole units", 0.0, "no order comes in units")
    for node in plan["tree"]:  # type: ignore[attr-defined]
        for order in node["orders"]:
            if order.get("unit_size"):
                count = float(order["quantity"]) / float(order["unit_size"])
                found = Closing(
                    "whole units",
                    abs(count - round(count)),
                    f"node {node['id']}, {order['asset']} at {order['site']}",
                )
                worst = max(worst, found, key=lambda c: c.residual)
    return worst


def _largest(plan: dict[str, object]) -> float:
    """The largest line of cash, or 1 USD."""
    nodes = plan["tree"]
    return max((abs(line["usd"]) for n in nodes for line in n["cash"]), default=1.0) or 1.0  # type: ignore[attr-defined]


def _bounds(plan: dict[str, object]) -> Closing:
    """The plan's worth may not exceed what its own bound allows."""
    low, above = float(plan["lower_bound_usd"]), plan["upper_bound_usd"]  # type: ignore[arg-type]
    high = np.inf if above is None else float(above)  # type: ignore[arg-type]
    return Closing("bounds", max(0.0, low - high) / max(abs(low), 1.0), "lower against upper bound")
