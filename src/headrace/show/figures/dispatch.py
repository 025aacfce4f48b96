"""Hour by hour: what feeds a bus and what it feeds, at the level of detail the window asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import cast

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.hourly_store import NodeHours, read_hourly, stored_nodes
from headrace.core.run_folder import RunFolder
from headrace.show.draw.stack import StackedSeries, legend, stack
from headrace.show.format import colours as palette
from headrace.show.format import downsample, text
from headrace.show.format.downsample import Level, StoredBus
from headrace.show.format.html import Markup, join

BUDGET = 700_000  # characters of hours a report may carry
MOST_MISSES = 6
AT_HAND = 32  # nodes whose hours stay in memory between the passes, a few MB each
DAYS_AROUND = 1  # a telling week is carried with a day before and after it

Sent = Mapping[str, object]


@dataclass(frozen=True)
class Week:
    """A week worth looking at: why, its first hour, and its hours where the whole year of hours is
    not carried.
    """

    why: str
    first: int
    hours: Sent | None = None


@dataclass(frozen=True)
class Sheet:
    """One bus of one node: colours by item, telling weeks, encoded levels by step; `dated` when its
    hours follow the calendar.
    """

    node: int
    bus: StoredBus
    colours: Mapping[str, str]
    weeks: tuple[Week, ...]
    levels: Mapping[int, Sent]
    dated: bool

    def as_json(self) -> dict[str, object]:
        """The sheet for the page's own scripts."""
        return {
            "node": self.node,
            "site": self.bus.site,
            "name": bus_words(self.bus),
            "unit": rate_words(self.bus.unit),
            "dated": self.dated,
            "colours": dict(self.colours),
            "weeks": [
                {"why": week.why, "first": week.first, "hours": week.hours} for week in self.weeks
            ],
            "levels": {str(step): dict(level) for step, level in self.levels.items()},
        }

    def size(self) -> int:
        """Characters it takes."""
        return sum(
            _length(level)
            for level in (*self.levels.values(), *(week.hours for week in self.weeks if week.hours))
        )


@dataclass(frozen=True)
class Sheets:
    """All sheets of a run; `coarse` names nodes that carry hours only for their telling weeks, 6
    hours or days elsewhere.
    """

    sheets: tuple[Sheet, ...]
    coarse: tuple[int, ...]


def sheets(folder: RunFolder, nodes: Iterable[int], budget: int = BUDGET) -> Sheets:
    """The sheets of `nodes`, most important first, within `budget` characters.

    Every node has its days and the hours of its telling weeks; then each bus of electricity has its
    6 hours, then all its hours, from the most important node on, as long as they fit.
    """
    stored = set(stored_nodes(folder))
    wanted = [node for node in nodes if node in stored]
    read = lru_cache(AT_HAND)(lambda node: read_hourly(folder, node))
    with ThreadPoolExecutor(2) as pool:
        kept = [
            sheet
            for part in pool.map(lambda node: coarse_sheets(read(node)), wanted)
            for sheet in part
        ]
    left = budget - sum(sheet.size() for sheet in kept)
    for step, only_electricity in (
        (downsample.QUARTER, True),
        (downsample.HOUR, True),
        (downsample.QUARTER, False),
    ):
        kept, left = refined(read, kept, step, left, only_electricity=only_electricity)
    coarse = dict.fromkeys(
        sheet.node for sheet in kept if sheet.bus.electric and downsample.HOUR not in sheet.levels
    )
    return Sheets(tuple(kept), tuple(coarse))


def still(sheet: Sheet, start: str) -> Markup:
    """The days of a sheet as a picture that needs no script. start: of its node, "YYYY-MM"."""
    sent = sheet.levels[downsample.DAY]
    rows, items = downsample.decode(dict(sent)), list(cast("list[str]", sent["items"]))
    found = [
        StackedSeries(item, sheet.colours.get(item, palette.LOSS), row)
        for item, row in zip(items, rows)
    ]
    title = f"{bus_words(sheet.bus)}, by day"
    words, month = [], text.month_count(start) if sheet.dated else None
    if month is not None:  # seven dates, from the first of the month to the end of the days
        first, days = date(month // 12, month % 12 + 1, 1), rows.shape[1]
        words = [str(first + timedelta(round(part * days / 6))) for part in range(7)]
    return join(stack(found, title, rate_words(sheet.bus.unit), words), legend(found))


def coarse_sheets(hourly: NodeHours) -> tuple[Sheet, ...]:
    """Every bus of one node by days, with the hours of its telling weeks; electricity first.

    The inside of a store and a product's own bus are left out: the first is seen on its bus, the
    second at its market.
    """
    found = downsample.buses(hourly)
    sold = {bus.id for bus in found if bus.book == "market"}
    shown = [
        bus
        for bus in found
        if bus.book in ("carrier", "market") or (bus.book == "product" and bus.id not in sold)
    ]
    made = (coarse_sheet(hourly, bus) for bus in shown)
    return tuple(sheet for sheet in made if sheet.colours)


def full_sheets(hourly: NodeHours) -> tuple[Sheet, ...]:
    """Every bus of one node at every level of detail: for a reader that can ask for one node at a
    time.
    """

    def levelled(sheet: Sheet) -> Sheet:
        finer = {
            step: downsample.encode(_stacked(downsample.level(hourly, sheet.bus, step)))
            for step in (downsample.QUARTER, downsample.HOUR)
        }
        return replace(
            sheet,
            levels={**sheet.levels, **finer},
            weeks=tuple(replace(week, hours=None) for week in sheet.weeks),
        )

    return tuple(levelled(sheet) for sheet in coarse_sheets(hourly))


def coarse_sheet(hourly: NodeHours, bus: StoredBus) -> Sheet:
    """One bus of one node by days; of electricity also the hours of its telling weeks."""
    level = _stacked(downsample.level(hourly, bus, downsample.HOUR))
    colours = {item: palette.technology(item) for item in level.items}
    weeks = (
        tuple(with_hours(week, level) for week in telling_weeks(level))
        if bus.electric
        else telling_weeks(level)
    )
    days = downsample.encode(_stacked(downsample.level(hourly, bus, downsample.DAY)))
    return Sheet(hourly.node, bus, colours, weeks, {downsample.DAY: days}, downsample.dated(hourly))


def with_hours(week: Week, level: Level) -> Week:
    """The week with its hours of an hourly level, and a day before and after it."""
    first = max(0, week.first - 24 * DAYS_AROUND)
    last = min(level.means.shape[1], week.first + 168 + 24 * DAYS_AROUND)
    piece = Level(
        level.bus,
        1,
        level.items,
        level.means[:, first:last],
        level.low[first:last],
        level.high[first:last],
    )
    return Week(week.why, week.first, {**downsample.encode(piece), "first": first})


def refined(
    read: Callable[[int], NodeHours],
    kept: list[Sheet],
    step: int,
    left: int,
    *,
    only_electricity: bool,
) -> tuple[list[Sheet], int]:
    """The sheets with one more level each, as long as these fit into what is left."""
    told, misses = list(kept), 0
    for place, sheet in enumerate(kept):
        if misses > MOST_MISSES or sheet.bus.electric != only_electricity:
            continue
        level = downsample.encode(_stacked(downsample.level(read(sheet.node), sheet.bus, step)))
        if _length(level) > left:
            misses += 1
            continue
        left -= _length(level)
        told[place] = replace(sheet, levels={**sheet.levels, step: level})
    return told, left


def _stacked(level: Level) -> Level:
    """The level with its items in the order of a stack, named as people write them."""
    order = sorted(range(len(level.items)), key=lambda row: palette.place(level.items[row]))
    items = tuple(text.label(level.items[row], (level.bus.site,)) for row in order)
    return Level(level.bus, level.step, items, level.means[order], level.low, level.high)


def _length(sent: Sent) -> int:
    return len(str(sent["data"])) + 200


def bus_words(bus: StoredBus) -> str:
    """A bus as people call it: "Greensboro, electricity"."""
    return (
        f"{text.site(bus.site)}, {text.named(bus.name, (bus.site,))}"
        if bus.site
        else text.label(bus.name)
    )


def rate_words(unit: str) -> str:
    """The unit of an hour's amount as a rate: a MWh in an hour is a MW."""
    known = {
        "MWh": "MW",
        "MW": "MW",
        "accelerator-h": "accelerators",
        "accelerators": "accelerators",
    }
    return known.get(
        unit, f"{text.unit(unit)} an hour" if unit != "Mtok" else "million tokens an hour"
    )


def telling_weeks(level: Level) -> tuple[Week, ...]:
    """Weeks that say most: the highest supply, the least sun and wind, the most, and what stays
    unserved, where there is any.
    """
    slots = 168 // level.step
    count = level.means.shape[1] // slots
    if count < 4:
        return ()

    def weeks(values: Floats) -> Floats:
        return values[: slots * count].reshape(count, slots)

    free = weeks(_sum_of(level, (palette.technology("solar"), palette.technology("wind")))).sum(
        axis=1
    )
    unserved = weeks(_sum_of(level, (palette.technology("unserved"),))).sum(axis=1)
    found = [("highest load", int(weeks(level.high).max(axis=1).argmax()))]
    found += (
        [("least sun and wind", int(free.argmin())), ("most sun and wind", int(free.argmax()))]
        if free.max() > 0
        else []
    )
    found += [("most unserved", int(unserved.argmax()))] if unserved.max() > 0 else []
    return tuple(Week(why, place * 168) for why, place in found)


def _sum_of(level: Level, colours: tuple[str, ...]) -> Floats:
    rows = [row for row, item in enumerate(level.items) if palette.technology(item) in colours]
    return np.abs(level.means[rows]).sum(axis=0) if rows else np.zeros(level.means.shape[1])
