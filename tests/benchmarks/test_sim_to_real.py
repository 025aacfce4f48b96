"""What `benchmarks/sim_to_real.py` makes of tables of foreign runs, made by hand here."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.builders.checks import write_table

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "sim_to_real.py"


@pytest.fixture
def bench(monkeypatch):
    spec = importlib.util.spec_from_file_location("sim_to_real_bench", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "sim_to_real_bench", module)
    spec.loader.exec_module(module)
    return module


def told(name, metric, actual, mape, *, workload="roleplay", part="H100", stage="-1"):
    return {
        "simulator": "other",
        "experiment_folder": f"/somewhere/{name}",
        "model": "meta-llama/Llama-3.1-8B-Instruct",
        "workload": workload,
        "stage_index": stage,
        "metric_name": metric,
        "actual": actual,
        "mape": mape,
        "hardware": part,
        "precision": "FP16",
        "tp": "1.0",
        "max_num_batched_tokens": "2048",
    }


def whole(name, **how):
    return [
        told(name, f"{m}_mean", a, 40.0, **how) for m, a in zip(("e2e", "ttft", "itl"), (3, 2, 1))
    ]


def test_without_a_folder_it_is_skipped(bench, monkeypatch, capsys, tmp_path):
    for place in ("", str(tmp_path)):
        monkeypatch.setenv("HEADRACE_SIM_TO_REAL", place)
        assert bench.main() == 0
        assert "skipped" in capsys.readouterr().err


def test_a_run_is_read_once_and_only_its_whole(bench, tmp_path):
    stages = [told("1-x-roleplay", "e2e_mean", 9.0, 9.0, stage="0")]
    p90 = [told("1-x-roleplay", "e2e_p90", 9.0, 9.0)]
    write_table(tmp_path / "t.csv", *whole("1-x-roleplay"), *whole("1-x-roleplay"), *stages, *p90)
    (run,) = bench.read_runs(tmp_path / "t.csv")
    assert run.measured == pytest.approx({"e2e": 3e-3, "ttft": 2e-3, "itl": 1e-3})
    assert run.theirs["e2e"] == {"other": pytest.approx(0.4)}
    assert (run.tp, run.tokens, run.form, run.part) == (1, 2048, "bf16", "H100")


@pytest.mark.parametrize(
    ("folder", "column", "workload"),
    [
        ("60-a-general-lite-4-1", "general", "general-lite"),  # one table says it in the folder
        ("27-b-tp2-general-2", "general-lite", "general-lite"),  # the other in the column
        ("13-c-tp1-general-1", "general", "general"),
        ("20260217-llama-2-7b-tp1-codegen", "general", "codegen"),  # a column that is wrong
        ("66-d-reasoning-lite-1-1", "reasoning", "reasoning-lite"),
    ],
)
def test_which_load_a_run_had(bench, folder, column, workload):
    assert (
        bench.run_of(told(folder, "e2e_mean", 1, 1, workload=column), folder).workload == workload
    )


def test_stages_follow_each_other(bench):
    trace = bench.trace_of(bench.Load(40, 10, ((1.0, 3.0), (2.0, 2.0))), 0, cached=False)
    np.testing.assert_allclose(trace.arrival, [0, 1, 2, 3, 3.5, 4, 4.5])
    assert len(bench.trace_of(bench.LOADS["codegen"], 300, cached=False)) == 300


def test_prompts_come_in_turn_and_share_their_openings(bench):
    """547 tokens: 34 whole blocks, 6 of them the opening of 100 tokens; 9 openings, 45 prompts."""
    trace = bench.trace_of(bench.LOADS["general"], 100, cached=True)
    blocks = trace.blocks.ids.reshape(100, 34)
    np.testing.assert_array_equal(blocks[0], blocks[45])
    np.testing.assert_array_equal(blocks[0][:6], blocks[9][:6])
    assert not (blocks[0][6:] == blocks[9][6:]).any()
    assert len(np.unique(blocks)) == 45 * 28 + 9 * 6


def test_errors_are_of_the_runs_that_both_answer(bench, monkeypatch, tmp_path, capsys):
    """Ours 10 % and 50 % off; the other scored only the first; two runs cannot be asked."""
    rows = [*whole("1-x-roleplay"), *whole("2-y-roleplay")]
    rows += [*whole("3-z-reasoning-lite"), *whole("4-w-roleplay", part="MI300X")]
    write_table(tmp_path / bench.TABLES["13 runs"], *rows)
    answers = {"1-x-roleplay": 1.1, "2-y-roleplay": 0.5}
    monkeypatch.setattr(
        bench, "answer", lambda run, *_: {m: answers[run.name] * v for m, v in run.measured.items()}
    )
    monkeypatch.setenv("HEADRACE_SIM_TO_REAL", str(tmp_path))
    assert bench.main() == 0
    out, err = capsys.readouterr()
    found = [json.loads(line) for line in out.splitlines()]
    first = found[0]
    assert (first["runs"], first["ours"], first["pass"]) == (2, pytest.approx(0.3), False)
    peer = next(each for each in found if each["peer"] == "other")
    assert (peer["theirs"], peer["ours"], peer["bar"]) == (0.4, pytest.approx(0.3), None)
    assert err.count("not scored") == 4  # with and without a cache


def test_a_run_is_answered_in_sane_times(bench):
    """8B in 16 bits reads 16 GB a step: no token before 4.8 ms at 3.35 TB/s, nor after 20 ms."""
    run = bench.run_of(told("1-x-roleplay", "e2e_mean", 1, 1), "1-x-roleplay")
    cold, warm = (bench.answer(run, 300, cached) for cached in (False, True))
    assert 4.8e-3 < warm["itl"] < cold["itl"] < 20e-3
    assert warm["ttft"] < cold["ttft"] < 0.1
    assert warm["e2e"] == pytest.approx(warm["ttft"] + 250 * warm["itl"], rel=0.02)
