"""A handful of own measurements of a deployment, and what they say of the law that answers for it.

log(measured / predicted) of a load is taken to be one level of the deployment plus what changes
smoothly with batch and lengths:

    covariance of two loads = LEVEL + LOCAL exp(-|x - y|^2 / (2 REACH^2)),  x = log(batch, isl, osl)

so a load near a measured one is corrected as that one was, and one far away by the level alone
(simple kriging; its four numbers are fixed, since five points fit nothing). The error is that
of each point predicted from the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.step_time.calibration import predict, shipped
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import BYTES, Deployments, Format, terms
from headrace.models.step_time.user_measurements import Measurement

LEVEL, LOCAL, REACH, NOISE = 0.15, 0.05, 1.5, 0.006
"""Variance of the level and of what changes with the load, its reach in the logarithm, and the
variance of a measurement; chosen on half of the silicon table's deployments, scored on the other
(`headrace verify --only models.silicon.five_points`).
"""
FEWEST = 3


@dataclass(frozen=True)
class OwnCalibration:
    """What measurements say of one model on one accelerator in one format.

    points: how many. tpot, ttft: measured over predicted, medians [1]. error: mean absolute
    relative error of TPOT, each point predicted from the others [1]; error_ttft likewise; before:
    the law's error without them. loads: log(batch, isl, osl), shape (point, 3); missed: log ratio
    of TPOT at each.
    """

    model: str
    system: str
    precision: str
    points: int
    tpot: float
    ttft: float
    error: float
    error_ttft: float
    before: float
    loads: Floats
    missed: Floats

    def factor(self, batch: float, isl: float, osl: float) -> float:
        """Measured over predicted TPOT at a load: `batch` sequences of `isl` and `osl` tokens
        [1].
        """
        return float(np.exp(kriged(self.loads, self.missed, np.log([[batch, isl, osl]]))[0]))


def calibrations(rows: Sequence[Measurement]) -> tuple[OwnCalibration, ...]:
    """One for each model, accelerator and format of the rows, in their order. Raises InputError for
    unknown keys and for fewer than three points of one.
    """
    groups: dict[tuple[str, str, str], list[Measurement]] = {}
    for row in rows:
        groups.setdefault((row.model, row.system, row.precision), []).append(row)
    found: list[OwnCalibration] = []
    problems: list[InputFault] = []
    for (model, system, precision), own in groups.items():
        try:
            if precision not in BYTES:
                raise InputError(InputFault(Place(), f"`{precision}`", ", ".join(BYTES)))
            if len(own) < FEWEST:
                words = f"{len(own)} points of {model} on {system} in {precision}"
                raise InputError(InputFault(Place(), words, f"at least {FEWEST}"))
            found.append(calibrated(own, language_model(model), accelerator(system)))
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return tuple(found)


def calibrated(
    rows: Sequence[Measurement], model: LanguageModel, part: Accelerator
) -> OwnCalibration:
    """What the rows of one deployment say."""
    form: Format = rows[0].precision  # type: ignore[assignment]
    tpot, ttft = predicted(rows, model, part, form)
    loads = np.log([[row.concurrency, row.isl, row.osl] for row in rows])
    slow, first = (
        np.log(np.array([getattr(row, name) for row in rows]) / times)
        for name, times in (("tpot", tpot), ("ttft", ttft))
    )
    return OwnCalibration(
        model.key,
        part.key,
        form,
        len(rows),
        float(np.exp(np.median(slow))),
        float(np.exp(np.median(first))),
        left_out(loads, slow),
        left_out(loads, first),
        float(np.abs(np.expm1(-slow)).mean()),
        loads,
        slow,
    )


def predicted(
    rows: Sequence[Measurement], model: LanguageModel, part: Accelerator, form: Format
) -> tuple[Floats, Floats]:
    """TPOT and TTFT [s] of the law at the rows' loads, tensor parallel over their accelerators."""
    wide, batch, isl, osl = (
        np.array([float(getattr(row, name)) for row in rows])
        for name in ("accelerators", "concurrency", "isl", "osl")
    )
    one = np.ones(len(rows))
    ranks = wide if model.experts else one
    at = Deployments(wide, one, ranks, batch, isl, osl, wide, one, batch, 0 * one)
    labels = DeploymentLabels(model.key, part.key, "", form)
    found = predict(terms(model, part, form, form, at), labels, shipped()[0])
    return found.tpot, found.ttft


def kriged(loads: Floats, missed: Floats, at: Floats) -> Floats:
    """log(measured / predicted) [1] at other loads, shape (row, 3), from those measured."""

    def covariance(one: Floats, other: Floats) -> Floats:
        away = ((one[:, None] - other[None]) ** 2).sum(axis=2)
        return np.asarray(LEVEL + LOCAL * np.exp(-away / (2.0 * REACH**2)))

    weight = np.linalg.solve(covariance(loads, loads) + NOISE * np.eye(len(loads)), missed)
    return np.asarray(covariance(np.asarray(at), loads) @ weight)


def left_out(loads: Floats, missed: Floats) -> float:
    """Mean absolute relative error [1] of each point predicted from the others."""
    errors = []
    for i in range(len(missed)):
        rest = np.arange(len(missed)) != i
        told = kriged(loads[rest], missed[rest], loads[i : i + 1])[0]
        errors.append(abs(np.expm1(told - missed[i])))
    return float(np.mean(errors))
