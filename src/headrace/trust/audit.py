"""Audit of a log: did money move the ranking - biased, no bias above beta_min, or cannot tell.

An observational log accuses honest platforms whenever relevance is seen with noise and advertisers
are genuinely better. So "biased" needs one of: a logged randomisation of `paid`; the platform's own
score from before money; or an effect that outlasts an unseen driver as strong as the relevance that
was seen (`sensitivity.py`).

    z       one-sided 95 % critical value (Student t, queries - 1 degrees of freedom)
    slack   effect that an unseen driver could fake; 0 with a randomisation or the platform's score
    beta_min = 2 z error + slack:  an effect of this size is called "biased" with probability 95 %
                                   (at least 90 % is promised)

    beta > slack + z error                -> biased
    beta <= z error and slack <= z error  -> no bias above beta_min: an upper 95 % bound on beta
                                             lies below it
    otherwise                             -> cannot tell
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from scipy.stats import t as student

from headrace.trust.calibration import misfit
from headrace.trust.covariance import Estimate, Moments, estimate, moments
from headrace.trust.log import AuditLog
from headrace.trust.refuse import refuse
from headrace.trust.sensitivity import Robustness, benchmarks, robustness
from headrace.trust.specifications import specification_curve

Answer = Literal["biased", "no_bias_above", "cannot_tell"]
Basis = Literal["randomised", "platform_score", "observed"]

LEVEL = 0.05
YARDSTICK_RANK_SHARE = 0.10  # a proxy that explains less of the rank than this measures nothing


@dataclass(frozen=True)
class Design:
    """What is known before the result is looked at.

    basis: what identifies the effect
    error: standard error of the effect; slack: effect an unseen driver could fake; beta_min:
        smallest detectable effect [unit]
    critical: one-sided critical value; places: places gained per unit of beta (1 where the unit is
        places)
    unit: "places", or "units of COLUMN": what paying is worth, as an advantage in that column
    doubts: reasons known beforehand why the log cannot settle the question
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
    doubts: tuple[str, ...]

    def sentence(self) -> str:
        """The smallest detectable effect in words, to be printed before the result."""
        text = f"{self.queries:,} queries, {self.rows:,} rows, basis: {self.basis}. "
        if not math.isfinite(self.beta_min):
            return text + "No effect of any size could be detected."
        size = f"{self.beta_min:.4g} {self.unit}"
        if self.unit != "places":
            size += f" ({self.beta_min * self.places:.3g} places)"
        return (
            text + f"Smallest detectable effect of paying (one-sided 5 %, power >= 90 %): {size}."
        )

    def power(self, beta: float) -> float:
        """Probability of the answer "biased" if the true effect is beta [unit]."""
        return (
            float(student.cdf((beta - self.slack) / self.error - self.critical, self.queries - 1))
            if self.error > 0
            else 0.0
        )


@dataclass(frozen=True)
class Verdict:
    """The answer, with what stands behind it. beta and ci (two-sided 95 %) are in `design.unit`;
    positive favours payers.
    """

    answer: Answer
    beta: float
    ci: tuple[float, float]
    beta_min: float
    why: str
    design: Design
    curve: tuple[Estimate, ...]
    robustness: Robustness
    name: str

    @property
    def primary(self) -> Estimate:
        """The specification that decides."""
        return self.curve[0]


def audit(
    log: AuditLog, tolerance: float = math.inf, before: Callable[[Design], None] | None = None
) -> Verdict:
    """Audit a log.

    tolerance: largest bias that would not matter [unit of beta]; a log that cannot see it gets
        "cannot tell", not "no bias".
    before: called with the design before the result is formed (to print the smallest detectable
        effect first). Raises InputError with every reason why the log cannot be audited.
    """
    refuse(log)
    known = moments(log)
    curve = estimate(log, known, specification_curve(log))
    plan, yardsticks = _design(log, known, curve[0])
    if before is not None:
        before(plan)
    primary = curve[0]
    beta = primary.effect / plan.places
    margin = float(student.ppf(0.975, plan.queries - 1)) * plan.error
    answer, why = _answer(plan, beta, _median(curve), tolerance)
    found = robustness(known, primary, plan.critical, yardsticks.benchmarks)
    interval = (beta - margin, beta + margin)
    return Verdict(answer, beta, interval, plan.beta_min, why, plan, curve, found, log.name)


def _design(log: AuditLog, known: Moments, primary: Estimate) -> tuple[Design, Robustness]:
    """Uses only the spread of the statistic, never its mean."""
    basis: Basis = "platform_score" if log.columns.platform_score else "observed"
    basis = "randomised" if log.propensity is not None else basis
    critical = float(student.ppf(1.0 - LEVEL, log.queries - 1))
    yardsticks = (
        benchmarks(known, primary.specification, log.columns.benchmark_groups())
        if basis == "observed"
        else ()
    )
    doubts = _doubts(log, known, basis, primary, yardsticks)
    slack = max((one.slack for one in yardsticks), default=0.0)
    column = log.columns.covariates[0] if log.columns.covariates else ""
    # A column that explains less than 2 % of the rank that the others leave is no currency: its
    # exchange rate would be noise.
    rate = 0.0
    if column:
        where, outcome = known.where, known.where.outcome("places")
        rest = tuple(c for j in range(1, where.covariates) for c in where.block(j))
        with_it = known.left_over(outcome, (*rest, 0))
        rate = primary.slope if with_it < 0.98 * known.left_over(outcome, rest) else 0.0
    places, unit = (rate, f"units of {column}") if rate > 0 else (1.0, "places")
    error, slack = primary.error / places, slack / places
    beta_min = 2.0 * critical * error + slack
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
        doubts,
    )
    return plan, Robustness(0.0, 0.0, yardsticks)


def _answer(plan: Design, beta: float, middle: float, tolerance: float) -> tuple[Answer, str]:
    reach = plan.critical * plan.error
    if plan.doubts:
        return "cannot_tell", "; ".join(plan.doubts)
    if beta > plan.slack + reach:
        if middle <= 0:
            return (
                "cannot_tell",
                "the deciding specification finds an effect, "
                "half of the others find none or the opposite",
            )
        size = f"paying is worth {beta:.3g} {plan.unit} ({beta * plan.places:.2g} places)"
        grounds: dict[Basis, str] = {
            "randomised": "; the log records that paid was randomised",
            "platform_score": " beyond the score that the platform itself logged before money",
            "observed": "; an unseen driver as strong as the benchmarks explains at most "
            f"{plan.slack:.3g}",
        }
        return "biased", size + grounds[plan.basis]
    if beta > reach:
        return "cannot_tell", (
            "paid items rank higher than the relevance seen explains, but an unseen driver of rank "
            f"could fake up to {plan.slack:.3g} {plan.unit}: advertisers may simply be better"
        )
    if plan.slack > reach:
        return (
            "cannot_tell",
            "no effect was found, but an unseen driver of rank could hide up to "
            f"{plan.slack:.3g} {plan.unit}",
        )
    if plan.beta_min > tolerance:
        return (
            "cannot_tell",
            f"the log is too small to see {tolerance:.3g} {plan.unit}; it sees "
            f"{plan.beta_min:.3g} and more",
        )
    return (
        "no_bias_above",
        f"an effect of {plan.beta_min:.3g} {plan.unit} would have been found with probability "
        "90 % or more",
    )


def _doubts(
    log: AuditLog, known: Moments, basis: Basis, primary: Estimate, yardsticks: tuple[object, ...]
) -> tuple[str, ...]:
    doubts = []
    if basis == "randomised" and (text := misfit(log, known)):
        doubts.append(text)
    if basis == "observed":
        share = max((getattr(one, "rank_share", 0.0) for one in yardsticks), default=0.0)
        if share < YARDSTICK_RANK_SHARE:
            doubts.append(
                f"the relevance seen explains only {share:.1%} of the rank: too weak a yardstick "
                "for what was not seen"
            )
    if primary.weight <= 0 or primary.error <= 0:
        doubts.append("nothing is left of paid or rank once relevance is held equal")
    return tuple(doubts)


def _median(curve: tuple[Estimate, ...]) -> float:
    """Middle statistic of the specifications that hold every covariate equal."""
    full = max(len(one.specification.covariates) for one in curve)
    values = sorted(
        one.statistic
        for one in curve
        if len(one.specification.covariates) == full and one.specification.form != "none"
    )
    values = values or [curve[0].statistic]
    return values[len(values) // 2]
