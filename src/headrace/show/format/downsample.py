"""Hours at three levels of detail - day, 6 hours, hour - read from the stored Parquet, small enough
to send and to draw.

A level holds the mean of each series in each slot, and of all supply together the smallest and
largest hour of the slot, so that a night peak is not lost in a day's mean. Nobody draws 8,760 hours
of seven series at once.
"""

from __future__ import annotations

import base64
import zlib
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.hourly_store import Book, FlowSeries, NodeHours

DAY, QUARTER, HOUR = 24, 6, 1
STEPS = (DAY, QUARTER, HOUR)
LEAST = 1e-6  # an item below this share of the bus's largest flow in every hour is left out
RESOLUTION = 1000  # steps to a series' largest value: finer than a pixel of its picture


@dataclass(frozen=True)
class StoredBus:
    """A balance that has stored hours: one carrier at one site, and its unit. book, id: which
    balance it is, where two are called alike (`core/hourly_store.py`).
    """

    site: str
    name: str
    unit: str
    book: Book = "carrier"
    id: str = ""

    @classmethod
    def of(cls, series: FlowSeries) -> StoredBus:
        """The balance to which a line belongs."""
        return cls(series.site, series.bus, series.unit, series.book, series.bus_id)

    @property
    def electric(self) -> bool:
        """Whether it is the electricity of a site."""
        return self.book == "carrier" and self.name == "electricity"


@dataclass(frozen=True)
class Level:
    """One bus of one node at one step. means: shape (series, slot), positive into the bus; low,
    high: of all supply, by slot.
    """

    bus: StoredBus
    step: int
    items: tuple[str, ...]
    means: Floats
    low: Floats
    high: Floats


def buses(hourly: NodeHours) -> tuple[StoredBus, ...]:
    """The balances stored for a node; electricity first."""
    found = dict.fromkeys(StoredBus.of(series) for series in hourly.series)
    return tuple(sorted(found, key=lambda bus: (not bus.electric, bus.site, bus.name, bus.unit)))


def dated(hourly: NodeHours) -> bool:
    """Whether the hours follow the calendar: every hour stands for as many as the next one, none is
    a representative.
    """
    return bool(hourly.weight.max(initial=0.0) - hourly.weight.min(initial=np.inf) < 1e-9)


def level(hourly: NodeHours, bus: StoredBus, step: int) -> Level:
    """One bus at one step [h], without items that never matter.

    A last slot that is not full is averaged over the hours it has.
    """
    series = [s for s in hourly.series if StoredBus.of(s) == bus]
    largest = max((float(np.abs(s.values).max(initial=0.0)) for s in series), default=0.0)
    series = [s for s in series if np.abs(s.values).max(initial=0.0) > LEAST * largest]
    values = np.array([s.values for s in series]).reshape(len(series), len(hourly.weight))
    supply = np.maximum(values, 0.0).sum(axis=0)
    first = np.arange(0, len(hourly.weight), step)
    hours = np.diff(first, append=len(hourly.weight))
    means = np.add.reduceat(values, first, axis=1) / hours
    low, high = np.minimum.reduceat(supply, first), np.maximum.reduceat(supply, first)
    return Level(bus, step, tuple(s.item for s in series), means, low, high)


def encode(told: Level) -> dict[str, object]:
    """A level for the page: 16-bit steps of 1/1000 of each series' largest value, as differences,
    deflated, in base64.

    The rows are the items in order, then the lowest and the highest supply; `scale` turns steps
    back into `unit`.
    """
    rows = np.vstack([told.means, told.low, told.high])
    scale = np.maximum(np.abs(rows).max(axis=1, initial=0.0), 1e-12) / RESOLUTION
    steps = np.rint(rows / scale[:, None]).astype(np.int16)
    differences = np.diff(steps, axis=1, prepend=np.int16(0)).astype("<i2")
    # High and low bytes apart: the high ones are nearly all 0 or 255 and deflate to almost nothing.
    planes = differences.reshape(-1).view(np.uint8).reshape(-1, 2).T.tobytes()
    return {
        "step": told.step,
        "slots": int(rows.shape[1]),
        "items": list(told.items),
        "scale": [float(f"{value:.6g}") for value in scale],
        "data": base64.b64encode(zlib.compress(planes, 9)).decode("ascii"),
    }


def decode(sent: dict[str, object]) -> Floats:
    """What `encode` sent, as an array [unit of the bus], shape (items + 2, slots): the page does
    the same in its script, and tests compare.
    """
    planes = np.frombuffer(zlib.decompress(base64.b64decode(str(sent["data"]))), np.uint8)
    differences = planes.reshape(2, -1).T.copy().view("<i2").reshape(-1, int(str(sent["slots"])))
    steps: Floats = np.cumsum(differences, axis=1, dtype=np.int64).astype(np.float64)
    scale = np.asarray(sent["scale"], dtype=np.float64)
    return np.asarray(steps * scale[:, None], dtype=np.float64)
