"""One year of weather at a place: what every reader makes, and every room below takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats

HOURS = HOURS_PER_YEAR
"""Hours of every weather year: the 29th of February of an actual leap year is left out, and the
label says so.
"""

SERIES = ("ghi", "dni", "dhi", "drybulb", "wetbulb", "pressure", "wind")


@dataclass(frozen=True, eq=False)
class Weather:
    """One year of weather at a place. Arrays have shape (8760,), are read-only, hours begin, local
    standard time.

    ghi, dni, dhi [W/m2]: mean over the hour on the horizontal, normal to the beam, diffuse.
    drybulb, wetbulb [degC]; pressure [hPa]; wind [m/s] at 10 m. latitude (north positive) and
    longitude (east positive) [degree]; altitude [m]; timezone [h] east of Greenwich. typical: a
    year stitched together of different calendar years, whose extremes and correlation with other
    places are understated. years: the calendar years it is made of. label: for every report.
    """

    key: str
    place: str
    label: str
    typical: bool
    years: tuple[int, ...]
    latitude: float
    longitude: float
    altitude: float
    timezone: float
    ghi: Floats
    dni: Floats
    dhi: Floats
    drybulb: Floats
    wetbulb: Floats
    pressure: Floats
    wind: Floats
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in SERIES:
            values = np.array(getattr(self, name), dtype=np.float64)
            values.flags.writeable = False
            object.__setattr__(self, name, values)
