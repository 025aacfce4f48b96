"""Scores of the calibration on rows it has not seen: folds by configuration, by deployment and by
whole group.

A fold is fitted on the other four; nothing is chosen on the fold that is scored. The shift to the
least relative error is learned by folds inside the training rows. `python -m
headrace.models.step_time.cross_validation` refits and writes the shipped file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats
from headrace.models.step_time.calibration import (
    Band,
    Bands,
    Calibration,
    as_json,
    features,
    fit,
    pooled,
    predict,
)
from headrace.models.step_time.measured_deployments import (
    Silicon,
    library_answers,
    read,
    table_path,
)
from headrace.models.step_time.roofline import rows_of, times

Kind = Literal["configuration", "deployment", "group", "system"]

SEED = 20261123
FOLDS = 5
_SHIFTS = np.linspace(-0.4, 0.2, 61)


@dataclass(frozen=True)
class Held:
    """Predictions of rows by laws that have not seen them [s], shape (row,): medians, and
    least-relative-error answers.
    """

    tpot: Floats
    ttft: Floats
    tpot_answer: Floats
    ttft_answer: Floats


@dataclass(frozen=True)
class Score:
    """Mean absolute relative errors on the rows that the library answers: ours (answer and median)
    and the library's.
    """

    kind: Kind
    rows: int
    tpot: float
    ttft: float
    tpot_median: float
    ttft_median: float
    library_tpot: float
    library_ttft: float


def fold_of(keys: tuple[str, ...], folds: int = FOLDS, seed: int = SEED) -> NDArray[np.int64]:
    """Fold of every row, 0..folds-1: all rows of one key stand in one fold."""
    names = np.unique(np.array(keys))
    where = dict(zip(np.random.default_rng(seed).permutation(names), np.arange(len(names)) % folds))
    return np.array([where[key] for key in keys])


def keys_of(data: Silicon, kind: Kind) -> tuple[str, ...]:
    """What must stay together in a fold."""
    return (
        tuple(label.system for label in data.labels)
        if kind == "system"
        else tuple(getattr(data, kind))
    )


def held_out(data: Silicon, kind: Kind) -> Held:
    """Every row predicted by the law fitted without its fold."""
    keys = keys_of(data, kind)
    fold, out = fold_of(keys), np.zeros((4, len(data.row)))
    for k in range(int(fold.max()) + 1):
        test = fold == k
        law = with_shift(
            data, ~test, keys, fit(data.terms, data.labels, data.tpot, data.ttft, ~test)
        )
        found = predict(
            rows_of(data.terms, test), tuple(label for label, t in zip(data.labels, test) if t), law
        )
        out[:, test] = (
            found.tpot,
            found.ttft,
            found.tpot * np.exp(law.tpot_shift),
            found.ttft * np.exp(law.ttft_shift),
        )
    return Held(out[0], out[1], out[2], out[3])


def with_shift(
    data: Silicon, train: NDArray[np.bool_], keys: tuple[str, ...], law: Calibration
) -> Calibration:
    """`law` with shifts learned by folds of `keys` inside the training rows, the physics kept."""
    at = np.flatnonzero(train)
    terms, labels = rows_of(data.terms, train), tuple(data.labels[i] for i in at)
    raw = times(terms, law.coefficients)
    x = (features(terms, raw) - law.mean) / law.spread
    fold = fold_of(tuple(keys[i] for i in at), seed=SEED + 1)
    shifts = []
    for measured, base in ((data.tpot[at], raw.tpot), (data.ttft[at], raw.ttft)):
        left, miss = np.log(measured / base), np.zeros(len(at))
        for k in range(int(fold.max()) + 1):
            inside = fold != k
            effects = pooled(
                x[inside], tuple(label for label, keep in zip(labels, inside) if keep), left[inside]
            )
            laws = np.stack([effects.of(label) for label in labels])
            miss[~inside] = (left - laws[:, 0] - (x * laws[:, 1:]).sum(1))[~inside]
        shifts.append(
            float(_SHIFTS[np.argmin([np.abs(np.expm1(s - miss)).mean() for s in _SHIFTS])])
        )
    return replace(law, tpot_shift=shifts[0], ttft_shift=shifts[1])


def score(data: Silicon, held: Held, kind: Kind) -> Score:
    """Errors on the rows that the library answers, ours beside its own."""
    line, ttft, tpot = library_answers()
    position = {int(i): j for j, i in enumerate(line)}
    both = np.array([i for i, row in enumerate(data.row) if int(row) in position])
    theirs = np.array([position[int(data.row[i])] for i in both])

    def miss(predicted: Floats, measured: Floats) -> float:
        return float(np.abs(predicted / measured - 1.0).mean())

    return Score(
        kind,
        len(both),
        miss(held.tpot_answer[both], data.tpot[both]),
        miss(held.ttft_answer[both], data.ttft[both]),
        miss(held.tpot[both], data.tpot[both]),
        miss(held.ttft[both], data.ttft[both]),
        miss(tpot[theirs], data.tpot[both]),
        miss(ttft[theirs], data.ttft[both]),
    )


def band(measured: Floats, predicted: Floats) -> Band:
    """80 % of measured over predicted [1], with the conformal correction for a finite sample."""
    ratio, n = measured / predicted, len(measured)
    reach = min(1.0, 0.9 * (n + 1) / n)
    return Band(
        min(1.0, float(np.quantile(ratio, 1.0 - reach))), max(1.0, float(np.quantile(ratio, reach)))
    )


def bands(data: Silicon, held: tuple[Held, Held, Held]) -> Bands:
    """Bands from rows held out by deployment, by group and by system."""
    return Bands(*((band(data.tpot, h.tpot), band(data.ttft, h.ttft)) for h in held))


def main() -> int:
    """Refit on all rows and write `catalogue/calibration.json`; prints the scores."""
    path = table_path()
    if path is None:
        print("the extra `kernel` is not installed")
        return 2
    data = read(path)
    kinds: tuple[Kind, ...] = ("configuration", "deployment", "group", "system")
    held = {kind: held_out(data, kind) for kind in kinds}
    for kind in kinds:
        print(score(data, held[kind], kind))
    everything = np.ones(len(data.row), dtype=bool)
    law = with_shift(
        data, everything, data.group, fit(data.terms, data.labels, data.tpot, data.ttft, everything)
    )
    text = as_json(law, bands(data, (held["deployment"], held["group"], held["system"])))
    (Path(__file__).parents[1] / "catalogue" / "calibration.json").write_text(
        text, encoding="utf-8"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
