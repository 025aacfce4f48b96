"""Orders in words, ranked: what to place now, what each is worth, what the gap cannot decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from headrace.core.plan_file import BranchGain, OrderRecord
from headrace.show.format import text

NOTHING = 1000.0
"""Below this the worth of a month is told as none [USD]."""
MANY, WHOLE = 100, 1e-3
"""From so many accelerators on, and so near a whole number, a fraction does not matter [1]."""
NO_ORDER = "No order now: every one is worth more later, or never."


AT_ONCE = "nothing to pay at once"


@dataclass(frozen=True)
class Sentence:
    """One order as a person reads it: "Order 120 MW of gas engines at Greensboro by 2027-03", its
    worth, its reason.
    """

    order: OrderRecord
    what: str
    worth: str
    when: str
    why: str
    further: str = ""
    pays: str = ""
    per_dollar: str = ""
    branches: str = ""


def ranked(orders: Iterable[OrderRecord]) -> tuple[OrderRecord, ...]:
    """Decided orders first by the worth that is certain, then the undecided ones, then those
    without a value, by cost.
    """

    def rank(order: OrderRecord) -> tuple[int, float, str, str]:
        if order.breaks:
            return -1, -(order.cost_usd or 0.0), order.site, order.asset
        shelf = 2 if order.value_low_usd is None else 0 if order.decided else 1
        worth = (order.value_low_usd, order.value_high_usd, order.cost_usd)[shelf]
        return shelf, -(worth or 0.0), order.site, order.asset

    return tuple(sorted(orders, key=rank))


def sentence(order: OrderRecord, money_unit: str = "USD") -> Sentence:
    """The words of one order."""
    return Sentence(
        order,
        f"Order {amount(order)} at {text.site(order.site)} by {order.order_by}",
        worth(order, money_unit),
        when(order),
        text.named(order.why.strip().rstrip("."), (order.site,)),
        "; ".join(p for p in (flips(order), sooner(order, money_unit), fraction(order)) if p),
        pays(order, money_unit),
        per_dollar(order),
        on_branches(order.branches, money_unit),
    )


def amount(order: OrderRecord) -> str:
    """How much of what: "120 MW of gas engines", "24,000 accelerators (B200 servers)"."""
    told = text.quantity(order.quantity, order.unit)
    name = text.short(order.name)
    if order.unit_size and order.units:
        size = text.quantity(order.unit_size, order.unit)
        return f"{told} of {name} ({text.count(order.units, 'unit')} of {size})"
    return f"{told} ({name})" if order.unit in text.COUNTED else f"{told} of {name}"


def fraction(order: OrderRecord) -> str:
    """What to write where a few accelerators came out as a fraction, which nobody sells; empty
    where it is not one that matters: above a hundred, or whole already.
    """
    few = order.unit in text.COUNTED and 0 < order.quantity < MANY
    if order.unit_size or not few or abs(order.quantity - round(order.quantity)) < WHOLE:
        return ""
    return (
        f"the plan has {text.number(order.quantity)}, a fraction: `unit: replica` or "
        "`unit: server` in `may_buy` orders whole ones"
    )


def worth(order: OrderRecord, money_unit: str = "USD") -> str:
    """The worth as an interval in words; an interval around 0 is said to be undecided, and what a
    promise hangs on has no price.
    """
    if order.breaks:
        return order.breaks
    if order.value_low_usd is None and order.value_high_usd is None:
        return "worth not computed"
    told = text.interval(order.value_low_usd, order.value_high_usd, money_unit)
    return f"worth {told}" if order.decided else f"undecided at this gap: worth {told}"


def pays(order: OrderRecord, money_unit: str = "USD") -> str:
    """What it costs and when that is due: "pay 182 M USD, 54.5 M USD of it by 2027-01, the last by
    2028-07", and what is rented its rent; empty where no cost is known.
    """
    if order.cost_usd is None:
        return ""
    told, rent = f"pay {text.money(order.cost_usd, money_unit)}", ""
    if order.rented or not order.cost_usd:
        yearly = f" of {text.money(order.yearly_usd, money_unit)} a year" * (order.yearly_usd > 0)
        rent = f", and a rent{yearly} while it stands"
    if not order.payments:
        return f"{told if order.cost_usd else AT_ONCE}{rent}"
    first, last = order.payments[0], order.payments[-1]
    if len(order.payments) == 1:
        return f"{told} in {first.due}{rent}"
    part = text.money(first.usd, money_unit)
    return f"{told}, {part} of it in {first.due}, the last in {last.due}{rent}"


def per_dollar(order: OrderRecord) -> str:
    """Its worth for each dollar of its cost: "0.012 to 0.014 a dollar"; empty where not known."""
    rate = order.worth_per_usd
    if rate is None or rate.low is None:
        return ""
    low = text.number(rate.low, 2)
    if rate.high is None:
        return f"at least {low} a dollar"
    high = text.number(rate.high, 2)
    return f"{low} a dollar" if low == high else f"{low} to {high} a dollar"


def on_branches(gains: Iterable[BranchGain], money_unit: str = "USD") -> str:
    """On how many branches it gains, and how much on the worst and the best: "gains on 6 of 8
    branches: -3 to 40 M USD"; empty where that is not known.
    """
    found = [gain.usd for gain in gains]
    if not found:
        return ""
    more = sum(usd > 0 for usd in found)
    ends = text.interval(min(found), max(found), money_unit)
    return f"gains on {more} of {text.count(len(found), 'branch')}: {ends}"


def when(order: OrderRecord) -> str:
    """When it arrives, and how long that takes."""
    wait = text.months_between(order.order_by, order.arrives)
    lead = f", {wait} months after the order" if wait else ""
    return f"arrives {order.arrives}{lead}" if order.arrives else ""


def flips(order: OrderRecord) -> str:
    """Up to which price it is placed, where that was asked: "placed up to 88,300 USD/accelerator
    (50,000 today)".
    """
    found = order.flips_at
    if found is None:
        return ""
    today = "" if found.now is None else f" ({text.number(found.now)} today)"
    if found.value is not None:
        return f"placed up to {text.number(found.value)} {found.unit}{today}"
    ends = [
        f"at least {text.number(found.low)}" if found.low is not None else "",
        f"at most {text.number(found.high)}" if found.high is not None else "",
    ]
    told = " and ".join(end for end in ends if end)
    return f"placed up to a price of {told} {found.unit}{today}" if told else ""


def sooner(order: OrderRecord, money_unit: str = "USD") -> str:
    """What a month less lead time would be worth, where that was asked."""
    month = order.month_earlier
    if month is None:
        return ""
    least, most = month.low_usd or 0.0, month.high_usd
    if most is not None and most < NOTHING:
        return "a month sooner is worth nothing"
    if least <= 0:
        known = "an unknown amount" if most is None else f"at most {text.money(most, money_unit)}"
        return f"a month sooner is worth {known}"
    return f"a month sooner is worth {text.interval(least, most, money_unit)}"
