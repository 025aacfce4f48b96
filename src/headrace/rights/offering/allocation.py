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

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, InputError
from headrace.rights.offering.conflict import smallest_conflict
from headrace.rights.offering.offers import Group, Offers, check, solve
from headrace.rights.register import Register
from headrace.rights.usage.uses import WHOLE

#: Printed wherever a guarantee is shown.
EXPOSURE_IS_NOT_USE = (
    "A guarantee is a number of offers. "
    "Exposure is not use: nobody promises that an offer is taken."
)


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
    result = solve(problem, problem.groups, value=True)
    if result.status == 2:
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
