"""The Pareto frontier of serving on one page: picture and table, for each accelerator."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from headrace.finance.serving_fleet import FrontierRow, SizeQuestion
from headrace.show.figures.serving_frontier import frontier_chart
from headrace.show.reports import page


def write_frontier(
    question: SizeQuestion, rows: Mapping[str, tuple[FrontierRow, ...]], path: Path
) -> Path:
    """Write the page. Raises InputError, DiskFull."""
    return page.write(frontier_page(question, rows), path)


def frontier_page(question: SizeQuestion, rows: Mapping[str, tuple[FrontierRow, ...]]) -> str:
    """The page as text."""
    lede = (f"{question.words}. Each point is the best layout and batch for that speed.",)
    top = page.masthead("serving frontier", question.model.title, lede=lede)
    return page.gallery("frontier", top, (frontier_chart(rows),))
