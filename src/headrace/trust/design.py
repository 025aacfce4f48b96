"""What is known before the result is looked at: the smallest effect that would be called biased,
and everything that may stand in its way.

    z        one-sided critical value (Student t, queries - 1 degrees of freedom)
    largest  the most that can be gained in the longest answer: from its last place to its first
    slack    effect that an unseen driver could fake, at most `largest`; 0 with a randomisation or
             a score that ranks; `largest` where the yardsticks are too weak or the log is in doubt
    beta_min = 2 z error + slack, at most `largest`: an effect of this size is called "biased" with
             probability 95 % (at least 90 % is promised). Where it is `largest`, no effect of a
             possible size would be called biased, and that is said.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from scipy.stats import t as student

from headrace.trust.calibration import misfit
from headrace.trust.covariance import Estimate, Moments
from headrace.trust.declared_score import examine
from headrace.trust.log import AuditLog
from headrace.trust.sensitivity import Benchmark, benchmarks

Basis = Literal["randomised", "platform_score", "observed"]

LEFT = 1e-6
"""Share of paid that has to be left once relevance is held equal [1]: columns written with four
digits leave a hundredth of that of their own sum.
"""
YARDSTICK_RANK_SHARE = 0.10  # a proxy that explains less of the rank than this measures nothing


@dataclass(frozen=True)
class Design:
    """What is known before the result is looked at.

    basis: what identifies the effect
    error: standard error of the effect; slack: effect an unseen driver could fake; beta_min:
        smallest detectable effect; largest: the largest possible one [unit]
    critical: one-sided critical value; places: places gained per unit of beta (1 where the unit is
        places)
    step: what a unit of paid is where it is an amount, "" for a flag; paid: its column; score:
        what was found of a declared score that is no more than a proxy, "" otherwise
    unit: "places", or "units of COLUMN": what paying is worth, as an advantage in that column
    doubts: reasons known beforehand why the log cannot settle the question
    remarks: what was found of the columns and the lists, in sentences
    """

    queries: int
    rows: int
    dropped: int
    basis: Basis
    error: float
    slack: float
    beta_min: float
    critical: float
    places: float
    unit: str
    largest: float
    step: str
    paid: str
    score: str
    doubts: tuple[str, ...]
    remarks: tuple[str, ...]

    @property
    def accuses(self) -> bool:
        """Whether an effect of a possible size would be called biased."""
        return self.beta_min < self.largest

    def size(self, effect: float) -> str:
        """An effect [unit] in words, with its places where the unit is another one."""
        told = f"{effect:.4g} {self.unit}"
        told = "1 place" if told == "1 places" else told
        told += "" if self.unit == "places" else f" ({effect * self.places:.3g} places)"
        return f"{told} per {self.step}" if self.step else told

    def sentence(self) -> str:
        """The smallest detectable effect in words, to be printed before the result."""
        text = f"{self.queries:,} queries, {self.rows:,} rows, basis: {self.basis}. "
        text += "".join(f"{one[:1].upper()}{one[1:]}. " for one in self.remarks)
        if self.doubts:
            return text + f"No effect will be called biased: {'; '.join(self.doubts)}."
        seen = 2.0 * self.critical * self.error
        if not math.isfinite(seen):
            return text + "No effect of any size could be detected."
        if self.accuses:
            told = f"(one-sided 5 %, power >= 90 %): {self.size(self.beta_min)}."
            return f"{text}Smallest detectable effect of paying {told}"
        return (
            f"{text}Smallest detectable effect of paying: none will be called biased, as an unseen "
            f"driver could fake the largest possible one, {self.size(self.largest)}. From "
            f"{self.size(min(seen, self.largest))} on it is seen, and told with how strong a "
            "driver it would take."
        )

    def power(self, beta: float) -> float:
        """Probability of the answer "biased" if the true effect is beta [unit]."""
        if not (self.error > 0 and self.accuses):
            return 0.0
        reach = (beta - self.slack) / self.error - self.critical
        return float(student.cdf(reach, self.queries - 1))


def design(
    log: AuditLog, known: Moments, primary: Estimate, level: float
) -> tuple[Design, tuple[Benchmark, ...]]:
    """The design of an audit and its yardsticks, from the spread of the statistic, never its mean.

    level: of the one-sided test [1].
    """
    basis, score = _basis(log, known)
    remarks = (*log.notes, *((score,) if score else ()))
    critical = float(student.ppf(1.0 - level, log.queries - 1))
    yardsticks = (
        benchmarks(known, primary.specification, log.columns.benchmark_groups())
        if basis != "randomised"
        else ()
    )
    doubts = tuple(text for text in (misfit(log, known),) if text)
    varies = known.gram[known.where.paid, known.where.paid]
    if primary.weight <= LEFT * varies or primary.error <= 0:
        doubts += ("nothing is left of paid or rank once relevance is held equal",)
    most = float(log.sizes.max() - 1)
    slack = 0.0
    if basis == "observed":
        share = max((one.rank_share for one in yardsticks), default=0.0)
        slack = min(most, max((one.slack for one in yardsticks), default=most))
        if share < YARDSTICK_RANK_SHARE:
            slack = most
            remarks += (
                f"the relevance seen explains only {share:.1%} of the rank: too weak a yardstick "
                "for what was not seen",
            )
    slack = most if doubts else slack
    places, unit = _currency(log, known, primary)
    error, slack, largest = primary.error / places, slack / places, most / places
    beta_min = min(largest, 2.0 * critical * error + slack)
    plan = Design(
        log.queries,
        log.rows,
        log.dropped,
        basis,
        error,
        slack,
        beta_min,
        critical,
        places,
        unit,
        largest,
        log.columns.step,
        log.columns.paid,
        score if basis == "observed" else "",
        doubts,
        remarks,
    )
    return plan, yardsticks


def _basis(log: AuditLog, known: Moments) -> tuple[Basis, str]:
    """What identifies the effect, and what was found of a declared score, "" without one."""
    if log.propensity is not None:
        return "randomised", ""
    if not log.columns.platform_score:
        return "observed", ""
    score = examine(log, known)
    return "platform_score" if score.ranks else "observed", score.sentence()


def _currency(log: AuditLog, known: Moments, primary: Estimate) -> tuple[float, str]:
    """Places per unit of the effect, and the unit: the first column, where it is worth something.

    A column that explains less than 2 % of the rank that the others leave is no currency: its
    exchange rate would be noise.
    """
    names = log.columns
    if not names.covariates or names.covariates[0] in names.also:
        return 1.0, "places"
    where, outcome = known.where, known.where.outcome("places")
    rest = tuple(c for j in range(1, where.covariates) for c in where.block(j))
    tells = known.left_over(outcome, (*rest, 0)) < 0.98 * known.left_over(outcome, rest)
    if tells and primary.slope > 0:
        return primary.slope, f"units of {names.covariates[0]}"
    return 1.0, "places"
