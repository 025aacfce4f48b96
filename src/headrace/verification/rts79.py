"""The IEEE Reliability Test System of 1979: 32 units and a year of hourly load, a standard exam for
reliability codes.

Source: Probability Methods Subcommittee, "IEEE Reliability Test System", IEEE Trans. PAS-98 (1979),
    tables 1 to 6.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Floats
from headrace.energy.outages import UnitGroup

PEAK = 2850.0
"""Annual peak [MW]."""

UNITS = (
    UnitGroup("oil 12", 5, 12, 0.02, 60),
    UnitGroup("oil 20", 4, 20, 0.10, 50),
    UnitGroup("hydro 50", 6, 50, 0.01, 20),
    UnitGroup("coal 76", 4, 76, 0.02, 40),
    UnitGroup("oil 100", 3, 100, 0.04, 50),
    UnitGroup("coal 155", 4, 155, 0.04, 40),
    UnitGroup("oil 197", 3, 197, 0.05, 50),
    UnitGroup("coal 350", 1, 350, 0.08, 100),
    UnitGroup("nuclear 400", 2, 400, 0.12, 150),
)
"""Units with forced outage rate and mean time to repair [h]; 3,405 MW together."""

_WEEKS = (
    86.2, 90.0, 87.8, 83.4, 88.0, 84.1, 83.2, 80.6, 74.0, 73.7,
    71.5, 72.7, 70.4, 75.0, 72.1, 80.0, 75.4, 83.7, 87.0, 88.0,
    85.6, 81.1, 90.0, 88.7, 89.6, 86.1, 75.5, 81.6, 80.1, 88.0,
    72.2, 77.6, 80.0, 72.9, 72.6, 70.5, 78.0, 69.5, 72.4, 72.4,
    74.3, 74.4, 80.0, 88.1, 88.5, 90.9, 94.0, 89.0, 94.2, 97.0, 100.0, 95.2,
)  # fmt: skip
_DAYS = (93, 100, 98, 96, 94, 77, 75)
_HOURS = {
    ("winter", False): (
        67, 63, 60, 59, 59, 60, 74, 86, 95, 96, 96, 95,
        95, 95, 93, 94, 99, 100, 100, 96, 91, 83, 73, 63,
    ),
    ("winter", True): (
        78, 72, 68, 66, 64, 65, 66, 70, 80, 88, 90, 91,
        90, 88, 87, 87, 91, 100, 99, 97, 94, 92, 87, 81,
    ),
    ("summer", False): (
        64, 60, 58, 56, 56, 58, 64, 76, 87, 95, 99, 100,
        99, 100, 100, 97, 96, 96, 93, 92, 92, 93, 87, 72,
    ),
    ("summer", True): (
        74, 70, 66, 65, 64, 62, 62, 66, 81, 86, 91, 93,
        93, 92, 91, 91, 92, 94, 95, 95, 100, 93, 88, 80,
    ),
    ("between", False): (
        63, 62, 60, 58, 59, 65, 72, 85, 95, 99, 100, 99,
        93, 92, 90, 88, 90, 92, 96, 98, 96, 90, 80, 70,
    ),
    ("between", True): (
        75, 73, 69, 66, 65, 65, 68, 74, 83, 89, 92, 94,
        91, 90, 90, 86, 85, 88, 92, 100, 97, 95, 90, 85,
    ),
}  # fmt: skip


def load() -> Floats:
    """Hourly load of 52 weeks [MW], shape (8736,); week 1 begins on a Monday."""
    rows = []
    for week, weekly in enumerate(_WEEKS, start=1):
        season = "winter" if week <= 8 or week >= 44 else "between"
        season = "summer" if 18 <= week <= 30 else season
        for day, daily in enumerate(_DAYS):
            hourly = np.array(_HOURS[season, day >= 5]) / 100
            rows.append(PEAK * weekly / 100 * daily / 100 * hourly)
    return np.concatenate(rows)
