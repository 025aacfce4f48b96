"""Heat, thin air, part load and age: what is left of a plant's nameplate, hour by hour."""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.energy.technology import TechnologyRow, value_of
from headrace.energy.weather.moist_air import SEA_LEVEL
from headrace.energy.weather.record import Weather


def available_share(technology: TechnologyRow, weather: Weather) -> Floats:
    """Share of the nameplate that can be counted on [1], shape (8760,): derate by heat and altitude
    times availability.

    Availability (1 - forced - planned outage) is spread evenly over the hours: right for a fleet of
    many units and for means; `reliability` draws the outages themselves.
    """
    return derate(technology, weather) * technology.availability


def derate(technology: TechnologyRow, weather: Weather) -> Floats:
    """Share of the nameplate that weather and altitude leave [1], shape (8760,), at most 1.

    Capacity falls by `heat_derate` per kelvin of dry bulb above `rated_temperature`, and by
    `altitude_derate` times the share by which air pressure lies below that of sea level. Cold air
    beyond the rating is not credited: the generator and the interconnection are sized for the
    nameplate. At least 20 % is left, beyond the range of the linear rule.
    """
    hot = np.maximum(weather.drybulb - value_of(technology.rated_temperature, "degC", 15.0), 0.0)
    thin = np.clip(1.0 - weather.pressure / SEA_LEVEL, 0.0, 1.0)
    heat = 1.0 - value_of(technology.heat_derate, "1/degC") * hot
    air = 1.0 - value_of(technology.altitude_derate, "1") * thin
    return np.clip(heat * air, 0.2, 1.0)


def efficiency_at(technology: TechnologyRow, load: Floats) -> Floats:
    """Efficiency at a share of full load, over that at full load [1]: 1 - k (1 - load)."""
    return np.asarray(1.0 - value_of(technology.part_load, "1") * (1.0 - np.clip(load, 0.0, 1.0)))


def fuel_at(technology: TechnologyRow, load: Floats) -> Floats:
    """Fuel burnt per MW of running capacity [MMBtu/h] at a share of full load, exact: heat rate x
    load / efficiency(load).
    """
    share = np.clip(load, 0.0, 1.0)
    return np.asarray(
        value_of(technology.heat_rate, "MMBtu/MWh") * share / efficiency_at(technology, share)
    )
