"""How strong an unseen driver of rank would have to be, measured against the relevance that was
seen.

Cinelli & Hazlett, "Making sense of sensitivity", JRSS-B 82 (2020). With f = r / sqrt(1 - r^2) and r
the partial correlation of paid and rank:
  robustness value = (sqrt(f^4 + 4 f^2) - f^2) / 2: an unseen driver that explains less than this
  share of what is left of paid *and* of rank cannot bring the effect to zero.
  benchmark: an unseen driver `strength` times as tied to paid as covariate j has R2(paid ~ unseen)
      = strength * R2_j / (1 - R2_j), R2_j the share of paid that j explains beyond the other
      covariates. It biases the effect by at most sqrt(R2y * R2d / (1 - R2d)) * sd(rank left) /
      sd(paid left).

The auditor accuses only where both yardsticks are passed, and both are known before the test (they
use no product of paid and rank): an unseen driver `STRENGTH` times as tied to paid as the benchmark
that explains *all* that is left of rank (R2y = 1), and a robustness value above the shares that the
benchmark explains of paid and of rank.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from headrace.trust.covariance import Estimate, Moments, Specification, features_of

STRENGTH = 2.0


@dataclass(frozen=True)
class Benchmark:
    """A named covariate (or all of them together) as a yardstick for what was not seen.

    paid_share, rank_share: share of paid and of rank that it explains beyond the other covariates
        [0..1]
    slack: how large an effect must be to pass both yardsticks [places]
    """

    name: str
    paid_share: float
    rank_share: float
    slack: float


@dataclass(frozen=True)
class Robustness:
    """Robustness value of the effect, of its lower confidence bound, and the benchmarks beside it
    [shares, 0..1].
    """

    value: float
    value_of_bound: float
    benchmarks: tuple[Benchmark, ...]

    @property
    def slack(self) -> float:
        """Largest slack of all benchmarks [places]; 0 without benchmarks."""
        return max((one.slack for one in self.benchmarks), default=0.0)


def robustness_value(correlation: float) -> float:
    """Share of paid and of rank [1] an unseen driver must explain to undo a partial correlation [1]
    in -1..1.
    """
    square = correlation**2
    if square >= 1.0:
        return 1.0
    f2 = square / (1.0 - square)
    return (math.sqrt(f2 * f2 + 4.0 * f2) - f2) / 2.0


def worst_bias(paid_share: float, scale: float, strength: float = STRENGTH) -> float:
    """Bias from an unseen driver that explains all that is left of rank [same unit as scale];
    infinite if it may explain paid.

    paid_share: share of paid explained by the benchmark, 0..1; scale: sd(rank left) / sd(paid
        left).
    """
    unseen = strength * paid_share / (1.0 - paid_share) if paid_share < 1.0 else 1.0
    return math.inf if unseen >= 1.0 else scale * math.sqrt(unseen / (1.0 - unseen))


def effect_at(value: float, scale: float) -> float:
    """Effect whose robustness value is `value` (0..1) [same unit as scale]: the inverse of
    `robustness_value`.
    """
    return math.inf if value >= 1.0 else scale * value / math.sqrt(1.0 - value)


def benchmarks(
    known: Moments, one: Specification, named: dict[str, tuple[int, ...]]
) -> tuple[Benchmark, ...]:
    """The yardsticks: each named group of covariates against the rest."""
    where = known.where
    outcome, features = where.outcome(one.outcome), features_of(where, one)
    paid_left, rank_left = known.left_over(where.paid, features), known.left_over(outcome, features)
    scale = math.sqrt(rank_left / paid_left) if paid_left > 0 else math.inf
    out = []
    for name, group in named.items():
        columns = {c for j in group for c in where.block(j)}
        rest = tuple(c for c in features if c not in columns)
        paid_share = _share(paid_left, known.left_over(where.paid, rest))
        rank_share = _share(rank_left, known.left_over(outcome, rest))
        slack = max(worst_bias(paid_share, scale), effect_at(max(paid_share, rank_share), scale))
        out.append(Benchmark(name, paid_share, rank_share, slack))
    return tuple(out)


def robustness(
    known: Moments, found: Estimate, critical: float, yardsticks: tuple[Benchmark, ...]
) -> Robustness:
    """Robustness of a found effect. critical: one-sided critical value of the statistic [1]."""
    where, one = known.where, found.specification
    features = features_of(where, one)
    rank_left = known.left_over(where.outcome(one.outcome), features)
    r = (
        found.effect * math.sqrt(found.weight / rank_left)
        if rank_left > 0 and found.weight > 0
        else 0.0
    )
    r = max(-1.0, min(1.0, r))
    shrink = max(0.0, 1.0 - critical / found.statistic) if found.statistic > 0 else 0.0
    return Robustness(
        robustness_value(r) if r > 0 else 0.0,
        robustness_value(r * shrink) if r > 0 else 0.0,
        yardsticks,
    )


def _share(left: float, without: float) -> float:
    return max(0.0, 1.0 - left / without) if without > 0 else 0.0
