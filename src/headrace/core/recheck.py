"""A stored run checked from its numbers alone: do the books of every hour, every link and every dollar close?

This reads the run folder as any outsider could. It shares nothing with the code that formulated or solved the plan:
it does not know what a turbine is, only that at a bus what goes in comes out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from headrace.core.errors import LawBroken
from headrace.core.hourly import read_hourly, stored_nodes
from headrace.core.runs import PLAN, RunFolder

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
    return (*_hours(folder), _links(plan), _money(plan), _bounds(plan))


def demand_closed(folder: RunFolder) -> None:
    """Raise LawBroken naming every kind of book that does not close."""
    open_books = [c for c in recheck(folder) if not c.good]
    if open_books:
        raise LawBroken("\n".join(f"{c.kind} does not close: {c.residual:.2e} at {c.where}" for c in open_books))


def _hours(folder: RunFolder) -> list[Closing]:
    worst: dict[str, Closing] = {}
    for node in stored_nodes(folder):
        stored = read_hourly(folder, node)
        buses: dict[tuple[str, str], list[np.ndarray]] = defaultdict(list)
        for series in stored.series:
            buses[series.site, series.bus].append(series.values)
        for (site, bus), values in buses.items():
            table = np.array(values)
            residual = np.abs(table.sum(axis=0)) / np.maximum(np.abs(table).max(axis=0), 1.0)
            hour = int(residual.argmax())
            kind = f"hourly {bus.split(' ')[0]}"
            found = Closing(kind, float(residual[hour]), f"node {node}, {bus} {site}, hour {hour}".replace(" ,", ","))
            if kind not in worst or found.residual > worst[kind].residual:
                worst[kind] = found
    return [worst[kind] for kind in sorted(worst)]


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
    amounts = [line["usd"] for node in plan["tree"] for line in node["cash"]]  # type: ignore[attr-defined]
    largest = max((abs(usd) for usd in amounts), default=1.0)
    residual = abs(sum(amounts) - float(plan["objective_usd"])) / max(largest, 1.0)  # type: ignore[arg-type]
    return Closing("money", residual, "all nodes against the objective")


def _bounds(plan: dict[str, object]) -> Closing:
    """The plan's worth may not exceed what its own bound allows."""
    low, above = float(plan["lower_bound_usd"]), plan["upper_bound_usd"]  # type: ignore[arg-type]
    high = np.inf if above is None else float(above)  # type: ignore[arg-type]
    return Closing("bounds", max(0.0, low - high) / max(abs(low), 1.0), "lower against upper bound")
