"""NVIDIA's table of measured deployments (5,221 rows inside aiconfigurator-core), read into the
roofline's terms.

A row can be priced where its batch sizes are known: all 3,619 aggregated and 274 disaggregated
ones. A width of 0 is read as 1, and two ways of writing data-parallel attention that count
accelerators twice are undone (`_widths`). Rows repeat each other, some under two names of one
model, so scores use folds of configurations, deployments or whole groups, never of rows, and keys
that share a measurement are one key (`linked`).
"""

from __future__ import annotations

import csv
import importlib.util
import re
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import accelerator
from headrace.core.arrays import Floats
from headrace.models.architecture import language_model
from headrace.models.step_time.roofline import (
    Deployments,
    Format,
    RooflineTerms,
    joined_terms,
    terms,
)

_SHAPES = {
    "Qwen/Qwen3-235B-A22B-FP8": "Qwen/Qwen3-235B-A22B",
    "deepseek-ai/DeepSeek-R1": "deepseek-ai/DeepSeek-V3",
    "nvidia/DeepSeek-R1-NVFP4": "deepseek-ai/DeepSeek-V3",
    "nvidia/DeepSeek-V3.1-NVFP4": "deepseek-ai/DeepSeek-V3",
    "meta-llama/Llama-3.1-8B-Instruct": "meta-llama/Llama-3.1-8B",
    "nvidia/Llama-3.1-8B-Instruct-FP8": "meta-llama/Llama-3.1-8B",
    "nvidia/Qwen3-32B-NVFP4": "Qwen/Qwen3-32B",
    "zhipuai/GLM-5": "zai-org/GLM-5",
}
_FORMATS: dict[str, Format] = {
    "fp8": "fp8",
    "fp8_block": "fp8",
    "nvfp4": "fp4",
    "int4_wo": "int4",
    "fp4": "fp4",
    "int4": "int4",
}
_OPEN_FP4 = "openai/gpt-oss-120b"  # its experts are stored in 4 bits whatever the row says
_SIZES_TOGETHER, _SIZES_APART = ("batch_size",), ("prefill_batch_size", "decode_batch_size")


@dataclass(frozen=True)
class DeploymentLabels:
    """What a row is called: model shape, accelerator, backend, storage format; pooled effects hang
    on these.
    """

    model: str
    system: str
    backend: str
    form: Format


@dataclass(frozen=True)
class Silicon:
    """The priceable rows: terms, labels, measured times [s], and keys for folds; `row` is the line
    in the table, from 0. Rows of one `measurement` agree in both times; `date` is that of the
    measurement, "YYYY-MM-DD" or empty.
    """

    terms: RooflineTerms
    labels: tuple[DeploymentLabels, ...]
    tpot: Floats
    ttft: Floats
    row: NDArray[np.int64]
    configuration: tuple[str, ...]
    deployment: tuple[str, ...]
    group: tuple[str, ...]
    measurement: NDArray[np.int64]
    date: tuple[str, ...]


def table_path() -> Path | None:
    """Where the table lies; None without the extra `kernel`."""
    spec = importlib.util.find_spec("aiconfigurator_core")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).parent / "systems" / "silicon_sample.csv"
    return path if path.exists() else None


def read(path: Path) -> Silicon:
    """The priceable rows of the table at `path`."""
    with path.open(encoding="utf-8", newline="") as source:
        found = [
            (i, row)
            for i, row in enumerate(csv.DictReader(source))
            if all(row[n] for n in (_SIZES_TOGETHER if row["mode"] == "agg" else _SIZES_APART))
        ]
    rows = [row for _, row in found]
    labels = tuple(labels_of(row) for row in rows)
    tpot, ttft = (
        np.array([float(row[f"silicon_{time}_ms"]) for row in rows]) / 1e3
        for time in ("tpot", "ttft")
    )
    # six digits of both times at once do not agree by chance
    pairs = [f"{a:.6g}|{b:.6g}" for a, b in zip(tpot, ttft)]
    measurement = np.unique(np.array(pairs), return_inverse=True)[1].astype(np.int64)
    dated = (re.search(r"measured=(\d{4}-\d\d-\d\d)", row["silicon_data_source"]) for row in rows)
    return Silicon(
        terms=_terms(rows, labels),
        labels=labels,
        tpot=tpot,
        ttft=ttft,
        row=np.array([i for i, _ in found]),
        configuration=linked(tuple(_key(row, _DEPLOYMENT + _LOAD) for row in rows), measurement),
        deployment=linked(tuple(_key(row, _DEPLOYMENT) for row in rows), measurement),
        group=tuple(f"{label.model}|{label.system}|{label.backend}" for label in labels),
        measurement=measurement,
        date=tuple(day.group(1) if day else "" for day in dated),
    )


def linked(keys: tuple[str, ...], measurement: NDArray[np.int64]) -> tuple[str, ...]:
    """`keys`, those that share a measurement joined under the first of them: the table holds 246
    measurements under two or three names of one model, and a fold must not learn from its twin.
    """
    leader: dict[str, str] = {}

    def first(key: str) -> str:
        while leader.setdefault(key, key) != key:
            key = leader[key]
        return key

    seen: dict[int, str] = {}
    for key, number in zip(keys, measurement):
        leader[first(key)] = first(seen.setdefault(int(number), key))
    return tuple(first(key) for key in keys)


def library_answers() -> tuple[NDArray[np.int64], Floats, Floats]:
    """What the library itself answers: table line, TTFT [s], TPOT [s]; only the rows it answers.

    Layouts that the table writes with accelerators counted twice were asked as we read them, the
    same question for both (108 rows; 102 are answered, six do not fit its memory). Derived with
    `benchmarks/peers/aiconfigurator/answer.py` on version 0.12.0, SILICON mode.
    """
    text = (files("headrace.models") / "catalogue" / "kernel_answers.csv").read_text(
        encoding="utf-8"
    )
    rows = [line.split(",") for line in text.splitlines()[1:]]
    answered = [(int(i), float(a), float(b)) for i, a, b in rows if a]
    return (
        np.array([i for i, _, _ in answered]),
        np.array([a for _, a, _ in answered]) / 1e3,
        np.array([b for _, _, b in answered]) / 1e3,
    )


_WIDTHS = ("tp_size", "attention_dp_size", "moe_ep_size", "moe_tp_size")
_DEPLOYMENT = (
    "mode", "model_path", "system", "backend", "gemm_quant_mode", "moe_quant_mode",
    *_WIDTHS, *(f"{side}_{width}" for side in ("prefill", "decode") for width in _WIDTHS),
)  # fmt: skip
_LOAD = (
    "isl",
    "osl",
    "batch_size",
    "prefill_batch_size",
    "prefill_num_workers",
    "decode_batch_size",
    "decode_num_workers",
)


def _key(row: dict[str, str], names: tuple[str, ...]) -> str:
    return "|".join(row[name] for name in names)


def labels_of(row: dict[str, str]) -> DeploymentLabels:
    """What a row of the table is called in the catalogue's words; the format is the experts'."""
    shape = _SHAPES.get(row["model_path"], row["model_path"])
    dense = _dense_format(row)
    experts = _FORMATS.get(row["moe_quant_mode"], dense) if language_model(shape).experts else dense
    return DeploymentLabels(
        shape,
        row["system"].removesuffix("_sxm"),
        row["backend"],
        "fp4" if shape == _OPEN_FP4 else experts,
    )


def _dense_format(row: dict[str, str]) -> Format:
    return _FORMATS.get(row["gemm_quant_mode"] or row["precision"], "bf16")


def _terms(rows: list[dict[str, str]], labels: tuple[DeploymentLabels, ...]) -> RooflineTerms:
    blocks: dict[tuple[DeploymentLabels, Format], list[int]] = {}
    for i, (row, label) in enumerate(zip(rows, labels)):
        blocks.setdefault((label, _dense_format(row)), []).append(i)
    parts = [
        terms(
            language_model(label.model),
            accelerator(label.system),
            dense,
            label.form,
            deployments_of([rows[i] for i in at]),
        )
        for (label, dense), at in blocks.items()
    ]
    position = np.argsort(np.concatenate([np.array(at) for at in blocks.values()]))
    return joined_terms(parts, position)


def deployments_of(rows: list[dict[str, str]]) -> Deployments:
    """Widths, batches and lengths of rows of the table, aggregated and disaggregated alike."""
    apart = np.array([row["mode"] == "disagg" for row in rows])
    decode = np.array([_widths(row, "decode_" if d else "") for row, d in zip(rows, apart)])
    prompt = np.array([_widths(row, "prefill_" if d else "") for row, d in zip(rows, apart)])
    workers = np.array(
        [[_width(row, "prefill_num_workers"), _width(row, "decode_num_workers")] for row in rows]
    )
    tp, dp, ep, batch = decode.T
    behind = workers[:, 1] * batch / (workers[:, 0] * prompt[:, 3])
    return Deployments(
        tp=tp,
        dp=dp,
        ep=ep,
        batch=batch,
        isl=np.array([float(row["isl"]) for row in rows]),
        osl=np.array([float(row["osl"]) for row in rows]),
        prompt_accelerators=prompt[:, 0] * prompt[:, 1],
        prompt_ranks=prompt[:, 1],
        ahead=np.where(apart, behind, batch),
        disaggregated=apart.astype(np.float64),
    )


def _widths(row: dict[str, str], side: str) -> tuple[float, float, float, float]:
    """Tensor, data and expert width, and sequences of the whole replica.

    Rows of data-parallel attention on n accelerators (their names say "tp4_ep4", their batch is
    concurrency / dp) are written as tp n, dp n, ep n^2 by one export and as dp n^2, moe_tp n,
    moe_ep n by another; both mean tp 1, dp n, ep n.
    """
    tp, dp, ep, moe, size = (
        _width(row, side + n)
        for n in ("tp_size", "attention_dp_size", "moe_ep_size", "moe_tp_size", "batch_size")
    )
    if side or dp == 1:
        return tp, dp, ep, size * dp
    if tp == dp and ep == tp * dp:
        return 1.0, dp, dp, size * dp
    if tp == 1 and moe == ep and dp == moe * ep:
        return 1.0, ep, ep, size * dp
    return tp, dp, ep, size * dp


def _width(row: dict[str, str], name: str) -> float:
    return max(1.0, float(row[name])) if row[name] else 1.0
