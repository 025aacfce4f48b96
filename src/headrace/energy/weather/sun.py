"""Where the sun stands over a place, by the hour and the minute, for checks of weather files.

pvlib gives declination, equation of time and zenith (Spencer's series, good to .2 degree). It
brings pandas and takes seconds to import, so it is imported where it is used.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints

SOLAR_CONSTANT = 1361.0
"""Beam outside the atmosphere at the mean distance of the sun [W/m2]."""

SAMPLES: Floats = (np.arange(6, dtype=np.float64) + 0.5) / 6.0
"""Instants at which an hour is looked at [h from its beginning]."""

_DAYS_BEFORE = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])


@dataclass(frozen=True)
class Clock:
    """A place and its clock: latitude (north positive) and longitude (east positive) [degree],
    zone [h] east of Greenwich.
    """

    latitude: float
    longitude: float
    zone: float


@dataclass(frozen=True, eq=False)
class HoursOfYear:
    """Hours named by day of the year [1] and the hour [h] at which they begin on their clock."""

    day: Floats
    begin: Floats

    @classmethod
    def of(cls, month: Ints, day: Ints, hour: Ints) -> HoursOfYear:
        """Hours of month, day and hour; 29 February is the day before 1 March twice."""
        before = _DAYS_BEFORE[np.clip(month, 0, 12)]
        return cls((before + day).astype(np.float64), hour.astype(np.float64))

    def some(self, rows: Ints) -> HoursOfYear:
        """These hours only."""
        return HoursOfYear(self.day[rows], self.begin[rows])


def cosine_of_zenith(hours: HoursOfYear, clock: Clock, after: Floats) -> Floats:
    """Cosine of the sun's zenith [1], negative below the horizon, `after` each hour began [h].

    Shape (hours, len(after)).
    """
    from pvlib import solarposition

    day = hours.day[:, np.newaxis]
    noon = solarposition.equation_of_time_spencer71(day) / 60.0 + clock.longitude / 15.0
    solar_time = hours.begin[:, np.newaxis] + after - clock.zone + noon
    zenith = solarposition.solar_zenith_analytical(
        np.radians(clock.latitude),
        np.radians(15.0 * (solar_time - 12.0)),
        solarposition.declination_spencer71(day),
    )
    return np.asarray(np.cos(zenith), dtype=np.float64)


def lit(cosine: Floats) -> Floats:
    """Mean over an hour's instants of a cosine that counts above the horizon only [1]."""
    return np.asarray(np.maximum(cosine, 0.0).mean(axis=1), dtype=np.float64)


def outside_the_atmosphere(hours: HoursOfYear) -> Floats:
    """Normal irradiance outside the atmosphere [W/m2] on the day of each hour."""
    return SOLAR_CONSTANT * (1.0 + 0.034 * np.cos(2.0 * np.pi * hours.day / 365.25))
