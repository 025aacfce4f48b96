"""Tariffs on one page: beside the best there can be, what public points decide, prices by deadline,
and plan and tariff in turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headrace.show.format.chart import Chart
from headrace.show.format.html import tag
from headrace.show.reports import page

NOTE = (
    "Who the users are is believed, not known, where a file has `users`; the sets rest on public "
    "points alone and hold for every distribution of users that agrees with them."
)


def write(
    name: str, title: str, charts: Sequence[Chart], path: Path, told: Sequence[str] = ()
) -> Path:
    """Write the page; complete or not at all. Raises InputError, DiskFull."""
    return page.write(tariff_page(name, title, charts, told), path)


def tariff_page(name: str, title: str, charts: Sequence[Chart], told: Sequence[str] = ()) -> str:
    """The page as text, with what is `told` in sentences. The same answers give the same bytes."""
    top = page.masthead(f"tariffs of {name}", title or name)
    notes = (tag("p", line, class_="note") for line in (*told, NOTE))
    return page.gallery(f"Tariffs {name}", top, tuple(charts), *notes)
