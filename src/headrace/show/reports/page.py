"""The one skeleton of every report: an HTML file that opens from a USB stick and loads nothing.

Style, pictures, data and scripts are carried inside; the data are deflated (base64). The page's
policy names the SHA-256 of each script it carries: no other script runs, and nothing is asked from
the network. Pictures are SVG in the page: they need no script. The same content gives the same
bytes: no clock, no random names.
"""

from __future__ import annotations

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from headrace.core.atomic_write import write_text
from headrace.show.draw import svg
from headrace.show.format.chart import Chart
from headrace.show.format.html import Markup, rows_of, scroll_box, tag

MARK = Markup(
    '<svg viewBox="0 0 34 20" aria-hidden="true" fill="none" stroke="currentColor"'
    ' stroke-width="1.8" stroke-linecap="round">'
    '<path d="M1 3 C10 3 13 9.2 23 9.2"/><path d="M1 10 H23"/>'
    '<path d="M1 17 C10 17 13 10.8 23 10.8"/>'
    '<circle cx="28" cy="10" r="4.6"/><circle cx="28" cy="10" r="1" fill="currentColor"/></svg>'
)
GALLERY = ("charts.js", "carried.js", "gallery.js")
"""Scripts of a page that is a list of charts."""


def write(text: str, path: Path) -> Path:
    """Put a page in place whole, or leave what was there; folders on the way are made.

    Returns its path. Raises InputError where it cannot be written, DiskFull.
    """
    return write_text(path, text)


def document(
    title: str, body: Sequence[Markup], data: object, scripts: Sequence[str] = GALLERY
) -> str:
    """A whole page: head with policy and style, body, then `data` and scripts by name.

    Raises ValueError for data with NaN or infinities.
    """
    sources = [static(name) for name in scripts]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy(sources)),
        tag("title", title),
        tag("link", rel="icon", href="data:,"),
        tag("style", Markup(static("page.css"))),
    )
    told = json.dumps(data, allow_nan=False, separators=(",", ":"))
    carried = (
        tag("script", Markup(packed(told)), type="text/plain", id="data"),
        *(tag("script", Markup(source)) for source in sources),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', *body, *carried), lang='en')}\n"


def policy(scripts: Sequence[str]) -> str:
    """The Content-Security-Policy of a page that runs exactly these scripts.

    Styles stay free: a bar's length is a style of its own.
    """
    digests = (hashlib.sha256(script.encode("utf-8")).digest() for script in scripts)
    allowed = " ".join(f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline';"
        " img-src data: blob:; base-uri 'none'; form-action 'none'"
    )


def masthead(
    subject: str,
    title: str | Markup,
    *inner: Markup,
    lede: Sequence[str | Markup] = (),
    before: str = "",
) -> Markup:
    """The top of a page: our mark and what the page is about, its title, the answer in words.

    before: what a reader has to know before the title answers.
    """
    brand = tag("div", MARK, "Headrace", tag("span", subject), class_="brand")
    answer = tag("p", *lede, class_="lede") if lede else Markup("")
    first = tag("p", before, class_="about first") if before else ""
    return tag("header", brand, first, tag("h1", title), answer, *inner, class_="masthead")


def gallery(name: str, top: Markup, charts: Sequence[Chart], *rest: Markup) -> str:
    """A page of charts one under the other, each with its table and CSV, then `rest`.

    name: of the page; files that are taken from it begin with it.
    """
    sections = [chart_section(chart) for chart in charts]
    foot = tag("footer", "This file loads nothing and sends nothing.")
    data = {"study": name, "charts": [chart.as_json() for chart in charts]}
    return document(f"{name} - Headrace", (top, tag("main", *sections, *rest), foot), data)


def chart_section(chart: Chart) -> Markup:
    """A chart with its table behind a button; one without a drawing is its table."""
    if chart.figure:
        drawn = svg(chart.figure, chart.title, chart.about)
        inner = tag("div", drawn, id=f"chart-{chart.key}", class_="picture")
    else:
        inner = scroll_box(chart.title, rows_of(chart.table))
    tools = Tools(chart.key, bare=not chart.figure)
    return section(chart.key, chart.title, chart.about, inner, tools=tools)


@dataclass(frozen=True)
class Tools:
    """What stands around a picture: the name of its table, the switches above it, and whether its
    table is shown anyway.
    """

    name: str
    switches: tuple[Markup, ...] = ()
    key: str | None = None
    bare: bool = False


def section(
    key: str, title: str, about: str | Markup, *inner: Markup, tools: Tools, more: str | None = None
) -> Markup:
    """A heading with its table and CSV, a line on how to read the picture, the switches, the
    picture.
    """
    told = about if isinstance(about, Markup) or not about else tag("p", about, class_="about")
    shown = tag("button", "Table", type="button", data_table=tools.name, aria_expanded="false")
    take = tag(
        "span",
        "" if tools.bare else shown,
        tag("button", "CSV", type="button", data_csv=tools.name),
        class_="take",
    )
    switches = tag("div", *tools.switches, class_="tools", id=tools.key) if tools.switches else ""
    box = scroll_box(f"{title}: table", id=f"table-{tools.name}", hidden=True)
    head = tag("div", tag("h2", title), take, class_="head")
    return tag("section", head, told, switches, box, *inner, id=key, class_=more)


def static(name: str) -> str:
    """A file that travels with the package."""
    return (resources.files("headrace.show") / "static" / name).read_text(encoding="utf-8")


def packed(text: str) -> str:
    """A text deflated and in base64, safe inside a script element."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")
