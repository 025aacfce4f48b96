"""A flat load, panels, a battery and gas, without a grid: who serves which hour when the sun comes
first.

The rule is that of off-grid studies: sun serves, surplus charges, the battery serves, gas serves
the rest. With fuel as the only running cost and no view ahead, no other rule burns less gas (the
battery is emptied into gas hours as soon as it can).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from headrace.core.arrays import Floats
from headrace.core.compiled_code import can_be_kept
from headrace.core.errors import InputError, InputFault, Place


@dataclass(frozen=True)
class Shares:
    """A year's energy [MWh]: served by sun, directly and through the battery; by gas; sun
    curtailed; highest gas power [MW].
    """

    direct: float
    stored: float
    gas: float
    curtailed: float
    gas_peak: float

    @property
    def solar_share(self) -> float:
        """Share of the load that the sun serves [1]."""
        return (self.direct + self.stored) / (self.direct + self.stored + self.gas)


def dispatch(
    load: Floats, sun: Floats, power: float, energy: float, round_trip: float = 0.92
) -> Shares:
    """Run one year. load and sun [MW by hour]; battery of `power` [MW] and `energy` [MWh], empty at
    first; round_trip: its efficiency [1].

    Raises InputError for series of different length, negative sizes or a round trip outside 0 to 1.
    """
    if load.shape != sun.shape or power < 0 or energy < 0 or not 0 < round_trip <= 1:
        found = (
            f"{load.shape} hours of load, {sun.shape} of sun,"
            f" {power:g} MW, {energy:g} MWh, round trip {round_trip:g}"
        )
        raise InputError(InputFault(Place(), found, "series of one length, sizes of zero or more"))
    one_way = float(np.sqrt(round_trip))
    return Shares(
        *_year(np.ascontiguousarray(load), np.ascontiguousarray(sun), power, energy, one_way)
    )


@njit(cache=can_be_kept(), nogil=True)
def _year(
    load: Floats, sun: Floats, power: float, energy: float, one_way: float
) -> tuple[float, float, float, float, float]:
    level = direct = stored = gas = curtailed = peak = 0.0
    for hour in range(len(load)):
        used = min(load[hour], sun[hour])
        direct += used
        spare = sun[hour] - used
        charge = min(spare, power, (energy - level) / one_way)
        level += charge * one_way
        curtailed += spare - charge
        need = load[hour] - used
        given = min(need, power, level * one_way)
        level -= given / one_way
        stored += given
        gas += need - given
        peak = max(peak, need - given)
    return direct, stored, gas, curtailed, peak
