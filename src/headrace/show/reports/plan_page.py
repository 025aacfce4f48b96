"""The page of a plan as HTML, from the answer to the sources; the report and the app share it."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.core.plan_file import PlanFile
from headrace.show.figures import scenario_tree
from headrace.show.format import order_sentences, text
from headrace.show.format.html import Markup, tag
from headrace.show.format.origin import order_place, product_place
from headrace.show.reports import market_section, plan_sections, sources
from headrace.show.reports.plan_header import masthead

NOTHING = Markup("")
_SECTIONS = (
    ("orders", "Orders"),
    ("money", "Money"),
    ("market", "Market"),
    ("tree", "What comes later"),
    ("chain", "Electrons to money"),
    ("hours", "Hour by hour"),
    ("costs", "Unit costs"),
    ("bet", "The bet"),
    ("sure", "How sure"),
    ("sources", "Sources"),
)


def plan_body(
    plan: PlanFile, coarse: Sequence[int] = (), still: Markup = NOTHING
) -> tuple[Markup, ...]:
    """Everything about a plan from top to bottom, the same in the report and in the app.

    coarse: nodes whose hours did not fit and are shown by 6 hours at best; still: a picture of the
    hours for readers without scripts.
    """
    main = tag(
        "main",
        plan_sections.orders(plan),
        plan_sections.money(plan),
        market_section.section_of(plan),
        plan_sections.tree(plan),
        plan_sections.signals(plan),
        plan_sections.chain(plan),
        plan_sections.hours(plan, coarse, still),
        plan_sections.costs(plan),
        plan_sections.prices(plan),
        plan_sections.cash(plan),
        plan_sections.bet(plan),
        plan_sections.sure(plan),
        sources.section_of(plan.sources, "Every figure that came in", used_by(plan)),
    )
    return masthead(plan), navigation(plan), main


def used_by(plan: PlanFile) -> dict[str, list[tuple[str, str]]]:
    """What rests on the figures of each key: orders and unit costs, by name and place."""
    used: dict[str, list[tuple[str, str]]] = {}
    ranked = order_sentences.ranked(plan.orders) if plan.finished else ()
    for rank, order in enumerate(ranked, 1):
        used.setdefault(order.figures, []).append((f"used in order {rank}", order_place(rank)))
    for cost in plan.costs:
        if cost.parts:
            place = (f"used in the cost of {cost.product}", product_place(cost.product))
            used.setdefault(f"products.{cost.product}", []).append(place)
    return used


def navigation(plan: PlanFile) -> Markup:
    """The bar that stays: sections, and the branch that tree, chain and hours follow."""
    by_id = {node.id: node for node in plan.tree}
    options = [
        tag(
            "option",
            f"{scenario_tree.path_words(node, by_id)} ({text.percent(node.probability)})",
            value=str(node.id),
        )
        for node in plan.tree
    ]
    links = [
        tag("a", name, href=f"#{key}")
        for key, name in _SECTIONS
        if (key != "bet" or plan.deep is not None)
        and (key != "money" or plan.finished)
        and (key != "market" or (plan.finished and plan.offers))
    ]
    choice = tag("label", "Branch ", tag("select", *options, id="node"))
    return tag("div", tag("nav", *links, choice), class_="bar-nav")
