"""Wall power of a replica: what its accelerators and their share of the servers draw while they
work.

    by phase      P = idle + (busy - idle) * intensity(phase)
    saturated     P = busy * (HOT + SLOPE * share of the peak that the served tokens use)

The first serves simulators, which know the phase of every step; the second a whole server under
steady load.

Intensities come from kernel power measured on B200 (aiconfigurator-core 0.12, 122,000 points, floor
243 W of 1,000 W): prompt work runs near the limit, reading the cache draws least, reading weights
lies between and rises with the batch. `busy` is the accelerator's catalogue figure. The second law
is fitted on whole-server results of MLPerf Inference v5.1 and scored leave-one-out
(docs/decisions/0031).
"""

from __future__ import annotations

import numpy as np

from headrace.compute.accelerator import Accelerator
from headrace.core.arrays import Floats
from headrace.models.step_time.table import PhasePower

PREFILL = 1.0
"""Prompt attention and large GEMM: 860 to 900 W of 1,000 above a fifth of the peak; the reference
of `busy`.
"""
CACHE = 0.34
"""Decode attention: (455 - 243) / (870 - 243), at any bandwidth share below 0.8."""
WEIGHTS_LOW, WEIGHTS_HIGH = 0.50, 1.0
"""GEMM of few tokens, 560 W, and of many, 910 W (bounded by the limit)."""
HOT, SLOPE = 0.843, 0.503
"""Least squares in relative error on five results of eight B200, as shares of their busy figure of
1.25 kW.
"""
_FULL_BATCH = 256.0  # tokens a step at which weights are read and used at full intensity


def decode_intensity(batch: Floats, cache_share: Floats) -> Floats:
    """Intensity [1] of decode steps of `batch` sequences [1], `cache_share` [1] of whose time reads
    keys and values; arrays of one shape.
    """
    weights = WEIGHTS_LOW + (WEIGHTS_HIGH - WEIGHTS_LOW) * np.minimum(
        np.log2(np.maximum(batch, 1.0)) / np.log2(_FULL_BATCH), 1.0
    )
    return np.asarray(weights * (1.0 - cache_share) + CACHE * cache_share)


def wall_power(chip: Accelerator, intensity: Floats) -> Floats:
    """Wall power of one accelerator with its server share at `intensity` (0 idle, 1 busy) [kW]."""
    idle, busy = chip.power_idle.to("kW/accelerator"), chip.power_busy.to("kW/accelerator")
    return idle + (busy - idle) * np.asarray(intensity, dtype=np.float64)


def phases(
    chip: Accelerator, accelerators: int, batches: Floats, cache_share: Floats
) -> PhasePower:
    """Power of a replica of `accelerators` by phase [W], decode at the batch knots."""
    scale = 1e3 * accelerators
    idle = chip.power_idle.to("kW/accelerator") * scale
    decode = wall_power(chip, decode_intensity(batches, cache_share)) * scale
    return PhasePower(
        sleep=0.8 * idle,
        idle=idle,
        prefill=float(wall_power(chip, np.array(PREFILL))) * scale,
        decode=decode,
    )


def saturated_power(chip: Accelerator, share_of_peak: Floats) -> Floats:
    """Wall power of one accelerator with its server share under steady full load [kW].

    share_of_peak: FLOP/s of prompts and outputs over the dense peak of the format in use, 0..1.
    """
    return chip.power_busy.to("kW/accelerator") * (
        HOT + SLOPE * np.asarray(share_of_peak, dtype=np.float64)
    )


def fit_saturated(share_of_peak: Floats, watts: Floats) -> tuple[float, float]:
    """(intercept, slope) of wall power [W] over share of peak, least squares in relative error; at
    least two rows.
    """
    rows = np.stack([1.0 / watts, share_of_peak / watts], axis=1)
    intercept, slope = np.linalg.lstsq(rows, np.ones(len(watts)), rcond=None)[0]
    return float(intercept), float(slope)
