"""When an order arrives, how long it stands, and what it costs in today's money.

An order has a date: the start of a stage, or the month in which what it replaces must be ordered
anew (`operated_years.py`). Payments fall due on their own dates and are discounted
from there, which is where interest during construction is counted. What still stands at the
horizon's end is worth its unexpired annuity at the real rate, or its resale value if that is lower;
it is always reported as its own line.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.components import Asset
from headrace.core.ids import AssetKind
from headrace.finance.levelised import discount_factor, flowing
from headrace.plan.scenario.time_slices import TimeSlices
from headrace.plan.scenario.tree import ScenarioNode

SAME_MONTH = 1e-6
"""Months within which two instants are one."""


@dataclass(frozen=True)
class Discounting:
    """Discounting of a study. rate: real [1/year]; end: of the horizon [month]; terminal: whether a
    terminal value counts.
    """

    rate: float
    end: float
    terminal: bool

    def discount(self, month: float) -> float:
        """Today's value of a dollar due `month` months after the horizon's start [1]."""
        return discount_factor(self.rate, month / 12)

    def years(self, begin: float, end: float) -> float:
        """Today's value of a dollar a year, paid evenly from month `begin` to month `end` [year]; 0
        where the end is not later.
        """
        return flowing(self.rate, begin / 12, end / 12)

    def annuity_left(self, life: float, left: float) -> float:
        """Share of a price that an annuity has not yet paid off when `left` of `life` [month]
        remain [1]; 0 for what has no life.
        """
        return self.years(0, left) / self.years(0, life) if life > 0 else 0.0


@dataclass(frozen=True)
class LifetimeCost:
    """What one unit costs when ordered at a node, discounted, before probability [USD per unit].

    payments: of the order; fixed: fixed cost or rent while it stands; terminal: what it is still
        worth at the horizon's end (taken off).
    """

    payments: float
    fixed: float
    terminal: float

    @property
    def net(self) -> float:
        """What it costs once its terminal value is taken off [USD per unit]."""
        return self.payments + self.fixed - self.terminal


def can_order(asset: Asset, date: float, discounting: Discounting) -> bool:
    """Whether it can be ordered in month `date` [month] and still work within the horizon."""
    return (
        asset.at_most > 0
        and asset.supply > 0
        and date >= asset.available_from
        and date + asset.lead_months < discounting.end
    )


def ending(asset: Asset, date: float, stage_end: float) -> float:
    """When what is ordered in month `date` ends, after the horizon's start [month]: its life is
    over, or a rent and the stage it was taken for, which ends in `stage_end` [month].
    """
    end = date + asset.lead_months + asset.life_months
    return max(end, stage_end) if asset.rented else end


def money(
    asset: Asset, date: float, finish: float, discounting: Discounting, factor: float
) -> LifetimeCost:
    """What one unit of `asset` ordered in month `date` [month], at work until `finish` [month],
    costs, discounted [USD per unit]; `factor` [1] multiplies the catalogue price there.
    """
    begin = date + asset.lead_months
    paid = factor * sum(p.usd * discounting.discount(date + p.month) for p in asset.payments)
    paid -= asset.credit * discounting.discount(date)
    return LifetimeCost(
        paid,
        standing_cost(asset, begin, finish, discounting),
        terminal_value(asset, begin, finish, discounting, factor * asset.price),
    )


def standing_cost(asset: Asset, begin: float, finish: float, discounting: Discounting) -> float:
    """Fixed cost, or rent, of one unit from month `begin` to `finish` or the horizon's end,
    discounted [USD per unit].
    """
    return asset.fixed_cost * discounting.years(begin, min(finish, discounting.end))


def terminal_value(
    asset: Asset, begin: float, finish: float, discounting: Discounting, price: float
) -> float:
    """What one unit that works from month `begin` to `finish` is worth at the horizon's end,
    discounted [USD per unit]: the annuity of its `price` [USD per unit] that is still to run, or
    its resale where that is less. 0 for what is rented or has ended; of accelerators rented for a
    term, the rent of what is left of it, as it falls due: an annuity of the whole rent would be
    more, and a term that nobody needs would pay.
    """
    if not discounting.terminal or finish <= discounting.end or asset.rented:
        return 0.0
    if asset.kind is AssetKind.RENTED_ACCELERATOR:
        ordered, left = begin - asset.lead_months, 0.0
        dates = [*(ordered + p.month for p in asset.payments), begin + asset.life_months]
        for payment, since, until in zip(asset.payments, dates, dates[1:]):
            beyond = max(0.0, until - max(since, discounting.end)) / (until - since)
            due = max(since, discounting.end)
            left += beyond * payment.usd * discounting.discount(due)
        return left * price / asset.price if left else 0.0
    left = min(asset.life_months, finish - discounting.end)  # all, of what has yet to arrive
    worth = price * discounting.annuity_left(asset.life_months, left)
    if asset.resale is not None:
        first, yearly = asset.resale
        age = (discounting.end - begin) / 12
        worth = min(worth, price * first * yearly ** max(0.0, age - 1))
    return worth * discounting.discount(discounting.end)


@dataclass(frozen=True)
class Presence:
    """How much of an order stands in a node: a share of its capacity in all hours, or in the hours
    of a mask.

    mask: None where all hours are alike, else 0/1 by snapshot.
    """

    share: float
    mask: Floats | None


def presence(
    asset: Asset, begin: float, finish: float, node: ScenarioNode, calendar: TimeSlices
) -> Presence | None:
    """What stands in `node` of a unit that works from `begin` to `finish` [month]; else None.

    A node in which something comes or goes is never longer than a year (`operated_years.py`), so
    there is no mean over years in which it was not there.
    """
    first, last = max(begin, node.start), min(finish, node.end)
    if last - first <= SAME_MONTH:
        return None
    kept = (1 - asset.fade) ** max(0.0, ((first + last) / 2 - begin) / 12)
    if first - node.start <= SAME_MONTH and node.end - last <= SAME_MONTH:
        return Presence(kept, None)
    begin_hour, end_hour = hour_of(first, node, calendar.span), hour_of(last, node, calendar.span)
    inside = (calendar.offset >= begin_hour) & (calendar.offset < end_hour)
    return Presence(kept, inside.astype(np.float64)) if inside.any() else None


def hour_of(month: float, node: ScenarioNode, span: float) -> float:
    """The first whole hour of a node of `span` hours [h] that does not begin before `month` [month
    after the horizon's start]: what arrives during an hour is there from the next one.
    """
    # a sum of months is not exact in binary, so the turn of an hour is found to a millionth
    return float(np.ceil((month - node.start) * span / node.months - SAME_MONTH))


def node_weight(node: ScenarioNode, discounting: Discounting) -> float:
    """Dollars of the objective per dollar of one simulated span of the node [1]: its probability,
    discounted, times its years where one year stands for several, and its share of the weather.
    """
    years = discounting.years(node.start, node.end)
    return node.probability * node.share * (years if node.months > 12 else years / node.years)
