"""How large a study may be, told before anything of that size is made: years, hours, tree nodes;
and what stands beside what may stand.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from headrace.core.quantities import month_text
from headrace.core.study import Study
from headrace.core.uncertainty import WeatherYear, uncertainty
from headrace.core.units import FOREIGN, HOURS_PER_MONTH, HOURS_PER_YEAR

Fault = tuple[tuple[str | int, ...], str, str, str]
"""(path of the key, what was found, what was expected, the likely fix)"""

FIRST_YEAR, LAST_YEAR = 1900, 2500
MOST_MONTHS = 2400
MOST_NODES = 10_000
MOST_HOURS = 10_000_000
"""Hours of all nodes and sites together; each takes about 1.6 kB while a plan is sought."""
BYTES_AN_HOUR = 1600


def length_faults(study: Study) -> Iterator[Fault]:
    """The horizon lies in years that a calendar has, stages last whole months, and a budget has one
    amount for each.
    """
    horizon = study.horizon
    if not FIRST_YEAR <= horizon.start // 12 <= LAST_YEAR:
        expected = f"a month of the years {FIRST_YEAR} to {LAST_YEAR}"
        yield ("horizon", "start"), f"begins in {month_text(horizon.start)}", expected, ""
    for position, months in enumerate(horizon.stages):
        if months <= 0 or abs(months - round(months)) > 1e-6:
            yield (
                ("horizon", "stages", position),
                f"a stage of {months:g} months",
                "a whole number of months, at least 1",
                "",
            )
    if math.fsum(horizon.stages) > MOST_MONTHS:
        found = f"{math.fsum(horizon.stages):g} months together"
        yield ("horizon", "stages"), found, f"at most {MOST_MONTHS}", "Plan fewer years."
    if study.limits.spend is not None and len(study.limits.spend) != len(horizon.stages):
        found = f"{len(study.limits.spend)} amounts for {len(horizon.stages)} stages"
        yield ("limits", "spend"), found, "one for each stage", ""


def cash_faults(study: Study) -> Iterator[Fault]:
    """Cash may begin at what must stay, and lines are open within the horizon."""
    cash, horizon = study.limits.cash, study.horizon
    if cash is None:
        return
    if cash.opening < cash.least:
        found = f"{cash.opening / 1e6:g} MUSD at the start, below the least of {cash.least / 1e6:g}"
        if not cash.lines:
            fix = "Draw the difference from a line under `lines`."
            yield ("limits", "cash", "opening"), found, "at least `least`, or a line", fix
    for name, line in cash.lines.items():
        where = ("limits", "cash", "lines", name)
        since = horizon.start if line.since is None else line.since
        if line.until is not None and line.until <= since:
            found = f"is over in {month_text(line.until)}, before it begins in {month_text(since)}"
            yield (*where, "until"), found, "a later month", "Leave it out: it stays open."
        if since >= horizon.start + math.fsum(horizon.stages):
            found = f"begins in {month_text(since)}, after the horizon"
            yield (*where, "since"), found, "a month within the horizon", "Leave it out."


def hour_faults(study: Study) -> Iterator[Fault]:
    """Hours are kept in one way; load blocks fill a year, for all of it is counted in them."""
    hours = study.horizon.hours
    for key, beside, two in (
        ("weeks", "blocks", hours.weeks is not None and hours.blocks is not None),
        ("days", "blocks", hours.days is not None and hours.blocks is not None),
        ("days", "weeks", hours.days is not None and hours.weeks is not None),
    ):
        if two:
            where = ("horizon", "hours", key)
            yield where, f"stands beside `{beside}`", "one of them", "Leave it out."
    if hours.blocks is None:
        return
    total = math.fsum(hours.blocks)
    if abs(total - HOURS_PER_YEAR) > 1e-6 * HOURS_PER_YEAR:
        factor = HOURS_PER_YEAR / total if total > 0 else 1.0
        first = hours.blocks[0] * factor if hours.blocks else HOURS_PER_YEAR
        yield (
            ("horizon", "hours", "blocks"),
            f"the load blocks have {total:g} h together",
            f"the {HOURS_PER_YEAR:g} h of a year",
            f"In the same proportions the first has {first:g} h.",
        )


def size_faults(study: Study) -> Iterator[Fault]:
    """The tree and its hours fit into a machine; counted, not built."""
    horizon = study.horizon
    by_stage = [
        math.prod(
            max(1, sum(case.probability > 0 for case in belief.cases.values()))
            for belief in study.beliefs.values()
            if belief.reveal <= stage
        )
        for stage in range(1, len(horizon.stages) + 1)
    ]
    nodes = len(study.tree) or sum(by_stage)
    where = "tree" if study.tree else "beliefs" if study.beliefs else "horizon"
    fix = "Keep fewer cases, reveal later, or write `horizon: {hours: {weeks: 2}}`."
    if nodes > MOST_NODES:
        yield (where,), f"make a tree of {nodes:,} nodes", f"at most {MOST_NODES:,}", fix
        return
    kept = [_hours_kept(study, months) for months in horizon.stages]
    hours = nodes * max(kept) if study.tree else sum(n * h for n, h in zip(by_stage, kept))
    if hours * len(study.sites) > MOST_HOURS:
        size = hours * len(study.sites)
        yield (
            (where,),
            f"{nodes:,} nodes have {size:,.0f} hours of operation, "
            f"about {size * BYTES_AN_HOUR / 1e9:,.0f} GB",
            f"at most {MOST_HOURS:,}",
            fix,
        )


def currency_faults(study: Study) -> Iterator[Fault]:
    """Rates are of currencies that exist and are not the study's own."""
    for code in study.currencies:
        if code not in FOREIGN:
            found = "is the money of the study" if code == "USD" else "is no currency known here"
            yield ("currencies", code), found, f"one of {', '.join(FOREIGN)}", ""


def reliability_faults(study: Study) -> Iterator[Fault]:
    """Outages are drawn hour by hour."""
    for site, written in study.sites.items():
        if written.reliability is not None and study.horizon.hours.blocks is not None:
            where, wanted = ("sites", site, "reliability"), "`hours: all` or `hours: {weeks: ...}`"
            yield where, "load blocks have no hours in which a unit could fail", wanted, ""


def _hours_kept(study: Study, months: float) -> float:
    """Hours of operation that a node of that many months [month] has at one site [h]."""
    hours = study.horizon.hours
    if hours.blocks is not None:
        return len(hours.blocks)
    every = min(months, 12.0) * HOURS_PER_MONTH
    if hours.every:
        return every
    kept = 168 * (hours.weeks or 0) + 24 * (hours.days or 0)
    return min(every, kept + 24 * hours.extreme_days)


def standing_faults(study: Study) -> Iterator[Fault]:
    """What stands is no more than what may stand."""
    for site, written in study.sites.items():
        for key, build in written.build.items():
            where = ("sites", site, "build", key)
            yield from _above((*where, "stands"), build.stands, build.at_most, "at_most", "MW")
            yield from _above(
                (*where, "stands_energy"),
                build.stands_energy,
                build.at_most_energy,
                "at_most_energy",
                "MWh",
            )
        if written.hall is not None:
            hall, where_ = written.hall, ("sites", site, "hall", "stands")
            yield from _above(where_, hall.stands, hall.at_most, "at_most", "MW")
        if written.grid is not None:
            grid, where_ = written.grid, ("sites", site, "grid", "stands")
            yield from _above(where_, grid.stands, grid.limit, "limit", "MW")


def _above(
    where: tuple[str | int, ...], stands: float, most: float | None, key: str, unit: str
) -> Iterator[Fault]:
    if most is not None and stands > most * (1 + 1e-9):
        found = f"{stands:g} {unit} stand, more than `{key}: {most:g} {unit}` lets stand"
        fix = f"Write at least `{key}: {stands:g} {unit}`; what stands counts into it."
        yield where, found, f"at most {most:g} {unit}", fix


def weather_faults(study: Study) -> Iterator[Fault]:
    """The name of a weather file is one that a file can have."""
    for site, written in study.sites.items():
        parts = written.weather.replace("\\", "/").split("/")
        if any(len(part.encode()) > 255 for part in parts):
            found = f"a name of {max(map(len, parts)):,} characters"
            yield ("sites", site, "weather"), found, "at most 255 between two `/`", ""
    yield from _years_apart(study)


def _years_apart(study: Study) -> Iterator[Fault]:
    """Years of weather are those of all sites together."""
    several = {s: w.weather_years for s, w in study.sites.items() if w.weather_years is not None}
    first = next(iter(several.values()), None)
    if first is None:
        return
    for site, years in several.items():
        where = ("sites", site, "weather")
        if len(years.names) < 2:
            yield where, "one year", "two at least, or `bootstrap`, which draws more", ""
        elif years.weights and len(years.weights) != len(years.names):
            yield where, f"{len(years.weights)} weights", f"{len(years.names)}, one a year", ""
        elif abs(sum(years.shares) - 1.0) > 1e-6:
            yield where, f"weights that add up to {sum(years.shares):g}", "1", ""
        elif (years.shares, years.bootstrap, years.seed) != (
            *(first.shares, first.bootstrap, first.seed),
        ):
            found = "other years, weights or draws than at the first site that has several"
            yield where, found, "the same years at every site", "Write the same number and weights."
    about = {name: uncertainty(belief.about) for name, belief in study.beliefs.items()}
    moved = [name for name, one in about.items() if isinstance(one, WeatherYear)]
    for name in moved:
        found = "a belief about weather beside several years of it"
        yield ("beliefs", name, "about"), found, "one of the two", ""
    for key, product in study.products.items():
        if product.offers:
            found = "offers beside several years of weather"
            yield ("products", key, "offers"), found, "a product with a demand, or one year", ""
