"""Wall power of a replica by phase: what its accelerators and their share of the servers draw while they work.

    P(phase) = idle + (busy - idle) * intensity(phase)

Intensities come from kernel power measured on B200 (aiconfigurator-core 0.12, 122,000 points, floor 243 W of 1,000 W):
prompt work runs near the limit, reading the cache draws least, reading weights lies between and rises with the batch.
`busy` is the accelerator's catalogue figure. Whole-server results of MLPerf check it (docs/design/0053).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from headrace.compute.accelerator import Accelerator
from headrace.models.steptable import PhasePower

Floats = NDArray[np.float64]

PREFILL = 1.0
"""Prompt attention and large GEMM: 860 to 900 W of 1,000 above a fifth of the peak; the reference of `busy`."""
CACHE = 0.34
"""Decode attention: (455 - 243) / (870 - 243), at any bandwidth share below 0.8."""
WEIGHTS_LOW, WEIGHTS_HIGH = 0.50, 1.0
"""GEMM of few tokens, 560 W, and of many, 910 W (bounded by the limit)."""
_FULL_BATCH = 256.0  # tokens a step at which weights are read and used at full intensity


def decode_intensity(batch: Floats, cache_share: Floats) -> Floats:
    """Intensity of decode steps of `batch` sequences, `cache_share` of whose time reads keys and values, both arrays."""
    weights = WEIGHTS_LOW + (WEIGHTS_HIGH - WEIGHTS_LOW) * np.minimum(np.log2(np.maximum(batch, 1.0)) / np.log2(_FULL_BATCH), 1.0)
    return weights * (1.0 - cache_share) + CACHE * cache_share


def wall_power(chip: Accelerator, intensity: Floats) -> Floats:
    """Wall power of one accelerator with its server share at `intensity` (0 idle, 1 busy) [kW]."""
    idle, busy = chip.power_idle.to("kW/accelerator"), chip.power_busy.to("kW/accelerator")
    return idle + (busy - idle) * np.asarray(intensity, dtype=np.float64)


def phases(chip: Accelerator, accelerators: int, batches: Floats, cache_share: Floats) -> PhasePower:
    """Power of a replica of `accelerators` by phase [W], decode at the batch knots."""
    scale = 1e3 * accelerators
    idle = chip.power_idle.to("kW/accelerator") * scale
    decode = wall_power(chip, decode_intensity(batches, cache_share)) * scale
    return PhasePower(sleep=0.8 * idle, idle=idle, prefill=float(wall_power(chip, np.array(PREFILL))) * scale, decode=decode)
