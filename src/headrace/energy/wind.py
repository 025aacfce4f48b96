"""Wind at ten metres to the capacity factor of a modern turbine: shear, air density, a smoothed
power curve, wakes.

    v_hub = v_10 (h / 10)^shear,   v_eq = v_hub (density / 1.225)^(1/3),   power = curve(v_eq)

One mast at an airport says little of a good wind site a ridge away: calibrate `scale` to a known
yearly yield.
Sources: IEC 61400-12-1 (density normalisation); curve of the class of the ATB's Technology 1 (6 MW,
    170 m rotor, 115 m hub).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.record import Weather

_SPEED = np.array([0, 2.5, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 25, 26, 28, 60], dtype=np.float64)
_POWER = np.array(
    [0, 0, 0.01, 0.06, 0.14, 0.26, 0.42, 0.61, 0.79, 0.92, 0.98, 1, 1, 0.5, 0, 0], dtype=np.float64
)


@dataclass(frozen=True)
class WindDesign:
    """A wind farm. hub height [m]; shear exponent [1]; wakes: share of output lost to neighbours
    and wires [1]; scale: factor on wind speed, to calibrate a mast to a site [1].
    """

    hub: float = 115.0
    shear: float = 0.16
    wakes: float = 0.09
    scale: float = 1.0


def capacity_factor(weather: Weather, design: WindDesign | None = None) -> Floats:
    """Output per nameplate [1], shape (8760,), 0 to 1, before outages.

    Raises InputError for a design that cannot be.
    """
    plan = design or WindDesign()
    if not (
        10 <= plan.hub <= 300
        and 0 <= plan.shear <= 0.6
        and 0 <= plan.wakes < 1
        and 0 < plan.scale <= 5
    ):
        raise InputError(
            InputFault(
                Place(),
                f"{plan}",
                "hub of 10 to 300 m, shear of 0 to 0.6, wakes below 1, scale up to 5",
            )
        )
    density = weather.pressure * 100.0 / (287.05 * (weather.drybulb + 273.15))
    speed = (
        plan.scale * weather.wind * (plan.hub / 10.0) ** plan.shear * (density / 1.225) ** (1 / 3)
    )
    return np.asarray(np.interp(speed, _SPEED, _POWER) * (1.0 - plan.wakes))


def scale_for(weather: Weather, target: float, design: WindDesign | None = None) -> float:
    """The wind-speed factor [1] at which the yearly capacity factor is `target` [1], to 1e-6.

    Raises InputError out of reach.
    """
    plan = design or WindDesign()
    # the yearly yield falls again where storms stop the turbine, so bisect below its highest
    reach = [
        float(capacity_factor(weather, replace(plan, scale=s)).mean())
        for s in np.linspace(0.2, 3.0, 57)
    ]
    best = 0.2 + 0.05 * int(np.argmax(reach))
    if not 0 < target <= max(reach):
        raise InputError(
            InputFault(
                Place(),
                f"a capacity factor of {target:g}",
                f"up to {max(reach):.3f} with this wind",
            )
        )
    low, high = 0.05, best
    for _ in range(60):
        middle = 0.5 * (low + high)
        if float(capacity_factor(weather, replace(plan, scale=middle)).mean()) < target:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
