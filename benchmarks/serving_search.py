"""Our search over step tables beside aiconfigurator's `cli_default`, same data base, same queries,
one core.

    python benchmarks/serving_search.py [PEER.csv]

The peer runs in its own environment (`benchmarks/peers/aiconfigurator/.venv`: `python search.py
queries.csv OUT.csv`, then give OUT.csv); without a file it is run here for all 50 queries (about
ten CPU-minutes). A query that the peer does not answer within its limit (180 CPU-s) or refuses is
left out of every ratio, and the rows say so. Tables are filled once per model and system and not
counted: a plan asks thousands of queries of the same tables; the fill is printed beside.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from headrace.core.errors import HeadraceError
from headrace.models.serving.config_search import best, points
from headrace.models.serving.operating_point import ServicePromise
from headrace.models.step_time.aiconfigurator import KernelQuery, table
from headrace.models.step_time.roofline import Layout

PEER = Path(__file__).parent / "peers" / "aiconfigurator"
SHAPES = {
    "Qwen/Qwen3-32B-FP8": ("Qwen/Qwen3-32B", "fp8"),
    "nvidia/Llama-3.1-70B-Instruct-FP8": ("meta-llama/Llama-3.1-70B", "fp8"),
    "meta-llama/Meta-Llama-3.1-8B": ("meta-llama/Llama-3.1-8B", "bf16"),
    "Qwen/Qwen3-30B-A3B-FP8": ("Qwen/Qwen3-30B-A3B", "fp8"),
}
REPEAT = 20


def tables_of(path: str, system: str) -> list:
    shape, precision = SHAPES[path]
    layouts = [Layout(1), Layout(2), Layout(4), Layout(8)]
    layouts += (
        [Layout(1, 2), Layout(1, 4), Layout(1, 8), Layout(2, 2), Layout(2, 4)]
        if "A3B" in path
        else []
    )
    found = []
    for layout in layouts:
        try:
            filled = table(
                KernelQuery(shape, path, system, "trtllm", precision, layout, quantise=False)
            )
        except HeadraceError as error:
            print(f"no table: {error.message[:120]}", file=sys.stderr)
            continue
        if filled.kv_tokens > 0:
            found.append(filled)
    return found


def ours(tables: list, promise: ServicePromise) -> tuple[dict[str, float], float]:
    start, answers = time.process_time(), {}
    for _ in range(REPEAT):
        for mode in ("agg", "disagg"):
            try:
                every = points(
                    tables,
                    promise,
                    most=32,
                    aggregated=mode == "agg",
                    disaggregated=mode == "disagg",
                )
                answers[mode] = float(best(every, promise).tokens[0])
            except HeadraceError:
                answers[mode] = 0.0
    return answers, (time.process_time() - start) / REPEAT


def run_peer() -> Path:
    out = Path(tempfile.mkdtemp()) / "search.csv"
    python = PEER / ".venv" / "bin" / "python"
    if not python.exists():
        raise SystemExit(
            "the peer's environment is absent: python -m venv .venv && "
            f"pip install aiconfigurator==0.12.* in {PEER}"
        )
    subprocess.run(
        [str(python), str(PEER / "search.py"), str(PEER / "queries.csv"), str(out)], check=True
    )
    return out


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else run_peer()
    with path.open(newline="") as source:
        every = list(csv.DictReader(source))
    rows = [row for row in every if row["how"] == "answered"]
    start, cache = time.process_time(), {}
    for row in rows:
        key = (row["path"], row["system"])
        if key not in cache:
            cache[key] = tables_of(*key)
    fill, close, seconds, theirs = time.process_time() - start, [], [], []
    if not all(cache.values()):  # an empty search is fast and says nothing
        bare = ", ".join(
            f"{model} on {system}" for (model, system), had in cache.items() if not had
        )
        print(f"no table, so no speed to tell: {bare}", file=sys.stderr)
        return 2
    for row in rows:
        lengths = (int(row["isl"]), int(row["osl"]))
        promise = ServicePromise(*lengths, float(row["ttft_ms"]) / 1e3, float(row["tpot_ms"]) / 1e3)
        answers, spent = ours(cache[row["path"], row["system"]], promise)
        seconds.append(spent)
        theirs.append(float(row["cpu_s"]))
        close.append(
            [_ratio(answers[mode], row[mode]) for mode in ("agg", "disagg")] + [_best(answers, row)]
        )
    table_ = np.array(close, dtype=float)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    spent = {
        "peak_gb": round(peak, 3),
        "cpu_s": round(float(np.sum(seconds)) * REPEAT, 2),
        "wall_s": None,
    }
    speed = float(np.mean(theirs) / np.mean(seconds))
    filled = sum(map(len, cache.values()))
    gap = f"tables filled once: {fill:.1f} CPU-s for {filled} tables; {_left_out(every)}"
    _line(
        len(rows),
        "speed of a query",
        (float(np.mean(seconds)), float(np.mean(theirs)), speed, 1000.0),
        "CPU-s",
        gap,
        spent,
    )
    for j, mode in enumerate(("aggregated", "disaggregated", "best of both")):
        known = table_[~np.isnan(table_[:, j]), j]
        share = float((np.abs(known - 1) <= 0.1).mean())
        words = (
            f"{len(known)} queries answered by either; ratio median {np.median(known):.3f}, "
            f"{known.min():.2f} to {known.max():.2f}"
        )
        _line(
            len(rows),
            f"within 10 % of its best tokens/s, {mode}",
            (share, 1.0, share, 0.9),
            "1",
            words,
            spent,
        )
    return 0


def _left_out(rows: list[dict[str, str]]) -> str:
    """How the queries ended that are in no ratio."""
    odd = [row["how"] for row in rows if row["how"] != "answered"]
    words = "; ".join(f"{odd.count(how)} left out: peer gave {how}" for how in sorted(set(odd)))
    return words or f"all {len(rows)} queries answered by the peer"


def _ratio(answer: float, theirs: str) -> float:
    if not theirs:
        return float("nan") if answer == 0.0 else 9.0
    return answer / float(theirs)


def _best(answers: dict[str, float], row: dict[str, str]) -> float:
    known = [float(row[mode]) for mode in ("agg", "disagg") if row[mode]]
    return max(answers.values()) / max(known) if known else float("nan")


def _line(
    count: int,
    metric: str,
    numbers: tuple[float, float, float, float],
    unit: str,
    gap: str,
    spent: dict,
) -> None:
    ours_, theirs, ratio, bar = numbers
    words = {
        "bench": "serving_search",
        "peer": "aiconfigurator 0.12 cli_default",
        "study": f"{count} queries",
        "metric": metric,
    }
    figures = {
        "ours": ours_,
        "theirs": theirs,
        "unit": unit,
        "ratio": ratio,
        "bar": bar,
        "pass": ratio >= bar,
        "gap": gap,
    }
    print(json.dumps(words | figures | spent), flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
