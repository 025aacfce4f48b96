"""Catalogue rows: figures with a birth certificate (value, unit, source, date, status, range).

A room keeps its rows in `headrace/<room>/catalogue/*.yaml`. Every row is checked when loaded: a
figure without source or date, or with a value outside its own range, does not load (the tests load
them all).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Literal, get_args

from ruamel.yaml import YAML

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.units import UnitError, convert

Status = Literal["fact", "estimate", "assumption"]

_ROW = re.compile(r"^([^\s#:][^\s:]*):", re.MULTILINE)
"""The beginning of a row: its key, at the beginning of a line."""
_DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")


@dataclass(frozen=True)
class Figure:
    """A number with its birth certificate. `money_year` is 0 where the figure is not money."""

    value: float
    unit: str
    source: str
    date: str
    status: Status
    low: float | None = None
    high: float | None = None
    money_year: int = 0
    note: str = ""

    def to(self, unit: str) -> float:
        """The value [`unit`]. Raises UnitError where dimensions differ."""
        return convert(self.value, self.unit, unit)

    def faults(self, place: Place) -> list[InputFault]:
        """What is wrong with the certificate: status, date, source, range, unit."""
        faults = []
        if self.status not in get_args(Status):
            faults.append(
                InputFault(place, f"status `{self.status}`", "fact, estimate or assumption")
            )
        if not _DATE.match(self.date):
            faults.append(InputFault(place, f"date `{self.date}`", "YYYY, YYYY-MM or YYYY-MM-DD"))
        if not self.source.strip():
            faults.append(InputFault(place, "the source is empty"))
        if (
            self.low is not None
            and self.high is not None
            and not self.low <= self.value <= self.high
        ):
            faults.append(
                InputFault(
                    place, f"{self.value} lies outside its own range {self.low} to {self.high}"
                )
            )
        try:
            convert(1.0, self.unit, self.unit)
        except UnitError as error:
            faults.append(InputFault(place, str(error)))
        return faults

    def but(self, value: float, *, source: str, date: str, status: Status = "assumption") -> Figure:
        """The same figure with another `value` [its own unit] and evidence of its own."""
        return Figure(
            value, self.unit, source, date, status, None, None, self.money_year, self.note
        )


@dataclass(frozen=True)
class CatalogueRow:
    """One catalogue row: its key, its kind, words about it, and its figures by attribute name."""

    key: str
    kind: str
    title: str
    words: Mapping[str, str]
    figures: Mapping[str, Figure]

    def figure(self, name: str) -> Figure:
        """The figure called `name`. Raises InputError naming the row where it is missing."""
        found = self.figures.get(name)
        if found is None:
            raise InputError(
                InputFault(
                    Place(key=self.key),
                    f"the catalogue row has no `{name}`",
                    fix=f"It has: {', '.join(self.figures)}.",
                )
            )
        return found

    def value(self, name: str, unit: str, default: float | None = None) -> float:
        """The figure `name` [`unit`]; `default` [`unit`] where the row is silent."""
        if default is not None and name not in self.figures:
            return default
        return self.figure(name).to(unit)


@dataclass(frozen=True, eq=False)
class CatalogueTable(Mapping[str, CatalogueRow]):
    """The rows of a table by key, each read when it is first asked for: reading all would take a
    second of every start. texts: of the rows, by key.

    Asking for a bad row raises InputError with everything that is wrong with it.
    """

    file: str
    texts: Mapping[str, str]
    known: dict[str, CatalogueRow] = field(default_factory=dict)

    def __getitem__(self, key: str) -> CatalogueRow:
        if key not in self.known:
            problems: list[InputFault] = []
            raw = YAML(typ="safe", pure=True).load(self.texts[key])[key]
            row = _entry(key, raw, self.file, problems)
            if problems:
                raise InputError(problems)
            self.known[key] = row
        return self.known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.texts)

    def __len__(self) -> int:
        return len(self.texts)

    def __contains__(self, key: object) -> bool:
        return key in self.texts


def entries(room: str, table: str) -> Mapping[str, CatalogueRow]:
    """All rows of `headrace/<room>/catalogue/<table>.yaml`, by key, read when they are asked for.

    Raises InputError with every bad row where rows refer to each other.
    """
    return _load(room, table)


def entry(room: str, table: str, key: str) -> CatalogueRow:
    """One row. Raises InputError with the nearest known key."""
    from difflib import get_close_matches

    rows = _load(room, table)
    if key not in rows:
        near = get_close_matches(key, rows, n=1)
        hint = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(rows)}."
        raise InputError(
            InputFault(Place(), f"`{key}` is not in the catalogue of {room}", fix=hint)
        )
    return rows[key]


@lru_cache(maxsize=64)
def _load(room: str, table: str) -> Mapping[str, CatalogueRow]:
    name = f"headrace/{room}/catalogue/{table}.yaml"
    text = (files(f"headrace.{room}") / "catalogue" / f"{table}.yaml").read_text(encoding="utf-8")
    if " &" not in text and " *" not in text:  # no row refers to another
        starts = [match.start() for match in _ROW.finditer(text)]
        parts = [text[a:b] for a, b in zip(starts, [*starts[1:], len(text)])]
        return CatalogueTable(name, {part[: part.index(":")]: part for part in parts})
    problems: list[InputFault] = []
    rows = {
        key: _entry(key, raw, name, problems)
        for key, raw in YAML(typ="safe", pure=True).load(text).items()
    }
    if problems:
        raise InputError(problems)
    return rows


def _entry(
    key: str, raw: Mapping[str, object], file: str, problems: list[InputFault]
) -> CatalogueRow:
    shared = {k: str(raw[k]) for k in ("source", "date", "status") if k in raw}
    words = {
        k: str(v)
        for k, v in raw.items()
        if not isinstance(v, Mapping) and k not in ("kind", "title", *shared)
    }
    figures = {}
    for name, cell in raw.items():
        if isinstance(cell, Mapping):
            place = Place(file, key=f"{key}.{name}")
            figures[name] = _figure({**shared, **cell}, place, problems)
    return CatalogueRow(key, str(raw.get("kind", "")), str(raw.get("title", key)), words, figures)


def _figure(cell: Mapping[str, object], place: Place, problems: list[InputFault]) -> Figure:
    missing = [k for k in ("value", "unit", "source", "date", "status") if k not in cell]
    if missing:
        problems.append(
            InputFault(
                place,
                f"the figure has no {', '.join(missing)}",
                "value, unit, source, date and status",
            )
        )
        return Figure(0.0, "1", "", "", "assumption")
    bounds = cell.get("range")
    low, high = bounds if isinstance(bounds, list) and len(bounds) == 2 else (None, None)
    figure = Figure(
        value=float(cell["value"]),  # type: ignore[arg-type]
        unit=str(cell["unit"]),
        source=str(cell["source"]),
        date=str(cell["date"]),
        status=cell["status"],  # type: ignore[arg-type]
        low=None if low is None else float(low),
        high=None if high is None else float(high),
        money_year=int(cell.get("year", 0)),  # type: ignore[call-overload]
        note=str(cell.get("note", "")),
    )
    problems.extend(figure.faults(place))
    return figure
