"""One payee's statement as HTML, PDF and CSV, in a folder."""

from __future__ import annotations

from pathlib import Path

from headrace.core.atomic_write import write_bytes, write_text
from headrace.rights.ledger import component
from headrace.rights.royalties.payee_statement import PayeeStatement, statement_rows
from headrace.rights.royalties.statements import write_csv
from headrace.show.format.chart import table
from headrace.show.format.html import Markup, join, rows_of, tag
from headrace.show.format.pdf import text_pdf

_STYLE = (
    "body{font:14px/1.5 sans-serif;max-width:50em;margin:2em auto}table{border-collapse:collapse}"
    "td,th{padding:.2em 1em;text-align:left}.num{text-align:right}"
)


def write(found: PayeeStatement, folder: Path) -> tuple[Path, ...]:
    """Write statement-HOLDER.html, .pdf and .csv; the same statement gives the same bytes."""
    stem = f"statement-{component(found.holder)}"
    rows = statement_rows(found)
    lines = [f"{a[:44]:<44} {b:>18} {c:>22}".rstrip() for a, b, c in rows]
    paths = [folder / f"{stem}{kind}" for kind in (".html", ".pdf", ".csv")]
    write_text(paths[0], page(found))
    write_bytes(paths[1], text_pdf(lines))
    write_csv(paths[2], ("item", "detail", "amount"), rows)
    return tuple(paths)


def page(found: PayeeStatement) -> str:
    """The statement as a page of its own that loads nothing."""
    parts = [
        tag("h1", found.heading),
        rows_of(table(("", "amount"), found.figures)),
        tag("h2", "Works"),
        rows_of(table(("work", "uses", "earned"), found.works)),
    ]
    if found.held:
        parts += [tag("h2", "Held"), rows_of(table(("why", "work", "amount"), found.held))]
    head = tag(
        "head", tag("meta", charset="utf-8"), tag("title", found.heading), tag("style", _STYLE)
    )
    body = tag("body", join(*parts))
    return f"<!doctype html>\n{Markup(tag('html', head, body, lang='en'))}\n"
