"""What a unit of a product costs and brings over the whole tree: discounted dollars over discounted
units, part by part.

Electricity is priced at each site's average cost; idle power, halls and accelerators are shared by
what each product uses of them. The method is the levelised cost of the textbooks, with joint costs
shared by use.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from headrace.core.ids import AssetId, AssetKind, CarrierKind, ConverterId, ProductId, StoreId
from headrace.plan.model.constraints.context import CashKind
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.cash_flow import CashLine
from headrace.plan.results.dispatch import NodeOutcome
from headrace.plan.scenario.discounting import node_weight


@dataclass(frozen=True)
class UnitCost:
    """What a unit of a product costs and brings [USD per unit], levelised over the tree.

    price: what the study writes for the horizon's start; levelised_price: discounted revenue over
    discounted units. stages: cost and price by stage, which add up weighted by what is sold there.
    """

    product: ProductId
    unit: str
    price: float
    levelised_price: float
    parts: tuple[tuple[str, float], ...]
    stages: tuple[StageUnit, ...] = ()


@dataclass(frozen=True)
class StageUnit:
    """A unit in the nodes that begin at `start` and last `months` [month]: sold is their share of
    all discounted units [1]; price and cost [USD per unit].
    """

    start: float
    months: float
    sold: float
    price: float
    cost: float


def unit_costs(
    formulation: Formulation, outcomes: Sequence[NodeOutcome], money: Sequence[CashLine]
) -> tuple[UnitCost, ...]:
    """Levelised cost and price of every product that is made.

    Each site's electricity, each hall and each accelerator has one levelised rate over the tree; a
    stage pays these rates for what it uses.
    """
    stages = _stages(formulation, outcomes)
    uses = {stage: _use(formulation, inside) for stage, inside in stages.items()}
    rates = _rates(formulation, money, uses.values())
    found = []
    for demand in formulation.system.demands:
        product = demand.product
        made = sum(use.made[product] for use in uses.values())
        if made <= 0:
            continue
        parts: dict[str, float] = defaultdict(float)
        by_stage = []
        for (start, months), use in uses.items():
            own = rates.parts(product, use)
            if owed := _sum_of("royalty", product, money, stages[start, months]):
                own["royalties"] = -owed
            for name, usd in own.items():
                parts[name] += usd / made
            if (here := use.made[product]) > 0:
                brought = _sum_of("revenue", product, money, stages[start, months])
                cost = sum(own.values()) / here
                by_stage.append(StageUnit(start, months, here / made, brought / here, cost))
        price = _sum_of("revenue", product, money, outcomes) / made
        found.append(
            UnitCost(
                product,
                demand.bus.unit,
                demand.price,
                price,
                tuple(parts.items()),
                tuple(by_stage),
            )
        )
    return tuple(found)


def _stages(
    formulation: Formulation, outcomes: Sequence[NodeOutcome]
) -> dict[tuple[float, float], list[NodeOutcome]]:
    """The nodes that begin at one time and are of one length, in the order of time [month]."""
    found: dict[tuple[float, float], list[NodeOutcome]] = defaultdict(list)
    for outcome in outcomes:
        node = formulation.nodes[outcome.number]
        found[node.start, node.months].append(outcome)
    return dict(sorted(found.items()))


def _sum_of(
    kind: CashKind, product: ProductId, money: Sequence[CashLine], outcomes: Sequence[NodeOutcome]
) -> float:
    """What the product brings, or owes, in these nodes, discounted and weighted by probability
    [USD]; what is received is positive.
    """
    here = {outcome.number for outcome in outcomes}
    earned = (x for x in money if x.kind == kind and x.about == product)
    return sum(line.usd for line in earned if line.node in here)


@dataclass(frozen=True)
class _Rates:
    """Levelised rates: of each site's electricity [USD/MWh], of an accelerator-hour of each asset,
    and of the halls of a site, by the IT power their accelerators need [USD/MWh].
    """

    energy: Mapping[str, float]
    hour: Mapping[AssetId, float]
    hall: Mapping[str, float]

    def parts(self, product: ProductId, use: _Use) -> dict[str, float]:
        """What a product pays for what it uses, discounted, by layer [USD]."""
        found: dict[str, float] = defaultdict(float)
        for (one, site), energy in use.energy.items():
            if one == product:
                found["electricity"] += energy * self.energy.get(site, 0.0)
        for (one, asset), hours in use.hours.items():
            if one == product and hours > 0:
                found["accelerators"] += hours * self.hour[asset]
                found["halls"] += use.power[asset] * hours * self.hall.get(asset.site, 0.0)
        return found


def _rates(formulation: Formulation, money: Sequence[CashLine], uses: Iterable[_Use]) -> _Rates:
    energy_cost, own_cost = _costs(formulation, money)
    energy: dict[str, float] = defaultdict(float)
    hours: dict[AssetId, float] = defaultdict(float)
    power: dict[str, float] = defaultdict(float)
    for use in uses:
        for site, amount in use.site_energy.items():
            energy[site] += amount
        for asset, amount in use.asset_hours.items():
            hours[asset] += amount
            power[asset.site] += use.power[asset] * amount
    halls = {a.site: a.id for a in formulation.system.assets if a.kind is AssetKind.HALL}
    return _Rates(
        {site: energy_cost[site] / amount for site, amount in energy.items() if amount > 0},
        {asset: own_cost[asset] / amount for asset, amount in hours.items() if amount > 0},
        {
            site: own_cost[halls[site]] / amount
            for site, amount in power.items()
            if amount > 0 and site in halls
        },
    )


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
