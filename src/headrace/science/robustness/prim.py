"""PRIM: the box in which the cases of interest are dense, found by peeling and told in sentences.

From the whole space a thin slice is peeled off again and again, each time the one whose removal
makes the rest densest; then the box is pasted wider where that costs no density. The trajectory of
boxes trades coverage (share of all cases of interest that lie inside) against density (share of
cases inside that are of interest).

Source: Friedman & Fisher, Bump hunting in high-dimensional data, Statistics and Computing 9 (1999);
Bryant & Lempert, Thinking inside the box, Technological Forecasting and Social Change 77 (2010).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Flags, Floats
from headrace.core.errors import InputError, InputFault, Place

PEEL = 0.05
"""Share of the cases inside that one peel takes away [1]. Convention: Bryant & Lempert 2010."""

LEAST_MASS = 0.05
"""Share of all cases that a box holds at least [1]. Convention: Bryant & Lempert 2010."""

MOST_CHANCE = 0.05
"""Chance at most that a limit as good comes from no effect at all [1]; others are not told."""


@dataclass(frozen=True)
class PrimBox:
    """A box of the trajectory. low, high: its ends, shape (dimension,), of the cases' own units;
    endless where it is not limited. coverage, density, mass: shares [1]. chance: for each limited
    dimension, that the density gained by it is luck (binomial, Bryant & Lempert's quasi-p) [1].
    """

    low: Floats
    high: Floats
    coverage: float
    density: float
    mass: float
    chance: Floats

    @property
    def limited(self) -> tuple[int, ...]:
        """The dimensions that are limited."""
        ends = np.isfinite(self.low) | np.isfinite(self.high)
        return tuple(int(n) for n in np.flatnonzero(ends))

    def holds(self, cases: Floats) -> Flags:
        """Which cases lie inside. cases: shape (case, dimension) [own units]."""
        return np.asarray(np.all((cases >= self.low) & (cases <= self.high), axis=1))


def boxes(
    cases: Floats, interest: Flags, *, peel: float = PEEL, least: float = LEAST_MASS
) -> tuple[PrimBox, ...]:
    """The peeling trajectory, from the whole space to the smallest box.

    cases: shape (case, dimension) [own units]; interest: shape (case,), which are of interest;
    peel: share of the cases inside that one peel takes [1]; least: share of all cases that a box
    holds [1]. Raises InputError for no cases, none or only cases of interest, or numbers that are
    not finite.
    """
    wrong = ""
    if len(cases) == 0 or cases.ndim != 2 or len(cases) != len(interest):
        wrong = f"{len(cases)} cases and {len(interest)} outcomes"
    elif not np.all(np.isfinite(cases)):
        wrong = "a case that is not finite"
    elif not np.any(interest) or np.all(interest):
        wrong = "all cases or none are of interest"
    if wrong:
        raise InputError(InputFault(Place(key="cases"), wrong, "cases of both kinds"))
    low = np.full(cases.shape[1], -np.inf)
    high = np.full(cases.shape[1], np.inf)
    inside = np.ones(len(cases), dtype=bool)
    found = [_box(cases, interest, low, high)]
    while True:
        step = peeled(cases, interest, inside, low, high, peel)
        if step is None or step[2].sum() < least * len(cases):
            return tuple(found)
        low, high, inside = step
        found.append(_box(cases, interest, low, high))
        if found[-1].density == 1.0:
            return tuple(found)


def peeled(
    cases: Floats, interest: Flags, inside: Flags, low: Floats, high: Floats, peel: float
) -> tuple[Floats, Floats, Flags] | None:
    """The peel after which the rest is densest, weighed by how little it takes away; None where
    nothing more can be peeled.
    """
    best, chosen = -np.inf, None
    before = float(np.mean(interest[inside]))
    for dimension in range(cases.shape[1]):
        values = np.sort(cases[inside, dimension])
        for upper in (False, True):
            edge = slice_edge(values, peel, upper=upper)
            column = cases[:, dimension]
            kept = inside & ((column <= edge) if upper else (column >= edge))
            gone = int(inside.sum() - kept.sum())
            if kept.sum() == 0 or gone == 0:
                continue
            gain = (float(np.mean(interest[kept])) - before) / gone
            # of equal gains the one that limits nothing new
            new = not np.isfinite((high if upper else low)[dimension])
            gain -= 1e-12 * new
            if gain > max(best, 0.0):
                ends = low.copy(), high.copy()
                ends[upper][dimension] = edge
                best, chosen = gain, (*ends, kept)
    return chosen


def slice_edge(values: Floats, share: float, *, upper: bool) -> float:
    """Where a slice with that share of the sorted values [1] ends [own unit]: half way between the
    two values around the quantile, and past all that are equal to them (Bryant & Lempert).
    """
    place = (len(values) - 1) * (1 - share if upper else share)
    left, right = math.floor(place), math.ceil(place)
    while upper and values[left] == values[right] and left > 0:
        left -= 1
    while not upper and values[left] == values[right] and right < len(values) - 1:
        right += 1
    return 0.5 * float(values[left] + values[right])


def _box(cases: Floats, interest: Flags, low: Floats, high: Floats) -> PrimBox:
    inside = np.all((cases >= low) & (cases <= high), axis=1)
    chance = np.ones(cases.shape[1])
    for dimension in range(cases.shape[1]):
        if not (np.isfinite(low[dimension]) or np.isfinite(high[dimension])):
            continue
        wide = low.copy(), high.copy()
        wide[0][dimension], wide[1][dimension] = -np.inf, np.inf
        without = np.all((cases >= wide[0]) & (cases <= wide[1]), axis=1)
        rate = float(np.mean(interest[without])) if without.any() else 0.0
        chance[dimension] = at_least(int(interest[inside].sum()), int(inside.sum()), rate)
    return PrimBox(
        low,
        high,
        float(interest[inside].sum() / interest.sum()),
        float(np.mean(interest[inside])) if inside.any() else 0.0,
        float(np.mean(inside)),
        chance,
    )


def at_least(hits: int, trials: int, rate: float) -> float:
    """Chance of at least so many hits in so many trials [1]. rate: of one trial [1]."""
    if hits <= 0:
        return 1.0
    if not 0.0 < rate < 1.0:
        return float(rate >= 1.0)
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(rate)
        + (trials - k) * math.log1p(-rate)
        for k in range(hits, trials + 1)
    ]
    return min(1.0, math.fsum(math.exp(each) for each in logs))


def pasted(box: PrimBox, cases: Floats, interest: Flags, *, paste: float = PEEL) -> PrimBox:
    """The box widened, a slice at a time, as long as that costs no density; and without limits that
    luck would give. cases, interest: as for `boxes`; paste: share of the cases inside [1].
    """
    here = box
    for dimension in box.limited:
        if here.chance[dimension] > MOST_CHANCE:
            low, high = here.low.copy(), here.high.copy()
            low[dimension], high[dimension] = -np.inf, np.inf
            here = _box(cases, interest, low, high)
    while True:
        wider = [w for w in _wider(here, cases, interest, paste) if w.density >= here.density]
        wider = [w for w in wider if w.mass > here.mass]
        if not wider:
            return here
        here = max(wider, key=lambda w: (w.density, w.mass))


def _wider(box: PrimBox, cases: Floats, interest: Flags, paste: float) -> list[PrimBox]:
    out = []
    for dimension in box.limited:
        for upper in (False, True):
            ends = box.low.copy(), box.high.copy()
            if not np.isfinite(ends[upper][dimension]):
                continue
            edge = ends[upper][dimension]
            ends[upper][dimension] = np.inf if upper else -np.inf
            beyond = np.all((cases >= ends[0]) & (cases <= ends[1]), axis=1)
            values = np.sort(cases[beyond, dimension])
            outside = values[values > edge] if upper else values[values < edge][::-1]
            for count in sorted({1, max(1, int(paste * box.holds(cases).sum()))}):
                if len(outside):
                    ends[upper][dimension] = outside[min(count, len(outside)) - 1]
                out.append(_box(cases, interest, ends[0].copy(), ends[1].copy()))
    return out


def chosen(trajectory: Sequence[PrimBox], *, density: float = 0.8) -> PrimBox:
    """The widest box of at least that density [1]; the densest where none has it."""
    dense = [box for box in trajectory if box.density >= density]
    if dense:
        return max(dense, key=lambda box: (box.coverage, -len(box.limited)))
    return max(trajectory, key=lambda box: (box.density, box.coverage))


def sentence(
    box: PrimBox, names: Sequence[str], units: Sequence[str], interest: str = "of interest"
) -> str:
    """A box in words, each limit with its name and unit. interest: what the cases are."""
    limits = []
    for n in box.limited:
        low, high = (f"{end:.4g}" for end in (box.low[n], box.high[n]))
        unit = "" if units[n] in ("", "1") else f" {units[n]}"
        both = math.isfinite(box.low[n]) and math.isfinite(box.high[n])
        if both:
            limits.append(f"{names[n]} is between {low} and {high}{unit}")
        elif math.isfinite(box.low[n]):
            limits.append(f"{names[n]} is at least {low}{unit}")
        else:
            limits.append(f"{names[n]} is at most {high}{unit}")
    where = f"Where {' and '.join(limits)}" if limits else "Everywhere"
    return (
        f"{where}, {box.density:.0%} of cases are {interest}; "
        f"that holds {box.coverage:.0%} of all that are."
    )
