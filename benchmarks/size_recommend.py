"""`headrace size` beside aiconfigurator's `recommend`: the fewest accelerators for ten queries at 5
and 50 requests/s, means promised.

    python benchmarks/size_recommend.py PEER.csv

PEER.csv: what `python recommend.py queries.csv PEER.csv` writes in the peer's own environment
(`benchmarks/peers/aiconfigurator/requirements.txt`; about three CPU-minutes). Both may read prompts
apart. The two do not share their times: the peer adds kernels it measured, ours is the law that is
calibrated on whole deployments, where the peer misses the time per token by a quarter. A count
agrees where it is within one replica, the larger of the two.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.core.errors import HeadraceError
from headrace.core.study import Promise
from headrace.finance.serving_fleet import SizeQuestion, option_of
from headrace.models.architecture import language_model
from headrace.models.serving.whole_fleet import WholeFleet
from headrace.models.step_time.roofline import Format

SHAPES: dict[str, tuple[str, Format]] = {
    "Qwen/Qwen3-32B-FP8": ("Qwen/Qwen3-32B", "fp8"),
    "nvidia/Llama-3.1-70B-Instruct-FP8": ("meta-llama/Llama-3.1-70B", "fp8"),
    "meta-llama/Meta-Llama-3.1-8B": ("meta-llama/Llama-3.1-8B", "bf16"),
    "Qwen/Qwen3-30B-A3B-FP8": ("Qwen/Qwen3-30B-A3B", "fp8"),
}
PARTS = {"h100_sxm": "h100", "h200_sxm": "h200", "b200_sxm": "b200"}


def ours(told: dict[str, str]) -> WholeFleet:
    """Our answer to a query. Raises Infeasible where nothing keeps it."""
    (shape, form), part = SHAPES[told["path"]], PARTS[told["system"]]
    question = SizeQuestion(
        language_model(shape),
        form,
        float(told["rate"]),
        int(told["isl"]),
        int(told["osl"]),
        {part: accelerator(part)},
        Promise(ttft=f"{told['ttft_ms']} ms", tpot=f"{told['tpot_ms']} ms"),
    )
    return option_of(question, part).fleet


def row(metric: str, value: float, of: int, unit: str, bar: float | None) -> None:
    good = None if bar is None else value >= bar
    told = {"bench": "size_recommend", "peer": "aiconfigurator 0.12", "metric": metric}
    print(json.dumps({**told, "value": value, "of": of, "unit": unit, "bar": bar, "pass": good}))


def main() -> int:
    if len(sys.argv) < 2 or not Path(sys.argv[1]).exists():
        print("no answers of the peer; see the first lines of this file", file=sys.stderr)
        return 0
    with Path(sys.argv[1]).open(newline="") as source:
        rows = [told for told in csv.DictReader(source) if told["how"] == "answered"]
    agree, inside, ratios = 0, 0, []
    for told in rows:
        asked = ", ".join(told[name] for name in ("path", "system", "isl", "osl", "rate"))
        try:
            found = ours(told)
        except HeadraceError as error:
            print(f"{asked}: refused, {error}", file=sys.stderr)
            continue
        theirs, each = int(told["accelerators"]), int(told["each"])
        reading = found.point.reading.layout.accelerators if found.point.reading else 0
        own = found.point.accelerators
        near = abs(found.accelerators - theirs) <= max(each, own + reading)
        agree += near
        inside += found.accelerators_low <= theirs <= found.accelerators_high
        ratios.append(found.accelerators / theirs)
        words = f"{found.accelerators} ({found.accelerators_low} to {found.accelerators_high})"
        print(f"{asked}: ours {words}, theirs {theirs} of {each}: {near}", file=sys.stderr)
    row("counts within one replica", agree, len(rows), "queries", float(len(rows)))
    row("their count inside our band", inside, len(rows), "queries", None)
    row("our count over theirs, median", float(np.median(ratios)), len(ratios), "1", None)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
