"""Audit of a log: did money move the ranking - biased, no bias above beta_min, or in between?

An observational log accuses honest platforms whenever relevance is seen with noise and advertisers
are genuinely better. So "biased" needs one of: a logged randomisation of `paid`; the platform's own
score from before money, where it is what ranks; or an effect that outlasts an unseen driver as
strong as the relevance that was seen (`sensitivity.py`). With z, error, slack and beta_min of
`design.py`:

    beta > slack + z error                -> biased
    beta > z error, and an unseen driver must be stronger than all that was seen, and explain a
        quarter of what is left of paid and of rank, to undo it
                                          -> ranks higher: paid items do; that is no accusation yet
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

from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.covariance import Estimate, estimate, moments
from headrace.trust.design import Basis, Design, design
from headrace.trust.log import AuditLog
from headrace.trust.refuse import refuse
from headrace.trust.sensitivity import Robustness, robustness
from headrace.trust.specifications import specification_curve

Answer = Literal["biased", "ranks_higher", "no_bias_above", "cannot_tell"]

LEVEL = 0.05


@dataclass(frozen=True)
class Verdict:
    """The answer, with what stands behind it. beta and ci (two-sided 95 %) are in `design.unit`;
    positive favours payers.

    parts: verdicts on each thing that is paid for, or on each group of answers (`treatments`)
    p_equal: chance of groups as different as these if all had the same effect [1]; None without
        groups, and for groups that share answers
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
    parts: tuple[PartVerdict, ...] = ()
    p_equal: float | None = None

    @property
    def primary(self) -> Estimate:
        """The specification that decides."""
        return self.curve[0]


@dataclass(frozen=True)
class PartVerdict:
    """The verdict on one thing that is paid for, or on one group of answers."""

    name: str
    verdict: Verdict


def audit(
    log: AuditLog,
    tolerance: float = math.inf,
    before: Callable[[Design], None] | None = None,
    level: float = LEVEL,
) -> Verdict:
    """Audit a log.

    tolerance: largest bias that would not matter [unit of beta]; a log that cannot see it gets
        "cannot tell", not "no bias". level: of the one-sided test [1].
    before: called with the design before the result is formed (to print the smallest detectable
        effect first). Raises InputError with every reason why the log cannot be audited.
    """
    if not tolerance > 0.0:
        expected = "a size above 0 [unit of the effect]"
        raise InputError(InputFault(Place(key="tolerance"), f"{tolerance:g}", expected))
    refuse(log)
    known = moments(log)
    curve = estimate(log, known, specification_curve(log))
    plan, yardsticks = design(log, known, curve[0], level)
    if before is not None:
        before(plan)
    primary = curve[0]
    beta = primary.effect / plan.places
    two_sided = float(student.ppf(0.975, plan.queries - 1))
    found = robustness(known, primary, two_sided, yardsticks)
    answer, why = _answer(plan, beta, _median(curve), found, tolerance)
    margin = two_sided * abs(plan.error)
    interval = (beta - margin, beta + margin)
    return Verdict(answer, beta, interval, plan.beta_min, why, plan, curve, found, log.name)


def _answer(
    plan: Design, beta: float, middle: float, found: Robustness, tolerance: float
) -> tuple[Answer, str]:
    reach = plan.critical * plan.error
    if plan.doubts:
        return "cannot_tell", "; ".join(plan.doubts)
    if beta > reach:
        if middle <= 0:
            return "cannot_tell", (
                "the deciding specification finds an effect, "
                "half of the others find none or the opposite"
            )
        return _of_an_effect(plan, beta, found)
    if plan.slack > reach:
        return "cannot_tell", (
            "no effect was found, but an unseen driver of rank could hide up to "
            f"{plan.size(plan.slack)}"
        )
    if not plan.accuses:
        return "cannot_tell", (
            "no effect was found, but the log would not show the largest possible one either, "
            f"{plan.size(plan.largest)}"
        )
    if plan.beta_min > tolerance:
        return "cannot_tell", (
            f"the log is too small to see {tolerance:.3g} {plan.unit}; it sees "
            f"{plan.beta_min:.3g} and more"
        )
    return "no_bias_above", (
        f"an effect of {plan.beta_min:.3g} {plan.unit} would have been found with probability "
        "90 % or more"
    )


def _of_an_effect(plan: Design, beta: float, found: Robustness) -> tuple[Answer, str]:
    """The answer where paid items rank higher than the relevance seen explains."""
    if plan.accuses and beta > plan.slack + plan.critical * plan.error:
        grounds: dict[Basis, str] = {
            "randomised": "; the log records that paid was randomised",
            "platform_score": " beyond the score that the platform itself logged before money",
            "observed": "; an unseen driver as strong as the benchmarks explains at most "
            f"{plan.slack:.3g}",
        }
        return "biased", f"paying is worth {plan.size(beta)}{grounds[plan.basis]}"
    higher = f"paid items rank {plan.size(beta)} higher than the relevance seen explains"
    if found.stands:
        cause = f"to explain that away an unseen cause must be {found.driver()}"
        return "ranks_higher", f"{higher}; {cause}"
    told = (plan.score,) if plan.accuses else plan.remarks
    weak = "".join(f"; {one}" for one in told if one)
    return "cannot_tell", (
        f"{higher}, but an unseen cause {found.driver()}, would explain it: advertisers may simply "
        f"be better{weak}"
    )


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
