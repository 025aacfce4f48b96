"""Moist air: vapour pressure, wet bulb, pressure at altitude, by the ASHRAE Handbook of
Fundamentals (2017), chapter 1.

Temperatures in degC, pressures in hPa, relative humidity as a share [1]. All functions take and
return arrays of one shape.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats

SEA_LEVEL = 1013.25
"""Standard pressure at sea level [hPa]."""


def saturation(temperature: Floats) -> Floats:
    """Saturation vapour pressure over water above 0 degC and over ice below [hPa] (ASHRAE equations
    5 and 6).
    """
    kelvin = np.asarray(temperature, dtype=np.float64) + 273.15
    log_ice = (
        -5.6745359e3 / kelvin + 6.3925247 - 9.677843e-3 * kelvin + 6.2215701e-7 * kelvin**2
        + 2.0747825e-9 * kelvin**3 - 9.484024e-13 * kelvin**4 + 4.1635019 * np.log(kelvin)
    )  # fmt: skip
    log_water = (
        -5.8002206e3 / kelvin + 1.3914993 - 4.8640239e-2 * kelvin + 4.1764768e-5 * kelvin**2
        - 1.4452093e-8 * kelvin**3 + 6.5459673 * np.log(kelvin)
    )  # fmt: skip
    return np.asarray(np.exp(np.where(kelvin < 273.15, log_ice, log_water)) / 100.0)


def humidity_from_dewpoint(drybulb: Floats, dewpoint: Floats) -> Floats:
    """Relative humidity [1], at most 1, from dry bulb and dew point [degC]."""
    return np.minimum(saturation(np.asarray(dewpoint)) / saturation(np.asarray(drybulb)), 1.0)


def wetbulb(drybulb: Floats, humidity: Floats, pressure: Floats) -> Floats:
    """Thermodynamic wet bulb [degC] from dry bulb, relative humidity [1] and pressure [hPa].

    Bisection on the humidity ratio (ASHRAE equations 33 and 35); exact to 1e-6 K, never above the
    dry bulb.
    """
    dry = np.asarray(drybulb, dtype=np.float64)
    share = np.clip(humidity, 0.0, 1.0)
    ratio = _ratio(share * saturation(dry), pressure)
    low, high = dry - 60.0, dry.copy()
    for _ in range(27):
        middle = 0.5 * (low + high)
        too_wet = humidity_ratio_at_wetbulb(middle, dry, pressure) > ratio
        high = np.where(too_wet, middle, high)
        low = np.where(too_wet, low, middle)
    return np.minimum(0.5 * (low + high), dry)


def pressure_at(altitude: float) -> float:
    """Pressure of the standard atmosphere at `altitude` [m], in hPa (ASHRAE equation 3)."""
    return float(SEA_LEVEL * (1.0 - 2.25577e-5 * altitude) ** 5.2559)


def _ratio(vapour: Floats, pressure: Floats) -> Floats:
    """Humidity ratio [kg/kg]; vapour pressure is capped below the total, which only matters in
    vacuum-thin air.
    """
    capped = np.minimum(vapour, 0.9 * np.asarray(pressure))
    return np.asarray(0.621945 * capped / (pressure - capped))


def humidity_ratio_at_wetbulb(wetbulb: Floats, drybulb: Floats, pressure: Floats) -> Floats:
    """Humidity ratio [kg/kg] of air of these wet and dry bulbs [degC] and pressure [hPa] (ASHRAE
    equations 33 over water, 35 over ice).
    """
    saturated = _ratio(saturation(wetbulb), pressure)
    spread = 1.006 * (drybulb - wetbulb)
    over_water = ((2501.0 - 2.326 * wetbulb) * saturated - spread) / (
        2501.0 + 1.86 * drybulb - 4.186 * wetbulb
    )
    over_ice = ((2830.0 - 0.24 * wetbulb) * saturated - spread) / (
        2830.0 + 1.86 * drybulb - 2.1 * wetbulb
    )
    return np.asarray(np.where(wetbulb >= 0.0, over_water, over_ice))
