"""Products as demands: how much customers would take now, its hourly shape, its price and its
deadline; with offers, what all of them take at their reference.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats
from headrace.core.components import Demand
from headrace.core.ids import ProductId
from headrace.core.product_units import DEMAND_UNITS, PRICE_UNITS, product_bus
from headrace.core.sold import SoldOffer
from headrace.core.study import Product
from headrace.core.units import parse
from headrace.market.shape import hourly
from headrace.market.sold import sold_offer

DAYS_OF_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def demand(
    key: str,
    product: Product,
    first_weekday: int,
    horizon: tuple[int, float] = (0, 0.0),
    load: Floats | None = None,
    shape: Floats | None = None,
) -> Demand:
    """A product's demand at today's level. first_weekday: of 1 January, Monday is 0. horizon: its
    start [month since year 0] and length [month], by which subscribers leave.

    load: every hour of it as the study's own table gives it [unit of the product per hour]; shape:
    the same of its shape, of mean one [1]. None: as the product says in words.
    """
    deadline, price_unit = product.deadline, PRICE_UNITS[product.kind]
    refund, billed = 0.0, False
    offers = tuple(
        sold_offer(key, product, name, terms, *horizon) for name, terms in product.offers.items()
    )
    if offers:
        level = sum(offer.work for offer in offers)
        brings = sum(offer.usd + offer.advertising for offer in offers)
        price = brings / level if level > 0 else 0.0
        refund = parse(product.refund, price_unit) if product.refund else dearest_unit(offers)
        billed = billed_as_served(product, offers)
    else:
        price = parse(product.price, price_unit)
        level = parse(product.demand, DEMAND_UNITS[product.kind]) if load is None else 0.0
    if load is None:
        load = level * seasonal(product, first_weekday, shape)
    return Demand(
        product=ProductId(key),
        title=product.title or key,
        bus=product_bus(key, product),
        quantity=load,
        price=price,
        deadline="hours" if isinstance(deadline, float) else deadline,
        window_hours=float(deadline) if isinstance(deadline, float) else 1.0,
        least=product.availability,
        least_from=product.served_from,
        offers=offers,
        refund=0.0 if billed else refund,
        billed=billed,
    )


def dearest_unit(offers: tuple[SoldOffer, ...]) -> float:
    """The highest price at which the plan may sell a unit of use, or what a unit brings from users
    if that is more [USD per unit of the product]: paid back, nothing is earned by not serving.
    """
    used = [offer for offer in offers if offer.metered and offer.work > 0]
    found = [
        max(offer.usd_of_use(m.price) for m in offer.menu)
        if offer.menu
        else float(offer.pieces().slopes[0]) / offer.work
        for offer in used
    ]
    heads = [offer for offer in offers if not offer.metered]
    work = sum(offer.work for offer in heads)
    if work > 0:
        found.append(sum(offer.usd + offer.advertising for offer in heads) / work)
    return max(found, default=0.0)


def billed_as_served(product: Product, offers: tuple[SoldOffer, ...]) -> bool:
    """Whether only what is served is billed, at the posted price: every offer is metered and has a
    menu of prices, nothing waits, and no refund is written.
    """
    return (
        not product.refund
        and product.deadline == "now"
        and all(offer.menu and offer.metered for offer in offers)
    )


def seasonal(product: Product, first_weekday: int, shape: Floats | None) -> Floats:
    """The shape of a product's hours with its season [1], mean one, shape (8760,).

    first_weekday: of 1 January, Monday is 0; shape: the study's own, None for that of its name [1].
    """
    year = hourly(product.shape, first_weekday) if shape is None else shape
    if not product.season:
        return year
    month = np.repeat(np.arange(12), np.array(DAYS_OF_MONTHS) * 24)[:HOURS_PER_YEAR]
    moved = year * np.asarray(product.season)[month]
    return np.asarray(moved / moved.mean())
