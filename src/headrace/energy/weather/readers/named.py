"""Columns by their names: what weather files call the sun, heat, moisture, pressure and wind, and
the units they give them in.
"""

from __future__ import annotations

import re

import numpy as np

from headrace.core.arrays import Floats
from headrace.energy.weather.readers.cells import Rows, column

_CALLED = {
    "ghi": "ghi gh g(h) global globalhorizontal globalhorizontalirradiance allskysfcswdwn "
    "shortwaveradiation",
    "dni": "dni dn gb(n) beam direct directnormal directnormalirradiance allskysfcswdni",
    "dhi": "dhi df gd(h) diffuse diffusehorizontal diffusehorizontalirradiance allskysfcswdiff "
    "diffuseradiation",
    "drybulb": "drybulb tdry temperature temp tempair airtemperature t2m temperature2m tamb",
    "dewpoint": "dewpoint tdew dewpointtemperature t2mdew dewpoint2m",
    "humidity": "humidity rh rhum relativehumidity rh2m relativehumidity2m",
    "pressure": "pressure pres ps sp press surfacepressure atmosphericpressure",
    "wind": "wind wspd windspeed ws ws10m windspeed10m",
    "year": "year yr",
    "month": "month mo",
    "day": "day dy",
    "hour": "hour hr",
    "minute": "minute min",
    "time": "time timestamp datetime date datetimeutc timeutc",
}
_NAMES = {word.replace("(", "").replace(")", ""): key for key in _CALLED
          for word in _CALLED[key].split()}  # fmt: skip

SUN = ("ghi", "dni", "dhi")
VALUES = (*SUN, "drybulb", "dewpoint", "humidity", "pressure", "wind")
"""Series that a reader hands over."""

_IRRADIANCE = {
    "w/m2": 1.0, "wh/m2": 1.0, "wm-2": 1.0, "kw/m2": 1000.0, "kwh/m2": 1000.0,
    "kj/m2": 1 / 3.6, "kj/m2/h": 1 / 3.6, "j/m2": 1 / 3600, "mj/m2": 1 / 0.0036,
    "mj/hr": 1 / 0.0036, "mj/m2/h": 1 / 0.0036,
}  # fmt: skip
_HEAT = {"c": (1.0, 0.0), "degc": (1.0, 0.0), "k": (1.0, -273.15)}
_HEAT |= dict.fromkeys(("f", "degf"), (5 / 9, -160 / 9))
_OTHER = {
    "humidity": {"%": 0.01, "percent": 0.01, "1": 1.0},
    "pressure": {"hpa": 1.0, "mbar": 1.0, "mb": 1.0, "pa": 0.01, "kpa": 10.0},
    "wind": {"m/s": 1.0, "ms-1": 1.0, "km/h": 1 / 3.6, "kph": 1 / 3.6, "mph": 0.44704,
             "kn": 0.514444},
}  # fmt: skip


def units_of(name: str) -> dict[str, tuple[float, float]]:
    """Units that a series may be given in: unit -> factor and offset to those of a `WeatherTable`
    [W/m2, degC, 1, hPa or m/s].
    """
    if name in ("drybulb", "dewpoint"):
        return _HEAT
    factors = _IRRADIANCE if name in SUN else _OTHER[name]
    return {unit: (factor, 0.0) for unit, factor in factors.items()}


def known_name(title: str) -> tuple[str, str]:
    """The series that a column title means, `` where it means none, and the unit in its brackets.

    `GHI (W/m^2)` is ghi in w/m2.
    """
    text = title.strip().lower()
    unit = re.search(r"[\[(]([^\])]*)[\])]\s*$", text)
    bare = _letters(text[: unit.start()] if unit else text)
    if bare in _NAMES:
        return _NAMES[bare], plain_unit(unit[1]) if unit else ""
    # of g(h) and the like the brackets belong to the name
    name = _NAMES.get(_letters(text), "")
    return name, plain_unit(unit[1]) if unit and not name else ""


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text)


def plain_unit(text: str) -> str:
    """A unit in one spelling: `W/m²`, `W/m^2` and `W m-2` are w/m2, `°C` is c."""
    unit = text.strip().lower().replace("²", "2").replace("^", "").replace("**", "")
    unit = unit.replace("°", "").replace(" ", "")
    return "w/m2" if unit in ("wm-2", "w/m-2", "wm2") else unit


def places_of(titles: list[str]) -> dict[str, int]:
    """Series and parts of the time -> index of the first column that is called so."""
    found: dict[str, int] = {}
    for index, title in enumerate(titles):
        name, _ = known_name(title)
        if name and name not in found:
            found[name] = index
    return found


def read_values(
    body: Rows, at: dict[str, int], units: dict[str, str], missing: tuple[float, ...]
) -> dict[str, Floats]:
    """Every series of `VALUES` in the units of a `WeatherTable` [W/m2, degC, 1, hPa, m/s]; NaN for
    each row where the file has no such column. missing: codes of the file [its own units].
    """
    values = {}
    for name in VALUES:
        if name not in at:
            values[name] = np.full(len(body), np.nan)
            continue
        factor, offset = units_of(name)[units[name]]
        raw = column(body, at[name], missing)
        values[name] = raw if (factor, offset) == (1.0, 0.0) else raw * factor + offset
    return values
