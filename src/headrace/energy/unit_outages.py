"""How often the units of what may be built fail and how long they are in service: figures of the
catalogue's row, of rented power, or of the study's own technology, with what differs at the site.

The plan counts a plant at `season`, the mean share of its units that is there; the draws of
`reliability` take its units one by one.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import UnitOutages
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Build
from headrace.core.study import Technology as Own
from headrace.energy.contracts import BridgePower
from headrace.energy.grid import month_of_hour
from headrace.energy.site import Built
from headrace.energy.technology import TechnologyRow

WEEKS_PER_YEAR = 8760 / 168
REPAIR_OF_RENTED = 50.0
"""Mean time to repair a rented unit [h]: that of the catalogue's engines, since no lessor states
one.
"""


def of_row(row: TechnologyRow) -> UnitOutages | None:
    """Outages of a plant of the catalogue; None for sun, wind, batteries and grid rights, whose
    mean counts in every hour.
    """
    if row.kind not in ("thermal", "nuclear"):
        return None
    planned = row.planned_outage.value
    forced = row.forced_outage.value / (1 - planned)
    return UnitOutages(row.unit_size.to("MW"), forced, row.repair.to("h"), planned)


def of_rented(row: BridgePower) -> UnitOutages:
    """Outages of rented plant: its availability is without service."""
    share = 1 - row.availability.value
    return UnitOutages(row.unit_size.to("MW"), share, REPAIR_OF_RENTED)


def of_own(own: Own) -> UnitOutages | None:
    """Outages of a technology of the study's own; None for a battery, and where no unit has a size.

    Raises InputError where more weeks are planned than `availability` lacks.
    """
    if own.kind != "generator" or own.units.size <= 0:
        return None
    planned = own.units.planned / WEEKS_PER_YEAR
    forced = 1 - own.availability / (1 - planned)
    if forced < -1e-9:
        found = f"{own.units.planned:g} weeks of service leave {1 - planned:.2%} of the year"
        expected = f"no more than `availability: {own.availability:.2%}` lacks"
        raise InputError(InputFault(Place(key="units.planned"), found, expected))
    return UnitOutages(own.units.size, max(0.0, forced), own.units.repair, planned)


def serviced(built: Built, build: Build, outages: UnitOutages | None, *, blocks: bool) -> Built:
    """The nouns with their outages, in service when the site says. blocks: hours have no months.

    Raises InputError for what has no units, and for weeks that do not fit into their months.
    """
    asked = build.planned_outage
    if outages is None:
        if asked is not None:
            found = f"{built.assets[0].title} has no units that are in service"
            expected = "a plant with units; of the study's own, `units: {size: 10 MW}`"
            raise InputError(InputFault(Place(key="planned_outage"), found, expected))
        return built
    if build.unit is not None:
        outages = replace(outages, size=build.unit)
    there, now = season(outages), outages
    if asked is not None:
        length = outages.planned if asked.length is None else asked.length / WEEKS_PER_YEAR
        now = replace(outages, planned=length, months=tuple(sorted(set(asked.months))))
        _refuse_too_long(now, blocks=blocks)
    return replace(
        built,
        converters=tuple(
            replace(
                one,
                outages=now,
                availability=one.availability
                if asked is None
                else one.availability / there * season(now),
            )
            for one in built.converters
        ),
    )


def season(outages: UnitOutages) -> Hourly:
    """Share of a plant that is there in the mean [1]; by hour of the year, shape (8760,), where
    service has its months.
    """
    works = 1 - outages.forced
    if not outages.months or outages.planned == 0:
        return works * (1 - outages.planned)
    allowed = service_hours(outages)
    return np.asarray(works * (1 - outages.planned * allowed / allowed.mean()))


def service_hours(outages: UnitOutages) -> Floats:
    """1 in every hour of the year in which a unit may be in service, else 0, shape (8760,)."""
    months = outages.months or tuple(range(1, 13))
    return np.isin(month_of_hour(), months).astype(np.float64)


def _refuse_too_long(outages: UnitOutages, *, blocks: bool) -> None:
    if blocks and outages.months:
        expected = "`hours: all` or `hours: {weeks: ...}`"
        where = Place(key="planned_outage.months")
        raise InputError(InputFault(where, "load blocks have no months", expected))
    share = float(service_hours(outages).mean())
    if outages.planned > share:
        found = f"{outages.planned * WEEKS_PER_YEAR:.3g} weeks of service"
        expected = f"at most the {share * WEEKS_PER_YEAR:.3g} weeks of its months"
        raise InputError(InputFault(Place(key="planned_outage"), found, expected))
