"""What holds at one tree node: prices, levels and factors, by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Converter, Demand
from headrace.core.ids import AssetId, ConverterId, ProductId


@dataclass(frozen=True)
class NodeParameters:
    """What holds at one tree node.

    fuel: price with its carbon [USD/MMBtu], by fuel of the study. capex: factor on an asset's price
        [1], by technology, or by asset where the study writes its price. level, price: factors on
        a demand and on its price [1]. blocks: demand by load block where it is given outright [unit
        of the product per hour]. converters: those that are otherwise here than in the system,
        where a price or a series moves. unburnt: price of a fuel without its carbon [USD/MMBtu].
    royalty: factor on what is owed to holders of rights [1].
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

    def converter(self, listed: Converter) -> Converter:
        """A converter of the system as it is here."""
        return self.converters.get(listed.id, listed)

    def demand(self, listed: Demand) -> Demand:
        """A demand of the system as it is here."""
        return self.demands.get(listed.product, listed)
