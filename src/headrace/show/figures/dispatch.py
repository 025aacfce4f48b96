"""Hour by hour: what feeds a bus and what it feeds, at the level of detail the window asks for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from headrace.core.hourly import Hourly, read_hourly, stored_nodes
from headrace.core.runs import RunFolder
from headrace.show import levels, palette, words
from headrace.show.levels import Bus, Level

BUDGET = 2_600_000  # characters of hours a report may carry


@dataclass(frozen=True)
class Week:
    """A week worth looking at: why, and its first hour."""

    why: str
    first: int


@dataclass(frozen=True)
class Sheet:
    """One bus of one node: colours by item, telling weeks, encoded levels by step; `dated` when its hours follow the calendar."""

    node: int
    bus: Bus
    colours: Mapping[str, str]
    weeks: tuple[Week, ...]
    levels: Mapping[int, Mapping[str, object]]
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
            "weeks": [{"why": week.why, "first": week.first} for week in self.weeks],
            "levels": {str(step): dict(level) for step, level in self.levels.items()},
        }


@dataclass(frozen=True)
class Sheets:
    """All sheets of a run; `coarse` names nodes whose hours did not fit and are shown by 6 hours at best."""

    sheets: tuple[Sheet, ...]
    coarse: tuple[int, ...]


def sheets(folder: RunFolder, nodes: Iterable[int], budget: int = BUDGET) -> Sheets:
    """The sheets of `nodes` in that order of importance, hours first for those that come first, within `budget` characters."""
    stored = set(stored_nodes(folder))
    wanted = [node for node in nodes if node in stored]
    drafts = [sheet for node in wanted for sheet in drafts_of(read_hourly(folder, node))]
    left, coarse, kept = budget, [], []
    for sheet in drafts:
        left -= sum(_size(sheet, step) for step in (levels.DAY, levels.QUARTER))
    for sheet in drafts:
        fits = _size(sheet, levels.HOUR) <= left
        left -= _size(sheet, levels.HOUR) if fits else 0
        steps = levels.STEPS if fits else (levels.DAY, levels.QUARTER)
        kept.append(
            Sheet(sheet.node, sheet.bus, sheet.colours, sheet.weeks, {step: sheet.levels[step] for step in steps}, sheet.dated)
        )
        coarse += [] if fits else [sheet.node]
    return Sheets(tuple(kept), tuple(dict.fromkeys(coarse)))


def drafts_of(hourly: Hourly, steps: tuple[int, ...] = levels.STEPS) -> tuple[Sheet, ...]:
    """Every bus of one node at the given steps, electricity first."""
    return tuple(_draft(hourly, bus, steps) for bus in levels.buses(hourly) if levels.level(hourly, bus, levels.DAY).items)


def bus_words(bus: Bus) -> str:
    """A bus as people call it: "Greensboro, electricity"."""
    return f"{words.site(bus.site)}, {bus.name}" if bus.site else bus.name


def rate_words(unit: str) -> str:
    """The unit of an hour's amount as a rate: a MWh in an hour is a MW."""
    known = {"MWh": "MW", "MW": "MW", "accelerator-h": "accelerators", "accelerators": "accelerators"}
    return known.get(unit, f"{words.unit(unit)} an hour" if unit != "Mtok" else "million tokens an hour")


def _draft(hourly: Hourly, bus: Bus, steps: tuple[int, ...]) -> Sheet:
    found = {step: levels.level(hourly, bus, step) for step in steps}
    finest = found[min(found)]
    order = sorted(range(len(finest.items)), key=lambda row: palette.place(finest.items[row]))
    sent = {step: levels.encode(_ordered(level, order)) for step, level in found.items()}
    colours = {item: palette.technology(item) for item in finest.items}
    return Sheet(hourly.node, bus, colours, telling_weeks(finest), sent, levels.dated(hourly))


def telling_weeks(level: Level) -> tuple[Week, ...]:
    """Weeks that say most: the highest supply, the least sun and wind, the most, and what stays unserved, where there is any."""
    slots = 168 // level.step
    count = level.means.shape[1] // slots
    if count < 4:
        return ()

    def weeks(values: levels.Floats) -> levels.Floats:
        return values[: slots * count].reshape(count, slots)

    free = weeks(_sum_of(level, (palette.technology("solar"), palette.technology("wind")))).sum(axis=1)
    unserved = weeks(_sum_of(level, (palette.technology("unserved"),))).sum(axis=1)
    found = [("highest load", int(weeks(level.high).max(axis=1).argmax()))]
    found += [("least sun and wind", int(free.argmin())), ("most sun and wind", int(free.argmax()))] if free.max() > 0 else []
    found += [("most unserved", int(unserved.argmax()))] if unserved.max() > 0 else []
    return tuple(Week(why, place * 168) for why, place in found)


def _sum_of(level: Level, colours: tuple[str, ...]) -> levels.Floats:
    rows = [row for row, item in enumerate(level.items) if palette.technology(item) in colours]
    return np.abs(level.means[rows]).sum(axis=0) if rows else np.zeros(level.means.shape[1])


def _ordered(level: Level, order: list[int]) -> Level:
    return Level(level.bus, level.step, tuple(level.items[row] for row in order), level.means[order], level.low, level.high)


def _size(sheet: Sheet, step: int) -> int:
    return math.ceil(len(str(sheet.levels[step]["data"]))) + 40 * len(sheet.colours)
