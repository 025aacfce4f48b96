"""A step table with round numbers, so that a test can be reckoned by hand."""

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.models.fleet.types import Followers, PrefixBlocks, Trace
from headrace.models.step_time.table import PhasePower, StepTable


def round_table(kv_tokens: int = 1_000_000, name: str = "round") -> StepTable:
    """A step of n prompt tokens takes 10 ms + 0.01 ms n; a decode step 10 ms + 0.1 ms a request + 1
    ns a KV token.
    """
    return StepTable(
        name=name,
        model="test",
        system="test",
        backend="test",
        precision="bf16",
        layout="tp1",
        accelerators=1,
        provider="measured",
        source="round numbers",
        date="2026",
        kv_tokens=kv_tokens,
        band=(1.0, 1.0),
        tokens=np.array([0.0, 10_000.0]),
        shared=np.array([0.010, 0.110]),
        batches=np.array([1.0, 101.0]),
        fixed=np.array([0.0101, 0.0201]),
        per_kv=np.array([1e-7, 1e-7]),
        chunks=np.array([0.0, 1000.0, 10_000.0]),
        prefixes=np.array([0.0, 10_000.0]),
        attention=np.array([[0.0, 0.0], [0.001, 0.011], [0.1, 0.2]]),
        power=PhasePower(100.0, 200.0, 1000.0, np.array([400.0, 600.0])),
    )


def trace(
    arrival: Floats,
    prompt: Ints,
    answer: Ints,
    service: Ints | None = None,
    blocks: PrefixBlocks | None = None,
    followers: Followers | None = None,
) -> Trace:
    """A trace from plain arrays."""
    arrival = np.asarray(arrival, dtype=np.float64)
    kind = np.zeros(len(arrival), np.int64) if service is None else service
    return Trace(
        "test",
        "test",
        arrival,
        np.asarray(prompt, np.int64),
        np.asarray(answer, np.int64),
        kind,
        blocks,
        followers,
    )
