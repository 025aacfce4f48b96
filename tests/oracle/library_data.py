"""What the rebuild takes from the library as data, in plain numbers; `adapter` fills it in.

Everything else is rebuilt from the study alone. These are not meanings of keys but measurements and
choices: catalogue rows, how fast a model is served, weather, and which weeks were kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


@dataclass(frozen=True)
class KeptHours:
    """The hours kept of a node that simulates representative weeks.

    hour: of the year. weight: hours of the node (of one year where it is longer) it stands for.
    offset: hours from the node's beginning. run: number of the kept week or day; rings: the runs
    that stand for others like them, or for a day whose neighbours are not kept. like: the kept
    hour that stands for each hour of the node. span: hours of the node, of one year where it is
    longer.
    """

    hour: Whole
    weight: Floats
    offset: Floats
    run: Whole
    rings: frozenset[int]
    like: Whole
    span: float


@dataclass(frozen=True)
class Hall:
    """price [USD/MW of IT], fixed [USD/MW-year], lead and life [month]."""

    price: float
    fixed: float
    lead: float
    life: float


@dataclass(frozen=True)
class Chip:
    """price [USD], fixed [USD/year], lead and life [month], busy and idle power [MW], each for one
    accelerator; resale: share of the price after a year, and share kept from year to year;
    available_from: first month of operation, since year 0."""

    price: float
    fixed: float
    lead: float
    life: float
    busy: float
    idle: float
    resale: tuple[float, float]
    available_from: int


@dataclass(frozen=True)
class Rented:
    """rent [USD/accelerator-h], lead and term [month] of a catalogue row."""

    rent: float
    lead: float
    term: float


@dataclass(frozen=True)
class Serving:
    """rate: units of the product an accelerator makes in an hour; busy: its power at it [MW]."""

    rate: float
    busy: float


@dataclass(frozen=True)
class LibraryData:
    """shape: hourly shape of a year, mean one, by catalogue key. first_weekday: of the loads' 1
    January, Monday is 0. kept: hours kept, by begin and length of a node [month]. pue: by site and
    hour. off_cost: of an accelerator switched off [USD/h]."""

    shape: Callable[[str], Floats]
    first_weekday: int
    kept: Mapping[tuple[float, float], KeptHours] = field(default_factory=dict)
    pue: Mapping[str, Floats] = field(default_factory=dict)
    halls: Mapping[str, Hall] = field(default_factory=dict)
    chips: Mapping[str, Chip] = field(default_factory=dict)
    rentals: Mapping[str, Rented] = field(default_factory=dict)
    serving: Mapping[tuple[str, str], Serving | None] = field(default_factory=dict)
    off_cost: float = 0.05
