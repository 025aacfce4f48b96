"""The specification curve: every defensible way to run the test, side by side, so that nobody can
pick the one they like.

Source: Simonsohn, Simmons & Nelson, "Specification curve analysis", Nature Human Behaviour 4
    (2020).
"""

from __future__ import annotations

from headrace.trust.covariance import Form, Specification
from headrace.trust.features import OUTCOMES
from headrace.trust.log import AuditLog

FORMS: tuple[Form, ...] = ("spline", "linear")
WORDS = {"places": "places", "normal": "normal scores", "top": "top third"}


def specification_curve(log: AuditLog) -> tuple[Specification, ...]:
    """All specifications of a log; the first one decides the verdict (places, splines, every
    covariate).
    """
    names = log.columns.covariates
    every = tuple(range(len(names)))
    if not every:
        return tuple(
            Specification(f"{WORDS[outcome]}, nothing held equal", outcome, "none", ())
            for outcome in OUTCOMES
        )
    curve = [
        Specification(f"{WORDS[outcome]}, {form}, all covariates", outcome, form, every)
        for outcome in OUTCOMES
        for form in FORMS
    ]
    if len(every) > 1:
        for j in every:
            rest = tuple(i for i in every if i != j)
            curve.append(
                Specification(f"places, spline, without {names[j]}", "places", "spline", rest)
            )
    if len(every) > 2:
        curve += [
            Specification(f"places, spline, only {names[j]}", "places", "spline", (j,))
            for j in every
        ]
    curve.append(Specification("places, nothing held equal", "places", "none", ()))
    return tuple(curve)
