"""What one more is worth: of a limit, of a right, of something that stands already; from the plan's
own prices.

A marginal value: what the bound above all plans gains from one more unit, for small changes. It
adds up over all tree nodes and dates at which the same key of the study binds. Nothing is solved
again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np

from headrace.core.components import Asset, Limit
from headrace.core.ids import AssetId, AssetRole
from headrace.core.plan_file import ShadowPriceRecord
from headrace.plan.lp.dual_bound import Prices
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.risk_measure import prices_of
from headrace.plan.lp.scaling import MONEY, scale_of
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import stage_years
from headrace.plan.model.master_row import RowReason

DUST = 1e-5
"""A price times all there is of it, below this share of the plan's size, is the solver's dust and
not told.
"""


def worths(formulation: Formulation, solution: Solution) -> tuple[ShadowPriceRecord, ...]:
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
    spent = sum(float(p) for row, p in zip(formulation.rows, found.rows) if row.reason == "spend")
    if spent > 1e-6:
        words = "one more dollar that may be committed in every stage"
        told.append(ShadowPriceRecord("limits.spend", spent, "USD", words))
    cash = sum(float(p) for row, p in zip(formulation.rows, found.rows) if row.reason == "cash")
    if cash > 1e-6:
        words = "one more dollar of cash at the start, beside the dollar itself"
        told.append(ShadowPriceRecord("limits.cash.opening", cash, "USD", words))
    return tuple(sorted(told, key=lambda w: -w.usd))


def _limits(formulation: Formulation, found: Prices, size: float) -> Iterator[ShadowPriceRecord]:
    """`at_most` of a site's assets: the rows that hold it, and the boxes of single orders and of
    peaks that it sets.
    """
    converters, first = formulation.system.converters, len(formulation.orders)
    for k, asset in enumerate(formulation.system.assets):
        if not np.isfinite(asset.at_most):
            continue
        price = _rows(formulation, found, "at_most", asset.id)
        for i, order in enumerate(formulation.orders):
            if order.asset == k and order.most == asset.at_most:
                price += max(0.0, -float(found.reduced[i])) / scale_of(asset.unit)
        for i, peak in enumerate(formulation.peaks):
            if converters[peak.converter].asset == asset.id:
                price += max(0.0, -float(found.reduced[first + i]))
        if price * MONEY * asset.at_most > DUST * size:
            words = f"one more {{unit}} of {titled(asset)} allowed"
            yield _per_unit(asset, limit_key(asset.id), price, words)


def _supplies(formulation: Formulation, found: Prices, size: float) -> Iterator[ShadowPriceRecord]:
    """Accelerators that can be had in a year, all sites together."""
    assets = formulation.system.assets
    told: dict[tuple[AssetRole, str], Asset] = {}
    for asset in assets:
        if np.isfinite(asset.supply):
            told.setdefault((asset.id.role, asset.id.key), asset)
    for (role, key), asset in sorted(told.items(), key=lambda one: one[0]):
        alike = {a.id for a in assets if (a.id.role, a.id.key) == (role, key)}
        price = sum(
            float(p) * stage_years(formulation.nodes, row.node) / row.scale
            for row, p in zip(formulation.rows, found.rows)
            if row.reason == "supply" and row.about in alike
        )
        for i, order in enumerate(formulation.orders):
            years = stage_years(formulation.nodes, order.node)
            if assets[order.asset].id in alike and order.most == asset.supply * years:
                price += years * max(0.0, -float(found.reduced[i])) / scale_of(asset.unit)
        if price * MONEY * asset.supply > DUST * size:
            words = f"one more {titled(asset)} to be had every year"
            where = f"fleet.{role}.{key}.supply"
            yield ShadowPriceRecord(where, price * MONEY, "accelerator/a", words)


def _standing(formulation: Formulation, found: Prices, size: float) -> Iterator[ShadowPriceRecord]:
    """One more unit of what stands from the start to the horizon's end: what it saves, less fixed
    cost and the room it takes.
    """
    discounting = formulation.discounting
    for k, asset in enumerate(formulation.system.assets):
        if asset.stands <= 0 or asset.stands_until < discounting.end:
            continue
        price = -asset.fixed_cost * discounting.years(0, discounting.end) / MONEY
        price -= _rows(formulation, found, "at_most", asset.id)
        for standing, slope in zip(formulation.installed, found.slopes):
            price -= sum(
                float(slope[i]) / scale_of(asset.unit) * g.start / asset.stands
                for i, g in enumerate(standing)
                if g.asset == k
            )
        for limit in formulation.system.limits:
            weight = dict(limit.weights).get(asset.id, 0.0)
            price -= weight * _rows(formulation, found, "limit", limit)
        if price * MONEY * asset.stands > DUST * size:
            words = f"one more {{unit}} of {titled(asset)} standing today"
            yield _per_unit(asset, limit_key(asset.id, "stands"), price, words)


def _per_unit(asset: Asset, key: str, price: float, words: str) -> ShadowPriceRecord:
    unit = asset.unit
    told = words.replace("{unit} of ", "") if unit == "accelerator" else words.format(unit=unit)
    return ShadowPriceRecord(key, price * MONEY, unit, told, asset.site)


def _rows(
    formulation: Formulation, found: Prices, reason: RowReason, about: AssetId | Limit
) -> float:
    """Sum of the prices of the rows between orders that are there for `reason`, per unit of their
    right-hand side [kUSD].
    """
    return sum(
        float(price) / row.scale
        for row, price in zip(formulation.rows, found.rows)
        if row.reason == reason and row.about == about
    )


def limit_key(asset: AssetId, ending: Literal["at_most", "stands"] = "at_most") -> str:
    """What the limit of an asset, or what stands of it, is called in a study."""
    match asset.role:
        case AssetRole.GRID:
            return f"sites.{asset.site}.grid.{'limit' if ending == 'at_most' else ending}"
        case AssetRole.HALL:
            return f"sites.{asset.site}.hall.{ending}"
        case AssetRole.ACCELERATOR | AssetRole.RENTAL:
            return f"fleet.{asset.role}.{asset.key}.{ending}"
        case AssetRole.BUILD_ENERGY:
            return f"sites.{asset.site}.build.{asset.key}.{ending}_energy"
    return f"sites.{asset.site}.build.{asset.key}.{ending}"


def titled(asset: Asset) -> str:
    """An asset's title without its explanation."""
    return asset.title.split(": ")[0]
