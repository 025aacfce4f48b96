"""Transfer prices by layer: what each layer would charge the next, from the plan's own duals, and
the share of the hours in which what it stands on must work to pay at them.

A layer is what its `bought` keys limit (plants, halls, chips), or the product whose terms its
`factors` change: there the price is what the chain behind charges for a unit of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from headrace.core.ids import AssetId, AssetRole, CarrierKind
from headrace.plan.analysis.integration.layers_file import LayerPart, LayersFile
from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.shadow_prices import limit_key
from headrace.plan.results.transfer_prices import asset_prices, bus_prices

PLACED = (AssetRole.BUILD, AssetRole.GRID, AssetRole.HALL, AssetRole.ACCELERATOR, AssetRole.RENTAL)
"""Roles that a layer's keys name; slots and a battery's energy follow their plant."""


@dataclass(frozen=True)
class LayerPrice:
    """What a layer makes and at which price [USD per unit]; by: the asset, "" for a product.

    even_use: share of the hours in which it must work to pay at that price [1]; use: share in which
    it works in the plan [1]; None where it has none.
    """

    layer: str
    makes: str
    unit: str
    price: float
    by: str = ""
    even_use: float | None = None
    use: float | None = None


def layer_prices(
    file: LayersFile, formulation: Formulation, solution: Solution
) -> tuple[LayerPrice, ...]:
    """Every layer that has something to charge for, in the order of the file."""
    return tuple(
        told
        for name, layer in file.layers.items()
        for told in (
            *prices_of_assets(name, layer, formulation, solution),
            *prices_of_products(name, layer, formulation, solution),
        )
    )


def prices_of_assets(
    name: str, layer: LayerPart, formulation: Formulation, solution: Solution
) -> Iterator[LayerPrice]:
    """What the plants, halls and chips of a layer charge [USD per unit]."""
    parents = {key.rpartition(".")[0] for key in layer.bought}
    mine: list[AssetId] = [
        asset.id
        for asset in formulation.system.assets
        if asset.id.role in PLACED and limit_key(asset.id).rpartition(".")[0] in parents
    ]
    for one in asset_prices(formulation, solution, mine):
        by = f"{one.asset.name} at {one.asset.site}"
        yield LayerPrice(name, one.makes, one.unit, one.price, by, one.even_use, one.use)


def prices_of_products(
    name: str, layer: LayerPart, formulation: Formulation, solution: Solution
) -> Iterator[LayerPrice]:
    """What the chain behind a layer charges for its products [USD per unit]."""
    keys = {key.split(".")[1] for key in layer.factors if key.startswith("products.")}
    for one in bus_prices(formulation, solution) if keys else ():
        carrier = one.bus.carrier
        if carrier.kind is CarrierKind.PRODUCT and carrier.name in keys:
            yield LayerPrice(name, carrier.name, one.bus.unit, one.price)
