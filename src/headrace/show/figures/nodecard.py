"""What happens on one branch: what holds there, what is ordered, what is served, what is paid."""

from __future__ import annotations

from headrace.show import words
from headrace.show.figures.treegraph import path_words
from headrace.show.html import Markup, tag
from headrace.show.planfile import Belief, Node, PlanFile

MOST = 8


def card(plan: PlanFile, node: Node, *, shown: bool) -> Markup:
    """The card of a node; the page shows the chosen one."""
    by_id = {other.id: other for other in plan.tree}
    span = f"{node.start}, {words.number(node.months)} months, probability {words.percent(node.probability)}"
    columns = [
        _column("Ordered here", _orders(node)),
        _column("Served, and its share of demand", _served(node)),
        _column("Its share of the plan's worth", _cash(plan, node)),
    ]
    title = tag("h3", path_words(node, by_id), " ", tag("span", f"from {span}{_beliefs(node)}", class_="chance"))
    return tag("div", title, *columns, class_="nodecard card", data_card=str(node.id), hidden=not shown)


def _column(title: str, rows: list[Markup]) -> Markup:
    return tag("div", tag("h4", title), tag("ul", *rows) if rows else tag("p", "nothing", class_="none"))


def _beliefs(node: Node) -> str:
    told = [f"{name.replace('_', ' ').replace(':', ' of ')} {_belief(belief)}" for name, belief in node.beliefs.items()]
    return "; " + ", ".join(told) if told else ""


def _belief(belief: Belief) -> str:
    if not isinstance(belief.value, float):
        return f"{belief.value} {belief.unit}".strip()
    if belief.unit in ("1/year", "1/a"):
        return f"{words.percent(belief.value)} a year"
    return f"{words.number(belief.value)} {belief.unit}".strip() if belief.unit != "1" else words.number(belief.value)


def _orders(node: Node) -> list[Markup]:
    found = sorted(node.orders, key=lambda order: -(order.cost_usd or 0.0))
    rows = [
        _row(f"{words.short(order.name)}, {words.site(order.site)}", words.quantity(order.quantity, order.unit))
        for order in found[:MOST]
    ]
    return rows + ([_row(f"and {len(found) - MOST} smaller ones", "")] if len(found) > MOST else [])


def _served(node: Node) -> list[Markup]:
    rows = []
    for demand in node.demand:
        share = demand.served / demand.quantity if demand.quantity else 1.0
        rows.append(_row(words.named(demand.product), f"{words.quantity(demand.served, demand.unit)}, {words.percent(share, 3)}"))
    return rows


def _cash(plan: PlanFile, node: Node) -> list[Markup]:
    rows = [_row(words.named(entry.item), words.money(entry.usd, plan.money.unit)) for entry in node.cash]
    if rows:
        rows.append(_row("together", words.money(sum(entry.usd for entry in node.cash), plan.money.unit), class_="sum"))
    return rows


def _row(name: str, value: str, class_: str | None = None) -> Markup:
    return tag("li", tag("span", name), tag("span", value), class_=class_)
