"""What a product is counted in, by its kind: asked for, paid for, delivered."""

from __future__ import annotations

from headrace.core.components import Bus
from headrace.core.ids import CarrierId, CarrierKind, ProductId
from headrace.core.study import Product

DEMAND_UNITS = {
    "tokens": "Mtok/h",
    "video": "video-second/h",
    "training": "EFLOP/h",
    "electricity": "MW",
}
PRICE_UNITS = {
    "tokens": "USD/Mtok",
    "video": "USD/video-second",
    "training": "USD/EFLOP",
    "electricity": "USD/MWh",
}

BUS_UNITS = {"tokens": "Mtok", "video": "video-second", "training": "EFLOP", "electricity": "MWh"}
"""Unit in which a product is delivered."""


def product_bus(key: str, product: Product) -> Bus:
    """Where a product is delivered, whichever site serves it."""
    return Bus(CarrierId(CarrierKind.PRODUCT, ProductId(key)), "", BUS_UNITS[product.kind])
