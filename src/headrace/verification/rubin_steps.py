"""The first measured steps of Rubin beside the law, which has seen none: 4 GPUs of a VR NVL72 rack,
GLM-5.2 in NVFP4.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.compute.accelerator import accelerator
from headrace.models.architecture import language_model
from headrace.models.step_time.providers import roofline_table
from headrace.models.step_time.roofline import Layout
from headrace.models.step_time.table import StepTable
from headrace.verification.registry import CheckOutcome, check

BATCH = 32
DECODE = ((1024.0, 12.0e-3), (8192.0, 12.5e-3), (32_768.0, 13.0e-3))
"""Context of each of 32 sequences [token], one decode step [s]."""
PROMPT, PROMPT_TIME = 8192.0, 0.202


def decode_step(table: StepTable, context: float) -> float:
    """One step of BATCH sequences that hold `context` [token] each [s]."""
    fixed = np.interp(BATCH, table.batches, table.fixed)
    return float(fixed + np.interp(BATCH, table.batches, table.per_kv) * BATCH * context)


@check(
    "models.rubin.decode",
    what="Decode step of 32 sequences, GLM-5.2 NVFP4 on 4 Rubin",
    unit="s",
    tolerance=0.25,
    source="NVIDIA AISimulate, evidence file of Rubin (VR NVL72), July 2026",
)
def rubin_decode() -> Iterator[CheckOutcome]:
    """Nothing of Rubin is in the law; the tolerance is half of its band for parts it has not seen,
    set when these were scored. The prompt that was measured beside is told, not judged: early
    software reads it far slower than any part of the table reads one.
    """
    part = accelerator("rubin")
    table = roofline_table(language_model("zai-org/GLM-5"), part, "fp4", Layout(4))
    prompt = float(np.interp(PROMPT, table.tokens, table.shared))
    words = (
        f"80 % band {table.band[0]:.2f} to {table.band[1]:.2f} of ours; a prompt of {PROMPT:,.0f} "
        f"took {PROMPT_TIME:g} s, the law says {prompt:.2g} s and attention: not claimed"
    )
    for context, seconds in DECODE:
        ours = decode_step(table, context)
        yield CheckOutcome(ours, seconds, id_suffix=f".{context:.0f}", reason=words)
