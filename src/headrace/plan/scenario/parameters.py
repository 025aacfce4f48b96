"""What holds at one tree node: prices, levels and factors, by what they are about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from headrace.core.arrays import Floats
from headrace.core.ids import AssetId, ProductId


@dataclass(frozen=True)
class NodeParameters:
    """What holds at one tree node.

    fuel: price with its carbon [USD/MMBtu], by fuel of the study. capex: factor on an asset's price
        [1], by technology, or by asset where the study writes its price. level, price: factors on
        a demand and on its price [1]. blocks: demand by load block where it is given outright [unit
        of the product per hour].
    """

    fuel: Mapping[str, float]
    capex: Mapping[str | AssetId, float]
    level: Mapping[ProductId, float]
    price: Mapping[ProductId, float]
    blocks: Mapping[ProductId, Floats]
