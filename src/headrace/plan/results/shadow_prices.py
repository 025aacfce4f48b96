"""What one more is worth: of a limit, of a right, of something that stands already; from the plan's
own prices.

A marginal value: what the bound above all plans gains from one more unit, for small changes. It
adds up over all tree nodes and dates at which the same key of the study binds. Nothing is solved
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from headrace.core.components import Asset
from headrace.plan.lp.dual_bound import Prices
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.risk_measure import prices_of
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.asset_kind import kind
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.hourly_balance import shown

DUST = 1e-5
"""A price times all there is of it, below this share of the plan's size, is the solver's dust and
not told.
"""


@dataclass(frozen=True)
class Worth:
    """What one more `unit` is worth [USD of the objective]. key: of the study, beginning with the
    site where it has one.
    """

    site: str
    key: str
    usd: float
    unit: str
    words: str


def worths(formulation: Formulation, solution: Solution) -> tuple[Worth, ...]:
    """Every limit that binds and everything that stands for good, dearest unit first within each
    kind.
    """
    problem = formulation.problem
    found = prices_of(problem, solution)
    if found is None:
        return ()
    size = max(abs(found.value) * MONEY, 1.0)
    told = [
        *_limits(formulation, found, size),
        *_supplies(formulation, found, size),
        *_standing(formulation, found, size),
    ]
    return tuple(sorted((*told, *_spending(found, formulation)), key=lambda w: -w.usd))


def _limits(formulation: Formulation, found: Prices, size: float) -> Iterator[Worth]:
    """`at_most` of a site's assets: the rows that hold it, and the boxes of single orders and of
    peaks that it sets.
    """
    converters, first = formulation.system.converters, len(formulation.orders)
    for k, asset in enumerate(formulation.system.assets):
        if not np.isfinite(asset.at_most):
            continue
        price = _rows(formulation, found, f"at most {asset.key} ")
        boxes = [
            i for i, o in enumerate(formulation.orders) if o.asset == k and o.most == asset.at_most
        ]
        boxes += [
            first + i
            for i, p in enumerate(formulation.peaks)
            if converters[p.converter].asset == asset.key
        ]
        price += float(np.maximum(-found.reduced[boxes], 0.0).sum())
        if price * MONEY * asset.at_most > DUST * size:
            yield _per_unit(
                asset,
                limit_key(formulation, asset),
                price,
                f"one more {{unit}} of {titled(asset)} allowed",
            )


def _supplies(formulation: Formulation, found: Prices, size: float) -> Iterator[Worth]:
    """Accelerators that can be had in a year, all sites together."""
    assets = formulation.system.assets
    for name in sorted({a.name for a in assets if np.isfinite(a.supply)}):
        asset = next(a for a in assets if a.name == name)
        price = sum(
            n.years * _rows(formulation, found, f"supply of {name} {n.name}")
            for n in formulation.nodes
        )
        for i, order in enumerate(formulation.orders):
            years = formulation.nodes[order.node].years
            if assets[order.asset].name == name and order.most == asset.supply * years:
                price += years * max(0.0, -float(found.reduced[i]))
        if price * MONEY * asset.supply > DUST * size:
            words = f"one more {titled(asset)} to be had every year"
            yield Worth(
                "",
                f"fleet.{_paid(asset)}.{name}.supply",
                price * MONEY / 1e3,
                "accelerator/a",
                words,
            )


def _spending(found: Prices, formulation: Formulation) -> Iterator[Worth]:
    price = _rows(formulation, found, "spend ")
    if price > 1e-6:
        yield Worth(
            "", "limits.spend", price, "USD", "one more dollar that may be committed in every stage"
        )


def _standing(formulation: Formulation, found: Prices, size: float) -> Iterator[Worth]:
    """One more unit of what stands from the start to the horizon's end: what it saves, less fixed
    cost and the room it takes.
    """
    clock = formulation.clock
    for k, asset in enumerate(formulation.system.assets):
        if asset.stands <= 0 or asset.stands_until < clock.end:
            continue
        price = -asset.fixed_cost * clock.years(0, clock.end) / MONEY - _rows(
            formulation, found, f"at most {asset.key} "
        )
        for standing, slope in zip(formulation.standings, found.slopes):
            price -= sum(
                float(slope[i]) * g.start / asset.stands
                for i, g in enumerate(standing)
                if g.asset == k
            )
        for limit in formulation.system.limits:
            weight = dict(limit.weights).get(asset.key, 0.0)
            price -= weight * _rows(formulation, found, f"{limit.name} ")
        if price * MONEY * asset.stands > DUST * size:
            key = limit_key(formulation, asset).rpartition(".")[0] + ".stands"
            yield _per_unit(
                asset, key, price, f"one more {{unit}} of {titled(asset)} standing today"
            )


def _per_unit(asset: Asset, key: str, price: float, words: str) -> Worth:
    factor, unit = shown(1.0, asset.unit)
    told = words.replace("{unit} of ", "") if unit == "accelerator" else words.format(unit=unit)
    return Worth(asset.site, key, price * MONEY / factor, unit, told)


def _rows(formulation: Formulation, found: Prices, beginning: str) -> float:
    """Sum of the prices of the rows between orders whose names begin so."""
    return float(
        sum(
            p
            for row, p in zip(formulation.problem.master.rows, found.rows)
            if f"{row} ".startswith(beginning)
        )
    )


def limit_key(formulation: Formulation, asset: Asset) -> str:
    """What the limit of an asset is called in a study."""
    if asset.unit == "kaccelerator":
        return f"fleet.{_paid(asset)}.{asset.name}.at_most"
    if asset.name == "grid":
        return f"sites.{asset.site}.grid.limit"
    if asset.name == "hall":
        return f"sites.{asset.site}.hall.at_most"
    stores = {s.energy_asset: s.name for s in formulation.system.stores}
    if asset.key in stores:
        return f"sites.{asset.site}.build.{stores[asset.key]}.at_most_energy"
    return f"sites.{asset.site}.build.{asset.name}.at_most"


def _paid(asset: Asset) -> str:
    return "may_rent" if kind(asset) == "rented" else "may_buy"


def titled(asset: Asset) -> str:
    """An asset's title without its explanation."""
    return asset.title.split(": ")[0]
