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
from headrace.show.reports import page


def write(sweep: Sweep, folder: RunFolder) -> Path:
    """Write report.html into the folder. Raises DiskFull."""
    return page.write(sweep_page(sweep), folder.path(REPORT))


def sweep_page(sweep: Sweep) -> str:
    """The page as text; the same sweep gives the same bytes."""
    title = f"At which price? {sweep.title or sweep.study}"
    top = page.masthead(f"{sweep.about} in study {sweep.study}", title, lede=(lede(sweep),))
    return page.gallery(f"{sweep.study} {sweep.about}".replace(":", " "), top, charts(sweep))


def charts(sweep: Sweep) -> tuple[Chart, ...]:
    """The pictures: orders by price, shares where they were asked for, and every crossing as a
    table.
    """
    shares = (technology_share.chart(sweep.curves),) if sweep.curves else ()
    return segments.chart(sweep), *shares, crossings(sweep)


def crossings(sweep: Sweep) -> Chart:
    """Every price at which the best plan changes, exact or between two prices."""
    quantity = "discounted kW" if isinstance(sweep.about, Capex) else "discounted MMBtu"
    rows = [
        (each.low, each.high, "exact" if each.exact else "bracket", each.below, each.above)
        for each in sweep.crossings
    ]
    columns = (
        *(f"from [{sweep.unit}]", f"to [{sweep.unit}]", "known"),
        *(f"below [{quantity}]", f"above [{quantity}]"),
    )
    unknown = f"that were not told apart in {MOST_SOLVES} solves"
    within = "that lie within 1 %" if sweep.whole else unknown
    about = (
        "The quantity bought never rises with its own price."
        f" A bracket holds one change or several {within}."
    )
    title = "Every price at which the plan changes"
    return Chart("crossings", title, table(columns, rows), {}, about)


def lede(sweep: Sweep) -> str:
    """The answer in a sentence."""
    name, times = sweep.name, len(sweep.crossings)
    ends = f"{text.number(sweep.low)} and {text.number(sweep.high)} {sweep.unit}"
    least = "" if sweep.whole else "at least "
    often = {0: "nowhere", 1: "once"}.get(times, f"{times} times")
    changes = f"Between {ends} the plan changes {least}{often}."
    if sweep.entry is None:
        return f"Price of {name}. {changes}"
    return f"{entry(sweep)} {changes}"


def entry(sweep: Sweep) -> str:
    """At which price the technology enters, and how surely."""
    found, name = sweep.entry, sweep.name
    if found is None:
        return ""
    if found.never:
        return f"{name} is not ordered even as a gift."
    low = f"{name} is ordered below {text.number(found.low, 5)} {sweep.unit}"
    if found.exact:
        return f"{low} (exact), and not above."
    high = f"{text.number(found.high, 5)} {sweep.unit}"
    above = high if found.high < float("inf") else "no price tried"
    return f"{low} for certain, and not above {above}."
