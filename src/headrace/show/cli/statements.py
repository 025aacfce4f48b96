"""`headrace statements`: a stored plan as income statement, balance sheet and cash flow."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from headrace.show.cli.output import console, emit, figure, plain_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headrace.core.arrays import Floats
    from headrace.finance.statements import PlanStatements
    from headrace.finance.statements.funding import Financing

MOST_BRANCHES = 20


def statements(
    run: Path,
    /,
    *,
    terms: Path | None = None,
    contracts: Path | None = None,
    cash: str = "",
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
    contracts
        A file with what was signed beside the plan: guarantees, loans, commitments, futures.
    cash
        What owners have, with its unit: "400 MUSD". Told is which financing closes, at what cost.
    out
        The folder to write to; the run folder if not given.
    json
        Print all statements as one JSON object and nothing else on stdout.
    """
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.finance.contracts.contracts_file import read_contracts
    from headrace.finance.statements import statements_of
    from headrace.finance.statements.funding import financings
    from headrace.finance.statements.lives import net_income_by_life
    from headrace.finance.statements.terms import terms_of
    from headrace.finance.statements.to_json import as_json
    from headrace.show.format import cash_words
    from headrace.show.statements import page, workbook

    folder, have = open_run(run), dollars(cash)
    plan, read = read_plan(folder), terms_of(terms)
    signed = None if contracts is None else read_contracts(contracts)
    found = statements_of(plan, read, signed)
    ways = () if have is None else financings(plan, read, have, signed)
    target = folder.root if out is None else out
    lives = net_income_by_life(plan, read, signed)
    written = [page.write(found, target / page.NAME, lives, plan)]
    if importlib.util.find_spec("xlsxwriter") is not None:
        written.append(workbook.write(found, target / workbook.NAME))
    if json:
        told = as_json(found) | {
            "files": [str(path) for path in written],
            "liquidity": None if plan.liquidity is None else asdict(plan.liquidity),
            "net_income_by_life": {str(k): v.tolist() for k, v in lives.items()},
        }
        emit(told | ({"financings": [asdict(one) for one in ways]} if ways else {}))
        return 0
    show(found)
    for line in () if plan.liquidity is None else cash_words.sentences(plan.liquidity):
        console().print(Text(line))
    if lives:
        rows = [(f"{life:g} years", income) for life, income in lives.items()]
        title = "Net income by useful life of accelerators [M USD], the cash being the same"
        console().print(by_year(title, rows, found.mean.years))
    if ways:
        show_financings(ways)
    for path in written:
        say(f"Written {path}")
    if len(written) == 1:
        say("A workbook needs an extra: pip install 'headrace[money]'")
    return 0


def dollars(written: str) -> float | None:
    """What owners have [USD]; None where nothing is said. Raises InputError."""
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.core.quantities import read_quantity

    if not written:
        return None
    try:
        found = read_quantity(written, "USD")
    except ValueError as error:
        raise InputError(InputFault(Place(key="--cash"), str(error))) from None
    if found < 0:
        raise InputError(InputFault(Place(key="--cash"), f"{written}", "0 or more"))
    return found


def show_financings(ways: Sequence[Financing]) -> None:
    """Print which financing keeps owners within their cash on every branch, the cheapest first."""
    table = plain_table("Financing: debt share, lent on, peak of owners' cash, cost")
    for name in ("debt", "lent on", "peak [M USD]", "branch to node", "cost [M USD]", "closes"):
        table.add_column(name, justify="right")
    for one in ways:
        peak, cost = figure(one.peak / 1e6, 5), figure(round(one.cost / 1e6, 4), 5)
        closes = "yes" if one.closes else "no"
        table.add_row(f"{one.share:.0%}", one.case, peak, str(one.leaf), cost, closes)
    console().print(table)
    if not ways[0].closes:
        console().print(Text("None of them closes on every branch: owners need more."))


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
    for line in counterparty_lines(found):
        screen.print(Text(line))
    for note in found.notes:
        screen.print(Text(note, style="dim"))


def counterparty_lines(found: PlanStatements) -> list[str]:
    """Contracts by counterparty on the branch where most is at stake, net; circular ones named."""
    from headrace.finance.contracts.branch_cash import net_by_counterparty

    lines = []
    for one in found.branches:
        for with_ in net_by_counterparty(one.facts):
            how = " CIRCULAR: it gives and takes, so only the net counts." if with_.circular else ""
            lines.append(
                f"Branch to node {one.facts.leaf}: {with_.counterparty} pays "
                f"{with_.received / 1e6:,.4g} and is paid {with_.paid / 1e6:,.4g} M USD, net "
                f"{with_.net / 1e6:,.4g}.{how}"
            )
    return lines


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
