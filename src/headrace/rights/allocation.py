"""Who is offered what: a linear programme with guarantees of exposure, whose duals are their
prices.

Users choose; the platform controls only *offers* (templates, suggestions, places in a feed).
Millions of slots are aggregated into segments of users who are alike; x[u, w] is how many slots of
segment u offer work w:

    maximise    sum utility[u, w] x[u, w]
    subject to  sum_w x[u, w] <= slots[u]                       slots
                sum_{u, w in r} x[u, w] >= at_least[r]          guarantee of exposure
                sum_{u, w in r} x[u, w] <= at_most[r]           cap
                x >= 0, and x[u, w] = 0 where not eligible

The price of a guarantee is the utility lost by one more guaranteed offer: what a rightsholder who
fears to be used too little should pay for it, or be charged against its share. EXPOSURE IS NOT USE:
an offer can be refused by everybody.

Where every work stands in at most one guarantee and one cap, and these are the same groups, the
matrix is a network, and a vertex solution is whole numbers by itself; elsewhere it may not be.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.rights.register import Register
from headrace.rights.uses import WHOLE

#: Printed wherever a guarantee is shown.
EXPOSURE_IS_NOT_USE = (
    "A guarantee is a number of offers. "
    "Exposure is not use: nobody promises that an offer is taken."
)


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


@dataclass(frozen=True)
class Allocation:
    """The optimum: offers by segment and work, its value, and per group the exposure and the prices
    (utility per offer, >= 0).
    """

    offers: Floats
    value: float
    exposure: Floats
    guarantee_price: Floats
    cap_price: Floats
    slot_price: Floats


def allocate(problem: Offers) -> Allocation:
    """Solve.

    Raises InputError for a malformed problem, Infeasible with the smallest set of guarantees that
    clash.
    """
    check(problem)
    result = _solve(problem, problem.groups, value=True)
    if result.status == 2:
        from headrace.rights.conflict import smallest_conflict

        clash = smallest_conflict(problem)
        names = ", ".join(f"{g.name} (at least {g.at_least:,.0f})" for g in clash)
        raise Infeasible(
            "No allocation gives all guarantees. The smallest set that cannot hold together: "
            f"{names}.",
            tuple(g.name for g in clash),
        )
    if result.status != 0:
        raise InputError(f"the solver stopped: {result.message}")
    at, rows = np.nonzero(problem.eligible), len(problem.segments)
    offers = np.zeros_like(problem.utility)
    offers[at] = result.x[: len(at[0])]
    marginals = -result.ineqlin.marginals  # of minimising the negative: all >= 0
    return Allocation(
        offers=offers,
        value=-float(result.fun),
        exposure=np.array([offers[:, list(g.works)].sum() for g in problem.groups]),
        slot_price=marginals[:rows],
        guarantee_price=marginals[rows : rows + len(problem.groups)],
        cap_price=marginals[rows + len(problem.groups) :],
    )


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
    return bool(_solve(problem, some, value=False).status == 0)


def _solve(problem: Offers, groups: tuple[Group, ...], *, value: bool) -> Any:
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


def groups_of(register: Register, works: tuple[str, ...], slots: float) -> tuple[Group, ...]:
    """The guarantees of a register as groups: each licence with a minimum exposure, as a share of
    all `slots` [offers].
    """
    place = {w: i for i, w in enumerate(works)}
    return tuple(
        Group(x.id, (place[x.work],), at_least=slots * x.min_exposure / WHOLE)
        for x in register.licences
        if x.min_exposure and x.work in place
    )


def aggregate(
    segment_of_user: NDArray[np.int64], slots: NDArray[np.int64], utility: Floats, segments: int
) -> tuple[Floats, Floats]:
    """Users into segments: total slots [offers] and the mean utility weighted by slots [USD/offer,
    or any scale], shapes (segment,) and (segment, work).

    The optimum of the aggregate is that of the users where the users of a segment are alike, and a
    bound otherwise unproven.
    """
    total = np.bincount(segment_of_user, weights=slots, minlength=segments).astype(np.float64)
    weighted = np.zeros((segments, utility.shape[1]))
    np.add.at(weighted, segment_of_user, utility * slots[:, None])
    return total, weighted / np.maximum(total, 1.0)[:, None]
