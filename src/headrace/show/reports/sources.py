"""Every figure with its birth certificate: value, range, status, date and source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from headrace.core.plan_file import Source
from headrace.show.format import text
from headrace.show.format.chart import Table, table
from headrace.show.format.html import Markup, join, scroll_box, tag
from headrace.show.format.origin import place_of
from headrace.show.reports import page

COLUMNS = ("figure", "value", "range", "status", "date", "source")


def as_table(sources: Sequence[Source]) -> Table:
    """Inputs with their birth certificates as plain rows."""
    return table(
        ("key", "attribute", "value", "unit", "low", "high", "status", "date", "source"),
        [
            (s.key, s.attribute, s.value, s.unit, s.low, s.high, s.status, s.date, s.source)
            for s in sources
        ],
    )


def section_of(
    sources: Sequence[Source],
    what: str,
    used: Mapping[str, Sequence[tuple[str, str]]] | None = None,
) -> Markup:
    """Figures with their birth certificates as a table that can be searched; nothing where there is
    none. what: which figures these are, in words; used: by key, name and place of the page's parts
    that rest on them.
    """
    if not sources:
        return Markup("")
    kinds = {
        kind: sum(source.status == kind for source in sources)
        for kind in ("fact", "estimate", "assumption")
    }
    counted = ", ".join(text.count(many, kind) for kind, many in kinds.items() if many)
    search = tag(
        "input",
        type="search",
        id="find",
        placeholder="find a figure or a source",
        aria_label="Find in the sources",
    )
    head = tag("tr", *(tag("th", name, scope="col") for name in COLUMNS))
    first = {source.key: place for place, source in reversed(list(enumerate(sources)))}
    body = (
        row(source, (used or {}).get(source.key, ()) if first[source.key] == place else None)
        for place, source in enumerate(sources)
    )
    rows = tag("table", tag("thead", head), tag("tbody", *body))
    return page.section(
        "sources",
        "Sources",
        f"{what}: {counted}." if counted else f"{what}.",
        scroll_box("Sources: table", rows),
        tools=page.Tools("sources", (search,), bare=True),
        more="sources long",
    )


def row(source: Source, used: Sequence[tuple[str, str]] | None = None) -> Markup:
    """One figure as a row of the table; the first of its key has a place, and the way back to what
    rests on it.
    """
    ends = [
        text.number(end, 5) if isinstance(end, float) else end
        for end in (source.low, source.high)
        if end is not None
    ]
    status = tag("span", source.status, class_=f"tagged {source.status}") if source.status else ""
    attribute = tag("span", source.attribute.replace("_", " "), class_="none")
    back = [
        join(tag("br"), tag("a", words, href=f"#{place}", class_="origin"))
        for words, place in used or ()
    ]
    return tag(
        "tr",
        tag("td", source.key, tag("br"), attribute, *back),
        tag("td", text.measured(source.value, source.unit)),
        tag("td", " to ".join(ends)),
        tag("td", status),
        tag("td", source.date),
        tag("td", source.source),
        id=None if used is None else place_of(source.key),
    )
