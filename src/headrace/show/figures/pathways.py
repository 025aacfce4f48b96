"""Adaptive pathways: which signal comes when, and what the plan orders then, as a map of lines that
part where something is revealed.

A line is a future, a stop a date at which orders are placed; above a stop stands the signal that
leads there, below it what is ordered. Source of the form: Haasnoot et al., Dynamic adaptive policy
pathways, Global Environmental Change 23 (2013); here every stop is a decision that was solved.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.show.figures.scenario_tree import GAP, NodeBox, date_lines, layout, own_words
from headrace.show.format import text
from headrace.show.format.chart import Table, table
from headrace.show.format.html import Markup, tag

MOST, LINE, LETTER = 3, 13.0, 5.7
"""Orders written at a stop; height of a line and width of a letter [px]."""
DUST = 0.01
"""Share of what is paid for orders at the dearest stop below which one is not written [1]: what a
plan within its gap leaves of nothing differs from one solve to the next.
"""


def least_written(plan: PlanFile) -> float:
    """What an order must cost to be written at a stop [USD]."""
    paid = (sum(order.cost_usd or 0.0 for order in node.orders) for node in plan.tree)
    return DUST * max(paid, default=0.0)


def ordered_at(node: NodeRecord, least: float) -> list[str]:
    """What a node orders for at least `least` [USD], the dearest first, in words."""
    found = sorted(node.orders, key=lambda order: -(order.cost_usd or 0.0))
    return [
        f"{text.quantity(order.quantity, order.unit)} {text.short(order.name)}, "
        f"{text.site(order.site)}"
        for order in found
        if order.quantity > 0 and (order.cost_usd or 0.0) >= least
    ]


def as_table(plan: PlanFile) -> Table:
    """Every stop: the signal, how likely, when, and what is ordered then."""
    by_id = {node.id: node for node in plan.tree}
    least = least_written(plan)
    rows = [
        (
            node.start,
            own_words(node, by_id) or "no news",
            text.percent(node.probability),
            node.label,
            "; ".join(ordered_at(node, least)) or "nothing",
        )
        for node in plan.tree
    ]
    return table(("from", "signal", "probability", "branch", "the plan then orders"), rows)


def picture(plan: PlanFile) -> Markup:
    """The map as SVG: it needs no script, and every stop tells itself in full when pointed at."""
    by_id = {node.id: node for node in plan.tree}
    told = {node.id: ordered_at(node, least_written(plan)) for node in plan.tree}
    lines = {node.id: list(_written(told[node.id])) for node in plan.tree}
    boxes = layout(plan, {node: LINE * len(told) for node, told in lines.items()})
    height = max(box.middle + box.slot / 2 for box in boxes.values()) + LINE
    links = [
        _line(boxes[node.parent], boxes[node.id], node.probability)
        for node in plan.tree
        if node.parent is not None
    ]
    stops = [
        _told(node, boxes[node.id], (told[node.id], lines[node.id]), by_id) for node in plan.tree
    ]
    return tag(
        "svg",
        date_lines(plan, boxes, height),
        tag("g", *links, class_="links"),
        *stops,
        viewbox=f"0 0 1040 {height:.0f}",
        role="img",
        class_="river pathways",
        aria_label="Adaptive pathways: signals and what the plan orders on each",
    )


def _line(above: NodeBox, below: NodeBox, probability: float) -> Markup:
    """From a stop straight on to where its stage ends, then to the next one; as thick as it is
    likely [1].
    """
    bend = GAP / 2
    path = (
        f"M{above.left + 5:.1f},{above.middle:.1f} H{above.right:.1f} "
        f"C{above.right + bend:.1f},{above.middle:.1f} {below.left + 5 - bend:.1f},"
        f"{below.middle:.1f} {below.left + 5:.1f},{below.middle:.1f}"
    )
    return tag("path", d=path, stroke_width=1.0 + 5.0 * probability)


def _written(told: list[str]) -> Iterator[str]:
    yield from told[:MOST]
    if len(told) > MOST:
        yield f"and {len(told) - MOST} more"
    if not told:
        yield "nothing"


def _told(
    node: NodeRecord,
    box: NodeBox,
    orders: tuple[list[str], list[str]],
    by_id: Mapping[int, NodeRecord],
) -> Markup:
    """A stop with its words; those that do not fit before the next one are cut. orders: all that
    is told of, and the lines of it that are written.
    """
    every, lines = orders
    fits = max(4, int((box.right - box.left - 10) / LETTER))
    news = own_words(node, by_id) if node.parent is not None else "this month"
    chance = f" {text.percent(node.probability)}" if news and node.parent is not None else ""
    whole = f"{node.start}, {node.label}: {'; '.join(every) or 'nothing'}"
    words = [tag("text", f"{_cut(news, fits - len(chance))}{chance}", x=box.left + 12,
                 y=box.middle - 5, class_="total")] if news else []  # fmt: skip
    if box.room >= 18:
        words += [
            tag("text", _cut(line, fits), x=box.left + 12, y=box.middle + LINE * place)
            for place, line in enumerate(lines, start=1)
        ]
    mark = tag("circle", cx=box.left + 5, cy=box.middle, r=5.0 if node.orders else 3.0)
    return tag("g", tag("title", whole), mark, *words, class_="stop")


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else words[: max(1, most - 1)] + "\N{HORIZONTAL ELLIPSIS}"
