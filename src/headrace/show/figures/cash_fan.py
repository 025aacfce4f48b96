"""Cash by calendar year, undiscounted: the mean over the branches, and every branch beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.show.format import text

Line = tuple[int, str, str, str]
"""Calendar year, kind, item in words, product."""


def years_of(plan: PlanFile, node: int | None = None) -> dict[Line, float]:
    """Cash by year and item [USD]: expected, or if the branch comes to `node`.

    Raises InputError for a node that is not in the tree.
    """
    sums: dict[Line, float] = defaultdict(float)
    weights = {n.id: n.probability for n in plan.tree}
    if node is not None:
        weights = {one.id: 1.0 for one in path(plan, node)}
    for one in plan.tree:
        for line in one.years if one.id in weights else ():
            key = (line.year, line.kind, text.cash_item(line.kind, line.product), line.product)
            sums[key] += weights[one.id] * line.usd
    return dict(sorted(sums.items()))


def net(lines: Mapping[Line, float]) -> dict[int, float]:
    """What is left of each year [USD]."""
    sums: dict[int, float] = defaultdict(float)
    for (year, *_), usd in lines.items():
        sums[year] += usd
    return dict(sums)


def path(plan: PlanFile, node: int) -> tuple[NodeRecord, ...]:
    """The nodes from the root to `node`. Raises InputError where there is none."""
    by_id = {one.id: one for one in plan.tree}
    if node not in by_id:
        expected = f"a node of the tree, 0 to {max(by_id)}"
        raise InputError(InputFault(Place(key="node"), f"{node}", expected))
    line = [by_id[node]]
    while line[0].parent is not None:
        line.insert(0, by_id[line[0].parent])
    return tuple(line)


def leaves(plan: PlanFile) -> tuple[NodeRecord, ...]:
    """The nodes under which nothing follows: one a branch."""
    parents = {node.parent for node in plan.tree}
    return tuple(node for node in plan.tree if node.id not in parents)


def peak_funding(by_year: Mapping[int, float]) -> tuple[float, int]:
    """The deepest that money is in, by the ends of years [USD, positive], and the year; 0 and the
    first year where it never is.
    """
    depth, when, running = 0.0, min(by_year, default=0), 0.0
    for year in sorted(by_year):
        running += by_year[year]
        if -running > depth:
            depth, when = -running, year
    return depth, when
