"""What a unit of a product costs over the whole tree: discounted dollars over discounted units,
part by part.

Electricity is priced at each site's average cost; idle power, halls and accelerators are shared by
what each product uses of them. The method is the levelised cost of the textbooks, with joint costs
shared by use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from headrace.core.ids import AssetId, AssetKind, CarrierKind, ConverterId, ProductId, StoreId
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import NodeOutcome
from headrace.plan.scenario.discounting import node_weight


@dataclass(frozen=True)
class UnitCost:
    """What a unit of a product costs: price and parts [USD per unit]."""

    product: ProductId
    unit: str
    price: float
    parts: tuple[tuple[str, float], ...]


def unit_costs(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> tuple[UnitCost, ...]:
    """Levelised cost of every product that is made [USD per unit]."""
    use = _use(formulation, outcomes)
    energy_cost, own_cost = _costs(formulation, money)
    halls = {a.site: a.id for a in formulation.system.assets if a.kind is AssetKind.HALL}
    found = []
    for demand in formulation.system.demands:
        product, made = demand.product, use.made.get(demand.product, 0.0)
        if made <= 0:
            continue
        parts: dict[str, float] = defaultdict(float)
        for (one, site), energy in use.energy.items():
            if one == product and use.site_energy.get(site, 0.0) > 0:
                parts["electricity"] += energy * energy_cost[site] / use.site_energy[site]
        for (one, asset), hours in use.hours.items():
            if one == product and hours > 0:
                parts["accelerators"] += hours / use.asset_hours[asset] * own_cost[asset]
                share = use.power[asset] * hours / use.site_power[asset.site]
                hall = halls.get(asset.site)
                parts["halls"] += share * own_cost[hall] if hall is not None else 0.0
        listed = tuple((name, usd / made) for name, usd in parts.items())
        found.append(UnitCost(product, demand.bus.unit, demand.price, listed))
    return tuple(found)


@dataclass
class _Use:
    """Discounted amounts over the tree. power: IT power that each accelerator needs of its hall
    [MW per accelerator].
    """

    made: dict[ProductId, float] = field(default_factory=lambda: defaultdict(float))
    energy: dict[tuple[ProductId, str], float] = field(default_factory=lambda: defaultdict(float))
    hours: dict[tuple[ProductId, AssetId], float] = field(
        default_factory=lambda: defaultdict(float)
    )
    site_energy: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    asset_hours: dict[AssetId, float] = field(default_factory=lambda: defaultdict(float))
    power: dict[AssetId, float] = field(default_factory=dict)
    site_power: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def _use(formulation: Formulation, outcomes: Sequence[NodeOutcome]) -> _Use:
    """What is made, and what electricity and accelerator-hours each product takes."""
    use, system = _Use(), formulation.system
    for outcome in outcomes:
        scale = (
            node_weight(formulation.nodes[outcome.number], formulation.discounting)
            * outcome.weights
        )
        cut = formulation.time_slices[outcome.number].cut
        for i, activity in outcome.activity.items():
            converter = formulation.parameters[outcome.number].converter(system.converters[i])
            sold = next(
                (system.sold_at[p.bus] for p in converter.ports if p.bus in system.sold_at), None
            )
            if sold is None:
                continue
            product = sold.product
            for port in converter.ports:
                amount = float(scale @ (np.abs(cut(port.ratio)) * activity))
                if port.bus == sold.bus:
                    use.made[product] += amount
                elif port.bus.carrier.kind is CarrierKind.ELECTRICITY:
                    use.energy[product, port.bus.site] += amount
                    use.site_energy[port.bus.site] += amount
                elif isinstance(port.bus.carrier.of, AssetId):
                    use.hours[product, port.bus.carrier.of] += amount
                    use.asset_hours[port.bus.carrier.of] += amount
    _share_idle(formulation, outcomes, use)
    return use


def _share_idle(formulation: Formulation, outcomes: Sequence[NodeOutcome], use: _Use) -> None:
    """Idle power goes to the products in the accelerators' hours, and halls by the power they
    need.
    """
    system = formulation.system
    weight = {one: w for limit in system.limits for one, w in limit.weights if w > 0}
    use.power.update({asset: weight.get(asset, 1.0) for asset in use.asset_hours})
    for asset, hours in use.asset_hours.items():
        use.site_power[asset.site] += use.power[asset] * hours
    for outcome in outcomes:
        scale = (
            node_weight(formulation.nodes[outcome.number], formulation.discounting)
            * outcome.weights
        )
        cut = formulation.time_slices[outcome.number].cut
        for listed in system.converters:
            converter = formulation.parameters[outcome.number].converter(listed)
            standing = converter.asset
            if converter.has_activity or standing not in use.asset_hours or standing is None:
                continue
            there = outcome.hourly_capacity.get(standing)
            for port in converter.standing:
                if there is not None and port.bus.carrier.kind is CarrierKind.ELECTRICITY:
                    drawn = float(scale @ (-np.asarray(cut(port.ratio)) * there))
                    use.site_energy[port.bus.site] += drawn
                    for (product, one), hours in list(use.hours.items()):
                        if one == standing and use.asset_hours[one] > 0:
                            share = hours / use.asset_hours[one]
                            use.energy[product, port.bus.site] += drawn * share


def _costs(
    formulation: Formulation, money: Sequence[CashLine]
) -> tuple[dict[str, float], dict[AssetId, float]]:
    """Discounted cost of all that makes electricity by site, and of each hall and accelerator
    [USD].
    """
    kinds = (AssetKind.HALL, AssetKind.ACCELERATOR, AssetKind.RENTED_ACCELERATOR)
    computing = {a.id for a in formulation.system.assets if a.kind in kinds}
    energy: dict[str, float] = defaultdict(float)
    own: dict[AssetId, float] = defaultdict(float)
    for line in money:
        match line.about:
            case AssetId() as asset if asset in computing:
                own[asset] -= line.usd
            case AssetId() as asset:
                energy[asset.site] -= line.usd
            case ConverterId(asset=AssetId() as asset):
                energy[asset.site] -= line.usd
            case StoreId(power=asset):
                energy[asset.site] -= line.usd
    return energy, own
