"""The fleet simulator: beside Vidur on one trace, at scale, and against itself step by step. One
core.

    python benchmarks/fleet.py

Vidur 0.0.26 runs in its own environment: `python -m venv ENV && ENV/bin/pip install -r
benchmarks/peers/vidur/requirements.txt`, then name it: HEADRACE_VIDUR=ENV (default
`benchmarks/peers/vidur/.venv`). It takes one to two CPU-minutes. Both simulate the Azure
conversation trace of 2023 (HEADRACE_DATA) with one step table and one policy: whole-step chunked
prefill, 256 places, 2,048 tokens a step, KV of 400,000 tokens. Vidur is charged its event loop
only, we are charged everything but compilation.
"""

import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from scipy.stats import ks_2samp

from headrace.models.fleet import Fleet, Pool, Replay, Trace, read_trace, replay
from headrace.models.step_time.table import named_table
from headrace.verification.registry import Skip, data_file

TABLE = "llama-3.1-8b.h100_sxm.vllm.tp1"
PEER = Path(__file__).parent / "peers" / "vidur"
REPEAT = 7
TIMES = ("ttft", "tpot", "e2e")


def row(peer: str, study: str, metric: str, **values: object) -> dict[str, object]:
    blank = dict.fromkeys(
        ("ours", "theirs", "unit", "ratio", "bar", "pass", "gap", "peak_gb", "cpu_s", "wall_s")
    )
    return {"bench": "fleet", "peer": peer, "study": study, "metric": metric, **blank, **values}


def peak_gb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)


def fastest(run: Callable[[], Replay]) -> tuple[Replay, float]:
    """CPU seconds of the fastest of several runs: other people's load on the machine only ever
    adds.
    """
    spent = []
    for _ in range(REPEAT):
        begin = time.process_time()
        result = run()
        spent.append(time.process_time() - begin)
    return result, min(spent)


def run_vidur(trace: Trace, replicas: int) -> tuple[dict[str, np.ndarray], dict[str, float]] | None:
    """Vidur's own times for every request, and what its event loop cost; None where its environment
    is absent.
    """
    python = Path(os.environ.get("HEADRACE_VIDUR", PEER / ".venv")).expanduser() / "bin" / "python"
    if not python.exists():
        print(f"no Vidur environment at {python}; its rows are left out", file=sys.stderr)
        return None
    table = files("headrace.models") / "tables" / f"{TABLE}.json"
    with tempfile.TemporaryDirectory() as folder:
        requests, out = Path(folder) / "requests.csv", Path(folder) / "out.csv"
        with requests.open("w", newline="") as sink:
            writer = csv.writer(sink)
            writer.writerow(["arrival_s", "input", "output"])
            writer.writerows(
                zip(map(repr, trace.arrival.tolist()), trace.input, trace.output, strict=True)
            )
        command = [
            str(python),
            str(PEER / "run.py"),
            str(table),
            str(requests),
            str(replicas),
            str(out),
        ]
        told = subprocess.run(
            command, stdout=subprocess.PIPE, check=True, text=True, cwd=folder
        ).stdout
        values = np.loadtxt(out, delimiter=",", skiprows=1)
    return dict(zip(TIMES, values.T, strict=True)), json.loads(told.splitlines()[-1])


def beside_vidur(trace: Trace, replicas: int, bar: float) -> Iterator[dict[str, object]]:
    study = f"Azure conversation 2023, {len(trace):,} requests, {replicas} replica(s)"
    fleet = Fleet(
        (Pool("all", named_table(TABLE), replicas, max_batch=256, token_budget=2048),),
        router="round_robin",
    )
    ours, spent = fastest(lambda: replay(trace, fleet))
    wall = time.perf_counter()
    theirs = run_vidur(trace, replicas)
    if theirs is None:
        return
    times, told = theirs
    wall = time.perf_counter() - wall
    mine, his = len(trace) / spent, told["requests"] / told["cpu_s"]
    yield row(
        "Vidur 0.0.26",
        study,
        "requests per CPU-s",
        ours=round(mine),
        theirs=round(his, 1),
        unit="1/s",
        ratio=round(mine / his),
        bar=bar,
        cpu_s=round(spent, 5),
        wall_s=round(wall, 1),
        peak_gb=peak_gb(),
        **{"pass": bool(mine / his >= bar)},
    )
    yield row(
        "Vidur 0.0.26", study, "engine steps", ours=ours.steps, theirs=told["steps"], unit="1"
    )
    for name in TIMES:
        own, other = getattr(ours, name), times[name]
        distance = float(ks_2samp(own, other, method="asymp").statistic)
        good = distance <= 0.02
        yield row(
            "Vidur 0.0.26",
            study,
            f"KS distance, {name}",
            ours=distance,
            unit="1",
            bar=0.02,
            **{"pass": good},
        )
        gap = float(own.mean() / other.mean() - 1)
        yield row(
            "Vidur 0.0.26",
            study,
            f"mean {name}",
            ours=float(own.mean()),
            theirs=float(other.mean()),
            unit="s",
            gap=gap,
            bar=0.005,
            **{"pass": abs(gap) <= 0.005},
        )


def at_scale(trace: Trace, replicas: int) -> Iterator[dict[str, object]]:
    """Many copies of the trace, shifted against each other by up to a second, on many replicas."""
    copies = replicas // 2
    rng = np.random.default_rng(0)
    arrival = np.concatenate([trace.arrival + rng.uniform(0, 1, len(trace)) for _ in range(copies)])
    order = np.argsort(arrival)
    lengths = [np.tile(values, copies)[order] for values in (trace.input, trace.output)]
    many = Trace("copies", trace.source, arrival[order], *lengths, np.zeros(len(order), np.int64))
    for router in ("round_robin", "least_outstanding", "power_of_two"):
        fleet = Fleet((Pool("all", named_table(TABLE), replicas),), router=router)
        result, spent = fastest(lambda fleet=fleet: replay(many, fleet))
        rate = len(many) / spent
        yield row(
            "none",
            f"{len(many):,} requests, {replicas} replicas, {router}",
            "requests per CPU-s",
            ours=round(rate),
            unit="1/s",
            bar=1e6,
            cpu_s=round(spent, 3),
            peak_gb=peak_gb(),
            gap=None,
            **{"pass": rate >= 1e6},
        )
        assert result.finished.all()


def jump_is_step(trace: Trace) -> Iterator[dict[str, object]]:
    """Closed-form decode stretches against the same kernel walking every step."""
    table = named_table(TABLE)
    hot = Trace("hot", trace.source, trace.arrival * 0.1, trace.input, trace.output, trace.service)
    small, swamped = (
        Pool("all", table, 1, kv_tokens=15_000),
        Pool("all", table, 1, token_budget=512, kv_tokens=100_000),
    )
    worlds = {
        "one replica": (trace, Fleet((Pool("all", table, 1),))),
        "two replicas, least outstanding": (trace, Fleet((Pool("all", table, 2),))),
        "KV of 15,000 tokens": (trace, Fleet((small,))),
        "ten times the load, 512 tokens a step, KV of 100,000": (hot, Fleet((swamped,))),
    }
    for study, (load, fleet) in worlds.items():
        jump, walk = replay(load, fleet), replay(load, fleet, jump=False)
        worst = max(
            float(np.abs(getattr(jump, name) - getattr(walk, name)).max()) for name in TIMES
        )
        same = jump.steps == walk.steps and jump.preempted == walk.preempted
        study += f" ({jump.preempted:,} preemptions)"
        yield row(
            "step by step",
            study,
            "largest difference",
            ours=worst,
            unit="s",
            bar=1e-6,
            **{"pass": worst <= 1e-6 and same},
        )


def first(trace: Trace, count: int) -> Trace:
    parts = (
        trace.arrival[:count],
        trace.input[:count],
        trace.output[:count],
        trace.service[:count],
    )
    return Trace(trace.name, trace.source, *parts)


def rows() -> Iterator[dict[str, object]]:
    trace = read_trace(data_file("azure_llm_2023/AzureLLMInferenceTrace_conv.csv"))
    # compiles, or loads what was compiled
    replay(trace, Fleet((Pool("all", named_table(TABLE), 1),)))
    yield from beside_vidur(trace, 1, 5000)
    yield from beside_vidur(first(trace, 4_000), 4, 3000)
    yield from at_scale(trace, 100)
    yield from at_scale(trace, 400)
    yield from jump_is_step(trace)


def main() -> int:
    missed = False
    try:
        for found in rows():
            missed |= found["pass"] is False
            print(json.dumps(found), flush=True)
    except Skip as why:
        print(why, file=sys.stderr)
        return 2
    return 3 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
