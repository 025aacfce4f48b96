"""When an order works, where its lead time or its queue is believed: by what is known at a node.

What has arrived when a case is revealed has arrived. What has not, arrives as long after its order
as the case says, and not before the case is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.core.components import Asset
from headrace.plan.scenario.tree import ScenarioNode, path_to_root


@dataclass(frozen=True)
class WorkingSpan:
    """From when to when something works, after the horizon's start [month]."""

    begin: float
    finish: float


def lead_at(asset: Asset, node: ScenarioNode) -> float:
    """From order to operation as it is known at a node [month]."""
    if asset.waits is None:
        return asset.lead_months
    return node.values.get(asset.waits, asset.lead_months)


def known_span(
    asset: Asset,
    ordered: tuple[int, float],
    planned: WorkingSpan,
    nodes: Sequence[ScenarioNode],
    number: int,
) -> WorkingSpan:
    """When an order works as it is known at node `number`. ordered: node and date [month] of the
    order; planned: as it was known there.
    """
    if asset.waits is None:
        return planned
    placed, date = ordered
    known, begin = lead_at(asset, nodes[placed]), planned.begin
    saved = known - (begin - date)
    line = path_to_root(nodes, number)
    for n in reversed(line[: line.index(placed)]):
        lead = lead_at(asset, nodes[n])
        if lead != known and begin > nodes[n].start:
            begin = max(nodes[n].start, date + lead - saved)
        known = lead
    return WorkingSpan(begin, planned.finish + begin - planned.begin)


def leaves_below(nodes: Sequence[ScenarioNode], number: int) -> list[int]:
    """Nodes at the end of the branches that run through a node."""
    parents = {node.parent for node in nodes}
    ends = (n for n in range(len(nodes)) if n not in parents)
    return [n for n in ends if number in path_to_root(nodes, n)]
