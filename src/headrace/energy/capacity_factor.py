"""One question for every technology: which share of its nameplate is there in each hour?

The sum of sun, wind and heat.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.energy.solar import fixed_tilt, single_axis
from headrace.energy.technology import TechnologyRow
from headrace.energy.thermal import available_share
from headrace.energy.weather.record import HOURS, Weather
from headrace.energy.wind import capacity_factor


def hourly_share(technology: TechnologyRow, weather: Weather) -> Floats:
    """Share of the nameplate that can deliver [1], shape (8760,): output of sun and wind, derated
    capacity of the rest; both times the availability (1 - forced - planned outage), spread evenly.

    Sun and wind cannot be called: this is what they give. A plant with fuel may give anything from
    its minimum load up to this share.
    """
    if technology.kind == "solar":
        shape = fixed_tilt(weather) if technology.key.endswith("fixed") else single_axis(weather)
        return shape * technology.availability
    if technology.kind == "wind":
        return capacity_factor(weather) * technology.availability
    if technology.kind in ("thermal", "nuclear"):
        return available_share(technology, weather)
    return np.full(HOURS, technology.availability)


def dispatchable(technology: TechnologyRow) -> bool:
    """Whether it delivers when called (False: sun and wind)."""
    return technology.kind not in ("solar", "wind")
