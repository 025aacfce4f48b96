"""InferenceX results that a user has: its JSON rows as measured load points.

Two forms, both an array of rows (or a row a line):

    results     what a run of the benchmark writes: hw, tp, conc, mean_ttft ... in each row
    rows        what its app serves and dumps: hardware, num_prefill_gpu, num_decode_gpu, and the
                figures under `metrics`

Times are in seconds, throughputs in tokens a second and GPU. A row is one aggregated server with
tensor parallelism: rows of draft models, of prompts read apart, of data-parallel attention, over
several servers, or of other loads than fixed lengths are left out and counted, since the law that
they would be held against does not describe them. Nothing of InferenceX is part of the project.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.models.step_time.user_measurements import Measurement

MODELS = {
    "dsr1": "deepseek-ai/DeepSeek-V3",
    "llama70b": "meta-llama/Llama-3.1-70B",
    "gptoss120b": "openai/gpt-oss-120b",
    "kimik2.5": "moonshotai/Kimi-K2.5",
    "glm5": "zai-org/GLM-5",
    "minimaxm2.5": "MiniMaxAI/MiniMax-M2.5",
    "qwen3.5": "Qwen/Qwen3.5-397B-A17B",
}
"""Catalogue key of each model that InferenceX calls by a short name (2026-11)."""
MOST_FAULTS = 20
_FALSE = ("", "false", "none", "no", "0")


@dataclass(frozen=True)
class Taken:
    """Load points of a file, and how many rows were left out for which reason."""

    rows: tuple[Measurement, ...]
    left_out: tuple[tuple[str, int], ...]


def parse_inferencex(text: str, file: str, framework: str = "") -> Taken:
    """The load points of a JSON text; framework: only of rows of that one ("vllm"), all where
    empty. Raises InputError with every row that cannot be read, by its number.
    """
    left: Counter[str] = Counter()
    faults: list[InputFault] = []
    found: list[Measurement] = []
    for number, row in _rows(text, file):
        other = framework and _word(row, "framework") != framework.lower()
        if reason := "another framework" if other else why_left_out(row):
            left[reason] += 1
            continue
        problems: list[InputFault] = []
        point = _point(row, number, file, problems)
        faults += problems
        if not problems:
            found.append(point)
    if not found and not faults:
        faults.append(InputFault(Place(file), "no row of one aggregated server", "at least one"))
    if faults:
        raise InputError(faults[:MOST_FAULTS])
    return Taken(tuple(found), tuple(left.most_common()))


def why_left_out(row: Mapping[str, object]) -> str:
    """Why the law of one aggregated server says nothing of a row; empty where it does."""
    drafts = _word(row, "spec_method", "spec_decoding")
    kind = _word(row, "benchmark_type")
    reasons = (
        (drafts not in _FALSE, "draft models"),
        (_word(row, "disagg") not in _FALSE, "prompts read apart"),
        (_word(row, "is_multinode") not in _FALSE, "several servers"),
        (
            _word(row, "dp_attention", "decode_dp_attention") not in _FALSE,
            "data-parallel attention",
        ),
        (
            kind not in ("", "single_turn", "fixed_seq_len") or row.get("isl", 0) is None,
            "no fixed lengths",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")


def _rows(text: str, file: str) -> Iterator[tuple[int, Mapping[str, object]]]:
    try:
        told = json.loads(text) if text.lstrip()[:1] == "[" else _lines(text)
    except (ValueError, RecursionError) as error:
        raise InputError(InputFault(Place(file), f"not JSON: {error}")) from None
    for number, row in enumerate(told, start=1):
        if not isinstance(row, dict):
            raise InputError(
                InputFault(Place(file, key=f"row {number}"), f"`{row!s:.40}`", "an object")
            )
        nested = row.get("metrics")
        yield number, {**row, **nested} if isinstance(nested, dict) else row


def _lines(text: str) -> list[object]:
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def _word(row: Mapping[str, object], *names: str) -> str:
    """The first of the names that a row has, as a lower-case word."""
    return next((str(row[n]).lower() for n in names if row.get(n) is not None), "")


def _point(
    row: Mapping[str, object], place: int, file: str, problems: list[InputFault]
) -> Measurement:
    def number(*names: str, least: float, most: float = 1e9) -> float:
        told = next((row[n] for n in names if row.get(n) is not None), None)
        try:
            value = float("nan") if isinstance(told, bool) else float(str(told))
        except ValueError:
            value = float("nan")
        if not least <= value <= most:
            at = Place(file, key=f"row {place}, {' or '.join(names)}")
            problems.append(InputFault(at, f"`{told}`", f"a number from {least:g} to {most:g}"))
            return 1.0
        return value

    called = str(row.get("model", ""))
    model = MODELS.get(called, called)
    part = _word(row, "hardware", "hw")
    for key, value in (("model", model), ("hardware or hw", part)):
        if not value:
            problems.append(InputFault(Place(file, key=f"row {place}, {key}"), "nothing", "a name"))
    # an aggregated server tells its GPUs twice, as readers and as decoders
    wide = number("num_decode_gpu", "tp", "decode_tp", least=1, most=1024)
    return Measurement(
        model,
        part,
        _word(row, "precision"),
        int(wide),
        int(number("isl", least=1)),
        int(number("osl", least=1)),
        number("conc", least=1),
        number("mean_ttft", "median_ttft", least=1e-6, most=3600.0),
        number("mean_tpot", "median_tpot", least=1e-6, most=60.0),
        number("output_tput_per_gpu", least=1e-3),
        place,
    )
