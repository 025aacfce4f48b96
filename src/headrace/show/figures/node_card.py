"""What happens on one branch: what holds there, what is ordered, what is served, what is paid."""

from __future__ import annotations

from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.show.figures.scenario_tree import path_words
from headrace.show.format import text
from headrace.show.format.html import Markup, tag

MOST = 8


def card(plan: PlanFile, node: NodeRecord, *, shown: bool) -> Markup:
    """The card of a node; the page shows the chosen one."""
    by_id = {other.id: other for other in plan.tree}
    length, chance = text.number(node.months), text.percent(node.probability)
    held = [text.belief(name, belief.value, belief.unit) for name, belief in node.beliefs.items()]
    name = path_words(node, by_id)
    start = "" if name.endswith(f"from {node.start}") else f"from {node.start}, "
    span = f"{start}{length} months, probability {chance}"
    columns = [
        _column("Ordered here", orders(node)),
        _column("Served, and its share of demand", served(node)),
        _column("If this happens: paid and earned, undiscounted", happens(plan, node)),
    ]
    share = tag(
        "details",
        tag("summary", "Its share of the plan's worth: discounted, weighted by probability"),
        tag("ul", *cash(plan, node)),
    )
    title = tag(
        "h3",
        name,
        " ",
        tag("span", "; ".join([span, ", ".join(held)] if held else [span]), class_="chance"),
    )
    return tag(
        "div",
        title,
        *columns,
        share if node.cash else Markup(""),
        class_="nodecard card",
        data_card=str(node.id),
        hidden=not shown,
    )


def _column(title: str, rows: list[Markup]) -> Markup:
    return tag(
        "div", tag("h4", title), tag("ul", *rows) if rows else tag("p", "nothing", class_="none")
    )


def orders(node: NodeRecord) -> list[Markup]:
    """What is ordered there, the dearest first, at most 8 lines."""
    found = sorted(node.orders, key=lambda order: -(order.cost_usd or 0.0))
    rows = [
        _row(
            f"{text.short(order.name)}, {text.site(order.site)}",
            text.quantity(order.quantity, order.unit),
        )
        for order in found[:MOST]
    ]
    return rows + ([_row(f"and {len(found) - MOST} smaller ones", "")] if len(found) > MOST else [])


def served(node: NodeRecord) -> list[Markup]:
    """What is served of each product, and its share of what was asked for."""
    rows = []
    for demand in node.demand:
        share = demand.served / demand.quantity if demand.quantity else 1.0
        rows.append(
            _row(
                text.named(demand.product),
                f"{text.quantity(demand.served, demand.unit)}, {text.percent(share, 3)}",
            )
        )
    return rows


def cash(plan: PlanFile, node: NodeRecord) -> list[Markup]:
    """What it adds to the plan's worth, item by item, and the sum."""
    rows = [
        _row(
            text.cash_item(entry.kind, entry.product, entry.item),
            text.money(entry.usd, plan.money.unit),
        )
        for entry in node.cash
    ]
    if rows:
        rows.append(
            _row(
                "together",
                text.money(sum(entry.usd for entry in node.cash), plan.money.unit),
                class_="sum",
            )
        )
    return rows


def happens(plan: PlanFile, node: NodeRecord) -> list[Markup]:
    """What is earned and paid if the branch comes this far, whenever it is due, and the sum."""
    sums: dict[str, float] = {}
    for line in node.years:
        item = text.cash_item(line.kind, line.product)
        sums[item] = sums.get(item, 0.0) + line.usd
    unit = plan.money.unit
    rows = [_row(item, text.money(usd, unit)) for item, usd in sums.items()]
    if rows:
        rows.append(_row("together", text.money(sum(sums.values()), unit), class_="sum"))
    return rows


def _row(name: str, value: str, class_: str | None = None) -> Markup:
    return tag("li", tag("span", name), tag("span", value), class_=class_)
