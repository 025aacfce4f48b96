"""The hall: hourly power usage effectiveness from the weather, and the chain of losses from the
grid to the chip.

    PUE[t] = 1 / power_path + pumps + fans(wet bulb) + (1 - liquid) * compressor(wet bulb) + liquid
    * trim(dry bulb)

The air-cooled part is free-cooled up to `economiser_limit` (wet bulb); above it compressors take
over within 8 K. The liquid part runs warm and needs trim chillers only above `liquid_limit` (dry
bulb). The figures are chosen so that annual means of US climates fall in the published band of
1.098 to 1.188 (docs/decisions/0028).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.catalogue import Figure, entry
from headrace.core.errors import InputError, InputFault, Place

_RAMP = 8.0  # K over which compressors take over from the economiser


@dataclass(frozen=True)
class HallRow:
    """A kind of hall, sized by IT power.

    construction [USD/MW of IT], fixed_cost [USD/MW-year], life [year], lead [month], facility_peak:
    facility power over IT power for which the grid connection is sized [1]. The rest feeds `pue`:
    shares of the IT load [1], temperatures [degC].
    """

    key: str
    title: str
    construction: Figure
    fixed_cost: Figure
    life: Figure
    lead: Figure
    facility_peak: Figure
    power_path: Figure
    liquid_share: Figure
    pump_share: Figure
    fan_share: Figure
    economiser_limit: Figure
    liquid_limit: Figure
    chiller_cop: Figure


@dataclass(frozen=True)
class Loss:
    """One step of the loss chain: what it loses as a share of the IT load (annual mean) [1]."""

    name: str
    share: float


def hall(key: str = "hall.ai") -> HallRow:
    """The catalogue's hall `key`. Raises InputError with the nearest known key."""
    row = entry("compute", "halls", key)
    names = [name for name in HallRow.__dataclass_fields__ if name not in ("key", "title")]
    return HallRow(row.key, row.title, **{name: row.figure(name) for name in names})


def pue(drybulb: Floats, wetbulb: Floats, design: HallRow) -> Floats:
    """Hourly facility power over IT power, shape (hour,), >= 1, from dry and wet bulb [degC].

    Raises InputError where the arrays differ in shape, are not finite, or the wet bulb exceeds the
    dry bulb by over 0.5 K.
    """
    dry, wet = _checked(drybulb, wetbulb)
    return 1.0 + sum((share for _, share in _losses(dry, wet, design)), np.zeros(len(dry)))


def losses(drybulb: Floats, wetbulb: Floats, design: HallRow) -> tuple[Loss, ...]:
    """The same chain as annual means [1] from dry and wet bulb [degC], in the order in which
    electrons meet them; their sum is mean PUE - 1.
    """
    dry, wet = _checked(drybulb, wetbulb)
    return tuple(Loss(name, float(share.mean())) for name, share in _losses(dry, wet, design))


def _losses(dry: Floats, wet: Floats, design: HallRow) -> tuple[tuple[str, Floats], ...]:
    liquid = design.liquid_share.value
    lift = np.clip((wet - design.economiser_limit.value) / _RAMP, 0.0, 1.0)
    trim = np.clip((dry - design.liquid_limit.value) / _RAMP, 0.0, 1.0)
    # Carnot: a chiller loses about 2.5 % of its COP per K above the rating point of 25 degC wet
    # bulb
    cop = design.chiller_cop.value * np.clip(1.0 - 0.025 * (wet - 25.0), 0.6, 1.4)
    fans = design.fan_share.value * (0.75 + 0.5 * np.clip((wet + 5.0) / 30.0, 0.0, 1.0))
    return (
        ("power path", np.full(len(dry), 1.0 / design.power_path.value - 1.0)),
        ("pumps", np.full(len(dry), design.pump_share.value)),
        ("fans", fans),
        ("compressors, air-cooled part", (1.0 - liquid) * lift / cop),
        ("trim chillers, liquid part", liquid * trim / cop),
    )


def _checked(drybulb: Floats, wetbulb: Floats) -> tuple[Floats, Floats]:
    dry, wet = np.asarray(drybulb, dtype=np.float64), np.asarray(wetbulb, dtype=np.float64)
    problems = []
    if dry.ndim != 1 or dry.shape != wet.shape or not len(dry):
        problems.append(
            InputFault(
                Place(),
                f"temperatures of shapes {dry.shape} and {wet.shape}",
                "two series of the same length",
            )
        )
    elif not (np.isfinite(dry).all() and np.isfinite(wet).all()):
        problems.append(InputFault(Place(), "temperatures that are not finite"))
    elif (wet > dry + 0.5).any():
        hour = int(np.argmax(wet > dry + 0.5))
        problems.append(
            InputFault(
                Place(),
                f"hour {hour}: wet bulb {wet[hour]:g} degC above dry bulb {dry[hour]:g} degC",
            )
        )
    if problems:
        raise InputError(problems)
    return dry, wet
