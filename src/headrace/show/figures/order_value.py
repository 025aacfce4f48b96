"""Orders now as one sheet: each in words, what it costs, its worth on a common scale, where it
gains, and when it arrives; the plans without any order first, the sum last.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from headrace.core.plan_file import Alternative, OrderRecord, PlanFile
from headrace.show.figures.branch_gains import strip
from headrace.show.format import colours, decision_words, order_sentences
from headrace.show.format import text as words
from headrace.show.format.chart import Table, table
from headrace.show.format.html import Markup, join, tag
from headrace.show.format.origin import link_to, order_place

_COLUMNS = (
    *("rank", "site", "asset", "quantity", "unit", "order by", "arrives"),
    *("cost [USD]", "first due", "first payment [USD]", "last due"),
    *("worth at least [USD]", "worth at most [USD]", "decided"),
    *("worth a dollar at least [1]", "worth a dollar at most [1]"),
    *("gain on the worst branch [USD]", "gain on the best branch [USD]", "because"),
    *("price today", "placed up to at least", "placed up to at most", "price in"),
    *("a month sooner at least [USD]", "a month sooner at most [USD]"),
)


NOT_COMPUTED = "Worth not computed"


@dataclass(frozen=True)
class Scale:
    """A linear scale from `low` to `high`, as per cent of a width."""

    low: float
    high: float

    def at(self, value: float) -> float:
        """Where a value [unit of the scale] stands [% of the width], kept inside the picture."""
        return 100.0 * min(1.0, max(0.0, (value - self.low) / (self.high - self.low)))


def as_table(found: Sequence[OrderRecord]) -> Table:
    """The orders as plain rows, ranked as given; what was not asked is empty."""
    rows: list[tuple[float | str | None, ...]] = []
    for rank, order in enumerate(found, 1):
        counted = order.unit in words.COUNTED  # whole ones
        size = float(round(order.quantity)) if counted else order.quantity
        flip, month, rate = order.flips_at, order.month_earlier, order.worth_per_usd
        price = (None,) * 4 if flip is None else (flip.now, flip.low, flip.high, flip.unit)
        sooner = (None, None) if month is None else (month.low_usd, month.high_usd)
        gains = [gain.usd for gain in order.branches]
        due: tuple[float | str | None, ...] = (None, None, None)
        if order.payments:
            first, last = order.payments[0], order.payments[-1]
            due = (first.due, first.usd, last.due)
        rows.append(
            (
                *(rank, words.site(order.site), order.name, size, order.unit),
                *(order.order_by, order.arrives, order.cost_usd, *due),
                *(order.value_low_usd, order.value_high_usd, order.decided),
                *((None, None) if rate is None else (rate.low, rate.high)),
                *((min(gains), max(gains)) if gains else (None, None)),
                *(words.named(order.why, (order.site,)), *price, *sooner),
            )
        )
    return table(_COLUMNS, rows)


def sheet(plan: PlanFile) -> Markup:
    """The sheet: the plans without any order, then rank, words, cost, worth, branches and time of
    each, then the sum.

    Orders the gap cannot decide stand below a line of their own.
    """
    found, unit = order_sentences.ranked(plan.orders), plan.money.unit
    zero = [
        row_zero((what, f"{worth}, {less}"), other, plan)
        for what, worth, less, other in decision_words.alternatives(plan)
    ]
    if not found:
        none = tag("p", order_sentences.NO_ORDER, class_="none")
        return join(none, tag("ol", *zero, class_="orders")) if zero else none
    worth, time = worth_scale(found), time_scale(found)
    rows: list[Markup] = []
    shelf = None
    for rank, order in enumerate(found, 1):
        undecided = "" if order.decided else "Undecided at this gap: the interval holds 0"
        now = undecided if order.value_low_usd is not None or order.breaks else NOT_COMPUTED
        if now != shelf:
            shelf = now
            rows.append(tag("li", shelf, class_="shelf") if shelf else Markup(""))
        rows.append(row(rank, order_sentences.sentence(order, unit), worth, time, plan))
    return tag("ol", axis(worth, time, unit), *zero, *rows, total(plan), class_="orders")


def row_zero(told: tuple[str, str], other: Alternative, plan: PlanFile) -> Markup:
    """A plan that places no order, on the same sheet: what it is, and what it loses."""
    what, loses = told
    gains = order_sentences.on_branches(other.branches, plan.money.unit)
    about = f"this plan against it {gains}" if gains else ""
    return tag(
        "li",
        tag("span", "0", class_="rank"),
        tag(
            "div",
            tag("p", what, class_="what"),
            tag("p", about, class_="why") if about else Markup(""),
            class_="words",
        ),
        tag("div", tag("b", "pay nothing"), class_="pay"),
        tag("div", tag("span", loses, class_="label"), class_="worth"),
        tag("div", strip(other.branches, plan), class_="time"),
        class_="order zero",
    )


def total(plan: PlanFile) -> Markup:
    """The sum of what is committed this month; nothing where it is not known."""
    told = decision_words.committed(plan)
    if not told:
        return Markup("")
    without = decision_words.without_any(plan)
    return tag(
        "li",
        tag("span", class_="rank"),
        tag("div", tag("p", "All of them together", class_="what"), class_="words"),
        tag("div", tag("b", f"pay {told}"), class_="pay"),
        tag("div", tag("span", without, class_="label"), class_="worth"),
        tag("div", class_="time"),
        class_="order sum",
    )


def row(
    rank: int, told: order_sentences.Sentence, worth: Scale, time: Scale, plan: PlanFile
) -> Markup:
    """One order: its rank, its words, its cost, its bar of worth, its branches, its bar of time."""
    order = told.order
    amount = words.quantity(order.quantity, order.unit)
    _, _, rest = order_sentences.amount(order).partition(amount)
    place = f"{rest} at {words.site(order.site)} "
    further = tag("p", told.further, class_="why") if told.further else Markup("")
    text = tag(
        "p",
        "Order ",
        tag("b", amount),
        place,
        tag("span", f"by {order.order_by}", class_="date"),
        class_="what",
    )
    why = tag("p", f"because {told.why}", class_="why") if told.why else Markup("")
    return tag(
        "li",
        tag(
            "span",
            str(rank),
            class_="rank",
            style=f"--own:{colours.technology(f'{order.asset} {order.title}')}",
        ),
        tag("div", text, why, further, class_="words"),
        pay(told, plan),
        worth_bar(told, worth),
        tag("div", time_bar(order, told.when, time), gains_of(told, plan), class_="when"),
        class_="order" if order.decided else "order open",
        id=order_place(rank),
    )


def pay(told: order_sentences.Sentence, plan: PlanFile) -> Markup:
    """What it costs in bold, when that is due, and the way to the figures behind it."""
    first, _, rest = told.pays.partition(", ")
    small = tag("span", rest, class_="label") if rest else Markup("")
    known = any(source.key == told.order.figures for source in plan.sources)
    origin = link_to(told.order.figures, "its figures") if known else Markup("")
    return tag("div", tag("b", first), small, origin, class_="pay")


def gains_of(told: order_sentences.Sentence, plan: PlanFile) -> Markup:
    """Its branches as bars, and in words."""
    if not told.branches:
        return Markup("")
    words_ = tag("span", told.branches, class_="label")
    return tag("div", words_, strip(told.order.branches, plan), class_="branches")


def worth_bar(told: order_sentences.Sentence, scale: Scale) -> Markup:
    """The certified interval on the scale of worth; what is sure is pale, what is open hatched."""
    order = told.order
    label = tag(
        "span",
        told.worth.removeprefix("undecided at this gap: ").removeprefix("worth "),
        class_="label",
    )
    if order.value_low_usd is None or order.value_high_usd is None:
        return tag("div", label, class_="worth")
    zero, low, high = scale.at(0.0), scale.at(order.value_low_usd), scale.at(order.value_high_usd)
    sure = low if order.value_low_usd > 0 else zero
    rate = tag("span", told.per_dollar, class_="label rate") if told.per_dollar else Markup("")
    bars = join(
        tag("i", class_="sure", style=f"left:{zero:.3g}%;width:{max(0.0, sure - zero):.3g}%"),
        tag("i", class_="band", style=f"left:{low:.4g}%;width:{max(high - low, 0.6):.3g}%"),
        tag("i", class_="zero", style=f"left:{zero:.3g}%"),
    )
    return tag("div", label, tag("div", bars, class_="bar"), rate, class_="worth")


def time_bar(order: OrderRecord, when: str, scale: Scale) -> Markup:
    """From the order to the arrival on the scale of time."""
    first, last = words.month_count(order.order_by), words.month_count(order.arrives)
    if first is None or last is None:
        return tag("div", tag("span", when, class_="label"), class_="time")
    left, right = scale.at(first), scale.at(last)
    bars = join(
        tag("i", class_="wait", style=f"left:{left:.4g}%;width:{max(0.0, right - left):.4g}%"),
        tag("i", class_="placed", style=f"left:{left:.4g}%"),
        tag("i", class_="there", style=f"left:{right:.4g}%"),
    )
    wait = f"{last - first} months" if last > first else "at once"
    return tag(
        "div",
        tag("span", f"{wait}, arrives {order.arrives}", class_="label"),
        tag("div", bars, class_="bar"),
        class_="time",
    )


def axis(worth: Scale, time: Scale, unit: str) -> Markup:
    """The scales on top of the sheet: two amounts, and years."""
    first, last = math.ceil(time.low / 12), math.floor(time.high / 12)
    step = max(1, math.ceil((last - first) / 5))
    years = [
        tag("em", str(year), style=f"left:{time.at(year * 12.0):.4g}%")
        for year in range(first, last, step)
    ]
    ends = []
    if worth.high > 1:  # 0 and one round number near the right end
        round_to = 10.0 ** math.floor(math.log10(worth.high))
        ends = [
            tag("em", words.money(value, unit), style=f"left:{worth.at(value):.4g}%")
            for value in (0.0, math.floor(worth.high / round_to) * round_to)
        ]
    return tag(
        "li",
        tag("span", class_="rank"),
        tag("div", class_="words"),
        tag("div", class_="pay"),
        tag("div", *ends, class_="worth"),
        tag("div", *years, class_="time"),
        class_="axis",
        aria_hidden="true",
    )


def worth_scale(found: Sequence[OrderRecord]) -> Scale:
    """A scale from the least worth, or 0, to the largest [USD]."""
    lows = [order.value_low_usd for order in found if order.value_low_usd is not None]
    highs = [order.value_high_usd for order in found if order.value_high_usd is not None]
    low, high = min([0.0, *lows]), max([0.0, *highs])
    return Scale(low, high if high > low else low + 1.0)


def time_scale(found: Sequence[OrderRecord]) -> Scale:
    """A scale of whole years around every date [months]."""
    dates = [
        count
        for order in found
        for count in map(words.month_count, (order.order_by, order.arrives))
        if count is not None
    ]
    first, last = min(dates, default=0), max(dates, default=12)
    return Scale(12.0 * (first // 12), 12.0 * (last // 12 + 1))
