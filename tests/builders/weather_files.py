"""Writers of weather files for the tests of the readers: the bundled station's hours in other
layouts.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np

from headrace.energy.weather.moist_air import saturation
from headrace.energy.weather.series import Weather


def humidity(weather: Weather) -> np.ndarray:
    """Relative humidity [%] that gives back the station's wet bulb (psychrometer of ASHRAE, both
    over water).
    """
    from headrace.energy.weather.moist_air import humidity_ratio_at_wetbulb

    ratio = humidity_ratio_at_wetbulb(weather.wetbulb, weather.drybulb, weather.pressure)
    vapour = ratio * weather.pressure / (0.621945 + ratio)
    return 100 * vapour / saturation(weather.drybulb)


def stamps(year: int) -> list[datetime]:
    hours = 8784 if year % 4 == 0 else 8760
    return [datetime(year, 1, 1) + timedelta(hours=h) for h in range(hours)]


def value(series: np.ndarray, place: int) -> float:
    """Hour `place` of a year of 8,784 or 8,760 from a series of 8,760: the leap day repeats the day
    before.
    """
    return float(series[place])


def _column(weather: Weather, name: str, hours: int) -> np.ndarray:
    series = humidity(weather) if name == "humidity" else getattr(weather, name)
    if hours == 8760:
        return series
    return np.concatenate([series[: 59 * 24], series[58 * 24 : 59 * 24], series[59 * 24 :]])


def epw(weather: Weather, year: int = 2019, source: str = "TMY3") -> str:
    head = [
        f"LOCATION,Somewhere,NC,USA,{source},723170,"
        f"{weather.latitude},{weather.longitude},{weather.timezone},{weather.altitude}",
        "DESIGN CONDITIONS,0",
        "TYPICAL/EXTREME PERIODS,0",
        "GROUND TEMPERATURES,0",
        "HOLIDAYS/DAYLIGHT SAVINGS,No,0,0,0",
        "COMMENTS 1,",
        "COMMENTS 2,",
        "DATA PERIODS,1,1,Data,Sunday, 1/ 1,12/31",
    ]
    times = stamps(year)
    data = {
        n: _column(weather, n, len(times))
        for n in ("drybulb", "humidity", "pressure", "ghi", "dni", "dhi", "wind")
    }
    rows = []
    for h, t in enumerate(times):
        row = ["0"] * 35
        row[:5] = [str(t.year), str(t.month), str(t.day), str(t.hour + 1), "60"]
        row[6], row[7], row[8] = (
            repr(float(data["drybulb"][h])),
            "99.9",
            repr(float(data["humidity"][h])),
        )
        row[9] = repr(float(data["pressure"][h] * 100))
        row[13], row[14], row[15] = (repr(float(data[n][h])) for n in ("ghi", "dni", "dhi"))
        row[21] = repr(float(data["wind"][h]))
        rows.append(",".join(row))
    return "\n".join(head + rows) + "\n"


_PVGIS = {
    "T2m": "drybulb",
    "RH": "humidity",
    "G(h)": "ghi",
    "Gb(n)": "dni",
    "Gd(h)": "dhi",
    "WS10m": "wind",
    "SP": "pressure",
}


def _pvgis_rows(weather: Weather) -> list[dict[str, str]]:
    """Rows in UTC, months of different years, as PVGIS gives them."""
    zone = round(weather.longitude / 15)
    data = {key: np.roll(_column(weather, name, 8760), -zone) for key, name in _PVGIS.items()}
    data["SP"] = data["SP"] * 100
    rows = []
    for h, t in enumerate(stamps(2001)):
        stamp = f"{2005 + t.month:04d}{t.month:02d}{t.day:02d}:{t.hour:02d}00"
        rows.append(
            {"time(UTC)": stamp, **{key: repr(float(values[h])) for key, values in data.items()}}
        )
    return rows


def pvgis_csv(weather: Weather) -> str:
    rows = _pvgis_rows(weather)
    head = [
        f"Latitude (decimal degrees): {weather.latitude:.3f}",
        f"Longitude (decimal degrees): {weather.longitude:.3f}",
        f"Elevation (m): {weather.altitude:.1f}",
        "month,year",
        *(f"{m},{2005 + m}" for m in range(1, 13)),
        ",".join(rows[0]),
    ]
    tail = ["", "T2m: 2-m air temperature (degree Celsius)", "PVGIS (c) European Union, 2001-2026"]
    return "\r\n".join(head + [",".join(row.values()) for row in rows] + tail) + "\r\n"


def pvgis_json(weather: Weather) -> str:
    rows = [
        {key: (text if key == "time(UTC)" else float(text)) for key, text in row.items()}
        for row in _pvgis_rows(weather)
    ]
    place = {
        "latitude": weather.latitude,
        "longitude": weather.longitude,
        "elevation": weather.altitude,
    }
    return json.dumps({"inputs": {"location": place}, "outputs": {"tmy_hourly": rows}})


def nsrdb(weather: Weather, year: int = 2020, step: int = 30) -> str:
    """Rows in UTC with a local time zone beside it, as the NSRDB gives them."""
    zone = int(weather.timezone)
    head = (
        "Source,Location ID,City,State,Country,Latitude,Longitude,"
        "Time Zone,Elevation,Local Time Zone\n"
        f"NSRDB,1,-,-,-,{weather.latitude},{weather.longitude},0,{weather.altitude},{zone}\n"
        "Year,Month,Day,Hour,Minute,DNI,DHI,GHI,Temperature,Pressure,Wind Speed,Relative Humidity\n"
    )
    times = stamps(year)
    names = ("dni", "dhi", "ghi", "drybulb", "pressure", "wind", "humidity")
    data = [np.roll(_column(weather, name, len(times)), -zone) for name in names]
    rows = []
    for h, t in enumerate(times):
        cells = ",".join(repr(float(column[h])) for column in data)
        rows += [
            f"{t.year},{t.month},{t.day},{t.hour},{minute},{cells}" for minute in range(0, 60, step)
        ]
    return head + "\n".join(rows) + "\n"
