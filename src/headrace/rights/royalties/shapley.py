"""The exact Shapley value by enumeration, for at most twelve groups of rightsholders.

Equal split is the Shapley value of the game "whose users are these". The *counterfactual* game is
another one: what would be left of the fees if the catalogue of these groups alone were on offer?
Users then stay or leave, and nobody observes that, so the value function is a model and its
parameter is written beside the result. It needs 2**n values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import factorial

import numpy as np

from headrace.core.arrays import Ints
from headrace.core.errors import InputError
from headrace.rights.usage.uses import WHOLE, Uses

MOST_GROUPS = 12


def shapley(values: Sequence[int] | Ints) -> tuple[Fraction, ...]:
    """The Shapley value of each of n players, exactly. values[mask] is the worth of the coalition
    whose bits are set.

    Raises InputError for more than 12 players, a length that is no power of two, or a worth of the
    empty coalition.
    """
    worth = [int(v) for v in values]
    n = len(worth).bit_length() - 1
    if len(worth) != 2**n or n > MOST_GROUPS:
        raise InputError(
            f"{len(worth)} values are not those of 2**n coalitions of n <= {MOST_GROUPS} groups; "
            "merge groups."
        )
    if worth[0] != 0:
        raise InputError(f"the empty coalition is worth {worth[0]}, not 0")
    orders = [factorial(size) * factorial(n - size - 1) for size in range(n)]
    sums = [0] * n
    for mask in range(2**n):
        for player in range(n):
            if not mask >> player & 1:
                sums[player] += orders[mask.bit_count()] * (worth[mask | 1 << player] - worth[mask])
    return tuple(Fraction(total, factorial(n)) for total in sums)


def fees_that_stay(
    uses: Uses, fees: Ints, group_of: Mapping[str, str], *, stay_above: float
) -> tuple[tuple[str, ...], Ints]:
    """The groups, and for every coalition of them the fees of the users who would stay
    (micro-units, shape (2**groups,)).

    A user stays when strictly more than the share `stay_above` [1], from 0 to below 1, of the
    user's weight of use lies with the coalition. At 0 anybody who used one of them stays, and the
    Shapley value is the equal split over the groups used. This is an assumption about behaviour,
    not an observation.
    group_of: holder -> group; every holder needs one.
    """
    missing = sorted(set(uses.holders) - set(group_of))
    if missing:
        raise InputError(f"{len(missing)} holders have no group: {', '.join(missing[:3])}")
    if not 0 <= stay_above < 1:
        raise InputError(f"stay_above {stay_above:g} is not a share below 1")
    groups = tuple(sorted({group_of[h] for h in uses.holders}))
    if len(groups) > MOST_GROUPS:
        raise InputError(f"{len(groups)} groups are more than {MOST_GROUPS}; merge groups.")
    place = {g: i for i, g in enumerate(groups)}
    group = np.array([place[group_of[h]] for h in uses.holders], dtype=np.int64)
    weight = np.zeros((len(uses.users), len(groups)), dtype=np.int64)
    np.add.at(weight, (uses.user[uses.use_of_line()], group[uses.holder]), uses.weight)
    # Users with the same pattern of use stay or leave together.
    bound = weight.sum(axis=1) * round(stay_above * WHOLE)
    worth = np.zeros(2 ** len(groups), dtype=np.int64)
    for mask in range(1, worth.size):
        chosen = [i for i in range(len(groups)) if mask >> i & 1]
        worth[mask] = int(fees[weight[:, chosen].sum(axis=1) * WHOLE > bound].sum())
    return groups, worth
