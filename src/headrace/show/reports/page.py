"""The report: one HTML file that opens from a USB stick, pictures first, loading nothing.

plotly.js comes from the plotly wheel. It and the data are carried deflated (base64), which keeps
the file near 3 MB; every picture has its table and CSV, the orders, the tree and the certificate
are plain HTML and SVG that need no script. The same run folder gives the same bytes: no clock, no
random names.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from headrace.core.plan_file import read_plan
from headrace.core.run_folder import REPORT, RunFolder
from headrace.show.figures import dispatch
from headrace.show.format.html import Markup, tag
from headrace.show.reports import plan_page
from headrace.show.reports.plan_data import by_importance, sankeys, sheet

MOST_SANKEYS = 60  # nodes whose Sankey a report carries


def write(folder: RunFolder, out: Path | None = None) -> Path:
    """Write the report of a run folder; into it as report.html, or to `out`.

    Returns its path. Raises InputError, DiskFull.
    """
    text = build(folder)
    if out is None:
        return folder.write(REPORT, text)
    return RunFolder(out.absolute().parent).write(out.name, text)


def build(folder: RunFolder) -> str:
    """The report as text."""
    plan = read_plan(folder)
    important = by_importance(plan)
    hours = dispatch.sheets(folder, important)
    data = sheet(plan) | {
        "sankey": {str(node): sankeys(plan, node) for node in important[:MOST_SANKEYS]},
        "dispatch": [told.as_json() for told in hours.sheets],
    }
    body = plan_page.report_body(plan, hours.coarse)
    return document(
        f"{plan.title or plan.study} - Headrace", body, data, ("charts.js", "plan.js", "report.js")
    )


def document(title: str, body: Sequence[Markup], data: object, scripts: Sequence[str]) -> str:
    """A whole page that loads nothing: style, plotly.js and `data` carried inside, then our own
    scripts by name.
    """
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        # The report may run its own inline script and nothing else; it may not ask the network for
        # anything.
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(static("page.css"))),
    )
    carried = (
        tag("script", Markup(packed(plotly_js())), type="text/plain", id="plotly"),
        tag(
            "script",
            Markup(packed(json.dumps(data, allow_nan=False, separators=(",", ":")))),
            type="text/plain",
            id="data",
        ),
        *(tag("script", Markup(static(name))) for name in scripts),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body, *carried), lang='en')}\n"


_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
    "base-uri 'none'; form-action 'none'"
)


def static(name: str) -> str:
    """A file that travels with the package."""
    return (resources.files("headrace.show") / "static" / name).read_text(encoding="utf-8")


def plotly_js() -> str:
    """plotly.js as the plotly wheel carries it, without importing plotly."""
    return (resources.files("plotly") / "package_data" / "plotly.min.js").read_text(
        encoding="utf-8"
    )


def packed(text: str) -> str:
    """A text deflated and in base64, safe inside a script element."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
