"""The dossier of an audit on one page: sections to file, then the evidence in pictures."""

from __future__ import annotations

import json
from pathlib import Path

from headrace.core.atomic_write import write_text
from headrace.show.figures import audit as figures
from headrace.show.format.html import tag
from headrace.show.reports import page
from headrace.trust.audit import Verdict
from headrace.trust.dossier.sections import Dossier
from headrace.trust.picture import LikeWithLike


def write(dossier: Dossier, likes: LikeWithLike | None, folder: Path) -> Path:
    """Write dossier.html and dossier.json into a folder, made where it is not there; each complete
    or not at all. likes: places of like items. Raises InputError, DiskFull.
    """
    told = json.dumps(dossier.as_json(), indent=2, ensure_ascii=False, allow_nan=False)
    write_text(folder / "dossier.json", told + "\n")
    return page.write(dossier_page(dossier, likes), folder / "dossier.html")


def dossier_page(dossier: Dossier, likes: LikeWithLike | None) -> str:
    """The whole page as text."""
    found = dossier.verdict
    charts = figures.charts(found, likes) if isinstance(found, Verdict) else ()
    subject = dossier.mandate.service or "a service"
    about = "Audit report in the order of Annex I of Delegated Regulation (EU) 2024/436."
    top = page.masthead(f"audit of {subject}", dossier.mandate.question, before=about)
    sections = []
    for one in dossier.sections():
        rows = (tag("tr", tag("th", name, scope="row"), tag("td", text)) for name, text in one.rows)
        sections.append(tag("section", tag("h2", one.title), tag("table", tag("tbody", *rows))))
    pictures = [page.chart_section(chart) for chart in charts]
    foot = tag("footer", "This file loads nothing and sends nothing.")
    data = {"study": f"Audit of {subject}", "charts": [chart.as_json() for chart in charts]}
    body = (top, tag("main", *sections, *pictures), foot)
    return page.document(f"Audit of {subject} - Headrace", body, data)
