"""What presses subscribers to leave: covariates that a study writes, percentiles at which the fleet
room serves them, and trust.

    hazard of leaving x exp(sum over covariates of effect x value + sensitivity (1 - trust))

month by month of the horizon (core/sold.py Subscribers). A covariate that is `served` has the value
ln(percentile / against), so that its effect is the hazard's elasticity. All of it follows from what
the study writes and from how its fleet may serve, not from what the plan decides: it stays linear.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from headrace.core.components import Demand
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.sold import SoldOffer
from headrace.core.study import ChurnCovariate, OfferTerms, Product
from headrace.market.sold import survival_curve
from headrace.plan.model.trust_and_royalty import by_month, trust_by_month
from headrace.trust.stock import churn_factor

MOST_MONTHS = 1_000_000
"""Months of age to which a cohort may be pressed within a horizon."""


def with_pressure(
    demand: Demand,
    product: Product,
    stages: Sequence[float],
    percentiles: Callable[[], Mapping[str, float]],
) -> Demand:
    """The demand with what presses the users of every offer to leave.

    stages: lengths [month]; percentiles: at which the product is served, by name [s], asked only
    where a covariate needs them. Raises InputError where they are not to be had, and for more
    pressure than a survival curve can be told for.
    """
    offers = tuple(
        pressed(offer, terms, stages, percentiles)
        for offer, terms in zip(demand.offers, product.offers.values())
    )
    return replace(demand, offers=offers)


def pressed(
    offer: SoldOffer,
    terms: OfferTerms,
    stages: Sequence[float],
    percentiles: Callable[[], Mapping[str, float]],
) -> SoldOffer:
    """One offer under its covariates and its trust, as `with_pressure`."""
    churn, users = terms.churn, offer.subscribers
    if churn is None or users is None or not (terms.trust or churn.covariates):
        return offer
    moved = np.zeros(math.ceil(sum(stages)))
    for covariate in churn.covariates.values():
        moved += covariate.effect * np.array(values(covariate, stages, percentiles))
    covariates = np.exp(np.minimum(moved, 700.0))
    if terms.trust is not None:
        trust = trust_by_month(terms.trust, stages)
        pressure = covariates * [churn_factor(level, terms.trust.sensitivity) for level in trust]
        failed = by_month(terms.trust.failed, stages)
        users = users._replace(trust=trust, failed=failed)
    else:
        pressure = covariates
    curve = survival_curve(churn)
    shape = curve.shape
    lived = max(1.0, float(pressure.max())) ** (1.0 / shape) * len(pressure) + 2.0
    if lived > MOST_MONTHS:
        found = f"the hazard of leaving times {pressure.max():.3g}"
        raise InputError(InputFault(Place(key="churn"), found, "smaller effects or values"))
    users = users._replace(
        survival=tuple(curve.curve(int(lived)).tolist()),
        pressure=tuple(pressure.tolist()),
        covariates=tuple(covariates.tolist()),
        shape=shape,
    )
    return replace(offer, subscribers=users)


def values(
    covariate: ChurnCovariate,
    stages: Sequence[float],
    percentiles: Callable[[], Mapping[str, float]],
) -> tuple[float, ...]:
    """The value of a covariate by month of the horizon [1]. stages: lengths [month]; percentiles:
    as for `with_pressure`.
    """
    if covariate.against is None:
        return by_month(covariate.values, stages)
    return by_month([math.log(percentiles()[covariate.served] / covariate.against)], stages)
