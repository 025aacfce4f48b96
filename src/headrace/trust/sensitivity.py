"""How strong an unseen driver of rank would have to be, measured against the relevance that was
seen.

Cinelli & Hazlett, "Making sense of sensitivity", JRSS-B 82 (2020). With f = r / sqrt(1 - r^2) and r
the partial correlation of paid and rank:
  robustness value = (sqrt(f^4 + 4 f^2) - f^2) / 2: an unseen driver that explains less than this
  share of what is left of paid *and* of rank cannot bring the effect to zero.
  robustness value at alpha: the same with f less its critical value; a weaker driver cannot bring
  the lower confidence bound to zero.
  benchmark: an unseen driver `strength` times as tied to paid as covariate j has R2(paid ~ unseen)
      = strength * R2_j / (1 - R2_j), R2_j the share of paid that j explains beyond the other
      covariates. It biases the effect by at most sqrt(R2y * R2d / (1 - R2d)) * sd(rank left) /
      sd(paid left), where rank is left by paid too.

Three uses.
  slack, known before the test (no product of paid and rank): the largest effect that can be seen
      where money moves nothing. "Biased" has to lie above it, over every benchmark: an unseen
      driver `STRENGTH` times as tied to paid as the benchmark that explains *all* that is left of
      rank (R2y = 1), and a robustness value above the shares that the benchmark explains. An
      effect that such a driver fakes whole has correlation r with paid, r^2 <= R2d, so it never
      exceeds the scale sd(rank left) / sd(paid left), however strong the driver.
  needed, after the test: how many times as strong as the benchmark (tied to paid and to rank) an
      unseen driver has to be to take the lower bound of the effect to zero.
  FLOOR: a share of paid and of rank below which an unseen driver surprises nobody.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.stats import t as student

from headrace.trust.covariance import Estimate, Moments, Specification, features_of

STRENGTH = 2.0
FLOOR = 0.25


@dataclass(frozen=True)
class Benchmark:
    """A named covariate (or all of them together) as a yardstick for what was not seen.

    paid_share, rank_share: share of paid and of rank that it explains beyond the other covariates
        [0..1]; rank_share_beside_paid: the same of rank with paid held equal as well
    columns: how many columns it takes together
    slack: how large an effect must be to pass both yardsticks [places]
    """

    name: str
    columns: int
    paid_share: float
    rank_share: float
    rank_share_beside_paid: float
    slack: float


@dataclass(frozen=True)
class Needed:
    """How strong an unseen driver has to be to explain an effect away, against one benchmark of so
    many columns.

    times: multiples of the benchmark's ties to paid and to rank [1]; infinite where even a driver
        that explains all of paid would not do
    """

    name: str
    columns: int
    times: float

    def words(self) -> str:
        """Such a driver in words."""
        if math.isinf(self.times):
            return f"that is tied to paid, as {self.name} is not"
        return f"{self.times:.2g} times as strong as {self.name}"


@dataclass(frozen=True)
class Robustness:
    """Robustness value of the effect and of its lower confidence bound (two-sided 5 %) [shares,
    0..1], the benchmarks, and what each of them says of the driver that is needed.
    """

    value: float
    value_of_bound: float
    benchmarks: tuple[Benchmark, ...]
    needed: tuple[Needed, ...] = ()

    @property
    def slack(self) -> float:
        """Largest slack of all benchmarks [places]; 0 without benchmarks."""
        return max((one.slack for one in self.benchmarks), default=0.0)

    @property
    def named(self) -> Needed | None:
        """The single column that comes closest to explaining the effect away."""
        single = (one for one in self.needed if one.columns == 1)
        return min(single, key=lambda one: one.times, default=None)

    def driver(self) -> str:
        """The unseen cause that would take the lower bound of the effect to zero, in words."""
        groups = (one for one in self.needed if one.columns > 1)
        told = [one.words() for one in (self.named, *groups) if one is not None]
        share = f"one that explains {self.value_of_bound:.0%} of what is left of paid and of rank"
        return ", or ".join((*told, share))

    @property
    def stands(self) -> bool:
        """Whether only an unseen driver stronger than everything seen could explain the effect:
        once as strong as every benchmark and FLOOR of both would not do.
        """
        return self.value_of_bound >= FLOOR and all(one.times >= 1.0 for one in self.needed)


def robustness_value(correlation: float) -> float:
    """Share of paid and of rank [1] an unseen driver must explain to undo a partial correlation [1]
    in -1..1.
    """
    square = correlation**2
    return 1.0 if square >= 1.0 else _equal_shares(math.sqrt(square / (1.0 - square)))


def robustness_value_at(statistic: float, freedom: float, alpha: float = 0.05) -> float:
    """Share of paid and of rank [1] an unseen driver must explain to make an effect of this t
    statistic [1] insignificant at the two-sided level `alpha` [1]; 0 where it is so already.

    freedom: residual degrees of freedom [1]. Source: Cinelli & Hazlett (2020), section 4.3, as in
        PySensemakr 0.0.8; the critical value has one degree less, for the driver itself.
    """
    critical = float(student.isf(alpha / 2.0, freedom - 1.0)) / math.sqrt(freedom - 1.0)
    return _equal_shares(max(0.0, abs(statistic) / math.sqrt(freedom) - critical))


def _equal_shares(f: float) -> float:
    """(sqrt(f^4 + 4 f^2) - f^2) / 2, without the loss of digits for a large f."""
    return 2.0 / (1.0 + math.sqrt(1.0 + 4.0 / f**2)) if f > 0.0 else 0.0


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


def whole_fake(bias: float, scale: float) -> float:
    """Largest effect seen [unit of scale] where money moves nothing and an unseen driver may bias
    by `bias` [unit of scale], itself measured in what rank leaves beside paid.

    A correlation r leaves sqrt(1 - r^2) of rank, so r = f / sqrt(1 + f^2) with f = bias / scale: at
    most the scale.
    """
    return scale if math.isinf(bias) else bias / math.sqrt(1.0 + (bias / scale) ** 2)


def shares_of_driver(one: Benchmark, times: float) -> tuple[float, float]:
    """Shares of paid and of rank [1] that a driver `times` [1] as strong as a benchmark explains,
    each at most 1.

    Source: Cinelli & Hazlett (2020), section 4.4, bounds (r2dz.x, r2yz.dx).
    """
    own, of_rank = one.paid_share, one.rank_share_beside_paid
    of_paid = times * own / (1.0 - own) if own < 1.0 else 1.0
    if of_paid >= 1.0 - 1e-12:
        return 1.0, 1.0
    echo = times * own**2 / ((1.0 - times * own) * (1.0 - own))
    if echo >= 1.0 or of_rank >= 1.0:
        return of_paid, 1.0
    pull = (math.sqrt(times) + math.sqrt(echo)) ** 2 / (1.0 - echo)
    return of_paid, min(1.0, pull * of_rank / (1.0 - of_rank))


def times_needed(one: Benchmark, f: float) -> float:
    """Smallest multiple [1] of a benchmark's strength with which an unseen driver undoes an effect
    of this partial f [1]; 0 where there is no effect, or the benchmark is paid itself.
    """
    if f <= 0.0 or one.paid_share >= 1.0:
        return 0.0
    if one.paid_share <= 0.0:
        return math.inf

    def excess(times: float) -> float:
        of_paid, of_rank = shares_of_driver(one, times)
        bias = math.inf if of_paid >= 1.0 else math.sqrt(of_rank * of_paid / (1.0 - of_paid))
        return min(bias, 2.0 * f) - f

    most = (1.0 - one.paid_share) / one.paid_share  # then it explains all of paid
    return float(brentq(excess, 0.0, most, xtol=1e-9))


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
        beside = _share(
            known.left_over(outcome, (*features, where.paid)),
            known.left_over(outcome, (*rest, where.paid)),
        )
        bias = max(worst_bias(paid_share, scale), effect_at(max(paid_share, rank_share), scale))
        slack = whole_fake(bias, scale)
        out.append(Benchmark(name, len(group), paid_share, rank_share, beside, slack))
    return tuple(out)


def robustness(
    known: Moments, found: Estimate, critical: float, yardsticks: tuple[Benchmark, ...]
) -> Robustness:
    """Robustness of a found effect. critical: two-sided critical value of the statistic [1]."""
    where, one = known.where, found.specification
    features = features_of(where, one)
    rank_left = known.left_over(where.outcome(one.outcome), features)
    if not (rank_left > 0 and found.weight > 0 and found.statistic > 0):
        return Robustness(0.0, 0.0, yardsticks)
    r = min(1.0 - 1e-12, found.effect * math.sqrt(found.weight / rank_left))
    # Clustered errors: the share of f that is beyond the critical value, not f less a fixed one.
    f = r / math.sqrt(1.0 - r**2)
    bound = f * max(0.0, 1.0 - critical / found.statistic)
    needed = tuple(
        Needed(each.name, each.columns, times_needed(each, bound)) for each in yardsticks
    )
    return Robustness(robustness_value(r), _equal_shares(bound), yardsticks, needed)


def _share(left: float, without: float) -> float:
    return max(0.0, 1.0 - left / without) if without > 0 else 0.0
