"""Writers of weather files for the tests of the readers: the bundled station's hours in other
layouts.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np

from headrace.energy.weather.moist_air import saturation
from headrace.energy.weather.record import Weather


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


def clear_sky(month, day, hour, latitude, longitude, zone) -> dict[str, np.ndarray]:
    """Sun of a cloudless year [W/m2], mean of each hour: 800 W/m2 of beam dimmed by the air's
    depth, 60 W/m2 diffuse. The formula of the sun is written out here, apart from the code's:
    declination by Cooper (1969), equation of time by Woolf (1968), good to half a degree.
    """
    before = np.array([0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334])
    number = before[month - 1] + day
    tilt = np.radians(23.45 * np.sin(2 * np.pi * (284 + number) / 365))
    turn = 2 * np.pi * (number - 81) / 364
    late = (9.87 * np.sin(2 * turn) - 7.53 * np.cos(turn) - 1.5 * np.sin(turn)) / 60
    north, parts = np.radians(latitude), []
    for after in (np.arange(6) + 0.5) / 6:
        solar = hour + after - zone + longitude / 15 + late
        angle = np.radians(15 * (solar - 12))
        parts.append(np.sin(north) * np.sin(tilt) + np.cos(north) * np.cos(tilt) * np.cos(angle))
    height = np.maximum(parts, 0).mean(axis=0)
    dni = np.where(height > 0, 800 * np.exp(-0.1 / np.maximum(height, 0.02)), 0.0)
    dhi = np.where(height > 0, 60.0 * np.minimum(height * 5, 1), 0.0)
    return {"ghi": dni * height + dhi, "dni": dni, "dhi": dhi}


_PLAIN = {
    "ghi": ("W/m2", 1, 0), "dni": ("W/m2", 1, 0), "dhi": ("W/m2", 1, 0), "drybulb": ("degC", 1, 0),
    "humidity": ("%", 1, 0), "pressure": ("hPa", 1, 0), "wind": ("m/s", 1, 0),
}  # fmt: skip


def plain(weather: Weather, units: dict[str, tuple[str, float, float]] | None = None) -> str:
    """Plain CSV of 2019, on the station's own clock. units: of the columns, with the factor and
    offset from the station's.
    """
    told = _PLAIN | (units or {})
    head = [
        f"latitude, {weather.latitude}", f"longitude, {weather.longitude}",
        f"altitude, {weather.altitude} m", f"timezone, {weather.timezone}",
        ",".join(["time", *(f"{name} [{unit}]" for name, (unit, _, _) in told.items())]),
    ]  # fmt: skip
    data = [
        _column(weather, name, 8760) * factor + more for name, (_, factor, more) in told.items()
    ]
    rows = zip(stamps(2019), np.stack(data, axis=1).round(9).tolist())
    return (
        "\n".join(head + [f"{t:%Y-%m-%d %H:%M}," + ",".join(map(str, r)) for t, r in rows]) + "\n"
    )


def sam_csv(weather: Weather) -> str:
    """SAM's older CSV: beam and diffuse, no global, no minute."""
    head = [
        "Location,City,Region,Country,Lat,Lng,tz,Elevation,Source,,,",
        f"1,Greensboro,NC,USA,{weather.latitude},{weather.longitude},-5,273,TMY3,,,",
        "Year,Month,Day,Hour,Beam,Diffuse,Tdry,RH,Pres,Wdir,Wspd",
    ]
    names = ("dni", "dhi", "drybulb", "humidity", "pressure", "wind")
    data = np.stack([_column(weather, name, 8760) for name in names], axis=1).tolist()
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour},{','.join(map(str, r[:5]))},0,{r[5]}"
        for t, r in zip(stamps(2019), data)
    ]
    return "\n".join(head + rows) + "\n"


def power(weather: Weather, clock: str) -> str:
    """NASA POWER's hourly CSV of 2019, in LST or UTC."""
    shift = 0 if clock == "LST" else -int(weather.timezone)
    names = ("ghi", "dni", "dhi", "drybulb", "humidity", "pressure", "wind")
    titles = "ALLSKY_SFC_SW_DWN,ALLSKY_SFC_SW_DNI,ALLSKY_SFC_SW_DIFF,T2M,RH2M,PS,WS10M"
    head = [
        "-BEGIN HEADER-",
        "NASA/POWER Source Native Resolution Hourly Data ",
        f"Dates (month/day/year): 01/01/2019 through 12/31/2019 in {clock}",
        f"Location: Latitude  {weather.latitude}   Longitude {weather.longitude} ",
        "Elevation from MERRA-2: Average for 0.5 x 0.625 degree lat/lon region = 273.0 meters",
        "The value for missing source data that cannot be computed or is outside is: -999 ",
        "Parameter(s): ",
        "ALLSKY_SFC_SW_DWN     CERES SYN1deg All Sky Surface Shortwave Downward (Wh/m^2) ",
        "PS                    MERRA-2 Surface Pressure (kPa) ",
        "-END HEADER-",
        f"YEAR,MO,DY,HR,{titles}",
    ]
    scale = np.array([1, 1, 1, 1, 1, 0.1, 1])
    data = np.stack([np.roll(_column(weather, name, 8760), shift) for name in names], axis=1)
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour},{','.join(map(str, row))}"
        for t, row in zip(stamps(2019), (data * scale).tolist())
    ]
    return "\n".join(head + rows) + "\n"


def hourly_nsrdb(sun, latitude: float, longitude: float, zone: float, minute: int) -> str:
    """The NSRDB's rows of 2021 under a given sun, all at one minute of the hour."""
    return _nsrdb_of(sun, latitude, longitude, (zone, zone), [minute])


def delhi(zone: float) -> str:
    """A clear year of Delhi (UTC+5.5) every half hour, its rows on the clock of `zone`."""
    month, day, hour = (
        np.repeat([getattr(t, part) for t in stamps(2021)], 2) for part in ("month", "day", "hour")
    )
    begin = hour + np.tile([0.0, 0.5], 8760) - 0.25
    return _nsrdb_of(
        clear_sky(month, day, begin, 28.6, 77.2, zone), 28.6, 77.2, (zone, 5.5), [0, 30]
    )


def _nsrdb_of(sun, latitude, longitude, zones, minutes) -> str:
    head = [
        "Source,Location ID,City,State,Country,"
        "Latitude,Longitude,Time Zone,Elevation,Local Time Zone",
        f"NSRDB,1,-,-,-,{latitude},{longitude},{zones[0]},216,{zones[1]}",
        "Year,Month,Day,Hour,Minute,GHI,DNI,DHI,Temperature,Dew Point,Pressure,Wind Speed",
    ]
    times = [(t, minute) for t in stamps(2021) for minute in minutes]
    rows = [
        f"{t.year},{t.month},{t.day},{t.hour},{minute},{g:.2f},{b:.2f},{d:.2f},25,10,990,2"
        for (t, minute), g, b, d in zip(times, sun["ghi"], sun["dni"], sun["dhi"])
    ]
    return "\n".join(head + rows) + "\n"
