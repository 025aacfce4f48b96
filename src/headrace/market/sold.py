"""Offers as nouns: what the terms of a study come to in users, use and dollars at the reference.

    tier, seats    revenue a head; use lognormal between heads, under a cap (market/caps.py)
    agents         seat, and overage on use beyond what the seat includes
    api            output, input and cached tokens, a share of them in batches at a discount
    credits        paid before use; a share is never used
    results        paid for success, made in attempts

Prices of one offer move together along its curve; what advertising brings does not.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from headrace.core.ids import OfferId, ProductId
from headrace.core.offer_checks import HEADS, offer_units
from headrace.core.product_units import BUS_UNITS
from headrace.core.sold import MenuPrice, PriceCurve, SoldOffer, Subscribers
from headrace.core.study import Churn, OfferTerms, Product
from headrace.core.units import HOURS_PER_MONTH, parse
from headrace.market.caps import capped_use
from headrace.market.cohorts import SurvivalCurve, fit_survival

MOST_ON_A_CURVE = 2.0
"""Largest level over the reference where a curve says what it costs, unless written [1]."""
MOST_SHARE = 0.98
"""Of a market that one offer can hold [1]: beyond, a logit's price falls without end."""


def sold_offer(
    product: str, written: Product, key: str, terms: OfferTerms, start: int, months: float
) -> SoldOffer:
    """An offer as the plan sells it. product, key: names in the study; start: of the horizon [month
    since year 0]; months: its length [month].
    """
    units = offer_units(written, terms)
    number = {
        name: parse(getattr(terms, name) or f"0 {unit}", unit) for name, unit in units.items()
    }
    curve = price_curve(terms)
    if terms.kind in HEADS:
        amount, work, usd = paid_by_head(written, terms, number)
    else:
        amount, work, usd = paid_by_use(written, terms, number)
    most = terms.most or (1.0 if curve.kind == "posted" else MOST_ON_A_CURVE)
    if curve.kind == "linear":
        most = min(most, 1.0 + 1.0 / curve.slope)
    elif curve.kind == "logit":
        most = min(most, MOST_SHARE / curve.share)
    rivals = terms.rivals
    left = 1.0 - terms.creators
    kept = left * (1.0 - terms.partner)
    offer = SoldOffer(
        id=OfferId(ProductId(product), key),
        kind=terms.kind,
        title=terms.title or key,
        amount=amount,
        unit="user" if terms.kind in HEADS else units["amount"],
        work=work,
        price=number["price"],
        price_unit=units["price"],
        usd=kept * usd,
        advertising=left * amount * number["ads"] / HOURS_PER_MONTH,
        gross=1.0 / kept,
        creators=terms.creators,
        metered=terms.kind not in HEADS,
        curve=curve,
        most=most,
        number=1 if curve.kind == "posted" else terms.pieces,
        growth=terms.growth,
        menu=menu_prices(terms, units["price"], number["price"], curve, most),
        subscribers=None if terms.churn is None else leaving(terms, number["joins"], months),
        rivals=0.0 if rivals is None else rivals.share,
        cut=0.0 if rivals is None else rivals.cut,
        cut_from=math.inf if rivals is None or rivals.since is None else rivals.since - start,
        largest=tuple(terms.largest),
    )
    return offer


def price_curve(terms: OfferTerms) -> PriceCurve:
    """The curve through the reference that terms describe."""
    if terms.elasticity is None:
        return PriceCurve("posted")
    if terms.market_share is None:
        return PriceCurve("linear", slope=1.0 / terms.elasticity)
    share = terms.market_share
    return PriceCurve("logit", slope=terms.elasticity / (1.0 - share), share=share)


def after_cut(offer: SoldOffer, cut: float) -> PriceCurve:
    """The curve of an offer after rivals, who asked the same, cut their price. cut: [1]."""
    curve = offer.curve
    if curve.kind != "logit" or cut == 0:
        return curve
    elsewhere = 1.0 - curve.share
    weight = offer.rivals * math.exp(curve.slope * cut) + elsewhere - offer.rivals
    return PriceCurve("logit", curve.slope, curve.share, weight / elsewhere)


def paid_by_head(
    written: Product, terms: OfferTerms, number: dict[str, float]
) -> tuple[float, float, float]:
    """Users [user], their work [unit/h] and what they pay [USD/h]."""
    assert terms.use is not None
    unit = f"{BUS_UNITS[written.kind]}/user-month"
    median = parse(terms.use.median, unit)
    cap = parse(terms.use.cap, unit) if terms.use.cap else math.inf
    served = capped_use(median, terms.use.spread, cap).served if median > 0 else 0.0
    paid = sum(g.share * parse(g.price, "USD/user-month") for g in terms.groups.values())
    paid += (1.0 - sum(g.share for g in terms.groups.values())) * number["price"]
    if terms.kind == "agents" and median > 0:
        within = min(cap, max(number["included"], 1e-12))
        beyond = served - capped_use(median, terms.use.spread, within).served
        paid += number["overage"] * beyond
    users = number["users"]
    return users, users * served / HOURS_PER_MONTH, users * paid / HOURS_PER_MONTH


def paid_by_use(
    written: Product, terms: OfferTerms, number: dict[str, float]
) -> tuple[float, float, float]:
    """Amount [its unit], work [unit/h] and what it brings [USD/h]."""
    amount, price = number["amount"], number["price"]
    if terms.kind == "results":
        made = amount / HOURS_PER_MONTH
        return amount, made * number["work"] / terms.success, made * price
    if terms.kind == "credits":
        return amount, amount, amount * price / (1.0 - terms.unused)
    if terms.input or terms.cached:
        fresh = (written.isl - written.cached) / written.osl
        price += fresh * number["input"] + written.cached / written.osl * number["cached"]
    if terms.batch is not None:
        price *= 1.0 - terms.batch.share * terms.batch.discount
    return amount, amount, amount * price


def leaving(terms: OfferTerms, joins: float, months: float) -> Subscribers:
    """Who leaves and who joins. joins: [user/month]; months: of the horizon [month]."""
    assert terms.churn is not None
    survival = survival_curve(terms.churn).curve(math.ceil(months) + 1)
    return Subscribers(tuple(float(s) for s in survival), joins, terms.unserved_churn)


def survival_curve(churn: Churn) -> SurvivalCurve:
    """How subscribers stay, by month: as written, or fitted to what was seen of a cohort."""
    if churn.seen:
        return fit_survival(np.asarray(churn.seen), 1.0, churn.family)
    if churn.rate is not None:
        return SurvivalCurve("constant", rate=churn.rate)
    family: Literal["sbg", "bdw"] = "sbg" if churn.shape == 1 else "bdw"
    return SurvivalCurve(family, churn.alpha or 0.0, churn.beta or 0.0, churn.shape)


def menu_prices(
    terms: OfferTerms, unit: str, reference: float, curve: PriceCurve, most: float
) -> tuple[MenuPrice, ...]:
    """The prices that may be posted. reference: the offer's own [`unit`]; most: largest level
    [1].
    """
    found = []
    for words in terms.prices:
        price = parse(words, unit) / reference if reference > 0 else 1.0
        found.append(MenuPrice(words, price, min(most, curve.level(price))))
    return tuple(found)
