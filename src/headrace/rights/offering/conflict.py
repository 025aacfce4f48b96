"""The smallest set of guarantees that cannot hold together, exactly.

Implicit hitting sets (Ignatiev, Previti, Liffiton & Marques-Silva, "Smallest MUS extraction with
minimal hitting set dualization", CP 2015): every set of guarantees whose removal makes the rest
feasible has to be hit by every conflict. Take the smallest set that hits all those found so far; if
it is infeasible it is a smallest conflict, if not, grow it to a largest feasible set, whose
complement is one more set to hit.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from headrace.core.errors import InputError
from headrace.rights.offering.offers import Group, Offers, feasible


def smallest_conflict(problem: Offers) -> tuple[Group, ...]:
    """Guarantees of the problem that clash, as few as possible (caps and slots always hold). ()
    where none do.

    Raises InputError where the caps and slots alone cannot hold, which they always can by offering
    nothing.
    """
    claims = tuple(g for g in problem.groups if g.at_least > 0)
    if feasible(problem, claims):
        return ()
    to_hit: list[frozenset[int]] = []
    while True:
        chosen = smallest_hitting_set(to_hit, len(claims))
        if not feasible(problem, tuple(claims[i] for i in chosen)):
            return tuple(claims[i] for i in sorted(chosen))
        grown = set(chosen)
        for i in range(len(claims)):
            if i not in grown and feasible(problem, tuple(claims[j] for j in grown | {i})):
                grown.add(i)
        to_hit.append(frozenset(range(len(claims))) - grown)


def smallest_hitting_set(to_hit: list[frozenset[int]], size: int) -> frozenset[int]:
    """Fewest of the numbers 0 to size - 1 such that every set holds at least one (set cover as 0-1
    program).

    Raises InputError where a set is empty.
    """
    if not to_hit:
        return frozenset()
    rows = np.zeros((len(to_hit), size))
    for i, members in enumerate(to_hit):
        rows[i, list(members)] = 1.0
    found = milp(
        np.ones(size),
        constraints=LinearConstraint(rows, 1, np.inf),
        integrality=np.ones(size, dtype=np.int64),
        bounds=Bounds(0, 1),
    )
    if found.x is None:
        raise InputError(f"no hitting set: {found.message}")
    return frozenset(int(i) for i in np.flatnonzero(found.x > 0.5))
