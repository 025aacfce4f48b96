"""What a study takes from tables and paths: read once, checked, by the key that names it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats, Hourly
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.product_units import DEMAND_UNITS
from headrace.core.study import Export, Study
from headrace.core.study_lock import found_file
from headrace.core.varying import Varying, series_file
from headrace.energy.own_series.column import Wanted
from headrace.energy.own_series.shelf import SeriesShelf
from headrace.energy.own_series.trajectory import Trajectory
from headrace.energy.utility_tariff import UtilityTariff, read_tariff

NEVER_BELOW = (0.0, np.inf)
A_SHARE = (0.0, 1.0)


@dataclass(frozen=True, eq=False)
class MeterTrajectories:
    """What moves at a site's meter: price of energy, its CO2 and what is paid for energy given back
    [USD/MWh, kg/MWh, USD/MWh]; most that may be taken and given in each hour [MW] (None: only what
    the study says for all); the utility's tariff, instead of the price.
    """

    energy: Trajectory
    intensity: Trajectory
    export: Trajectory
    most: Floats | None = None
    most_given: Floats | None = None
    tariff: UtilityTariff | None = None


@dataclass(frozen=True, eq=False)
class StudyTrajectories:
    """Series and paths of a study.

    carbon [USD/t]; fuel [USD/MMBtu], by name; meters by site; profile: output as a share of
    capacity [1], by site and key; load: demand by product [its unit per hour]; shape: by product,
    of mean one [1].
    """

    carbon: Trajectory
    fuel: Mapping[str, Trajectory]
    meters: Mapping[str, MeterTrajectories]
    profile: Mapping[tuple[str, str], Floats]
    load: Mapping[str, Floats]
    shape: Mapping[str, Floats]

    @property
    def move(self) -> bool:
        """Whether some price is another from some month on, so that no two years are alike."""
        meters = (t for m in self.meters.values() for t in (m.energy, m.intensity, m.export))
        return any(t.moves for t in (self.carbon, *self.fuel.values(), *meters))


@contextmanager
def about(path: tuple[str | int, ...], problems: list[InputFault]) -> Iterator[None]:
    """Collect input errors under the keys of the study that they are about."""
    try:
        yield
    except InputError as error:
        here = Place.of(*path)
        problems += [
            replace(p, where=replace(p.where, key=here.key, path=here.path)) for p in error.problems
        ]


@dataclass
class _Reader:
    """Reads for one key after the other; what is wrong is kept, and the key holds nothing then."""

    shelf: SeriesShelf
    problems: list[InputFault]

    def trajectory(self, value: Varying, wanted: Wanted, *key: str) -> Trajectory:
        with about(key, self.problems):
            return self.shelf.trajectory(value, wanted, key)
        return Trajectory(((-np.inf, 0.0),))

    def tariff(self, file: str, *key: str) -> UtilityTariff | None:
        with about(key, self.problems):
            if self.shelf.blocks:
                fix = "Write `hours: all` or `hours: {weeks: 4}`."
                raise InputError(InputFault(Place(), f"`{file}` has hours", "no load blocks", fix))
            return read_tariff(found_file(file, self.shelf.folder), self.shelf.first_weekday)
        return None

    def hours(self, written: object, wanted: Wanted, *key: str) -> Floats | None:
        """None where no table is named."""
        named = series_file(str(written))
        if named is None:
            return None
        with about(key, self.problems):
            return self.shelf.hours(named, wanted, key)
        return np.ones(HOURS_PER_YEAR)


def study_trajectories(
    study: Study, shelf: SeriesShelf, zones: Mapping[str, float], problems: list[InputFault]
) -> StudyTrajectories:
    """Everything that a study takes from tables and paths. zones: clock of each site that has
    weather [h east of Greenwich]. What is wrong is added to `problems`.
    """
    read = _Reader(shelf, problems)
    profile = _profiles(study, read, zones)
    meters = _meters(study, read, zones)
    load, shape = _products(study, read, zones)
    fuel = {
        name: read.trajectory(
            written.price, Wanted("USD/MMBtu", NEVER_BELOW), "fuels", name, "price"
        )
        for name, written in study.fuels.items()
    }
    carbon = read.trajectory(study.carbon, Wanted("USD/t", NEVER_BELOW), "carbon")
    _one_clock(study, shelf, zones, problems)
    return StudyTrajectories(carbon, fuel, meters, profile, load, shape)


def _profiles(
    study: Study, read: _Reader, zones: Mapping[str, float]
) -> dict[tuple[str, str], Floats]:
    found = {}
    for site, written in study.sites.items():
        for plant, build in written.build.items():
            wanted = Wanted("1", A_SHARE, zones.get(site, np.nan))
            key = ("sites", site, "build", plant, "profile")
            hours = read.hours(build.profile, wanted, *key)
            if hours is not None:
                found[site, plant] = hours
    return found


def _meters(
    study: Study, read: _Reader, zones: Mapping[str, float]
) -> dict[str, MeterTrajectories]:
    found = {}
    for site, written in study.sites.items():
        if (grid := written.grid) is None:
            continue
        zone, key = zones.get(site, np.nan), ("sites", site, "grid")
        price, power = Wanted("USD/MWh", zone=zone), Wanted("MW", NEVER_BELOW, zone)
        intensity = Wanted("kg/MWh", NEVER_BELOW, zone)
        export = grid.export or Export()
        found[site] = MeterTrajectories(
            energy=read.trajectory(grid.energy or 0.0, price, *key, "energy"),
            intensity=read.trajectory(grid.co2, intensity, *key, "co2"),
            export=read.trajectory(export.price, price, *key, "export", "price"),
            most=read.hours(grid.hourly_limit, power, *key, "hourly_limit"),
            most_given=read.hours(export.hourly_limit, power, *key, "export", "hourly_limit"),
            tariff=read.tariff(grid.tariff, *key, "tariff") if grid.tariff else None,
        )
    return found


def _products(
    study: Study, read: _Reader, zones: Mapping[str, float]
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    load, shape = {}, {}
    for name, product in study.products.items():
        zone, key = zones.get(product.site, np.nan), ("products", name)
        wanted = Wanted(DEMAND_UNITS[product.kind], NEVER_BELOW, zone)
        asked = read.hours(product.demand, wanted, *key, "demand")
        if asked is not None:
            load[name] = asked
        form = read.hours(product.shape, Wanted("1", NEVER_BELOW, zone), *key, "shape")
        if form is not None and form.mean() > 0:
            shape[name] = form / form.mean()
        elif form is not None:
            with about((*key, "shape"), read.problems):
                raise InputError(InputFault(Place(), "is 0 in every hour", "a shape"))
    return load, shape


def _one_clock(
    study: Study, shelf: SeriesShelf, zones: Mapping[str, float], problems: list[InputFault]
) -> None:
    """Without weather a site has no clock of its own: then all of its tables have one."""
    clocks: dict[str, dict[float, str]] = {}
    for use in shelf.uses:
        if use.series.resolution != "hour" or np.isnan(use.series.zone):
            continue
        product = study.products.get(str(use.key[1])) if use.key[0] == "products" else None
        site = str(use.key[1]) if use.key[0] == "sites" else product.site if product else ""
        if site and site not in zones:
            clocks.setdefault(site, {})[use.series.zone] = use.series.name
    for site, told in clocks.items():
        if len(told) > 1:
            found = ", ".join(f"`{name}` is in UTC{zone:+g}" for zone, name in told.items())
            fix = "Write all in the site's standard time; a site with `weather` has its clock."
            where = Place.of("sites", site)
            problems.append(InputFault(where, found, "one clock for a site without weather", fix))


def held(trajectory: Trajectory, begin: float, months: float, blocks: bool) -> Hourly:
    """What a trajectory holds in a node [unit of the key]: by hour, or in load blocks its mean.

    begin: month since year 0.
    """
    return trajectory.mean_over(begin, months) if blocks else trajectory.over(begin, months)
