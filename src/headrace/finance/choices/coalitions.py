"""Shapley values of a game whose values are intervals, and how its players interact.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S))
    I_ij  = sum over S without i, j of |S|! (n - |S| - 2)! / (n - 1)!
            (v(S + i + j) - v(S + i) - v(S + j) + v(S))            Grabisch & Roubens 1999

Where a value is known to lie between two bounds, each coalition enters with one weight, so the
interval of phi_i is exact over all games within the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

from headrace.core.errors import InputError, InputFault, Place

Bounds = tuple[float, float]
MOST_PLAYERS = 12


@dataclass(frozen=True)
class PlayerShare:
    """What a player brings: at least and at most [unit of the game]; matters: whether 0 lies
    outside.
    """

    player: str
    low: float
    high: float

    @property
    def matters(self) -> bool:
        """Whether the interval leaves out 0."""
        return self.low > 0 or self.high < 0


def coalitions(players: Sequence[str]) -> tuple[frozenset[str], ...]:
    """Every set of players, the smaller ones first, the empty one included."""
    return tuple(
        frozenset(chosen) for size in range(len(players) + 1)
        for chosen in combinations(players, size)
    )  # fmt: skip


def shapley(
    players: Sequence[str], values: Mapping[frozenset[str], Bounds]
) -> tuple[PlayerShare, ...]:
    """Shapley value of each player, from bounds on every coalition's value [any unit].

    Raises InputError for a coalition without a value, and for more than 12 players.
    """
    checked(players, values)
    count = len(players)
    found = []
    for one in players:
        low = high = 0.0
        for chosen, (least, most) in values.items():
            size = len(chosen)
            if one in chosen:
                weight = factorial(size - 1) * factorial(count - size) / factorial(count)
                low, high = low + weight * least, high + weight * most
            else:
                weight = factorial(size) * factorial(count - size - 1) / factorial(count)
                low, high = low - weight * most, high - weight * least
        found.append(PlayerShare(one, low, high))
    return tuple(found)


def interactions(
    players: Sequence[str], values: Mapping[frozenset[str], Bounds]
) -> tuple[tuple[str, str, Bounds], ...]:
    """How two players together bring more (+) or less (-) than apart [unit of the game], for each
    pair. Raises InputError as `shapley`.
    """
    checked(players, values)
    count, found = len(players), []
    for a, b in combinations(players, 2):
        low = high = 0.0
        for chosen, (least, most) in values.items():
            size = len(chosen - {a, b})
            weight = factorial(size) * factorial(count - size - 2) / factorial(count - 1)
            if (a in chosen) == (b in chosen):
                low, high = low + weight * least, high + weight * most
            else:
                low, high = low - weight * most, high - weight * least
        found.append((a, b, (low, high)))
    return tuple(found)


def checked(players: Sequence[str], values: Mapping[frozenset[str], Bounds]) -> None:
    """Raise InputError for a game that is not complete, or has bounds that cross."""
    problems = []
    if len(players) > MOST_PLAYERS or len(set(players)) < len(players):
        found = f"{len(players)} players"
        problems.append(InputFault(Place(), found, f"at most {MOST_PLAYERS}, each named once"))
    else:
        for chosen in coalitions(players):
            words = " + ".join(sorted(chosen)) or "nobody"
            if chosen not in values:
                problems.append(InputFault(Place(), f"no value of {words}", "every coalition's"))
            elif not values[chosen][0] <= values[chosen][1]:
                problems.append(InputFault(Place(), f"bounds of {words} cross", "low <= high"))
        problems += [
            InputFault(Place(), f"a value of {sorted(chosen)}", "coalitions of the players")
            for chosen in values
            if not chosen <= set(players)
        ]
    if problems:
        raise InputError(problems)
