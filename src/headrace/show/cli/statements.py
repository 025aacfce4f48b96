"""`headrace statements`: a stored plan as income statement, balance sheet and cash flow."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from headrace.show.cli.output import console, emit, figure, plain_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headrace.core.arrays import Floats
    from headrace.finance.statements import PlanStatements

MOST_BRANCHES = 20


def statements(
    run: Path,
    /,
    *,
    terms: Path | None = None,
    out: Path | None = None,
    json: bool = False,
) -> int:
    """Draw up the statements of a plan on every branch: what is earned, owned, owed and paid, the
    debt that its cash carries, and what owners get. Writes a page and a workbook.

    Parameters
    ----------
    run
        The run folder of a finished plan.
    terms
        A file with tax, inflation, debt, depreciation, working capital; without one, the
        catalogue's.
    out
        The folder to write to; the run folder if not given.
    json
        Print all statements as one JSON object and nothing else on stdout.
    """
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.finance.statements import statements_of
    from headrace.finance.statements.terms import terms_of
    from headrace.finance.statements.to_json import as_json
    from headrace.show.statements import page, workbook

    folder = open_run(run)
    found = statements_of(read_plan(folder), terms_of(terms))
    target = folder.root if out is None else out
    written = [page.write(found, target / page.NAME)]
    if importlib.util.find_spec("xlsxwriter") is not None:
        written.append(workbook.write(found, target / workbook.NAME))
    if json:
        emit(as_json(found) | {"files": [str(path) for path in written]})
        return 0
    show(found)
    for path in written:
        say(f"Written {path}")
    if len(written) == 1:
        say("A workbook needs an extra: pip install 'headrace[money]'")
    return 0


def show(found: PlanStatements) -> None:
    """Print the branches, the mean statement of income and cash, and what has to be known."""
    from headrace.show.statements import tables

    screen = console()
    screen.print(Text(f"Statements of {found.study}", style="bold"))
    screen.print(Text(tables.lede(found.branches)))
    told = tables.summary(found.branches)
    table = plain_table()
    for name in told.columns:
        table.add_column(name, justify="right")
    for row in told.rows[:MOST_BRANCHES]:
        table.add_row(*(figure(c, 5) if isinstance(c, float) else str(c) for c in row))
    screen.print(table)
    if len(told.rows) > MOST_BRANCHES:
        screen.print(f"... and {len(told.rows) - MOST_BRANCHES} more branches, on the page")
    for title, rows in (
        ("Income, mean of the branches", tables.income(found.mean)),
        ("Cash flow, mean of the branches", tables.cash_flow(found.mean)),
        ("At the year's end, mean of the branches", tables.sheet(found.mean)),
    ):
        screen.print(by_year(f"{title} [M USD of the day]", rows, found.mean.years))
    for note in found.notes:
        screen.print(Text(note, style="dim"))


def by_year(title: str, rows: Sequence[tuple[str, Floats]], years: tuple[int, ...]) -> Table:
    """Rows in millions, the first years and the last."""
    shown = [*range(min(8, len(years)))]
    shown += [len(years) - 1] if len(years) > 8 else []
    table = plain_table(title)
    table.add_column("")
    for at in shown:
        table.add_column(str(years[at]), justify="right")
    for name, values in rows:
        table.add_row(name, *(figure(round(float(values[at]) / 1e6, 5), 4) for at in shown))
    return table
