"""Rows of models and the fleet simulator: their ids, what they skip for, and wrong numbers."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.checks import failed, ids_of, row_of, rows_of, write_table

from headrace.verification import fleet, models


def test_the_registry_holds_its_rows():
    assert ids_of("models") == {
        *(f"models.training.{name}" for name in ("mlperf_scaling", "production")),
        "models.video.leave_one_out",
        "models.deepseek_day",
        "models.serving.deepseek_rate",
        "models.power.mlperf_wall",
    }
    names = ("vidur", "jump", "deepseek_day", "queue")
    assert ids_of("fleet") == {f"models.fleet.{name}" for name in names}


def test_a_queue_waits_as_the_law_says_and_not_without_its_squares():
    """Exponential answers wait about twice as long as equal ones of the same mean."""
    drawn = np.maximum(1, np.rint(np.random.default_rng(0).exponential(100.0, 60_000)))
    waits = []
    for lengths in (drawn.astype(np.int64), np.full(60_000, 100)):
        wait, law = fleet.queue(lengths, 0.5, seed=3)
        assert wait == pytest.approx(law, rel=0.05)
        waits.append(wait)
    assert waits[0] == pytest.approx(2 * waits[1], rel=0.1)


def test_only_h100_rows_of_the_405b_benchmark_are_compared(tmp_path, monkeypatch):
    """Share of peak against the file's percentage, to 4 %: .40 beside 41 % and 45 %."""
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    monkeypatch.setattr(models, "benchmark_share", lambda accelerators: 0.40)
    keys = ("benchmark", "accelerator", "accelerators", "mfu_vs_bf16_peak_pct")
    runs = (
        ("llama31_405b", "NVIDIA H100-SXM", 512, 41.0),
        ("llama31_405b", "NVIDIA H100-SXM", 1024, 45.0),
        ("llama31_405b", "NVIDIA B200", 256, 73.3),
        ("llama2_70b_lora", "NVIDIA H100-SXM", 8, 20.0),
    )
    path = tmp_path / "mlperf_training" / "llama31_runs.csv"
    write_table(path, *(dict(zip(keys, run)) for run in runs))
    rows = rows_of("models.training.mlperf_scaling")
    assert set(rows) == {".512", ".1024"}
    assert failed(rows) == {".1024"}


def test_the_best_constant_is_least_squares_in_relative_error():
    """For 1 and 2 the minimum of (c - 1)^2 + (c / 2 - 1)^2 is at c = 1.5 / 1.25 = 1.2."""
    assert models.best_constant(np.array([1.0, 2.0])) == pytest.approx(1.2)
    around = [sum((c / w - 1) ** 2 for w in (1.0, 2.0)) for c in (1.19, 1.2, 1.21)]
    assert min(around) == around[1]


def test_a_law_of_power_no_better_than_a_constant_fails(monkeypatch):
    """A fit that answers twice the watts of every row misses by 100 %."""
    assert row_of("models.power.mlperf_wall").status == "pass"
    monkeypatch.setattr(models, "fit_saturated", lambda share, watts: (2 * watts.mean(), 0.0))
    assert row_of("models.power.mlperf_wall").status == "fail"
