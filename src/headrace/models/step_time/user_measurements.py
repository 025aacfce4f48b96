"""The user's own measurements as a provider: a CSV with one row per load point, as public benchmark
sites export them.

Columns (others are ignored): model, system, precision, accelerators, isl, osl, concurrency, ttft,
tpot, and optionally tokens_per_second (output tokens of the whole replica; else concurrency / (ttft
+ tpot (osl - 1)) osl). Times carry units ("0.8 s", "23 ms"); a bare number is milliseconds where
the column's name ends in _ms.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.core.files.inputs import read_text
from headrace.core.units import UnitError, parse
from headrace.models.serving.operating_point import ServicePromise

MOST_BYTES = 50_000_000
_NEEDED = ("model", "system", "precision", "accelerators", "isl", "osl", "concurrency")


@dataclass(frozen=True)
class Measurement:
    """One load point of one deployment; ttft, tpot [s]; tokens: output tokens per second and
    accelerator; line: of its file (of InferenceX: its row).
    """

    model: str
    system: str
    precision: str
    accelerators: int
    isl: int
    osl: int
    concurrency: float
    ttft: float
    tpot: float
    tokens: float
    line: int


def read_measurements(path: Path) -> tuple[Measurement, ...]:
    """All rows of the file. Raises InputError with every bad row and its line."""
    return parse_measurements(read_text(path, MOST_BYTES, "measured points as CSV"), path.name)


def parse_measurements(text: str, file: str) -> tuple[Measurement, ...]:
    """The rows of a CSV text. Raises InputError with every bad row and its line."""
    try:
        rows = list(csv.DictReader(text.splitlines()))
    except csv.Error as error:
        raise InputError(InputFault(Place(file), f"not CSV: {error}")) from None
    head = set(rows[0]) if rows else set()
    missing = [name for name in _NEEDED if name not in head]
    missing += [name for name in ("ttft", "tpot") if not {name, f"{name}_ms"} & head]
    if missing:
        raise InputError(
            InputFault(
                Place(file, 1),
                f"no column {', '.join(missing)}" if rows else "no rows",
                ", ".join((*_NEEDED, "ttft", "tpot")),
            )
        )
    problems: list[InputFault] = []
    found = [_row(row, Place(file, line), problems) for line, row in enumerate(rows, start=2)]
    if problems:
        raise InputError(problems)
    return tuple(found)


def best_measured(
    rows: tuple[Measurement, ...], model: str, system: str, precision: str, promise: ServicePromise
) -> Measurement:
    """Most tokens per second and accelerator among points of these lengths that keep the promise.

    Between two measured loads of one deployment the point at the promise's TPOT is interpolated,
    linear in both. Raises InputError where nothing was measured, Infeasible with the nearest point
    where none keeps the promise.
    """
    lengths = (promise.isl, promise.osl)
    mine = [
        r
        for r in rows
        if (r.model, r.system, r.precision) == (model, system, precision)
        and (r.isl, r.osl) == lengths
    ]
    if not mine:
        deployment = f"{model} on {system} in {precision}"
        found = f"nothing measured for {deployment} at {promise.isl} in, {promise.osl} out"
        raise InputError(InputFault(Place(), found))
    candidates = [*mine, *interpolated(mine, promise)]
    keeping = [
        r for r in candidates if r.ttft <= promise.ttft and r.tpot <= promise.tpot * (1 + 1e-9)
    ]
    if not keeping:
        near = min(mine, key=lambda r: max(r.ttft / promise.ttft, r.tpot / promise.tpot))
        words = (
            f"ttft {near.ttft:.3g} s and tpot {near.tpot * 1e3:.3g} ms"
            f" at {near.concurrency:g} requests"
        )
        raise Infeasible(f"no measured point keeps the promise; nearest: {words}.", (), words)
    return max(keeping, key=lambda r: r.tokens)


def interpolated(rows: list[Measurement], promise: ServicePromise) -> list[Measurement]:
    """Each deployment at the promise's TPOT, between two of its measured loads."""
    found = []
    for width in {r.accelerators for r in rows}:
        line = sorted((r for r in rows if r.accelerators == width), key=lambda r: r.tpot)
        tpot = np.array([r.tpot for r in line])
        if len(line) < 2 or not tpot[0] < promise.tpot < tpot[-1] or (np.diff(tpot) <= 0).any():
            continue
        ttft, tokens, load = (
            float(np.interp(promise.tpot, tpot, np.array([getattr(r, name) for r in line])))
            for name in ("ttft", "tokens", "concurrency")
        )
        first = line[0]
        key = (first.model, first.system, first.precision, width, first.isl, first.osl)
        found.append(Measurement(*key, load, ttft, promise.tpot, tokens, 0))
    return found


def _row(row: dict[str, str], place: Place, problems: list[InputFault]) -> Measurement:
    def number(name: str, least: float) -> float:
        try:
            value = float(row[name])
        except (TypeError, ValueError):
            value = float("nan")
        if not least <= value < 1e12:
            problems.append(
                InputFault(
                    Place(place.file, place.line, key=name),
                    f"`{row[name]}`",
                    f"a number of at least {least:g}",
                )
            )
            return 1.0
        return value

    def seconds(name: str) -> float:
        try:
            value = (
                float(row[f"{name}_ms"]) / 1e3
                if f"{name}_ms" in row
                else parse(row[name] or "", "s")
            )
        except (TypeError, ValueError, UnitError) as error:
            problems.append(InputFault(Place(place.file, place.line, key=name), str(error)))
            return 1.0
        if not 0 < value < 1e6:
            problems.append(
                InputFault(Place(place.file, place.line, key=name), f"{value:g} s", "more than 0")
            )
            return 1.0
        return value

    isl, osl, width = int(number("isl", 1)), int(number("osl", 1)), int(number("accelerators", 1))
    load, ttft, tpot = number("concurrency", 1), seconds("ttft"), seconds("tpot")
    whole = (
        number("tokens_per_second", 0)
        if row.get("tokens_per_second")
        else load / (ttft + tpot * (osl - 1)) * osl
    )
    return Measurement(
        row["model"],
        row["system"],
        row["precision"],
        width,
        isl,
        osl,
        load,
        ttft,
        tpot,
        whole / width,
        place.line,
    )
