"""What an order gains or loses on each branch: one upright bar a branch, likelier ones wider."""

from __future__ import annotations

from collections.abc import Sequence

from headrace.core.plan_file import BranchGain, PlanFile
from headrace.show.figures.scenario_tree import path_words
from headrace.show.format import order_sentences, text
from headrace.show.format.html import Markup, tag

WIDE, TALL = 200.0, 26.0
GAP = 2.0


def strip(gains: Sequence[BranchGain], plan: PlanFile) -> Markup:
    """Bars above the line where the plan earns more with the order, below it where it earns less;
    nothing where no branch is known.
    """
    by_id = {node.id: node for node in plan.tree}
    known = [gain for gain in gains if gain.node in by_id]
    if not known:
        return Markup("")
    most = max(max((g.usd for g in known), default=0.0), 0.0)
    least = min(min((g.usd for g in known), default=0.0), 0.0)
    span = (most - least) or 1.0
    zero = TALL * most / span
    odds = sum(by_id[gain.node].probability for gain in known) or 1.0
    room = WIDE - GAP * (len(known) - 1)
    bars, x = [], 0.0
    for gain in known:
        node = by_id[gain.node]
        wide = room * node.probability / odds
        tall = TALL * abs(gain.usd) / span
        words = (
            f"{path_words(node, by_id)} ({text.percent(node.probability)}):"
            f" {text.money(gain.usd, plan.money.unit)}"
        )
        bars.append(
            tag(
                "rect",
                tag("title", words),
                x=x,
                y=zero - tall if gain.usd > 0 else zero,
                width=max(wide, 1.0),
                height=max(tall, 0.8),
                class_="more" if gain.usd > 0 else "less",
            )
        )
        x += wide + GAP
    line = tag("line", x1=0.0, x2=WIDE, y1=zero, y2=zero)
    name = order_sentences.on_branches(known, plan.money.unit)
    return tag(
        "svg",
        *bars,
        line,
        viewbox=f"0 0 {WIDE:.0f} {TALL:.0f}",
        preserveaspectratio="none",
        role="img",
        aria_label=name,
        class_="gains",
    )
