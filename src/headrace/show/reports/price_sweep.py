"""The sweep of one price on one page: where it enters, what is ordered at each price, the share by
gas and carbon price.
"""

from __future__ import annotations

from pathlib import Path

from headrace.core.run_folder import REPORT, RunFolder
from headrace.core.uncertainty import Capex
from headrace.plan.analysis.price_sweep import MOST_SOLVES, Sweep
from headrace.show.figures import segments, technology_share
from headrace.show.format import text
from headrace.show.format.chart import Chart, table
from headrace.show.format.html import Markup, tag
from headrace.show.reports import page as report
from headrace.show.reports.plan_header import MARK


def write(sweep: Sweep, folder: RunFolder) -> Path:
    """Write report.html into the folder. Raises DiskFull."""
    return folder.write(REPORT, page(sweep))


def page(sweep: Sweep) -> str:
    """The page as text; the same sweep gives the same bytes."""
    found = charts(sweep)
    body = (
        _masthead(sweep),
        tag("main", *map(_section, found)),
        tag("footer", "This file loads nothing and sends nothing."),
    )
    data = {"study": sweep.study, "charts": [chart.as_json() for chart in found]}
    return report.document(
        f"{sweep.about} in {sweep.study} - Headrace", body, data, ("charts.js", "sweep.js")
    )


def charts(sweep: Sweep) -> tuple[Chart, ...]:
    """The pictures: orders by price, shares where they were asked for, and every crossing as a
    table.
    """
    shares = (technology_share.chart(sweep.curves),) if sweep.curves else ()
    return segments.chart(sweep), *shares, _crossings(sweep)


def _crossings(sweep: Sweep) -> Chart:
    name = "discounted kW" if isinstance(sweep.about, Capex) else "discounted MMBtu"
    rows = [
        (c.low, c.high, "exact" if c.exact else "bracket", c.below, c.above)
        for c in sweep.crossings
    ]
    columns = (
        f"from [{sweep.unit}]",
        f"to [{sweep.unit}]",
        "known",
        f"below [{name}]",
        f"above [{name}]",
    )
    within = (
        "that lie within 1 %"
        if sweep.whole
        else f"that were not told apart in {MOST_SOLVES} solves"
    )
    about = f"The quantity bought never rises with its own price. A bracket holds one change or several {within}."
    return Chart(
        "crossings", "Every price at which the plan changes", table(columns, rows), {}, about
    )


def lede(sweep: Sweep) -> str:
    """The answer in a sentence."""
    name = sweep.name
    ends = f"{text.number(sweep.low)} and {text.number(sweep.high)} {sweep.unit}"
    least = "" if sweep.whole else "at least "
    changes = f"Between {ends} the plan changes {least}{_times(len(sweep.crossings))}."
    return f"{entry(sweep)} {changes}" if sweep.entry is not None else f"Price of {name}. {changes}"


def entry(sweep: Sweep) -> str:
    """At which price the technology enters, and how surely."""
    found, name = sweep.entry, sweep.name
    if found is None:
        return ""
    if found.never:
        return f"{name} is not ordered even as a gift."
    if found.exact:
        return f"{name} is ordered below {text.number(found.low, 5)} {sweep.unit} (exact), and not above."
    high = (
        f"{text.number(found.high, 5)} {sweep.unit}"
        if found.high < float("inf")
        else "no price tried"
    )
    return f"{name} is ordered below {text.number(found.low, 5)} {sweep.unit} for certain, and not above {high}."


def _times(many: int) -> str:
    return {0: "nowhere", 1: "once"}.get(many, f"{many} times")


def _masthead(sweep: Sweep) -> Markup:
    brand = tag(
        "div",
        MARK,
        "Headrace",
        tag("span", f"{sweep.about} in study {sweep.study}"),
        class_="brand",
    )
    return tag(
        "header",
        brand,
        tag("h1", f"At which price? {sweep.title or sweep.study}"),
        tag("p", lede(sweep), class_="lede"),
        class_="masthead",
    )


def _section(chart: Chart) -> Markup:
    drawn = bool(chart.figure)
    shown = (
        tag("button", "Table", type="button", data_table=chart.key, aria_expanded="false")
        if drawn
        else Markup("")
    )
    take = tag(
        "span", shown, tag("button", "CSV", type="button", data_csv=chart.key), class_="take"
    )
    picture = tag("div", id=f"chart-{chart.key}", class_="picture") if drawn else Markup("")
    box = tag("div", id=f"table-{chart.key}", class_="tablebox", hidden=drawn)
    told = tag("p", chart.about, class_="about") if chart.about else Markup("")
    return tag(
        "section",
        tag("div", tag("h2", chart.title), take, class_="head"),
        told,
        box,
        picture,
        id=chart.key,
    )
