"""Predictions of rows by laws that have not seen them: folds by configuration, by deployment and by
whole group; one system, model, backend or generation left out; the newest left out.

A fold is fitted on the others; nothing is chosen on the fold that is scored. The shift to the least
relative error is learned by folds inside the training rows. `fair_scores` sets the predictions
beside the library's. `python -m headrace.models.step_time.cross_validation` refits and writes the
shipped file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import accelerator
from headrace.core.arrays import Flags, Floats
from headrace.models.step_time.calibration import (
    Band,
    Bands,
    Calibration,
    as_json,
    features,
    fit,
    measured_rows,
    pooled,
    predict,
)
from headrace.models.step_time.measured_deployments import Silicon, read, table_path
from headrace.models.step_time.roofline import rows_of, times

Kind = Literal[
    "configuration", "deployment", "group", "system", "model", "backend", "generation", "newest"
]

SEED = 20261123
FOLDS = 5
SHIFTS = np.linspace(-1.0, 1.0, 201)
NEWEST = "2026-03-01"
"""Measured from this day on: about a third of the rows, none of them older than those fitted."""


@dataclass(frozen=True)
class Held:
    """Predictions of rows by laws that have not seen them [s], shape (row,): medians,
    least-relative-error answers, and such answers of physics alone.
    """

    tpot: Floats
    ttft: Floats
    tpot_answer: Floats
    ttft_answer: Floats
    tpot_physics: Floats


def fold_of(keys: tuple[str, ...], folds: int = FOLDS, seed: int = SEED) -> NDArray[np.int64]:
    """Fold of every row, 0..folds-1: all rows of one key stand in one fold."""
    names = np.unique(np.array(keys))
    where = dict(zip(np.random.default_rng(seed).permutation(names), np.arange(len(names)) % folds))
    return np.array([where[key] for key in keys])


def folds_of(data: Silicon, kind: Kind) -> list[Flags]:
    """The rows of each fold. Five folds of configurations, deployments or groups; one fold for each
    system, model, backend or generation; the rows measured since NEWEST.
    """
    if kind == "newest":
        return [np.array([date >= NEWEST for date in data.date])]
    if kind in ("configuration", "deployment", "group"):
        fold = fold_of(getattr(data, kind))
        return [fold == k for k in range(int(fold.max()) + 1)]
    if kind == "generation":
        fp4 = [accelerator(label.system).peak_fp4 is not None for label in data.labels]
        names = np.array(["with fp4" if has else "without fp4" for has in fp4])
    else:
        names = np.array([getattr(label, kind) for label in data.labels])
    return [names == name for name in np.unique(names)]


def inner_keys(data: Silicon, kind: Kind) -> tuple[str, ...]:
    """What stays together in the folds inside the training rows."""
    if kind == "configuration":
        return data.configuration
    return data.deployment if kind == "deployment" else data.group


def held_out(data: Silicon, kind: Kind) -> Held:
    """Every row of a fold predicted by the law fitted without it; NaN where a row is in none."""
    keys, out = inner_keys(data, kind), np.full((5, len(data.row)), np.nan)
    for test in folds_of(data, kind):
        law = with_shift(
            data, ~test, keys, fit(data.terms, data.labels, data.tpot, data.ttft, ~test)
        )
        work = rows_of(data.terms, test)
        labels = tuple(label for label, t in zip(data.labels, test) if t)
        found = predict(work, labels, law)
        shift = np.where(measured_rows(labels, law), law.tpot_shift, law.tpot_alone_shift)
        alone = times(work, law.coefficients).tpot * np.exp(law.tpot_alone + law.tpot_alone_shift)
        out[:, test] = (
            found.tpot,
            found.ttft,
            found.tpot * np.exp(shift),
            found.ttft * np.exp(law.ttft_shift),
            alone,
        )
    return Held(*out)


def with_shift(
    data: Silicon, train: NDArray[np.bool_], keys: tuple[str, ...], law: Calibration
) -> Calibration:
    """`law` with shifts learned by folds of `keys` inside the training rows, the physics kept."""
    at = np.flatnonzero(train)
    terms, labels = rows_of(data.terms, train), tuple(data.labels[i] for i in at)
    raw = times(terms, law.coefficients)
    x = (features(terms, raw) - law.mean) / law.spread
    fold = fold_of(tuple(keys[i] for i in at), seed=SEED + 1)
    missed = np.log(data.tpot[at] / raw.tpot) - law.tpot_alone
    shifts = [least_relative(missed)]
    for measured, base in ((data.tpot[at], raw.tpot), (data.ttft[at], raw.ttft)):
        left, miss = np.log(measured / base), np.zeros(len(at))
        for k in range(int(fold.max()) + 1):
            inside = fold != k
            effects = pooled(
                x[inside], tuple(label for label, keep in zip(labels, inside) if keep), left[inside]
            )
            laws = np.stack([effects.of(label) for label in labels])
            miss[~inside] = (left - laws[:, 0] - (x * laws[:, 1:]).sum(1))[~inside]
        shifts.append(least_relative(miss))
    return replace(law, tpot_alone_shift=shifts[0], tpot_shift=shifts[1], ttft_shift=shifts[2])


def least_relative(missed: Floats) -> float:
    """The shift of a prediction's logarithm [1] with the least mean relative error, where `missed`
    is log(measured / predicted).
    """
    errors = [np.abs(np.expm1(shift - missed)).mean() for shift in SHIFTS]
    return float(SHIFTS[int(np.argmin(errors))])


def band(measured: Floats, predicted: Floats) -> Band:
    """80 % of measured over predicted [1], with the conformal correction for a finite sample."""
    ratio, n = measured / predicted, len(measured)
    reach = min(1.0, 0.9 * (n + 1) / n)
    return Band(
        min(1.0, float(np.quantile(ratio, 1.0 - reach))), max(1.0, float(np.quantile(ratio, reach)))
    )


_BANDS: tuple[Kind, Kind, Kind] = ("deployment", "group", "system")


def bands(data: Silicon, held: tuple[Held, ...]) -> Bands:
    """Bands from rows held out by deployment, by group and by system."""
    return Bands(*((band(data.tpot, h.tpot), band(data.ttft, h.ttft)) for h in held))


def main() -> int:
    """Refit on all rows and write `catalogue/calibration.json`."""
    path = table_path()
    if path is None:
        print("the extra `kernel` is not installed")
        return 2
    data = read(path)
    held = {kind: held_out(data, kind) for kind in _BANDS}
    everything = np.ones(len(data.row), dtype=bool)
    law = with_shift(
        data, everything, data.group, fit(data.terms, data.labels, data.tpot, data.ttft, everything)
    )
    text = as_json(law, bands(data, tuple(held.values())))
    (Path(__file__).parents[1] / "catalogue" / "calibration.json").write_text(
        text, encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
