"""A quantity of a study that moves: one number, a path by date, or a column of a table beside the
study.

    energy: 62 USD/MWh                               one number, for ever
    energy: {2027: 62 USD/MWh, 2030-07: 70 USD/MWh}  each holds from its year or month on
    energy: prices.csv#day_ahead                     a column of a table: by hour, month or year
    energy: prices.csv#day_ahead#2021                one year of a table that holds several

Which of hours, months and years a table has is seen in it (`energy/own_series`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.quantities import composed, month_text, read_month, read_quantity
from headrace.core.units import Unit, UnitError

_TABLE = re.compile(r"\.(csv|tsv|txt|parquet|pq)$", re.IGNORECASE)
_YEAR = re.compile(r"^\d{4}$")
MOST_STEPS = 2400
"""Most dates of one path: two hundred years of months."""


@dataclass(frozen=True)
class SeriesFile:
    """A column of a table beside the study; column: "" where the table has only one; year: "" where
    it has one year only.
    """

    file: str
    column: str = ""
    year: str = ""

    def __str__(self) -> str:
        column = f"#{self.column}" if self.column or self.year else ""
        return f"{self.file}{column}{f'#{self.year}' if self.year else ''}"


Piece = float | SeriesFile
"""What holds between two dates of a path."""


@dataclass(frozen=True)
class DatedPath:
    """What holds from each date on: (month since year 0, what holds), ascending. The first holds
    before its date too.
    """

    steps: tuple[tuple[int, Piece], ...]

    def __str__(self) -> str:
        inside = ", ".join(f"{month_text(month)}: {piece}" for month, piece in self.steps)
        return f"{{{inside}}}"


Varying = float | SeriesFile | DatedPath


def series_file(written: object) -> SeriesFile | None:
    """The column of a table that a text names; None where it names none."""
    if not isinstance(written, str):
        return None
    file, _, rest = written.strip().partition("#")
    column, _, year = rest.partition("#")
    if not _TABLE.search(file):
        return None
    return SeriesFile(str(composed(file)), str(composed(column.strip())), year.strip())


def read_varying(written: object, unit: str, least: float = -float("inf")) -> Varying:
    """What a key holds [`unit`], as one number, a path or a table's column; least: of a number.

    Raises ValueError for what is none of them.
    """
    if isinstance(written, Varying):
        return written
    if isinstance(written, str) and written.startswith("{"):
        parted = (step.partition(":") for step in written.strip("{} ").split(","))
        written = {date.strip(): value.strip() for date, _, value in parted}
    if not isinstance(written, dict):
        return read_piece(written, unit, least)
    if not 0 < len(written) <= MOST_STEPS:
        raise ValueError(f"a path of {len(written):,} dates; write 1 to {MOST_STEPS}")
    steps = {
        read_month(f"{date}-01" if _YEAR.match(str(date)) else str(date)): read_piece(
            value, unit, least
        )
        for date, value in written.items()
    }
    if len(steps) < len(written):
        raise ValueError("one month is written twice; `2027` is `2027-01`")
    return DatedPath(tuple(sorted(steps.items(), key=lambda step: step[0])))


def read_piece(written: object, unit: str, least: float) -> Piece:
    """A number [`unit`] of at least `least`, or a column of a table. Raises ValueError."""
    named = series_file(written)
    if named is not None:
        return named
    if not isinstance(written, (str, int, float)):
        raise UnitError(
            f"is not a number with a unit; write for example `60 {unit}`, a path "
            f"`{{2027: 60 {unit}, 2030: 70 {unit}}}`, or a column of a table, `hourly.csv#price`"
        )
    value = read_quantity(written, unit)
    if value < least:
        raise ValueError(f"`{written}` is below {least:g} {unit}")
    return value


def path_text(written: object) -> object:
    """A path as one text, `{2027: 20 USD/t, 2030: 60 USD/t}`; anything else as it is."""
    if not isinstance(written, dict):
        return written
    return f"{{{', '.join(f'{date}: {value}' for date, value in written.items())}}}"


def told(value: Varying, unit: str) -> str:
    """What a key holds, in words: a number with its unit, a path, or a table's column."""
    return f"{value:g} {unit}" if isinstance(value, float) else str(value)


def one_number(value: Varying, key: str) -> float:
    """The one number that a key holds [its unit]. Raises InputError where it moves over time."""
    if isinstance(value, (SeriesFile, DatedPath)):
        found = f"moves over time: {value}"
        raise InputError(InputFault(Place(key=key), found, "one number, to ask about its price"))
    return value


def _varying(unit: str, least: float = -float("inf")) -> tuple[object, ...]:
    schema = {
        "x-unit": unit,
        "examples": [f"60 {unit}", {"2027": f"60 {unit}", "2030": f"70 {unit}"}, "file.csv#column"],
        "anyOf": [
            {"type": "string"},
            {"type": "object", "additionalProperties": {"type": "string"}, "minProperties": 1},
        ],
    }
    return (
        BeforeValidator(lambda written: read_varying(written, unit, least)),
        Unit(unit),
        WithJsonSchema(schema),
        PlainSerializer(_as_written, when_used="json"),
    )


def _as_written(value: Varying) -> object:
    """For the record of a run: a number as it is, a path and a table as text."""
    if isinstance(value, DatedPath):
        return {month_text(m): _as_written(piece) for m, piece in value.steps}
    return str(value) if isinstance(value, SeriesFile) else value


VaryingEnergyPrice = Annotated[float | SeriesFile | DatedPath, *_varying("USD/MWh")]
VaryingFuelPrice = Annotated[float | SeriesFile | DatedPath, *_varying("USD/MMBtu", 0.0)]
VaryingCarbonPrice = Annotated[float | SeriesFile | DatedPath, *_varying("USD/t", 0.0)]
VaryingIntensity = Annotated[float | SeriesFile | DatedPath, *_varying("kg/MWh", 0.0)]


def read_series_file(written: object) -> SeriesFile:
    """A column of a table beside the study. Raises ValueError for anything else."""
    if isinstance(written, SeriesFile):
        return written
    named = series_file(written)
    if named is None:
        raise ValueError(f"`{written}` is no column of a table; write for example `hours.csv#wind`")
    return named


SeriesColumn = Annotated[
    SeriesFile,
    BeforeValidator(read_series_file),
    WithJsonSchema({"type": "string", "examples": ["hourly.csv#wind"]}),
    PlainSerializer(str, when_used="json"),
]
"""A column of a table beside the study, `FILE#COLUMN`."""
