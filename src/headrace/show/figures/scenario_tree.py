"""The scenario tree as a river: each node a stack of what stands there, as wide as it is long,
joined by what may happen.

Drawn as SVG text, so that it prints, needs no script, and every node is an element one can point
at.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from headrace.core.plan_file import Capacity, NodeRecord, PlanFile
from headrace.show.format import colours
from headrace.show.format import text as words
from headrace.show.format.chart import Table, table
from headrace.show.format.html import Markup, tag

WIDTH, HEAD, GAP, EDGE, TALLEST = 1040.0, 30.0, 34.0, 6.0, 92.0
VISIBLE = 3e-3
"""Share of the largest stack from which on a capacity stands in the legend [1]."""
_COLUMNS = (
    "node",
    "parent",
    "probability",
    "start",
    "months",
    "branch",
    "site",
    "asset",
    "stands",
    "unit",
)


@dataclass(frozen=True)
class NodeBox:
    """Where a node is drawn: left and right edge, middle, height with its labels, and the room for
    these.
    """

    left: float
    right: float
    middle: float
    slot: float
    room: float


@dataclass(frozen=True)
class CapacityStack:
    """Capacities that belong in one stack: what makes power, halls, accelerators, what stores
    energy.
    """

    name: str
    unit: str


def families(plan: PlanFile) -> tuple[CapacityStack, ...]:
    """The families of which something stands; power first, accelerators second."""
    found = dict.fromkeys(family_of(capacity) for node in plan.tree for capacity in node.capacity)
    order = ("Power", "Accelerators", "Halls", "Storage")
    return tuple(
        sorted(
            found,
            key=lambda family: (
                order.index(family.name) if family.name in order else 9,
                family.name,
            ),
        )
    )


def family_of(capacity: Capacity) -> CapacityStack:
    """Where a capacity belongs.

    A hall takes power, so it never stands in one stack with what makes it.
    """
    if capacity.unit == "MW":
        return CapacityStack("Halls" if re.search(r"\bhalls?\b", capacity.asset) else "Power", "MW")
    if capacity.unit.startswith("accelerator"):
        return CapacityStack("Accelerators", capacity.unit)
    return CapacityStack({"MWh": "Storage"}.get(capacity.unit, capacity.unit), capacity.unit)


def as_table(plan: PlanFile) -> Table:
    """Every capacity at every node."""
    rows = [
        (
            node.id,
            node.parent,
            node.probability,
            node.start,
            node.months,
            node.label,
            c.site,
            c.asset,
            c.quantity,
            c.unit,
        )
        for node in plan.tree
        for c in node.capacity
    ]
    return table(_COLUMNS, rows)


def stack(node: NodeRecord, family: CapacityStack) -> Mapping[str, float]:
    """What stands of a family at a node [its unit], summed over sites, by asset."""
    sums: dict[str, float] = defaultdict(float)
    for capacity in node.capacity:
        if family_of(capacity) == family and capacity.quantity > 0:
            sums[capacity.asset] += capacity.quantity
    return dict(sorted(sums.items(), key=lambda entry: colours.place(entry[0])))


def river(plan: PlanFile, family: CapacityStack) -> Markup:
    """The SVG of one family of capacities."""
    totals = {node.id: sum(stack(node, family).values()) for node in plan.tree}
    most = max(totals.values()) or 1.0
    leaves = len(plan.tree) - len({node.parent for node in plan.tree})
    tallest = TALLEST if leaves <= 12 else max(12.0, TALLEST * 12 / leaves)
    boxes = layout(plan, {node: tallest * total / most for node, total in totals.items()})
    height = max(box.middle + box.slot / 2 for box in boxes.values()) + 8
    by_id = {node.id: node for node in plan.tree}
    links = [
        link(boxes[node.parent], boxes[node.id], node.probability)
        for node in plan.tree
        if node.parent is not None
    ]
    nodes = [node_group(node, boxes[node.id], family, tallest / most, by_id) for node in plan.tree]
    return tag(
        "svg",
        date_lines(plan, boxes, height),
        tag("g", *links, class_="links"),
        *nodes,
        viewbox=f"0 0 {WIDTH:.0f} {height:.0f}",
        role="group",
        class_="river",
        aria_label=f"Scenario tree with what stands at each node: {family.name}",
    )


def legend(plan: PlanFile, family: CapacityStack) -> Markup:
    """The colours of a family that can be seen, in the order of the stacks."""
    stacks = [stack(node, family) for node in plan.tree]
    most = max((sum(told.values()) for told in stacks), default=0.0)
    assets = dict.fromkeys(
        asset for told in stacks for asset, size in told.items() if size > VISIBLE * most
    )
    named = {order.asset: order.title for node in plan.tree for order in node.orders if order.title}
    keys = [
        tag(
            "span",
            tag("i", style=f"background:{colours.technology(asset)}"),
            words.short(named[asset]) if asset in named else words.label(asset),
        )
        for asset in sorted(assets, key=colours.place)
    ]
    return tag("p", *keys, class_="legend")


def layout(plan: PlanFile, tall: Mapping[int, float]) -> dict[int, NodeBox]:
    """Boxes by node. x: stages in order, longer ones wider; y: every subtree as tall as it needs,
    parents amid their children.

    tall: height of the stack of each node [px]. Labels are dropped where there are too many leaves
        to write them.
    """
    children: dict[int | None, list[NodeRecord]] = defaultdict(list)
    for node in plan.tree:
        children[node.parent].append(node)
    leaves = sum(1 for node in plan.tree if not children[node.id])
    room = 36.0 if leaves <= 30 else 18.0 if leaves <= 60 else 3.0
    slot: dict[int, float] = {}
    for node in reversed(plan.tree):  # every parent stands before its children
        slot[node.id] = max(
            tall[node.id] + room, sum(slot[child.id] for child in children[node.id])
        )
    top = {plan.root().id: HEAD}
    for node in plan.tree:
        y = top[node.id] + (slot[node.id] - sum(slot[child.id] for child in children[node.id])) / 2
        for child in children[node.id]:
            top[child.id] = y
            y += slot[child.id]
    edges = _edges(plan)
    boxes = {}
    for node in plan.tree:
        start, end = _dates_of(node)
        right = edges[end] - (GAP if end != max(edges) else 0.0)
        middle = top[node.id] + slot[node.id] / 2
        boxes[node.id] = NodeBox(edges[start], right, middle, tall[node.id] + room, room)
    return boxes


def _edges(plan: PlanFile) -> dict[int, float]:
    """The x of every date at which a stage begins or ends."""
    dates = sorted({date for node in plan.tree for date in _dates_of(node)})
    months = [later - earlier for earlier, later in pairwise(dates)]
    # By the square root of its length: this month's half-years stay legible beside a last stage of
    # many years.
    widths = [math.sqrt(length) for length in months]
    edges, x = {}, EDGE
    for date, width in zip(dates, [*widths, 0.0]):
        edges[date] = x
        x += (WIDTH - 2 * EDGE) * width / (sum(widths) or 1.0)
    return edges


def _dates_of(node: NodeRecord) -> tuple[int, int]:
    start = words.month_count(node.start) or 0
    return start, start + round(node.months)


def date_lines(plan: PlanFile, boxes: Mapping[int, NodeBox], height: float) -> Markup:
    """An upright line, `height` tall [px], with its date where each stage begins."""
    edges = _edges(plan)
    starts = sorted({_dates_of(node)[0] for node in plan.tree})
    told = []
    for month in starts:
        x = edges[month]
        told.append(tag("line", x1=x, x2=x, y1=20.0, y2=height, class_="date"))
        told.append(
            tag("text", f"{month // 12}-{month % 12 + 1:02d}", x=x + 4, y=15.0, class_="date")
        )
    return tag("g", *told, class_="dates")


def link(parent: NodeBox, child: NodeBox, probability: float) -> Markup:
    """What may happen: a curve from parent to child, as thick as it is likely [1]."""
    bend = GAP / 2
    path = (
        f"M{parent.right:.1f},{parent.middle:.1f} C{parent.right + bend:.1f},{parent.middle:.1f} "
        f"{child.left - bend:.1f},{child.middle:.1f} {child.left:.1f},{child.middle:.1f}"
    )
    return tag("path", d=path, stroke_width=1.0 + 9.0 * probability)


def node_group(
    node: NodeRecord,
    box: NodeBox,
    family: CapacityStack,
    scale: float,
    by_id: Mapping[int, NodeRecord],
) -> Markup:
    """A node: its stack of capacities, `scale` tall [px for one of their unit], words, frame."""
    stacked = stack(node, family)
    total = sum(stacked.values())
    y = box.middle + total * scale / 2
    parts = []
    for asset, amount in stacked.items():
        size = amount * scale
        y -= size
        fill = colours.technology(asset)
        parts.append(
            tag(
                "rect",
                x=box.left,
                y=y,
                width=box.right - box.left,
                height=size,
                fill=fill,
                class_="stand",
            )
        )
    said = f"{path_words(node, by_id)}: {words.quantity(total, family.unit)}"
    title = tag(
        "title",
        "; ".join(
            [
                said,
                *(
                    f"{words.named(asset)} {words.quantity(amount, family.unit)}"
                    for asset, amount in stacked.items()
                ),
            ]
        ),
    )
    frame = tag(
        "rect",
        x=box.left - 3,
        y=box.middle - box.slot / 2 + 1,
        width=box.right - box.left + 6,
        height=box.slot - 2,
        class_="frame",
    )
    written = []
    if box.room >= 18:
        label, fits = own_words(node, by_id), int((box.right - box.left) / 6.0)
        chance = f" {words.percent(node.probability)}" if node.parent is not None else ""
        if len(label) > (most := fits - len(chance)):
            label = label[: max(1, most - 1)] + "\N{HORIZONTAL ELLIPSIS}"
        top = box.middle - total * scale / 2 - 5
        share = tag("tspan", chance, class_="chance")
        written.append(tag("text", label, share, x=box.left, y=top))
    if box.room >= 36:
        foot, stands = box.middle + total * scale / 2 + 12, words.quantity(total, family.unit)
        written.append(tag("text", stands, x=box.left, y=foot, class_="total"))
    return tag(
        "g",
        title,
        frame,
        *parts,
        *written,
        class_="node",
        data_node=node.id,
        tabindex="0",
        role="button",
        aria_pressed="false",
    )


def own_words(node: NodeRecord, by_id: Mapping[int, NodeRecord]) -> str:
    """What is new on a node's branch: its label without what its parent's label said already; empty
    where nothing is.
    """
    parent = by_id[node.parent].label if node.parent is not None else ""
    told = (
        node.label.removeprefix(parent).lstrip(", ") if parent else node.label or f"node {node.id}"
    )
    return told.replace("_", " ")


def path_words(node: NodeRecord, by_id: Mapping[int, NodeRecord]) -> str:
    """The branch in words, from below the root to the node: "demand high, gas low"; the root has
    its own label.
    """
    labels: list[str] = []
    at = node
    while at.parent is not None:
        labels.append(own_words(at, by_id))
        at = by_id[at.parent]
    told = [label for label in reversed(labels) if label] or [own_words(at, by_id)]
    return ", ".join(told) if labels[:1] != [""] else f"{', '.join(told)}, from {node.start}"
