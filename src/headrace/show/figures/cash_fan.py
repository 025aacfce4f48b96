"""Cash by calendar year, undiscounted: the mean over the branches, and every branch beside it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.plan_file import NodeRecord, PlanFile
from headrace.show.draw import svg
from headrace.show.figures.scenario_tree import path_words
from headrace.show.format import plot, text
from headrace.show.format.chart import Chart, table
from headrace.show.format.colours import ACCENT, LOSS
from headrace.show.format.html import Markup

WIDE = 1040.0
"""Width of the picture [px]."""
Line = tuple[int, str, str, str]
"""Calendar year, kind, item in words, product."""


def years_of(plan: PlanFile, node: int | None = None) -> dict[Line, float]:
    """Cash by year and item [USD]: expected, or if the branch comes to `node`.

    Raises InputError for a node that is not in the tree.
    """
    sums: dict[Line, float] = defaultdict(float)
    weights = {n.id: n.probability for n in plan.tree}
    if node is not None:
        weights = {one.id: 1.0 for one in path(plan, node)}
    for one in plan.tree:
        for line in one.years if one.id in weights else ():
            key = (line.year, line.kind, text.cash_item(line.kind, line.product), line.product)
            sums[key] += weights[one.id] * line.usd
    return dict(sorted(sums.items()))


def net(lines: Mapping[Line, float]) -> dict[int, float]:
    """What is left of each year [USD]."""
    sums: dict[int, float] = defaultdict(float)
    for (year, *_), usd in lines.items():
        sums[year] += usd
    return dict(sums)


def path(plan: PlanFile, node: int) -> tuple[NodeRecord, ...]:
    """The nodes from the root to `node`. Raises InputError where there is none."""
    by_id = {one.id: one for one in plan.tree}
    if node not in by_id:
        expected = f"a node of the tree, 0 to {max(by_id)}"
        raise InputError(InputFault(Place(key="node"), f"{node}", expected))
    line = [by_id[node]]
    while line[0].parent is not None:
        line.insert(0, by_id[line[0].parent])
    return tuple(line)


def leaves(plan: PlanFile) -> tuple[NodeRecord, ...]:
    """The nodes under which nothing follows: one a branch."""
    parents = {node.parent for node in plan.tree}
    return tuple(node for node in plan.tree if node.id not in parents)


def peak_funding(by_year: Mapping[int, float]) -> tuple[float, int]:
    """The deepest that money is in, by the ends of years [USD, positive], and the year; 0 and the
    first year where it never is.
    """
    depth, when, running = 0.0, min(by_year, default=0), 0.0
    for year in sorted(by_year):
        running += by_year[year]
        if -running > depth:
            depth, when = -running, year
    return depth, when


def chart(plan: PlanFile) -> Chart | None:
    """What is left of each year on every branch, and on the mean; None where cash is not stored by
    year.
    """
    mean = net(years_of(plan))
    if not mean:
        return None
    by_id = {node.id: node for node in plan.tree}
    branches = {path_words(leaf, by_id): net(years_of(plan, leaf.id)) for leaf in leaves(plan)}
    years = sorted({year for one in (mean, *branches.values()) for year in one})
    lines = [
        plot.line(name, years, [one.get(year, 0.0) for year in years], LOSS) | {"showlegend": False}
        for name, one in branches.items()
    ]
    lines.append(plot.line("mean", years, [mean.get(y, 0.0) for y in years], ACCENT, markers=True))
    unit = plan.money.unit
    told = [{**line, "x": [str(year) for year in years]} for line in lines]
    figure = plot.figure(told, "", unit, 260, xaxis=plot.NAMED, yaxis={"rangemode": "tozero"})
    rows = [("mean", year, mean.get(year, 0.0)) for year in years]
    rows += [(name, year, one.get(year, 0.0)) for name, one in branches.items() for year in years]
    columns = ("branch", "year", f"cash [{unit}, undiscounted]")
    return Chart("money", "Cash by year", table(columns, rows), figure, words(plan))


def words(plan: PlanFile) -> str:
    """How deep money is in before it comes back, on the mean and on the branch that needs most."""
    unit, by_id = plan.money.unit, {node.id: node for node in plan.tree}
    told = f"Expected: {_deepest(net(years_of(plan)), unit)}."
    deepest = max(leaves(plan), key=lambda leaf: peak_funding(net(years_of(plan, leaf.id)))[0])
    worst = _deepest(net(years_of(plan, deepest.id)), unit)
    where = path_words(deepest, by_id)
    rest = "Undiscounted; the last year holds what still stands."
    return f"{told} The branch that needs most ({where}): {worst}. {rest}"


def _deepest(by_year: Mapping[int, float], unit: str) -> str:
    """How deep money is in at the ends of years, in words."""
    depth, year = peak_funding(by_year)
    if depth == 0:
        return "no year ends with more paid than earned"
    return f"at most {text.money(depth, unit)} more paid than earned, at the end of {year}"


def drawing(chart: Chart) -> Markup:
    """The picture as SVG."""
    return svg(chart.figure, chart.title, chart.about, WIDE)
