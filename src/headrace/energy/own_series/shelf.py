"""The series of one study, each file read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study_lock import found_file
from headrace.core.varying import DatedPath, SeriesFile, Varying
from headrace.energy.own_series.column import OwnSeries, Wanted, own_series
from headrace.energy.own_series.table import SeriesTable, read_table
from headrace.energy.own_series.trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class SeriesUse:
    """A series and the key of the study that it is read for."""

    key: tuple[str | int, ...]
    series: OwnSeries


@dataclass
class SeriesShelf:
    """Tables beside a study in `folder`, and what was taken of them.

    blocks: whether the study has load blocks, which have no hours. first_weekday: of 1 January of
    its first year, Monday is 0. rates: what one of another currency is worth [USD].
    """

    folder: Path
    blocks: bool = False
    first_weekday: int = 0
    rates: Mapping[str, float] = field(default_factory=dict)
    uses: list[SeriesUse] = field(default_factory=list)
    _tables: dict[str, SeriesTable] = field(default_factory=dict)

    def series(self, named: SeriesFile, wanted: Wanted, key: tuple[str | int, ...]) -> OwnSeries:
        """A column by any resolution. Raises InputError with everything that is wrong with it."""
        if named.file not in self._tables:
            self._tables[named.file] = read_table(found_file(named.file, self.folder))
        table = self._tables[named.file]
        found = own_series(
            table, named, replace(wanted, first_weekday=self.first_weekday, rates=self.rates)
        )
        if self.blocks and found.resolution == "hour":
            fix = "Write `hours: all` or `hours: {weeks: 4}`."
            raise InputError(InputFault(Place(), f"`{named}` has hours", "no load blocks", fix))
        if all(use.key != key or use.series.name != found.name for use in self.uses):
            self.uses.append(SeriesUse(key, found))
        return found

    def hours(self, named: SeriesFile, wanted: Wanted, key: tuple[str | int, ...]) -> Floats:
        """A column of hours [its unit], shape (8760,). Raises InputError where it has none."""
        found = self.series(named, wanted, key)
        if found.resolution != "hour":
            words = f"`{named}` is by {found.resolution}"
            raise InputError(InputFault(Place(), words, "every hour of a year"))
        return found.values

    def trajectory(self, value: Varying, wanted: Wanted, key: tuple[str | int, ...]) -> Trajectory:
        """What a key holds over time. Raises InputError."""
        if not isinstance(value, DatedPath):
            if not isinstance(value, SeriesFile):
                return Trajectory(((-np.inf, value),))
            series = self.series(value, wanted, key)
            if series.resolution == "hour":
                return Trajectory(((-np.inf, series.values),))
            return Trajectory(tuple(zip(series.months.tolist(), series.values.tolist())))
        found: list[tuple[float, float | Floats]] = []
        for month, piece in value.steps:
            if isinstance(piece, SeriesFile):
                found.append((month, self.hours(piece, wanted, key)))
            else:
                found.append((month, piece))
        return Trajectory(tuple(found))
