"""One step table for one deployment, whoever can fill it: kernel data base, roofline, or the user's
measurements.

`step_table` answers from the first provider that can: a shipped table of the kernel data base, that
data base itself where the extra is installed, the calibrated roofline for everything else. Every
table says who filled it and its 80 % band.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Literal

import numpy as np

from headrace.compute.accelerator import Accelerator, accelerator
from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import LanguageModel, language_model
from headrace.models.power import phases
from headrace.models.software import software_factor
from headrace.models.step_time import aiconfigurator
from headrace.models.step_time.calibration import predict, shipped
from headrace.models.step_time.measured_deployments import DeploymentLabels
from headrace.models.step_time.roofline import (
    BYTES,
    Coefficients,
    Deployments,
    Format,
    Layout,
    arithmetic,
    cache_bytes,
    terms,
)
from headrace.models.step_time.table import StepTable, named_table, table_names

Source = Literal["auto", "kernel", "roofline"]

_ALONE = Layout()
_SYSTEMS = ("h100", "h200", "b200", "b300", "a100")  # the data base calls these "..._sxm"
KERNEL_BAND = (0.65, 1.35)
"""Measured over the library's TPOT, 80 % of the rows that it answers (decision 30)."""


def step_table(
    model: str,
    chip: str,
    precision: Format,
    layout: Layout = _ALONE,
    *,
    backend: str = "trtllm",
    provider: Source = "auto",
) -> StepTable:
    """The step table of one replica.

    Raises InputError for unknown keys, or where the named provider has no answer.
    """
    shape, part = language_model(model), accelerator(chip)
    if provider != "roofline":
        width = f"tp{layout.tp}" + (f"-dp{layout.dp}" if layout.dp > 1 else "")
        wanted = (shape.key, part.key, precision, layout.accelerators, width, backend)
        for name, key in _index().items():
            if key == wanted:
                return replace(named_table(name), band=KERNEL_BAND)
    if provider == "kernel":
        system = f"{part.key}_sxm" if part.key in _SYSTEMS else part.key
        return replace(
            aiconfigurator.table(
                aiconfigurator.KernelQuery(shape.key, shape.key, system, backend, precision, layout)
            ),
            band=KERNEL_BAND,
        )
    return roofline_table(shape, part, precision, layout, backend=backend)


def roofline_table(
    model: LanguageModel,
    chip: Accelerator,
    precision: Format,
    layout: Layout,
    *,
    backend: str = "",
) -> StepTable:
    """A step table from the calibrated roofline: decode corrected by the pooled law, prompts by
    physics alone.

    Raises InputError where the weights do not fit.
    """
    held = aiconfigurator.capacity(model, chip.memory.to("B"), precision, layout)
    if held <= 0:
        need = model.parameters / 1e9
        raise InputError(
            InputFault(
                Place(key=model.key),
                f"{need:.0f} thousand million weights in {precision} do not fit {layout}",
            )
        )
    law, bands = shipped()
    slow = 1.0 / software_factor(chip.vendor).value
    labels, batches = (
        DeploymentLabels(model.key, chip.key, backend, precision),
        aiconfigurator.BATCHES * layout.dp,
    )
    short, long = (
        decode_times(model, chip, precision, layout, labels, context) for context in (256.0, 4096.0)
    )
    per_kv = np.maximum(long - short, 0.0) / (batches * (4096.0 - 256.0)) * slow
    fixed = np.maximum(short * slow - per_kv * batches * 256.0, short * slow * 0.2)
    shared, attention = prompt_times(model, chip, precision, layout, law.coefficients)
    share = per_kv * batches * 2048.0 / (fixed + per_kv * batches * 2048.0)
    short_name = model.key.split("/")[-1].lower()
    return StepTable(
        name=f"{short_name}.{chip.key}.{precision}.tp{layout.tp}-dp{layout.dp}.roofline",
        model=model.key,
        system=chip.key,
        backend=backend,
        precision=precision,
        layout=f"tp{layout.tp}" + (f"-dp{layout.dp}" if layout.dp > 1 else ""),
        accelerators=layout.accelerators,
        provider="roofline",
        source="calibrated roofline (docs/decisions/0029)",
        date="2026-11",
        kv_tokens=int(held),
        band=(bands.elsewhere[0].low, bands.elsewhere[0].high),
        tokens=aiconfigurator.TOKENS * layout.dp,
        shared=np.maximum.accumulate(shared * slow),
        batches=batches,
        fixed=np.maximum.accumulate(fixed),
        per_kv=per_kv,
        chunks=aiconfigurator.CHUNKS,
        prefixes=aiconfigurator.PREFIXES,
        attention=attention * slow,
        power=phases(chip, layout.accelerators, batches, share),
    )


def decode_times(
    model: LanguageModel,
    chip: Accelerator,
    precision: Format,
    layout: Layout,
    labels: DeploymentLabels,
    context: float,
) -> Floats:
    """One decode step [s] at the batch knots, every request with `context` [token] cached."""
    batch = aiconfigurator.BATCHES * layout.dp
    ones = np.ones(len(batch))
    tp, dp = layout.tp * ones, layout.dp * ones
    # output far longer than input: TPOT is the decode step, stalls by newcomers left to the
    # simulator
    at = Deployments(
        tp,
        dp,
        tp * dp if model.experts else ones,
        batch,
        0.1 * context * ones,
        1.8 * context * ones,
        tp * dp,
        dp,
        batch,
        ones,
    )
    return predict(terms(model, chip, precision, precision, at), labels, shipped()[0]).decode


def prompt_times(
    model: LanguageModel,
    chip: Accelerator,
    precision: Format,
    layout: Layout,
    costs: Coefficients,
) -> tuple[Floats, Floats]:
    """Times of all but attention at the token knots, and of prompt attention at (chunk, prefix)
    [s].
    """
    speed = layout.accelerators * chip.peak(arithmetic(chip, precision)) / costs.prefill_cost
    tokens = aiconfigurator.TOKENS * layout.dp
    bandwidth = layout.accelerators * chip.bandwidth.to("B/s")
    weights = model.active * BYTES[precision] * costs.weight_cost / bandwidth
    shared = np.maximum(2.0 * model.active * tokens / speed, weights) + model.layers * costs.layer
    chunk, prefix = np.meshgrid(aiconfigurator.CHUNKS, aiconfigurator.PREFIXES, indexing="ij")
    seen = prefix + chunk / 2.0
    seen = np.minimum(seen, float(model.attended)) if model.attended else seen
    return (
        shared,
        4.0 * chunk * seen * model.heads * model.attention_width * model.kv_layers / speed,
    )


def tables_of(model: str, chip: str, precision: Format) -> tuple[StepTable, ...]:
    """All shipped tables of a model on an accelerator, by rising number of accelerators; empty
    where there are none.
    """
    found = [
        named_table(name) for name, key in _index().items() if key[:3] == (model, chip, precision)
    ]
    return tuple(sorted(found, key=lambda table: table.accelerators))


@lru_cache(maxsize=1)
def _index() -> dict[str, tuple[str, str, str, int, str, str]]:
    tables = {name: named_table(name) for name in table_names()}
    return {
        name: (t.model, t.system, t.precision, t.accelerators, t.layout, t.backend)
        for name, t in tables.items()
    }


def cache_per_token(model: str, precision: str, layout: Layout) -> float:
    """Bytes of keys and values that one token of context takes on a replica [B]."""
    return float(cache_bytes(language_model(model), precision, np.array([float(layout.tp)]))[0])
