"""Products as demands: how much customers would take now, its hourly shape, its price and its
deadline.
"""

from __future__ import annotations

from headrace.core.arrays import Floats
from headrace.core.components import Demand
from headrace.core.ids import ProductId
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS, product_bus
from headrace.core.study import Product
from headrace.core.units import parse
from headrace.market.shape import hourly


def demand(
    key: str,
    product: Product,
    first_weekday: int,
    load: Floats | None = None,
    shape: Floats | None = None,
) -> Demand:
    """A product's demand at today's level. first_weekday: of 1 January, Monday is 0.

    load: every hour of it as the study's own table gives it [unit of the product per hour]; shape:
    the same of its shape, of mean one [1]. None: as the product says in words.
    """
    deadline = product.deadline
    if load is None:
        level = parse(product.demand, DEMAND_UNITS[product.kind])
        load = level * (hourly(product.shape, first_weekday) if shape is None else shape)
    return Demand(
        product=ProductId(key),
        title=product.title or key,
        bus=product_bus(key, product),
        quantity=load,
        price=parse(product.price, PRICE_UNITS[product.kind]),
        deadline="hours" if isinstance(deadline, float) else deadline,
        window_hours=float(deadline) if isinstance(deadline, float) else 1.0,
        least=product.availability,
        least_from=product.served_from,
    )
