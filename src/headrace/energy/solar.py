"""Sun to alternating current: hourly capacity factors of tracking and fixed panels, by the PVWatts
chain through pvlib.

    position of the sun at mid-hour -> angles of the tracker (backtracking) -> plane-of-array
    irradiance (Perez) -> reflection -> cell temperature (Faiman) -> DC power -> system losses ->
    inverter with clipping

Source: Dobos, PVWatts Version 5 Manual, NREL/TP-6A20-62641 (2014), with the Perez sky and Faiman
    cell models. pvlib brings pandas and takes seconds to import, so it is imported where it is
    used.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.record import HOURS, Weather


@dataclass(frozen=True)
class Losses:
    """Losses of a PV system between cells and inverter, as shares [1]; the defaults are those of
    PVWatts 5 without its availability and snow, which are counted apart.
    """

    soiling: float = 0.02
    shading: float = 0.03
    mismatch: float = 0.02
    wiring: float = 0.02
    connections: float = 0.005
    light_induced: float = 0.015
    nameplate: float = 0.01

    @property
    def kept(self) -> float:
        """Share that is left after all of them [1]."""
        names = self.__dataclass_fields__
        return float(np.prod([1.0 - getattr(self, name) for name in names]))


@dataclass(frozen=True)
class SolarDesign:
    """A PV plant per MW of AC.

    dc_ac: MW of panels per MW of inverter. ground_cover: panel area over land area. tilt and
        azimuth [degree], azimuth clockwise from north; a tracker turns about an axis of `azimuth`
        and `tilt`, a fixed panel faces `azimuth` at `tilt`.
    limit: steepest angle of the tracker [degree]. gamma: power per kelvin [1/K]. inverter: nominal
        efficiency [1].
    """

    dc_ac: float = 1.34
    ground_cover: float = 0.4
    tilt: float = 0.0
    azimuth: float = 180.0
    limit: float = 60.0
    gamma: float = -0.0035
    inverter: float = 0.96
    albedo: float = 0.2
    losses: Losses = field(default_factory=Losses)


def single_axis(weather: Weather, design: SolarDesign | None = None) -> Floats:
    """AC capacity factor of a plant on single-axis trackers with backtracking [MW/MW of AC], shape
    (8760,), 0 to 1.

    Raises InputError for a design that cannot be built.
    """
    from pvlib import tracking

    plan = _checked(design or SolarDesign())
    sun = _sun(weather)
    angles = tracking.singleaxis(
        sun.zenith,
        sun.azimuth,
        axis_tilt=plan.tilt,
        axis_azimuth=plan.azimuth,
        max_angle=plan.limit,
        backtrack=True,
        gcr=plan.ground_cover,
    )
    tilt = np.nan_to_num(np.asarray(angles["surface_tilt"], dtype=np.float64))
    azimuth = np.nan_to_num(
        np.asarray(angles["surface_azimuth"], dtype=np.float64), nan=plan.azimuth
    )
    return _alternating(weather, sun, tilt, azimuth, plan)


def fixed_tilt(weather: Weather, design: SolarDesign | None = None) -> Floats:
    """AC capacity factor of fixed panels [MW/MW of AC], shape (8760,), 0 to 1; without a design
    they face the equator at the latitude's tilt.
    """
    plan = _checked(design or facing_equator(weather))
    shape = np.ones(HOURS)
    return _alternating(weather, _sun(weather), plan.tilt * shape, plan.azimuth * shape, plan)


def facing_equator(weather: Weather) -> SolarDesign:
    """Fixed panels facing the equator at the tilt of the latitude, at most 40 degrees."""
    return SolarDesign(
        tilt=min(abs(weather.latitude), 40.0), azimuth=180.0 if weather.latitude >= 0 else 0.0
    )


@dataclass(frozen=True, eq=False)
class _Sun:
    """Position of the sun at the middle of each hour [degree], and the beam outside the atmosphere
    [W/m2].
    """

    zenith: Floats
    azimuth: Floats
    extra: Floats


def _sun(weather: Weather) -> _Sun:
    import pandas as pd
    from pvlib import irradiance, solarposition

    # 2001 has no 29 February; declination differs between years by less than 0.2 degree
    middle = pd.date_range("2001-01-01 00:30", periods=HOURS, freq="h", tz="UTC") - pd.Timedelta(
        hours=weather.timezone
    )
    place = solarposition.get_solarposition(
        middle,
        weather.latitude,
        weather.longitude,
        altitude=weather.altitude,
        pressure=weather.pressure * 100.0,
        temperature=weather.drybulb,
    )
    return _Sun(
        zenith=place["apparent_zenith"].to_numpy(dtype=np.float64),
        azimuth=place["azimuth"].to_numpy(dtype=np.float64),
        extra=np.asarray(
            irradiance.get_extra_radiation(np.arange(HOURS) // 24 + 1), dtype=np.float64
        ),
    )


def _alternating(
    weather: Weather, sun: _Sun, tilt: Floats, azimuth: Floats, plan: SolarDesign
) -> Floats:
    """Plane-of-array irradiance to AC power per MW of inverter."""
    from pvlib import atmosphere, iam, inverter, irradiance, pvsystem, temperature

    airmass = atmosphere.get_relative_airmass(np.minimum(sun.zenith, 89.9))
    parts = irradiance.get_total_irradiance(
        tilt,
        azimuth,
        sun.zenith,
        sun.azimuth,
        weather.dni,
        weather.ghi,
        weather.dhi,
        dni_extra=sun.extra,
        airmass=airmass,
        albedo=plan.albedo,
        model="perez",
    )
    angle = irradiance.aoi(tilt, azimuth, sun.zenith, sun.azimuth)
    beam = _lit(parts["poa_direct"]) * np.asarray(iam.physical(angle))
    whole = np.maximum(_lit(parts["poa_global"]), 0.0)
    effective = np.maximum(beam + _lit(parts["poa_diffuse"]), 0.0)
    cell = np.asarray(temperature.faiman(whole, weather.drybulb, weather.wind))
    direct = (
        np.asarray(pvsystem.pvwatts_dc(effective, cell, plan.dc_ac, plan.gamma)) * plan.losses.kept
    )
    power = np.asarray(
        inverter.pvwatts(direct, 1.0 / plan.inverter, plan.inverter), dtype=np.float64
    )
    return np.clip(np.nan_to_num(power), 0.0, 1.0)


def _lit(values: object) -> Floats:
    """Irradiance with the undefined values of night as zero."""
    return np.nan_to_num(np.asarray(values, dtype=np.float64))


def _checked(plan: SolarDesign) -> SolarDesign:
    bounds = {
        "dc_ac": (0.1, 5.0),
        "ground_cover": (0.05, 0.95),
        "tilt": (0.0, 90.0),
        "azimuth": (0.0, 360.0),
        "limit": (0.0, 90.0),
        "gamma": (-0.02, 0.0),
        "inverter": (0.5, 1.0),
        "albedo": (0.0, 1.0),
    }
    problems = [
        InputFault(Place(key=name), f"{getattr(plan, name)}", f"{low:g} to {high:g}")
        for name, (low, high) in bounds.items()
        if not low <= getattr(plan, name) <= high
    ]
    if problems:
        raise InputError(problems)
    return plan
