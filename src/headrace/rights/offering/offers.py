"""Offers to segments of users as a linear programme: slots, guarantees of exposure, caps.

The problem and its solver; the optimum and its prices stand in `allocation.py`, the smallest set of
guarantees that clash in `conflict.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class Group:
    """Works that share a guarantee, a cap or both (offers in the period; cap inf means none)."""

    name: str
    works: tuple[int, ...]
    at_least: float = 0.0
    at_most: float = np.inf


@dataclass(frozen=True)
class Offers:
    """The problem: slots per segment, utility of an offer by segment and work (shape (segment,
    work)), who may see what, groups.
    """

    segments: tuple[str, ...]
    works: tuple[str, ...]
    slots: Floats
    utility: Floats
    eligible: NDArray[np.bool_]
    groups: tuple[Group, ...]


def check(problem: Offers) -> None:
    """Raises InputError with everything malformed about a problem."""
    shape = (len(problem.segments), len(problem.works))
    problems = []
    if (
        problem.utility.shape != shape
        or problem.eligible.shape != shape
        or problem.slots.shape != shape[:1]
    ):
        problems.append(
            InputFault(
                Place(key="offers"),
                f"slots, utility and eligible do not fit {shape[0]} segments and {shape[1]} works",
            )
        )
    elif (
        not np.isfinite(problem.utility).all()
        or not np.isfinite(problem.slots).all()
        or (problem.slots < 0).any()
    ):
        problems.append(
            InputFault(
                Place(key="offers"), "a utility or a number of slots is negative or not finite"
            )
        )
    for group in problem.groups:
        if not 0 <= group.at_least < np.inf or not group.at_most >= 0:
            problems.append(
                InputFault(
                    Place(key=group.name),
                    f"at least {group.at_least}, at most {group.at_most}",
                    "0 <= at_least, at_most",
                )
            )
        if len(set(group.works)) != len(group.works) or any(
            not 0 <= w < shape[1] for w in group.works
        ):
            problems.append(
                InputFault(
                    Place(key=group.name), "its works are not works of this problem, each once"
                )
            )
    if problems:
        raise InputError(problems)


def feasible(problem: Offers, groups: tuple[Group, ...]) -> bool:
    """Whether slots, all caps, and the guarantees of these groups can hold together."""
    kept = {g.name for g in groups}
    some = tuple(g if g.name in kept else replace(g, at_least=0.0) for g in problem.groups)
    return bool(solve(problem, some, value=False).status == 0)


def solve(problem: Offers, groups: tuple[Group, ...], *, value: bool) -> Any:
    """scipy's answer; value: maximise utility, else only look for a point."""
    segment, work = np.nonzero(problem.eligible)
    member = sparse.lil_array((len(groups), len(problem.works)))
    for i, group in enumerate(groups):
        member[i, list(group.works)] = 1.0
    by_group = (
        sparse.csr_array(member)[:, work] if len(work) else sparse.csr_array((len(groups), 0))
    )
    columns = np.arange(len(work))
    no_cap = 2.0 * problem.slots.sum() + 1.0  # out of reach, so its row is never tight
    by_segment = sparse.csr_array(
        (np.ones(len(work)), (segment, columns)), shape=(len(problem.segments), len(work))
    )
    rows = sparse.vstack((by_segment, -by_group, by_group)).tocsr()
    bounds = np.concatenate(
        (
            problem.slots,
            [-g.at_least for g in groups],
            np.minimum([g.at_most for g in groups], no_cap),
        )
    )
    cost = -problem.utility[segment, work] if value else np.zeros(len(work))
    if not len(work):  # the solver wants a column
        rows, cost = sparse.csr_array((len(bounds), 1)), np.zeros(1)
    return linprog(  # type: ignore[call-overload]
        cost, A_ub=rows, b_ub=bounds, bounds=(0, None), method="highs-ds"
    )
