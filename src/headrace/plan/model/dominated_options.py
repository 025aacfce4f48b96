"""Options that another one of the same site beats in everything: nothing is wrong with them, and
mostly a figure is.

An option dominates another where it puts the same into the same buses and takes no more, and no
figure of it is worse: price, fixed and running cost, fuel, lead time, life, availability, ageing;
and one is better. The other is then ordered only where the first is at its limit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Asset, Converter
from headrace.core.ids import AssetRole
from headrace.core.study_bounds import Fault
from headrace.plan.model.build_system import SystemOnTree


def dominated_options(expansion: SystemOnTree) -> Iterator[Fault]:
    """Every option under `sites.NAME.build` that another one there beats in everything."""
    system = expansion.system
    plants = {c.asset: c for c in system.converters if c.asset is not None}
    stored = {store.power_asset for store in system.stores}
    listed = [
        asset for asset in system.assets
        if asset.id.role is AssetRole.BUILD and asset.id in plants and asset.id not in stored
        and asset.waits is None and asset.into is None
    ]  # fmt: skip
    for worse in listed:
        for better in listed:
            cheaper = (prices(expansion, better) <= prices(expansion, worse)).all()
            if (
                better.site == worse.site
                and cheaper
                and dominates((better, plants[better.id]), (worse, plants[worse.id]))
            ):
                found = (
                    f"`{better.id.key}` strictly dominates it: the same output, and no figure of "
                    "it is worse"
                )
                fix = f"It is ordered only where `{better.id.key}` is at its limit."
                yield ("sites", worse.site, "build", worse.id.key), found, "", fix
                break


def prices(expansion: SystemOnTree, asset: Asset) -> Floats:
    """Price of an asset at every node [USD per unit], shape (nodes,)."""
    factors = (p.capex.get(asset.id, p.capex.get(asset.belief, 1.0)) for p in expansion.parameters)
    return np.array([asset.price * factor for factor in factors])


def dominates(better: tuple[Asset, Converter], worse: tuple[Asset, Converter]) -> bool:
    """Whether the first option, an asset with its converter, is nowhere worse than the second and
    somewhere better.
    """
    (a, plant), (b, other) = better, worse
    rules = plant.commitment or other.commitment or np.isfinite(plant.ramp) or plant.standing
    same = {p.bus for p in plant.ports} == {p.bus for p in other.ports} and not other.standing
    if a.id == b.id or rules or not same or (plant.fuel not in ("", other.fuel)):
        return False
    ratio = {p.bus: np.asarray(p.ratio) for p in plant.ports}
    # what is less is better, except where the sign says otherwise
    pairs: list[tuple[Hourly, Hourly]] = [
        (a.price, b.price),
        (a.fixed_cost, b.fixed_cost),
        (a.lead_months, b.lead_months),
        (-a.life_months, -b.life_months),
        (a.available_from, b.available_from),
        (a.fade, b.fade),
        (a.unit_size, b.unit_size),
        (-(a.resale or (0.0, 0.0))[0], -(b.resale or (0.0, 0.0))[0]),
        (np.asarray(plant.cost), np.asarray(other.cost)),
        (plant.fuel_rate if plant.fuel else 0.0, other.fuel_rate),
        (-np.asarray(plant.availability), -np.asarray(other.availability)),
        (plant.unit_size, other.unit_size),
        *((-ratio[p.bus], -np.asarray(p.ratio)) for p in other.ports),
    ]
    return all(np.all(np.less_equal(x, y)) for x, y in pairs) and any(
        np.any(np.less(x, y)) for x, y in pairs
    )
