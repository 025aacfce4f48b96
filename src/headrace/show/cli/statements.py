"""`headrace statements`: a stored plan as income statement, balance sheet and cash flow."""

from __future__ import annotations

import importlib.util
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, figure, plain_table, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from headrace.core.arrays import Floats
    from headrace.core.plan_file import PlanFile
    from headrace.finance.contracts.branch_cash import WarrantWorth
    from headrace.finance.contracts.commitment import FocusRow
    from headrace.finance.statements import PlanStatements
    from headrace.finance.statements.funding import Financing
    from headrace.finance.statements.lives import ByLife

MOST_BRANCHES = 20


def statements(
    run: Path,
    /,
    *,
    terms: Path | None = None,
    contracts: Path | None = None,
    cash: str = "",
    focus: Path | None = None,
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
        A file with what was signed beside the plan: commitments, take-or-pay, leases, options,
        futures, guarantees, loans, prepayments, allocations, warrants.
    cash
        What owners have, with its unit: "400 MUSD". Told is which financing closes, at what cost.
    focus
        A CSV file to write: what the contracts are billed, used and unused, as rows of FOCUS.
    out
        The folder to write to; the run folder if not given.
    json
        Print all statements as one JSON object and nothing else on stdout.
    """
    asked = StatementsAsked(run, terms, contracts, cash, focus)
    found = drawn_up(asked)
    written = files(found, asked, found.folder if out is None else out)
    if json:
        emit(as_object(found) | {"files": [str(path) for path in written]})
        return 0
    tell(found)
    for path in written:
        say(f"Written {in_one_line(path)}")
    if importlib.util.find_spec("xlsxwriter") is None:
        say("A workbook needs an extra: pip install 'headrace[money]'")
    return 0


@dataclass(frozen=True)
class StatementsAsked:
    """What the words of the command ask for."""

    run: Path
    terms: Path | None
    contracts: Path | None
    cash: str
    focus: Path | None


@dataclass(frozen=True)
class DrawnUp:
    """Everything that the command tells of one plan."""

    folder: Path
    plan: PlanFile
    statements: PlanStatements
    lives: ByLife
    ways: tuple[Financing, ...]
    warrants: tuple[WarrantWorth, ...]
    rows: tuple[FocusRow, ...]


def drawn_up(asked: StatementsAsked) -> DrawnUp:
    """The statements with all that is asked beside them. Raises InputError."""
    from headrace.core.errors import InputError, InputFault, Place
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.finance.contracts.billed_rows import billed_rows
    from headrace.finance.contracts.branch_cash import warrant_worths
    from headrace.finance.contracts.contracts_file import read_contracts
    from headrace.finance.statements import statements_of
    from headrace.finance.statements.funding import financings
    from headrace.finance.statements.lives import net_income_by_life
    from headrace.finance.statements.terms import terms_of

    if asked.focus is not None and asked.contracts is None:
        fault = "rows of FOCUS are those of contracts, and there are none"
        raise InputError(InputFault(Place(key="--focus"), fault, "--contracts FILE as well"))
    folder, have = open_run(asked.run), dollars(asked.cash)
    plan, terms = read_plan(folder), terms_of(asked.terms)
    signed = None if asked.contracts is None else read_contracts(asked.contracts)
    found = statements_of(plan, terms, signed)
    facts = [one.facts for one in found.branches]
    return DrawnUp(
        folder.root,
        plan,
        found,
        lives=net_income_by_life(plan, terms, signed),
        ways=() if have is None else financings(plan, terms, have, signed),
        warrants=() if signed is None else warrant_worths(facts, signed),
        rows=() if asked.focus is None or signed is None else billed_rows(facts, signed),
    )


def files(found: DrawnUp, asked: StatementsAsked, target: Path) -> list[Path]:
    """Write the page, the workbook where it can be written, and rows where they are asked for."""
    from headrace.core.atomic_write import write_text
    from headrace.finance.contracts.commitment import as_csv
    from headrace.show.statements import page, workbook

    written = [page.write(found.statements, target / page.NAME, found.lives, found.plan)]
    if importlib.util.find_spec("xlsxwriter") is not None:
        written.append(workbook.write(found.statements, target / workbook.NAME))
    if asked.focus is not None:
        written.append(write_text(asked.focus, as_csv(found.rows)))
    return written


def as_object(found: DrawnUp) -> dict[str, object]:
    """Everything as plain data."""
    from headrace.finance.statements.to_json import as_json

    liquidity = found.plan.liquidity
    told = as_json(found.statements) | {
        "liquidity": None if liquidity is None else asdict(liquidity),
        "net_income_by_life": {str(k): v.tolist() for k, v in found.lives.items()},
        "warrants": [asdict(one) for one in found.warrants],
    }
    return told | ({"financings": [asdict(one) for one in found.ways]} if found.ways else {})


def tell(found: DrawnUp) -> None:
    """Print everything for people."""
    from headrace.show.format import cash_words
    from headrace.show.statements import tables

    show(found.statements)
    liquidity = found.plan.liquidity
    lines = tables.warrant_lines(found.warrants)
    for line in [*lines, *([] if liquidity is None else cash_words.sentences(liquidity))]:
        console().print(Text(line))
    if found.lives:
        rows = [(f"{life:g} years", income) for life, income in found.lives.items()]
        title = "Net income by useful life of accelerators [M USD], the cash being the same"
        console().print(by_year(title, rows, found.statements.mean.years))
    if found.ways:
        show_financings(found.ways)


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
    signed = tables.contracts(found.branches)
    if signed:
        title = "Cash of contracts, mean of the branches [M USD of the day]"
        screen.print(by_year(title, signed, found.mean.years))
    for line in tables.counterparties(found.branches):
        screen.print(Text(line))
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
