"""Every price at which the best plan changes: lines that meet on the convex V of
plan/analysis/breakeven.py, the widest doubt first.

Two neighbouring plans are two lines. Where they meet, V is at least as high as they are and at most
as high as the chord between the prices at which they were found; a solve there shows either that
nothing lies between them (the crossing is exact) or a new plan (two smaller spans). Spans are taken
by that doubt, so whoever stops early has the changes that matter most.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import count

from headrace.core.errors import InputError, InputFault, Place
from headrace.plan.analysis.breakeven import (
    BRACKET,
    BreakevenQuestion,
    PricePoint,
    best_plan,
    same_value,
)
from headrace.plan.solve.solve import Stop


@dataclass(frozen=True)
class Crossing:
    """A price at which the best plan changes, or a bracket `low` to `high` with such prices inside
    [unit of the price]; below, above: slopes of the plans on both sides [USD per unit of it].
    """

    low: float
    high: float
    below: float
    above: float

    @property
    def exact(self) -> bool:
        """Whether the price is known and not only bracketed."""
        return self.low == self.high


@dataclass(frozen=True)
class Envelope:
    """V between two prices: the crossings, and the plans found, by rising price. whole: no span was
    left undecided.
    """

    crossings: tuple[Crossing, ...]
    points: tuple[PricePoint, ...]
    whole: bool


def crossings(
    question: BreakevenQuestion, low: float, high: float, *, bracket: float = BRACKET
) -> tuple[Crossing, ...]:
    """Every price between `low` and `high` [unit of the question] at which the best plan changes,
    in rising order.

    Changes closer together than `bracket` (share of the price [1]) come as one bracket. Prices
    below a thousandth of `high` are not looked at: a gift is ordered without end. Raises InputError
    for low >= high.
    """
    return envelope(question, low, high, bracket=bracket).crossings


def envelope(
    question: BreakevenQuestion,
    low: float,
    high: float,
    *,
    bracket: float = BRACKET,
    most: int | None = None,
    stop: Stop | None = None,
) -> Envelope:
    """The crossings from `low` to `high` [unit of the question] with the plans between them.

    bracket: as of `crossings` [1]. After `most` solves, or at a stop, what is undecided comes as
    brackets.

    Raises InputError for low >= high.
    """
    if not 0 <= low < high:
        raise InputError(InputFault(Place(key="low"), f"{low:g} to {high:g}", "0 <= low < high"))
    found: list[Crossing] = []
    points = [best_plan(question, max(low, 1e-3 * high)), best_plan(question, high)]
    order, whole = count(), True
    spans = [(0.0, next(order), points[0], points[1])]
    while spans:
        _, _, left, right = heapq.heappop(spans)
        if same_value(left.at(right.price), right.worth, right) and same_value(
            right.at(left.price), left.worth, left
        ):
            continue
        late = (most is not None and len(points) >= most) or (stop is not None and stop())
        if late or right.price - left.price <= bracket * right.price:
            whole = whole and not late
            found.append(Crossing(left.price, right.price, left.slope, right.slope))
            continue
        middle = best_plan(question, intersection(left, right))
        if same_value(middle.worth, left.at(middle.price), middle):
            found.append(Crossing(middle.price, middle.price, left.slope, right.slope))
            continue
        points.append(middle)
        for a, b in ((left, middle), (middle, right)):
            heapq.heappush(spans, (-doubt(a, b), next(order), a, b))
    return Envelope(
        tuple(sorted(found, key=lambda c: c.low)),
        tuple(sorted(points, key=lambda p: p.price)),
        whole,
    )


def doubt(left: PricePoint, right: PricePoint) -> float:
    """How far V may lie above both lines between two prices [USD]."""
    price = intersection(left, right)
    part = (price - left.price) / (right.price - left.price)
    return (1 - part) * left.worth + part * right.worth - max(left.at(price), right.at(price))


def intersection(left: PricePoint, right: PricePoint) -> float:
    """Where two lines meet, strictly between their prices [unit of the price]; half way where they
    meet nowhere there.
    """
    fall = left.slope - right.slope
    price = (left.fixed - right.fixed) / fall if fall > 0 else 0.5 * (left.price + right.price)
    inside = left.price < price < right.price
    return price if inside else 0.5 * (left.price + right.price)
