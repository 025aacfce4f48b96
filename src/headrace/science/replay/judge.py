"""Means over paths with their confidence, and what is shown and what is not.

Policies meet the same paths, so they are compared path by path (common random numbers: Law,
Simulation Modeling and Analysis, 2015, 11.2). What certificates leave open counts against whoever
is said to be better.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import t as student

from headrace.core.arrays import Floats
from headrace.science.replay.operate import PathOutcome

CONFIDENCE = 0.95
TAIL = 0.2
"""Share of the worst paths whose mean is told [1]."""

Standing = Literal["better", "worse", "not shown to be better"]


@dataclass(frozen=True)
class MeanEstimate:
    """A mean over paths and the ends between which the true one lies with 95 % confidence [unit of
    the values]; count: of paths.
    """

    mean: float
    low: float
    high: float
    count: int


def estimate(lows: Floats, highs: Floats | None = None) -> MeanEstimate:
    """The mean of values, each known between two bounds [their unit]; endless for fewer than two.

    highs: of the same shape (path,); None where they are known exactly.
    """
    highs, count = lows if highs is None else highs, len(lows)
    if count < 2:
        return MeanEstimate(float(np.mean(lows)) if count else np.nan, -np.inf, np.inf, count)
    wide = float(student.ppf(0.5 + 0.5 * CONFIDENCE, count - 1)) / np.sqrt(count)
    low = float(lows.mean() - wide * lows.std(ddof=1))
    high = float(highs.mean() + wide * highs.std(ddof=1))
    return MeanEstimate(float(0.5 * (lows + highs).mean()), low, high, count)


@dataclass(frozen=True)
class PolicyComparison:
    """One policy against another on the same paths. gain: of the first a path [USD]; tail: of the
    mean of its worst fifth [USD]; ahead: share of paths on which it surely earns more [1]; broken:
    on how many paths each breaks a promise. Whoever breaks one more often is not better, whatever
    it earns.
    """

    gain: MeanEstimate
    tail: float
    ahead: float
    standing: Standing
    broken: tuple[int, int] = (0, 0)


def compared(one: Sequence[PathOutcome], other: Sequence[PathOutcome]) -> PolicyComparison:
    """The first of two policies against the second, path by path. Raises ValueError where they were
    not on the same paths.
    """
    gains = [a.worth - b.worth for a, b in zip(one, other, strict=True)]
    broken = sum(bool(a.broken) for a in one), sum(bool(b.broken) for b in other)
    lows, highs = (np.array([getattr(g, end) for g in gains]) for end in ("low", "high"))
    gain = estimate(lows, highs)
    standing: Standing = "not shown to be better"
    if gain.low > 0 and broken[0] <= broken[1]:
        standing = "better"
    elif gain.high < 0 and broken[0] >= broken[1]:
        standing = "worse"
    tail = tail_mean(one) - tail_mean(other)
    return PolicyComparison(gain, tail, float(np.mean(lows > 0)), standing, broken)


def tail_mean(outcomes: Sequence[PathOutcome]) -> float:
    """Mean of the worst fifth of what is surely earned [USD], at least of one path."""
    ranked = np.sort([one.worth.low for one in outcomes])
    return float(ranked[: max(1, round(TAIL * len(ranked)))].mean())


@dataclass(frozen=True)
class BreakCount:
    """How often a promise broke: on so many of the paths [1], between which shares the true one
    lies with 95 % confidence [1] (Wilson, JASA 22, 1927).
    """

    promise: str
    paths: int
    low: float
    high: float


def break_counts(broken: Sequence[Sequence[str]]) -> tuple[BreakCount, ...]:
    """How often each promise broke, the most often first. broken: those of each path."""
    total = Counter(name for path in broken for name in set(path))
    found = []
    for name, count in sorted(total.items(), key=lambda one: (-one[1], one[0])):
        low, high = wilson(count, len(broken))
        found.append(BreakCount(name, count, low, high))
    return tuple(found)


def wilson(hits: int, count: int) -> tuple[float, float]:
    """Ends of the 95 % interval of a share [1] of which `hits` of `count` were seen."""
    z = 1.959963984540054
    share, wide = hits / count, z * z / count
    middle = (share + 0.5 * wide) / (1 + wide)
    half = z * np.sqrt(share * (1 - share) / count + 0.25 * wide / count) / (1 + wide)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))
