"""Orders in words, ranked: what to place now, what each is worth, and what the gap cannot decide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from headrace.show import words
from headrace.show.planfile import Order


@dataclass(frozen=True)
class Sentence:
    """One order as a person reads it: "Order 120 MW of gas engines at Greensboro by 2027-03", its worth, its reason."""

    order: Order
    what: str
    worth: str
    when: str
    why: str


def ranked(orders: Iterable[Order]) -> tuple[Order, ...]:
    """Decided orders first by the worth that is certain, then the undecided ones, then those without a value, by cost."""
    return tuple(sorted(orders, key=_rank))


def _rank(order: Order) -> tuple[int, float, str, str]:
    shelf = 2 if order.value_low_usd is None else 0 if order.decided else 1
    worth = order.value_low_usd if shelf == 0 else order.value_high_usd if shelf == 1 else order.cost_usd
    return shelf, -(worth or 0.0), order.site, order.asset


def sentence(order: Order, money_unit: str = "USD") -> Sentence:
    """The words of one order."""
    return Sentence(
        order,
        f"Order {amount(order)} at {words.site(order.site)} by {order.order_by}",
        worth(order, money_unit),
        when(order),
        words.named(order.why.strip().rstrip("."), (order.site,)),
    )


def amount(order: Order) -> str:
    """How much of what: "120 MW of gas engines", "24,000 accelerators (B200 servers)"."""
    told = words.quantity(order.quantity, order.unit)
    name = words.short(order.name)
    return f"{told} ({name})" if order.unit in words.COUNTED else f"{told} of {name}"


def worth(order: Order, money_unit: str = "USD") -> str:
    """The worth as an interval in words; an interval around 0 is said to be undecided."""
    if order.value_low_usd is None and order.value_high_usd is None:
        return "worth not computed"
    told = words.interval(order.value_low_usd, order.value_high_usd, money_unit)
    return f"worth {told}" if order.decided else f"undecided at this gap: worth {told}"


def when(order: Order) -> str:
    """When it arrives, and how long that takes."""
    wait = words.months_between(order.order_by, order.arrives)
    lead = f", {wait} months after the order" if wait else ""
    return f"arrives {order.arrives}{lead}" if order.arrives else ""
