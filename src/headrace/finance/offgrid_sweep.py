"""Cost of an off-grid campus against its solar share: the cheapest sizes of panels and battery for
each share.

Energy comes from hourly weather (`energy.microgrid`), money from the pro forma (`offgrid`). The
white paper's shape is a minimum at a middling share and a last tenth that costs most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.energy.microgrid import dispatch
from headrace.finance.offgrid import Campus, CampusTerms, GeneratorKind, price, terms

HOURS_OF_BATTERY = 4.0


@dataclass(frozen=True)
class DesignPoint:
    """One design: panels [MW of DC], battery [MW of 4 h], share of the load served by the sun [1],
    price [USD/MWh].
    """

    solar: float
    battery: float
    share: float
    price: float


def sweep(
    load: float,
    sun: Floats,
    solar: Floats,
    battery: Floats,
    kind: GeneratorKind = "engine",
    money: CampusTerms | None = None,
) -> tuple[DesignPoint, ...]:
    """Every pair of sizes for a flat load [MW]. sun: output per MW of DC by hour [1]; solar [MW of
    DC]; battery [MW].

    Generators carry 1.25 times the load at any share: nights without sun remain.
    """
    own = money or terms()
    flat = np.full(len(sun), load)
    points = []
    for panels in solar:
        for size in battery if panels > 0 else battery[:1]:
            share = dispatch(
                flat, panels * sun, float(size), float(size) * HOURS_OF_BATTERY
            ).solar_share
            campus = Campus(
                load=load,
                energy=load * len(sun),
                solar=float(panels),
                battery=float(size),
                hours=HOURS_OF_BATTERY,
                generator=1.25 * load,
                kind=kind,
                solar_share=share,
            )
            points.append(DesignPoint(float(panels), float(size), share, price(campus, own).price))
    return tuple(points)


def envelope(points: tuple[DesignPoint, ...], shares: Floats) -> tuple[DesignPoint, ...]:
    """The cheapest design near each of `shares` [1], evenly spaced from 0: within half a step, and
    no panels at share 0.

    Shares that no design comes near are left out.
    """
    half = 0.5 * float(shares[1] - shares[0])
    found = []
    for share in shares:
        near = [
            one
            for one in points
            if (one.solar == 0 if share == 0 else abs(one.share - share) <= half)
        ]
        if near:
            found.append(min(near, key=lambda point: point.price))
    return tuple(found)
