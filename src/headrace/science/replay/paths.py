"""Futures that the tree does not hold: each follows a branch, and what is believed lies around the
branch's own values.

A case of a belief stands for the values that are nearer to it than to any other. So a path draws
its value evenly, as far to either side as half the way to the nearest other case; the mean of a
case stays what it was, what is never negative stays so, and what a path is told at a stage says
which branch it is on: the plan's own later orders on that branch are a rule that looks at nothing
that is not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.uncertainty import (
    Arriving,
    DemandGrowth,
    RivalPriceCut,
    SoftwareGain,
    Uncertainty,
)
from headrace.plan.scenario.tree import ScenarioNode

SAME = 1e-12
LEAST_LEFT = 0.9
"""Share of what a falling demand keeps in a year that a draw may take away [1]."""

Steps = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class DrawnPath:
    """A future from the first node to the end. like: the node of the tree that each of its nodes
    takes the place of; years: the drawn year in which each is operated.
    """

    nodes: tuple[ScenarioNode, ...]
    like: tuple[int, ...]
    years: tuple[int, ...]

    @property
    def label(self) -> str:
        """The branch that it follows, in words."""
        return self.nodes[-1].label


def drawn_path(nodes: Sequence[ScenarioNode], years: int, seed: int, number: int) -> DrawnPath:
    """Path `number` of a seed around the branches of a tree (root first). years: that are drawn.

    The same seed and number give the same path, however many are asked for.
    """
    generation = np.random.default_rng([seed, 2, number])
    found, like, here = list[ScenarioNode](), list[int](), 0
    place: dict[int, int] = {}
    while True:
        node, above = nodes[here], found[-1] if found else None
        siblings = [n for n in nodes if n.parent == node.parent]
        values, growth = dict(node.values), dict(node.growth)
        if above is not None and node.decides:
            values, growth = _drawn(nodes, here, siblings, above, generation)
        elif above is not None:
            values, growth = dict(above.values), dict(above.growth)
        place[here] = len(found)
        found.append(
            replace(
                node,
                parent=len(found) - 1,
                probability=1.0,
                opening=-1 if node.decides else place[node.opening],
                values=values,
                growth=growth,
            )
        )
        like.append(here)
        below = [number for number, one in enumerate(nodes) if one.parent == here]
        if not below:
            break
        odds = np.array([nodes[n].probability for n in below])
        here = below[int(generation.choice(len(below), p=odds / odds.sum()))]
    lived = generation.integers(0, max(years, 1), len(found))
    return DrawnPath(tuple(found), tuple(like), tuple(int(year) for year in lived))


def _drawn(
    nodes: Sequence[ScenarioNode],
    number: int,
    siblings: Sequence[ScenarioNode],
    above: ScenarioNode,
    generation: np.random.Generator,
) -> tuple[dict[Uncertainty, float], dict[DemandGrowth | SoftwareGain, Steps]]:
    """Values and growth at a node of a path, what was drawn before kept."""
    node, parent = nodes[number], nodes[nodes[number].parent]
    values: dict[Uncertainty, float] = {}
    for about, value in node.values.items():
        known = [one.values.get(about, value) for one in siblings]
        before = _before(parent.values, above.values, about)
        drawn = about if not isinstance(about, Arriving) else None  # dates stay those of the tree
        values[about] = _around(drawn, value, known, before, generation)
    growth: dict[DemandGrowth | SoftwareGain, Steps] = {}
    for about, steps in node.growth.items():
        known = [one.growth.get(about, steps)[-1][1] for one in siblings]
        past = parent.growth.get(about, ())
        mine = above.growth.get(about, ())
        rate = _around(about, steps[-1][1], known, None, generation)
        if len(steps) == len(past) and np.ptp(known) <= SAME:
            growth[about] = mine
        else:
            growth[about] = (*mine[: len(steps) - 1], (steps[-1][0], rate))
    return values, growth


def _before(
    parent: Mapping[Uncertainty, float], above: Mapping[Uncertainty, float], about: Uncertainty
) -> tuple[float, float] | None:
    """What the tree and the path said before, if they did."""
    return (parent[about], above[about]) if about in parent and about in above else None


def _around(
    about: Uncertainty | None,
    value: float,
    known: Sequence[float],
    before: tuple[float, float] | None,
    generation: np.random.Generator,
) -> float:
    """A value around that of a case: drawn where cases differ, else moved with what was drawn."""
    others = [abs(value - one) for one in known if abs(value - one) > SAME]
    if about is None:
        return value
    if not others:
        if before is None or before[0] == 0:
            return value
        return value * before[1] / before[0]
    reach = 0.5 * min(others)
    if min(known) >= 0:
        reach = min(reach, value)
    if isinstance(about, DemandGrowth):
        reach = min(reach, LEAST_LEFT * (1.0 + value))
    if isinstance(about, RivalPriceCut):
        reach = min(reach, 1.0 - value)
    return float(value + reach * generation.uniform(-1.0, 1.0))
