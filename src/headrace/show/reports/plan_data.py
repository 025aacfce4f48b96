"""What the page of a plan needs beside its HTML: the same data for the single-file report and for
the app.
"""

from __future__ import annotations

from headrace.core.hourly_store import read_hourly, stored_nodes
from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.core.run_folder import RunFolder
from headrace.show.figures import (
    cash_fan,
    certificate,
    dispatch,
    order_value,
    pathways,
    regret,
    sankey,
    scenario_tree,
    waterfall,
)
from headrace.show.format import cash_words, text
from headrace.show.format.chart import Chart, Table, table
from headrace.show.format.html import Markup
from headrace.show.format.order_sentences import ranked
from headrace.show.reports import market_section, sources


def sheet(plan: PlanFile) -> dict[str, object]:
    """Everything that does not change with the chosen node: nodes, waterfalls, tables."""
    charts = waterfall.charts(plan.costs)
    by_id = {node.id: node for node in plan.tree}
    nodes = [
        {
            "id": node.id,
            "label": node.label,
            "start": node.start if text.month_count(node.start) is not None else "2000-01",
            "path": scenario_tree.path_words(node, by_id),
        }
        for node in plan.tree
    ]
    return {
        "study": plan.study,
        "nodes": nodes,
        "first": likeliest(plan).id,
        "costsTable": costs_table(charts).as_json(),
        "tables": {name: told.as_json() for name, told in tables(plan).items()},
    }


def still(folder: RunFolder, plan: PlanFile) -> Markup:
    """The hours at which a page opens, for readers without scripts; nothing where none are stored.

    Raises InputError for hours that cannot be read.
    """
    node = likeliest(plan)
    if node.id not in stored_nodes(folder):
        return Markup("")
    found = dispatch.coarse_sheets(read_hourly(folder, node.id))
    return dispatch.still(found[0], node.start) if found else Markup("")


def detail(folder: RunFolder, plan: PlanFile, node: int) -> dict[str, object]:
    """What is drawn of one node: its Sankeys, and its hours at every level.

    Raises InputError for hours that cannot be read.
    """
    stored = node in stored_nodes(folder)
    sheets = dispatch.full_sheets(read_hourly(folder, node)) if stored else ()
    return {"sankey": sankeys(plan, node), "dispatch": [told.as_json() for told in sheets]}


def sankeys(plan: PlanFile, node: int) -> list[dict[str, object]]:
    """The chain of one node in each of its views, drawn."""
    return [
        chart.as_json() | {"svg": str(sankey.drawing(chart))} for chart in sankey.charts(plan, node)
    ]


def tables(plan: PlanFile) -> dict[str, Table]:
    """Every picture that does not change with the node, as a table."""
    money = cash_fan.chart(plan)
    return {
        "money": table((), ()) if money is None else money.table,
        "orders": order_value.as_table(ranked(plan.orders) if plan.finished else ()),
        "tree": scenario_tree.as_table(plan),
        "signals": pathways.as_table(plan),
        "market": market_section.as_table(plan),
        "bet": regret.as_table(plan),
        "certificate": certificate.as_table(plan),
        "cash": cash_words.as_table(plan),
        "prices": table(
            ("site", "what", "USD", "per", "in words"),
            [(p.site, p.name, p.usd, p.unit, p.words) for p in plan.prices],
        ),
        "sources": sources.as_table(plan.sources),
    }


def costs_table(charts: tuple[Chart, ...]) -> Table:
    """All waterfalls in one table."""
    rows = [
        (chart.key, *row, chart.table.columns[1]) for chart in charts for row in chart.table.rows
    ]
    return table(("product", "part", "amount", "unit"), rows)


def by_importance(plan: PlanFile) -> tuple[int, ...]:
    """Nodes: the likeliest leaf, at which a page opens, the root, then by likelihood."""
    first = likeliest(plan).id

    def rank(node: NodeRecord) -> tuple[bool, bool, float, int]:
        return node.id != first, node.parent is not None, -node.probability, node.id

    return tuple(node.id for node in sorted(plan.tree, key=rank))


def likeliest(plan: PlanFile) -> NodeRecord:
    """The likeliest leaf, the first of equals: where orders have arrived and work."""
    return max(cash_fan.leaves(plan), key=lambda node: node.probability)
