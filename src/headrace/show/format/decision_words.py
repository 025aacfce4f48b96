"""The decision in words: what all orders of this month cost together, and the plans without any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.core.plan_file import Alternative, OrderRecord, PlanFile
from headrace.show.format import order_sentences, text

GIVEN = "at this gap, given these beliefs"


def counted(orders: Sequence[OrderRecord]) -> str:
    """How many orders there are, and how many of them are decided: "7 orders: 5 decided at this
    gap, given these beliefs, 2 undecided".
    """
    shelves = (
        ("decided", sum(order.decided is True for order in orders)),
        ("undecided", sum(order.decided is False for order in orders)),
        ("not valued", sum(order.decided is None for order in orders)),
    )
    parts = [f"{many:,} {word}" for word, many in shelves if many]
    if parts and parts[0].endswith(" decided"):
        parts[0] = f"{parts[0]} {GIVEN}"
    return f"{text.count(len(orders), 'order')}: {', '.join(parts)}"


def committed(plan: PlanFile) -> str:
    """What is committed this month: "3.25 bn USD (362 M USD of it due at once)"; empty where
    not known.
    """
    found, unit = plan.decision, plan.money.unit
    if found is None:
        return ""
    told = text.money(found.committed_usd, unit)
    if found.due_now_usd == found.committed_usd:
        return told
    return f"{told} ({text.money(found.due_now_usd, unit)} of it due at once)"


def alternatives(plan: PlanFile) -> Iterator[tuple[str, str, str, Alternative]]:
    """Row 0 and its like, those that were solved: what is done, what its best plan is worth, and by
    how much that is less than this plan; then the record.
    """
    found, unit = plan.decision, plan.money.unit
    if found is None:
        return
    for what, other in (
        ("Order nothing this month, decide later", found.waiting),
        ("Order nothing, now or later", found.nothing),
    ):
        if other is not None and other.breaks:
            yield what, "no plan", other.breaks, other
        elif other is not None and other.worth is not None and other.loses is not None:
            worth = text.interval(other.worth.low_usd, other.worth.high_usd, unit)
            less = text.interval(other.loses.low_usd, other.loses.high_usd, unit)
            yield what, f"worth {worth}", f"{less} less", other


def without_any(plan: PlanFile) -> str:
    """What all orders of this month together are worth, and where: a sentence, or nothing."""
    found, unit = plan.decision, plan.money.unit
    if found is None or found.waiting is None:
        return ""
    lost = found.waiting.loses
    if lost is None:
        return f"Without any of them {found.waiting.breaks}."
    less = text.interval(lost.low_usd, lost.high_usd, unit)
    told = f"Without any of them the plan is worth {less} less"
    gains = order_sentences.on_branches(found.waiting.branches, unit)
    return f"{told}; placing them {gains}." if gains else f"{told}."


def time_spent(plan: PlanFile) -> str:
    """Whether the time for worths was up before all were known, and how to get more of it."""
    found = plan.decision
    if found is None or found.limit_seconds is None or found.seconds < found.limit_seconds:
        return ""
    wide = sum(order.decided is not True for order in plan.orders)
    if not wide:
        return ""
    if found.limit_seconds == 0:
        return "The worth of orders was not sought; `--worth 180` seeks it for three minutes."
    longer = text.number(4 * found.limit_seconds)
    return (
        f"The worth of orders was sought for {text.number(found.limit_seconds)} s;"
        f" `--worth {longer}` seeks longer."
    )
