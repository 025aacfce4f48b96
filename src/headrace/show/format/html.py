"""HTML and SVG written by hand: every text is escaped, so that no name in a study can become
markup, and printable, so that none is read otherwise than it is written.
"""

from __future__ import annotations

import re
from html import escape

from headrace.core.printable import printable
from headrace.show.format.chart import Cell, Table
from headrace.show.format.text import number

_NUMBER = r"(?:-|-?\d[\d,]*(?:\.\d+)?(?:\s?[%A-Za-z/]{1,12})?)"
AMOUNT = re.compile(rf"{_NUMBER}(?:, {_NUMBER})*")
"""A text that is a number or several, with or without a short unit: "12,345.60", "98 %, 3 %"."""
_EMPTY = {"br", "img", "input", "line", "rect", "circle", "path", "use", "meta", "link"}


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def tag(element: str, /, *inner: str | Markup, **attributes: str | float | bool | None) -> Markup:
    """An element.

    `class_` is class, underscores become hyphens, True is a bare attribute, None and False are left
    out.
    """
    told = ""
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        name = key.rstrip("_").replace("_", "-")
        name = {"viewbox": "viewBox", "preserveaspectratio": "preserveAspectRatio"}.get(name, name)
        text = f"{value:.6g}" if isinstance(value, float) else str(value)
        told += f" {name}" if value is True else f' {name}="{escape(printable(text))}"'
    if element in _EMPTY and not inner:
        return Markup(f"<{element}{told}/>")
    return Markup(f"<{element}{told}>{join(*inner)}</{element}>")


def scroll_box(label: str, *inner: str | Markup, **more: str | bool) -> Markup:
    """A box that may scroll: it has a name, and the keyboard reaches it. more: further attributes;
    a table's box unless they say `class_`.
    """
    told = {"class_": "tablebox", **more}
    return tag("div", *inner, role="region", aria_label=label, tabindex="0", **told)


def join(*parts: str | Markup) -> Markup:
    """Parts one after another; what is not Markup is escaped."""
    return Markup(
        "".join(part if isinstance(part, Markup) else escape(printable(part)) for part in parts)
    )


def rows_of(table: Table) -> Markup:
    """A table of plain values; numbers, and texts that are amounts, stand to the right."""
    head = tag("tr", *(tag("th", name, scope="col") for name in table.columns))
    body = (tag("tr", *(cell_of(cell) for cell in row)) for row in table.rows)
    return tag("table", tag("thead", head), tag("tbody", *body))


def cell_of(cell: Cell) -> Markup:
    """One cell of a table as it is written."""
    if isinstance(cell, bool) or cell is None:
        return tag("td", {True: "yes", False: "no", None: ""}[cell])
    if isinstance(cell, str):
        return tag("td", cell, class_="num" if AMOUNT.fullmatch(cell) else None)
    return tag("td", number(float(cell), 5), class_="num")
