"""Our fleet simulator beside vLLM runs that others measured, untouched by them.

    HEADRACE_SIM_TO_REAL=CHECKOUT python benchmarks/sim_to_real.py

CHECKOUT: GitHub inference-sim/sim-to-real-accuracy-validation. It has no licence, so nothing of it
travels with us; three of its tables are read where they are there:

    results_trainval/error_records.csv                  commit dcec3fd, 13 runs (one of them thrice)
    results/llmservingsim_error_records_matched.csv     dcec3fd, the first 300 requests of 32 runs
    results_iter29/error_records.csv                    15bb1de, the same and others whole, 38 runs

All are means of vLLM 0.15.1. What a user would say is all that is told: the model's published
sizes, the accelerator, 16 bits (Scout: 8), tensor parallelism, tokens a step, 128 places, and the
load. No number of ours is fitted: step times are those of the calibrated roofline, arrivals even.
Loads are the repository's (design document of 2026-03-04). Of general-lite it publishes lengths and
the peak, 6 requests/s; that its first stage ran at 2.5 follows from the means of both stages and of
the whole. The rate of reasoning-lite is published nowhere: those runs are listed and not scored.

Those servers cached prefixes, and the load generator sends 45 prompts in turn, 9 openings of 100
tokens (issue 252 of inference-sim, for `general`; taken for all), so all but the first 45 requests
find their prompt. The rows `cached` say so to the simulator. The rows `not cached` were made first,
without it; that the load is told more fully was decided after their scores were seen.
"""

from __future__ import annotations

import csv
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.fleet import Fleet, Pool, Trace, replay
from headrace.models.fleet.types import PrefixBlocks
from headrace.models.step_time.providers import roofline_table
from headrace.models.step_time.roofline import Format, Layout

TABLES = {
    "13 runs": "results_trainval/error_records.csv",
    "38 runs": "results_iter29/error_records.csv",
    "first 300 requests": "results/llmservingsim_error_records_matched.csv",
}
FIRST = {"first 300 requests": 300}
PLACES, BAR = 128, 0.12
BLOCK, SHARED, GROUPS, PROMPTS = 16, 100, 9, 45  # tokens, tokens, prompts, prompts
HELD = 3000  # blocks that the cache may hold: all of them
PARTS = {"H100": "h100", "A100-80GB": "a100", "L40S": "l40s"}
METRICS = ("e2e", "ttft", "itl")


@dataclass(frozen=True)
class Load:
    """Prompt and answer [tokens]; stages of (requests/s, seconds)."""

    prompt: int
    answer: int
    stages: tuple[tuple[float, float], ...]


LOADS = {
    "general": Load(547, 248, ((8.0, 600.0), (20.0, 600.0))),
    "general-lite": Load(547, 248, ((2.5, 600.0), (6.0, 600.0))),
    "codegen": Load(566, 247, ((5.0, 600.0), (10.0, 600.0))),
    "roleplay": Load(750, 251, ((6.0, 1200.0),)),
    "reasoning": Load(1034, 1448, ((4.0, 1200.0),)),
}
UNKNOWN = "reasoning-lite"


def dense(
    key: str, billions: float, layers: int, hidden: int, heads: int, kv: int
) -> LanguageModel:
    """A dense model with query heads of 128, from its config.json."""
    weights = billions * 1e9
    return LanguageModel(key, key, weights, weights, layers, hidden, heads, kv, 256, 128, layers)


SHAPES = {
    "meta-llama/Llama-3.1-8B-Instruct": language_model("meta-llama/Llama-3.1-8B"),
    "meta-llama/Llama-3.1-70B-Instruct": language_model("meta-llama/Llama-3.1-70B"),
    "mistralai/Mixtral-8x7B-v0.1": language_model("mistralai/Mixtral-8x7B"),
    "mistralai/Mixtral-8x22B-Instruct-v0.1": language_model("mistralai/Mixtral-8x22B"),
    "mistralai/Mixtral-8x22B-v0.1": language_model("mistralai/Mixtral-8x22B"),
    "codellama/CodeLlama-34b-Instruct-hf": dense("codellama-34b", 33.74, 48, 8192, 64, 8),
    "meta-llama/Llama-2-7b-hf": dense("llama-2-7b", 6.74, 32, 4096, 32, 32),
    "meta-llama/Llama-2-70b-hf": dense("llama-2-70b", 68.98, 80, 8192, 64, 8),
    "Qwen/Qwen3-14B": dense("qwen3-14b", 14.77, 40, 5120, 40, 8),
    "Qwen/Qwen2.5-7B-Instruct": dense("qwen2.5-7b", 7.62, 28, 3584, 28, 4),
    "mistralai/Mistral-Nemo-Instruct-2407": dense("mistral-nemo", 12.25, 40, 5120, 32, 8),
    "01-ai/Yi-34B": dense("yi-34b", 34.39, 60, 7168, 56, 8),
    # 16 routed experts of 3 x 5120 x 8192 in each of 48 layers, one a token, one shared
    "RedHatAI/Llama-4-Scout-17B-16E-Instruct-FP8-dynamic": replace(
        dense("llama-4-scout", 108.6, 48, 5120, 40, 8),
        active=17.2e9,
        experts=16,
        experts_per_token=1,
        expert_parameters=96.6e9,
    ),
}


@dataclass(frozen=True)
class Run:
    """One measured run. measured: means [s] by metric; theirs: errors [1] by metric and
    simulator.
    """

    name: str
    model: str
    part: str
    workload: str
    tp: int
    tokens: int
    form: Format
    measured: dict[str, float]
    theirs: dict[str, dict[str, float]]


def read_runs(path: Path) -> list[Run]:
    """The runs of a table, each once."""
    found: dict[str, Run] = {}
    with path.open(newline="", encoding="utf-8") as source:
        for told in csv.DictReader(source):
            metric, _, what = told["metric_name"].partition("_")
            if told["stage_index"] != "-1" or what != "mean":
                continue
            name = told["experiment_folder"].rsplit("/", 1)[-1]
            run = found.setdefault(name, run_of(told, name))
            run.measured[metric] = float(told["actual"]) / 1e3
            errors = run.theirs.setdefault(metric, {})
            errors[told["simulator"]] = float(told["mape"]) / 100.0
    return list(found.values())


def run_of(told: dict[str, str], name: str) -> Run:
    """A run without its figures. Where column and folder say different workloads, `-lite` is
    right: one table drops it from the column, the other from the folder.
    """
    kinds = (UNKNOWN, "general-lite", "codegen", "roleplay", "reasoning", "general")
    workload = told["workload"] if told["workload"].endswith("-lite") else ""
    workload = workload or next(kind for kind in kinds if kind in name)
    form: Format = "fp8" if told["precision"] == "FP8" else "bf16"
    width, tokens = int(float(told["tp"])), int(float(told["max_num_batched_tokens"]))
    return Run(name, told["model"], told["hardware"], workload, width, tokens, form, {}, {})


def trace_of(load: Load, first: int, cached: bool) -> Trace:
    """Even arrivals, stage after stage, of PROMPTS prompts in turn with GROUPS openings; first:
    only so many requests (0: all); cached: whether to say which prompts are alike.
    """
    begin, times = 0.0, []
    for rate, seconds in load.stages:
        times.append(begin + np.arange(round(rate * seconds)) / rate)
        begin += seconds
    arrival = np.concatenate(times)[: first or None]
    whole = np.ones(len(arrival), dtype=np.int64)
    each, common = load.prompt // BLOCK, SHARED // BLOCK
    ids = np.arange(PROMPTS * each).reshape(PROMPTS, each)
    ids[:, :common] = ids[np.arange(PROMPTS) % GROUPS, :common]
    ids = np.unique(ids, return_inverse=True)[1].reshape(PROMPTS, each)[
        np.arange(len(arrival)) % PROMPTS
    ]
    pointer = np.arange(len(arrival) + 1) * each
    blocks = PrefixBlocks(pointer, ids.ravel(), BLOCK) if cached else None
    return Trace("run", "", arrival, load.prompt * whole, load.answer * whole, 0 * whole, blocks)


def answer(run: Run, first: int, cached: bool) -> dict[str, float]:
    """Our means [s] by metric; first: of so many requests (0: all); cached: prefixes are."""
    table = roofline_table(
        SHAPES[run.model], accelerator(PARTS[run.part]), run.form, Layout(run.tp), backend="vllm"
    )
    pool = Pool("a", table, 1, max_batch=PLACES, token_budget=run.tokens)
    trace = trace_of(LOADS[run.workload], first, cached)
    found = replay(trace, Fleet((pool,), cache_blocks=HELD if cached else 0))
    return {
        "e2e": float(np.mean(found.e2e)),
        "ttft": float(np.mean(found.ttft)),
        "itl": float(np.mean(found.tpot)),
    }


def row(
    what: str, who: str, errors: Iterable[float], same: Iterable[float], bar: float | None
) -> None:
    """A line of the result: mean absolute relative errors, theirs and ours on the same runs."""
    told, ours = np.array([*errors]), np.array([*same])
    good = None if bar is None else bool(ours.mean() <= bar)
    figures = {
        "runs": len(ours),
        "theirs": round(float(told.mean()), 4) if len(told) else None,
        "ours": round(float(ours.mean()), 4),
        "our_median": round(float(np.median(ours)), 4),
    }
    words = {"bench": "sim_to_real", "metric": f"{what}, mean absolute relative error", "peer": who}
    print(json.dumps({**words, **figures, "bar": bar, "pass": good}), flush=True)


def compare(name: str, runs: Iterable[Run], cached: bool) -> None:
    """Score one table."""
    ours: dict[str, dict[str, float]] = {metric: {} for metric in METRICS}
    theirs: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for run in runs:
        if run.workload == UNKNOWN or run.part not in PARTS:
            why = f"{run.part} is not in the catalogue"
            why = "its rate is not published" if run.workload == UNKNOWN else why
            print(f"{run.name}: not scored, {why}", file=sys.stderr)
            continue
        found, told = answer(run, FIRST.get(name, 0), cached), []
        for metric in METRICS:
            ours[metric][run.name] = abs(found[metric] / run.measured[metric] - 1.0)
            told.append(f"{metric} {1e3 * found[metric]:.1f} of {1e3 * run.measured[metric]:.1f}")
            for who, error in run.theirs[metric].items():
                theirs[metric, who][run.name] = error
        print(f"{run.name} ({run.part}): {', '.join(told)} ms", file=sys.stderr)
    words = f"{name}, {'cached' if cached else 'not cached'}"
    for metric in METRICS:
        bar = BAR if metric == "e2e" else None
        row(f"{words}: {metric} mean", "", (), ours[metric].values(), bar)
        for (which, who), errors in theirs.items():
            if which == metric and cached:
                same = [ours[metric][run] for run in errors]
                row(f"{words}: {metric} mean", who, errors.values(), same, None)


def main() -> int:
    folder = os.environ.get("HEADRACE_SIM_TO_REAL", "")
    found = {name: Path(folder) / table for name, table in TABLES.items()} if folder else {}
    found = {name: path for name, path in found.items() if path.exists()}
    if not found:
        print(
            "HEADRACE_SIM_TO_REAL names no folder with one of the tables; skipped:", file=sys.stderr
        )
        print("\n".join(TABLES.values()), file=sys.stderr)
        return 0
    for name, path in found.items():
        for cached in (True, False):
            compare(name, read_runs(path), cached)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
