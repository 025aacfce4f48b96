"""The report of a plan: its page, and all that it draws, carried in one file.

Every picture has its table and CSV; the orders, the tree and the certificate are plain HTML and SVG
that need no script.
"""

from __future__ import annotations

from pathlib import Path

from headrace.core.plan_file import read_plan
from headrace.core.run_folder import REPORT, RunFolder
from headrace.show.figures import dispatch
from headrace.show.format.html import tag
from headrace.show.reports import page
from headrace.show.reports.plan_data import by_importance, sankeys, sheet, still
from headrace.show.reports.plan_page import plan_body

MOST_SANKEYS = 60  # nodes whose Sankey a report carries
SCRIPTS = ("charts.js", "hours.js", "carried.js", "plan.js", "plan_report.js")


def write(folder: RunFolder, out: Path | None = None) -> Path:
    """Write the report of a run folder; into it as report.html, or to `out`.

    Returns its path. Raises InputError, DiskFull.
    """
    return page.write(build(folder), folder.path(REPORT) if out is None else out)


def build(folder: RunFolder) -> str:
    """The report as text."""
    plan = read_plan(folder)
    important = by_importance(plan)
    hours = dispatch.sheets(folder, important)
    data = sheet(plan) | {
        "sankey": {str(node): sankeys(plan, node) for node in important[:MOST_SANKEYS]},
        "dispatch": [told.as_json() for told in hours.sheets],
    }
    foot = tag(
        "footer",
        "This file loads nothing and sends nothing. Its numbers come from the run folder beside it:"
        " plan.json and hourly/*.parquet.",
    )
    body = (*plan_body(plan, hours.coarse, still(folder, plan)), foot)
    return page.document(f"{plan.title or plan.study} - Headrace", body, data, SCRIPTS)
