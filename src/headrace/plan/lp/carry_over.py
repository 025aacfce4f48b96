"""The operation and the prices of one node put into the words of another one that was written
otherwise: what is called alike is alike.

Nothing here need be right. Prices prove a bound whatever they are and an operation is repaired
before it counts, so a row without a counterpart gets the price 0, a column without one stays at 0,
and the answer is only as good as the likeness.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.lp.problem import NodeBlock, NodeSolution


@dataclass(frozen=True)
class Counterpart:
    """Where the numbers of a node come from. node: the other block; hours: of each hour here the
    hour there, shape (hour,).
    """

    node: NodeBlock
    hours: Ints


def carried_over(solution: NodeSolution, source: Counterpart, target: NodeBlock) -> NodeSolution:
    """A node's solution in the columns, rows and hours of `target`; prices follow the weights of
    its hours.
    """
    old, new, at = source.node.template, target.template, source.hours
    spent = source.node.weight * source.node.weights[at]
    ratio = target.weight * target.weights / np.where(spent > 0, spent, 1.0)

    straight = len(at) == source.node.hours and np.array_equal(at, np.arange(len(at)))
    alike_weight = bool(np.all(ratio == 1.0))

    def rows(
        names: Sequence[str], known: Sequence[str], values: Floats, scale: Floats | None
    ) -> Floats:
        if straight and tuple(names) == tuple(known):
            return values if scale is None else values * scale
        pick = places(known, names)
        found = np.zeros((len(names), target.hours))
        found[pick >= 0] = values[pick[pick >= 0]][:, at]
        return found if scale is None else found * scale

    windows, pick = [], places(old.windows, new.windows)
    for f, rhs in enumerate(target.window_rhs):
        known = solution.windows[pick[f]] if pick[f] >= 0 else np.zeros(1)
        known = known if len(known) else np.zeros(1)
        # windows of one length follow each other; of another, each has its mean
        alike = known if len(known) == len(rhs) else np.full(len(rhs), known.mean())
        windows.append(alike * (target.weight / source.node.weight))
    return NodeSolution(
        rows(new.columns, old.columns, solution.columns, None),
        rows(new.rows, old.rows, solution.rows, None if alike_weight else ratio),
        rows(new.chains, old.chains, solution.chains, None if alike_weight else ratio),
        tuple(windows),
    )


def places(known: Sequence[str], wanted: Sequence[str]) -> Ints:
    """Where each of `wanted` stands among `known`, -1 where it does not; of equal names the first
    is the first.
    """
    at = {name: place for place, name in enumerate(_counted(known))}
    return np.array([at.get(name, -1) for name in _counted(wanted)], dtype=np.int64)


def _counted(names: Sequence[str]) -> list[tuple[str, int]]:
    """Every name with how often it has come before."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        found.append((name, seen[name]))
        seen[name] += 1
    return found
