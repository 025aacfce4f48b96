"""The pictures of a plan, as the report draws them: SVG that a notebook shows and a file holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Literal

from headrace.api.table import ResultTable
from headrace.core.errors import HeadraceError, InputError, nearest_fault
from headrace.core.plan_file import PlanFile
from headrace.show.format.chart import Chart
from headrace.show.format.html import Markup

STYLE = (
    "<style>text{font:12px system-ui,sans-serif;fill:#1f2a30}.tick,.axis,.note{font-size:11px;"
    "fill:#5e6a71}.grid{stroke:#eceae3}.zero{stroke:#1f2a30}.label{stroke:#fff;stroke-width:3px;"
    "paint-order:stroke}</style>"
)
"""Stands in for the page's style where a picture stands alone."""


@dataclass(frozen=True)
class PlanPicture:
    """A picture: `svg` that stands alone, `about` in a sentence, and `table`, the numbers of it."""

    title: str
    about: str
    svg: str
    table: ResultTable

    def save(self, path: str | Path) -> Path:
        """Write it: as SVG, or its numbers as CSV, by the ending of the name. Returns the path.

        Raises InputError for another ending or where it cannot be written, DiskFull.
        """
        from headrace.core.atomic_write import write_text

        target = Path(path)
        if target.suffix not in (".svg", ".csv"):
            raise InputError(nearest_fault(target.suffix, (".svg", ".csv"), "a form of a picture"))
        return write_text(target, self.svg if target.suffix == ".svg" else self.table.csv())

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}<figcaption>{escape(self.about)}</figcaption></figure>"

    def __repr__(self) -> str:
        return f"{self.title}. {self.about}"


@dataclass(frozen=True)
class PlanCharts:
    """The pictures of one stored plan; none of a run that did not finish."""

    file: PlanFile

    def cash(self) -> PlanPicture:
        """Undiscounted cash by year, on every branch and on the mean.

        Raises HeadraceError where the file holds none.
        """
        from headrace.show.figures import cash_fan

        return self._picture(cash_fan.chart(self.file), cash_fan.drawing)

    def chain(
        self,
        node: int | None = None,
        view: Literal["chain", "energy", "hours", "money"] = "chain",
    ) -> PlanPicture:
        """From electrons to money in a year of a node, the likeliest leaf if not given.

        Raises InputError for another node or view.
        """
        from headrace.show.figures import sankey
        from headrace.show.reports.plan_data import likeliest

        known = [one.id for one in self.file.tree]
        place = likeliest(self.file).id if node is None else node
        if place not in known:
            raise InputError(nearest_fault(str(place), tuple(map(str, known)), "a node"))
        found = {chart.key: chart for chart in sankey.charts(self.file, place)}
        if found and view not in found:
            raise InputError(nearest_fault(view, tuple(found), "a view of this node"))
        return self._picture(found.get(view), sankey.drawing)

    def cost(self, product: str) -> PlanPicture:
        """What a unit of a product costs, part by part, beside what it brings.

        Raises InputError for a product of which nothing is made.
        """
        from headrace.show.figures import waterfall

        found = {chart.key: chart for chart in waterfall.charts(self.file.costs)}
        if product not in found:
            raise InputError(nearest_fault(product, tuple(found), "a product that is made"))
        return self._picture(found[product], waterfall.drawing)

    def _picture(self, chart: Chart | None, draw: Callable[[Chart], Markup]) -> PlanPicture:
        from headrace.show.reports import plan_status

        if not self.file.finished:
            raise HeadraceError(f"{plan_status.headline(self.file)}.")
        if chart is None:
            raise HeadraceError("The plan's file holds nothing of this.")
        drawn = str(draw(chart))
        head, _, rest = drawn.partition(">")
        svg = f'{head} xmlns="http://www.w3.org/2000/svg">{STYLE}{rest}'
        told = ResultTable(chart.table.columns, chart.table.rows, title=chart.title)
        return PlanPicture(chart.title, chart.about, svg, told)
