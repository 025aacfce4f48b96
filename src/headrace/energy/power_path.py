"""From the bus of the site to the chip: transformer, UPS, distribution, power supply; on an AC or a
DC bus.

`compute.facility` has the hall's own path in its PUE. This file is for the choice between buses: a
battery and panels on a DC bus save the conversions to AC and back. Count each loss once: with a
path from here, set the hall's to 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.catalogue import Figure, entry
from headrace.core.errors import InputError, InputFault, Place

Source = Literal["grid", "plant", "solar", "battery"]


@dataclass(frozen=True)
class Stage:
    """One conversion: its name and efficiency at rated load [1]."""

    name: str
    efficiency: Figure


@dataclass(frozen=True)
class PowerPath:
    """The conversions between a source and the chip, in the order in which electrons meet them.

    no_load: share of rated power lost at any load, in all stages together [1].
    """

    key: str
    source: Source
    stages: tuple[Stage, ...]
    no_load: Figure

    @property
    def efficiency(self) -> float:
        """Power at the chip over power at the source, at rated load [1]."""
        return float(np.prod([stage.efficiency.value for stage in self.stages]))

    def at(self, load: Floats) -> Floats:
        """The same [1] at `load`, a share of the rated one [1]: a part of the loss does not fall
        with load. 0 at no load.
        """
        share = np.clip(np.asarray(load, dtype=np.float64), 0.0, 1.0)
        lost = 1.0 / self.efficiency - 1.0
        idle = min(self.no_load.value, lost)
        drawn = share * (1.0 + lost - idle) + idle
        return np.asarray(np.divide(share, drawn, out=np.zeros_like(share), where=share > 0))


@lru_cache(maxsize=16)
def power_path(key: str, source: Source) -> PowerPath:
    """The path `path.ac` or `path.dc` from a source.

    Raises InputError with the nearest known key or the known sources.
    """
    row = entry("energy", "power_path", key)
    steps = row.words.get(f"from_{source}")
    if steps is None:
        known = ", ".join(
            name.removeprefix("from_") for name in row.words if name.startswith("from_")
        )
        raise InputError(
            InputFault(Place(key=key), f"there is no path from `{source}`", fix=f"Known: {known}.")
        )
    stages = tuple(Stage(name, row.figure(name)) for name in steps.split())
    return PowerPath(key, source, stages, row.figure("no_load"))
