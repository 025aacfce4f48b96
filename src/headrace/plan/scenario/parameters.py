"""What holds at one tree node: prices, levels and factors, by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Asset, Converter, Demand
from headrace.core.ids import AssetId, ConverterId, ProductId
from headrace.plan.scenario.discounting import SAME_MONTH


@dataclass(frozen=True)
class NodeParameters:
    """What holds at one tree node.

    fuel: price with its carbon [USD/MMBtu], by fuel of the study. capex: factor on an asset's price
        [1], by technology, or by asset where the study writes its price. level, price: factors on
        a demand and on its price [1]. blocks: demand by load block where it is given outright [unit
        of the product per hour]. converters: those that are otherwise here than in the system,
        where a price or a series moves. unburnt: price of a fuel without its carbon [USD/MMBtu].
    royalty: factor on what is owed to holders of rights [1].
    learned: what becomes of the factor in `capex` within the node, by technology: the months after
        the horizon's start from which a year's price holds, ascending, and what it is over that of
        the node's first [1].
    tariff: hourly cost of a converter at the node's snapshots, each the mean of the hours that it
        stands for [USD per unit of activity].
    """

    fuel: Mapping[str, Hourly]
    capex: Mapping[str | AssetId, float]
    level: Mapping[ProductId, float]
    price: Mapping[ProductId, float]
    blocks: Mapping[ProductId, Floats]
    converters: Mapping[ConverterId, Converter] = field(default_factory=dict)
    demands: Mapping[ProductId, Demand] = field(default_factory=dict)
    unburnt: Mapping[str, float] = field(default_factory=dict)
    tariff: Mapping[ConverterId, Hourly] = field(default_factory=dict)
    royalty: Mapping[ProductId, float] = field(default_factory=dict)
    learned: Mapping[str, tuple[tuple[float, float], ...]] = field(default_factory=dict)

    def price_factor(self, asset: Asset, date: float) -> float:
        """Factor on the price of an asset that is ordered in month `date` of the node [1]."""
        if asset.id in self.capex:
            return self.capex[asset.id]
        years = self.learned.get(asset.belief, ())
        later = [ratio for month, ratio in years if month <= date + SAME_MONTH]
        return self.capex.get(asset.belief, 1.0) * (later[-1] if later else 1.0)

    def converter(self, listed: Converter) -> Converter:
        """A converter of the system as it is here."""
        return self.converters.get(listed.id, listed)

    def demand(self, listed: Demand) -> Demand:
        """A demand of the system as it is here."""
        return self.demands.get(listed.product, listed)
