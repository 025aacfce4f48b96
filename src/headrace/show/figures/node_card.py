"""What happens on one branch: what holds there, what is ordered, what is served, what is paid."""

from __future__ import annotations

from headrace.core.plan_file import BeliefValue, NodeRecord, PlanFile
from headrace.show.figures.scenario_tree import path_words
from headrace.show.format import text
from headrace.show.format.html import Markup, tag

MOST = 8


def card(plan: PlanFile, node: NodeRecord, *, shown: bool) -> Markup:
    """The card of a node; the page shows the chosen one."""
    by_id = {other.id: other for other in plan.tree}
    span = f"{node.start}, {text.number(node.months)} months, probability {text.percent(node.probability)}"
    columns = [
        _column("Ordered here", _orders(node)),
        _column("Served, and its share of demand", _served(node)),
        _column("Its share of the plan's worth", _cash(plan, node)),
    ]
    title = tag(
        "h3",
        path_words(node, by_id),
        " ",
        tag("span", f"from {span}{_beliefs(node)}", class_="chance"),
    )
    return tag(
        "div", title, *columns, class_="nodecard card", data_card=str(node.id), hidden=not shown
    )


def _column(title: str, rows: list[Markup]) -> Markup:
    return tag(
        "div", tag("h4", title), tag("ul", *rows) if rows else tag("p", "nothing", class_="none")
    )


def _beliefs(node: NodeRecord) -> str:
    told = [
        f"{name.replace('_', ' ').replace(':', ' of ')} {_belief(belief)}"
        for name, belief in node.beliefs.items()
    ]
    return "; " + ", ".join(told) if told else ""


def _belief(belief: BeliefValue) -> str:
    if not isinstance(belief.value, float):
        return f"{belief.value} {belief.unit}".strip()
    if belief.unit in ("1/year", "1/a"):
        return f"{text.percent(belief.value)} a year"
    return (
        f"{text.number(belief.value)} {belief.unit}".strip()
        if belief.unit != "1"
        else text.number(belief.value)
    )


def _orders(node: NodeRecord) -> list[Markup]:
    found = sorted(node.orders, key=lambda order: -(order.cost_usd or 0.0))
    rows = [
        _row(
            f"{text.short(order.name)}, {text.site(order.site)}",
            text.quantity(order.quantity, order.unit),
        )
        for order in found[:MOST]
    ]
    return rows + ([_row(f"and {len(found) - MOST} smaller ones", "")] if len(found) > MOST else [])


def _served(node: NodeRecord) -> list[Markup]:
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


def _cash(plan: PlanFile, node: NodeRecord) -> list[Markup]:
    rows = [
        _row(text.named(entry.item), text.money(entry.usd, plan.money.unit)) for entry in node.cash
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


def _row(name: str, value: str, class_: str | None = None) -> Markup:
    return tag("li", tag("span", name), tag("span", value), class_=class_)
