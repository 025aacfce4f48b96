"""Tables and registers of the planner's own: the same name holds the same numbers every day.

The rebuild takes the numbers, the library reads the file that they are written to, so that a fault
of the reader is a fault of the plan.
"""

from __future__ import annotations

import re
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
UNITS = {"price": "USD/MWh", "sale": "USD/MWh", "load": "MW", "share": "1", "cap": "MW",
         "co2": "kg/MWh", "swing": "USD/MWh"}  # fmt: skip
_NAME = re.compile(r"table(\d+)\.csv")
LICENCES = {
    "register1.yaml": {"Moonfox": (40.0, 25.0, 90.0), "Nightowl": (12.5,), "Half moon": (0.0, 3.0)},
}
"""Prices of a use in every licence of a work [USD], by register."""


@cache
def columns(number: int) -> dict[str, Floats]:
    """Hours of a year of every column of `table{number}.csv`, shape (8760,)."""
    random = np.random.default_rng(number)
    clock = np.arange(8760) % 24
    day = np.cos((clock - random.integers(0, 24)) / 24 * 2 * np.pi)
    noise = random.normal(0, 1, 8760)
    price = 45 + random.uniform(5, 30) * day + 8 * noise
    found = {
        "price": np.maximum(price, 0.5),
        "sale": np.maximum(0.8 * price - random.uniform(0, 15), 0.1),
        "load": np.maximum(random.uniform(2, 20) * (1 + 0.4 * day + 0.1 * noise), 0.0),
        "share": np.clip(random.uniform(0.2, 0.7) * (1 + day) + 0.1 * noise, 0.0, 1.0),
        "cap": random.choice([0.0, 3.0, 8.0, 40.0], 8760),
        "co2": np.maximum(300 + 150 * day + 20 * noise, 0.0),
        # below zero in about a tenth of the hours
        "swing": 40 + 30 * day + 15 * random.normal(0, 1, 8760),
    }
    return {name: values.round(3) for name, values in found.items()}


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="tables")


def folder_of(text: str, into: Path | None = None) -> Path:
    """A folder with every table that a study text names."""
    where = Path(_folder().name) if into is None else into
    for number in {int(one) for one in _NAME.findall(text)}:
        path = where / f"table{number}.csv"
        if not path.exists():
            path.write_text(written(number))
    for name in LICENCES:
        if name in text and not (where / name).exists():
            (where / name).write_text(register(name))
    return where


def register(name: str) -> str:
    """The file of a register: each licence of another holder and another territory."""
    licences = [
        f"  - {{id: {number}-{n}, work: {work}, holder: holder {number}-{n}, media: [video],"
        f" allow: [parody], territory: [{('JP', 'US', 'FR')[n]}], term: 2026-01-01..2060-12-31,"
        f" per_use: {usd} USD}}"
        for number, (work, prices) in enumerate(LICENCES[name].items())
        for n, usd in enumerate(prices)
    ]
    return "\n".join(["licences:", *licences]) + "\n"


def written(number: int) -> str:
    """The file: with stamps in some tables, in the order of hours alone in others."""
    found, stamped = columns(number), number % 2 == 1
    titles = [f"{name} [{UNITS[name]}]" for name in found]
    rows = np.column_stack(list(found.values()))
    begin = np.datetime64("2029-01-01T00:00")
    lines = [", ".join(["time [UTC-6]", *titles] if stamped else titles)]
    for hour, row in enumerate(rows):
        cells = [f"{value:.3f}" for value in row]
        stamp = [str(begin + np.timedelta64(hour, "h")).replace("T", " ")] if stamped else []
        lines.append(", ".join([*stamp, *cells]))
    return "\n".join(lines) + "\n"
