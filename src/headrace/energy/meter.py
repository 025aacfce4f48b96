"""What a study writes of its grid, as nouns: the right to draw, and what passes its meter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Asset
from headrace.core.ids import AssetId, AssetKind, AssetRole
from headrace.core.study import Grid, TimeOfUse
from headrace.energy.contracts import staged_payments
from headrace.energy.grid import GridRight, PriceWindow
from headrace.energy.site import Built, drawn
from headrace.energy.technology import technology


def grid(site: str, written: Grid, price: Hourly, hourly_limit: Floats | None = None) -> Built:
    """The right to draw from the grid as the study writes it: a queue, energy by the hour, losses,
    a charge on peaks.

    price: of a MWh at the meter, with its carbon [USD/MWh]. hourly_limit: most that may be drawn,
    whatever the right [MW]. Interruptible rights are built from the catalogue (`build: {grid:
    grid.flexible}`): their days follow the weather.
    """
    asset = Asset(
        id=AssetId(site, AssetRole.GRID),
        kind=AssetKind.GRID,
        title="grid right",
        unit="MW",
        payments=staged_payments(technology("grid"), written.price * 1e3, written.queue),
        fixed_cost=0.0,
        lead_months=written.queue,
        life_months=12 * 40,
        at_most=written.limit,
        stands=written.stands,
        catalogue_key="grid.right",
    )
    right = GridRight(written.limit, written.queue, loss=written.loss)
    built = drawn(asset, "grid", right, 1.0, written.demand * 1e3, written.billing)
    most = np.inf if hourly_limit is None else hourly_limit
    meter = replace(built.converters[0], cost=price, at_most=most)
    return replace(built, converters=(meter,))


def windows_of(times: Sequence[TimeOfUse]) -> tuple[PriceWindow, ...]:
    """Times of use as a study writes them."""
    return tuple(
        PriceWindow(
            t.energy, t.begin, t.end, tuple(t.months or range(1, 13)), weekdays_only=t.weekdays
        )
        for t in times
    )
