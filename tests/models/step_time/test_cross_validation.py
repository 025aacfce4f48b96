"""Scores on rows not seen: folds, bands, shifts, on made-up deployments."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import language_model
from headrace.models.step_time.calibration import Band, Calibration, Effects, features
from headrace.models.step_time.cross_validation import (
    NEWEST,
    Held,
    band,
    bands,
    fold_of,
    folds_of,
    held_out,
    least_relative,
    with_shift,
)
from headrace.models.step_time.measured_deployments import DeploymentLabels, Silicon
from headrace.models.step_time.roofline import Coefficients, Deployments, terms, times

ROWS = 60


def silicon(factor=1.0):
    """Sixty loads of one model on one system, in twelve configurations, `factor` times slower than
    the roofline.
    """
    batch = np.tile(np.geomspace(1, 256, 12), 5).round()
    ones = np.ones(ROWS)
    at = Deployments(ones, ones, ones, batch, 1000 * ones, 200 * ones, ones, ones, batch, 0 * ones)
    rows = terms(language_model("Qwen/Qwen3-8B"), accelerator("h100"), "fp8", "fp8", at)
    raw = times(rows, Coefficients())
    labels = tuple(
        DeploymentLabels("m", "h100", backend, "fp8")
        for backend in ("a", "b", "c", "d", "e")
        for _ in range(12)
    )
    return Silicon(
        terms=rows,
        labels=labels,
        tpot=raw.tpot * factor,
        ttft=raw.ttft * factor,
        row=np.arange(ROWS),
        configuration=tuple(f"{b:g}" for b in batch),
        deployment=tuple(label.backend for label in labels),
        group=tuple(f"m|h100|{label.backend}" for label in labels),
        measurement=np.arange(ROWS),
        date=tuple(NEWEST if i % 12 > 8 else "" for i in range(ROWS)),
    )


def plain_law(data):
    """A law that corrects nothing."""
    x = features(data.terms, times(data.terms, Coefficients()))
    nothing = Effects({"": np.zeros(1 + x.shape[1])})
    spread = np.maximum(x.std(0), 1e-9)
    return Calibration(
        Coefficients(), x.mean(0), spread, x.min(0), x.max(0), nothing, nothing, 1.0, 1.0, 0.0, 0.0
    )


@given(st.integers(1, 60), st.integers(2, 6), st.integers(0, 10**6))
def test_folds_are_even_and_keep_keys_together(keys, folds, seed):
    names = tuple(f"k{i % keys}" for i in range(3 * keys))
    found = fold_of(names, folds, seed)
    by_key = {name: {int(f) for f, n in zip(found, names) if n == name} for name in names}
    assert all(len(each) == 1 for each in by_key.values())
    counts = np.bincount([each.copy().pop() for each in by_key.values()], minlength=folds)
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize(
    ("kind", "folds", "held"),
    [
        *(("group", 5, ROWS), ("configuration", 5, ROWS), ("deployment", 5, ROWS)),
        *(("backend", 5, ROWS), ("system", 1, ROWS), ("generation", 1, ROWS), ("newest", 1, 15)),
    ],
)
def test_every_row_is_held_out_once_and_the_newest_alone(kind, folds, held):
    found = folds_of(silicon(), kind)
    assert len(found) == folds
    times_held = np.sum(found, axis=0)
    assert (times_held.max(), times_held.sum()) == (1, held)


def test_a_backend_that_was_left_out_is_answered_by_physics_alone():
    """Everything is 1.5 times slower than the defaults: the median of the others says so."""
    data = silicon(factor=1.5)
    found = held_out(data, "backend")
    assert found.tpot == pytest.approx(data.tpot, rel=0.02)
    assert found.tpot_answer == pytest.approx(found.tpot_physics, rel=1e-9)


def test_the_shift_of_least_relative_error():
    """Of a ratio of 1 and one of 2 any answer between misses less by being near the smaller: errors
    |a - 1| + |a / 2 - 1| fall until a = 2 at slope -1/2 and rise at slope 1 from a = 1.
    """
    assert np.exp(least_relative(np.log([1.0, 2.0]))) == pytest.approx(1.0, abs=0.011)


@given(st.lists(st.floats(0.2, 5.0), min_size=2, max_size=50))
def test_a_band_holds_one(ratios):
    found = band(np.array(ratios), np.ones(len(ratios)))
    assert found.low <= 1.0 <= found.high


def test_a_few_rows_give_the_whole_range():
    """With nine rows or fewer the conformal quantile is the largest: 0.9 x 10 / 9 = 1."""
    ratios = np.linspace(0.5, 2.0, 9)
    assert band(ratios, np.ones(9)) == Band(0.5, 2.0)


def test_bands_come_from_what_was_held_out():
    data = silicon()
    exact = Held(data.tpot, data.ttft, data.tpot, data.ttft, data.tpot)
    off = Held(data.tpot / 2, data.ttft / 4, data.tpot, data.ttft, data.tpot)
    found = bands(data, (exact, exact, off))
    assert found.near == (Band(1.0, 1.0), Band(1.0, 1.0))
    assert found.elsewhere[0].high == pytest.approx(2.0)
    assert found.elsewhere[1].high == pytest.approx(4.0)


def test_no_shift_where_nothing_is_missed():
    """The pooled law learns the constant; what is left has no error to shift away."""
    data = silicon(factor=1.5)
    everything = np.ones(ROWS, dtype=bool)
    law = with_shift(data, everything, data.configuration, plain_law(data))
    assert law.tpot_shift == pytest.approx(0.0, abs=0.021)
    assert law.ttft_shift == pytest.approx(0.0, abs=0.021)
