"""Statements as a workbook: live formulas, each with the value that we computed beside it.

A viewer that does not calculate shows our values; one that does must find the same.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.atomic_write import write_bytes
from headrace.core.errors import HeadraceError
from headrace.finance.statements.statements import BranchStatement, PlanStatements
from headrace.show.statements.row_book import FIRST, TERM_NAMES, column, term
from headrace.show.statements.sheet_rows import rows_of

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

NAME = "statements.xlsx"


def write(found: PlanStatements, path: Path, *, cached: bool = True) -> Path:
    """Write the workbook. cached: with our values beside the formulas; a test leaves them out.

    Raises HeadraceError where XlsxWriter is not installed, InputError, DiskFull.
    """
    if importlib.util.find_spec("xlsxwriter") is None:
        raise HeadraceError("A workbook needs XlsxWriter: pip install 'headrace[money]'")
    from io import BytesIO

    import xlsxwriter

    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    terms_sheet(book, found)
    for one in found.branches:
        branch_sheet(book, one, found, cached=cached)
    book.close()
    return write_bytes(path, stream.getvalue())


def sheet_name(one: BranchStatement) -> str:
    """The name of a branch's sheet."""
    return f"to node {one.facts.leaf}"


def terms_sheet(book: Workbook, found: PlanStatements) -> None:
    """The terms, to which every sheet refers, and the notes."""
    sheet, bold = book.add_worksheet("Terms"), book.add_format({"bold": True})
    sheet.set_column(0, 0, 22)
    sheet.write_row(0, 0, ["term", "value"], bold)
    for at, name in enumerate(TERM_NAMES, 1):
        sheet.write_string(at, 0, name)
        sheet.write_number(at, 1, float(getattr(found.terms, name)))
    for at, note in enumerate(found.notes, len(TERM_NAMES) + 2):
        sheet.write_string(at, 0, note)


def branch_sheet(
    book: Workbook, one: BranchStatement, found: PlanStatements, *, cached: bool
) -> None:
    """Facts and formulas of a branch, year by year."""
    sheet = book.add_worksheet(sheet_name(one))
    bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 2)
    sheet.set_column(FIRST, FIRST + len(one.facts.years), 16)
    sheet.freeze_panes(1, FIRST)
    sheet.write_string(0, 0, f"{found.study}: branch to node {one.facts.leaf}", bold)
    for at, year in enumerate(one.facts.years):
        sheet.write_number(0, FIRST + at, year, bold)
    rows = rows_of(one, found.terms)
    for place, row in enumerate(rows.rows, 1):
        sheet.write_string(place, 0, row.name, bold if row.title else None)
        for at, value in enumerate(row.values.tolist()):
            if row.formula is None:
                sheet.write_number(place, FIRST + at, value, amount)
            else:
                told = value if cached else 0
                formula = f"={row.formula(at)}"
                sheet.write_formula(place, FIRST + at, formula, amount, told)
    returns_rows(book, sheet, one, len(rows.rows) + 2, (rows.numbers["in"], rows.numbers["out"]),
             amount, cached=cached)  # fmt: skip


def returns_rows(
    book: Workbook,
    sheet: object,
    one: BranchStatement,
    place: int,
    rows: tuple[int, int],
    amount: Format,
    *,
    cached: bool,
) -> None:
    """Dates, owners' cash, and their NPV; the rate where there is exactly one."""
    from datetime import datetime

    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)
    dated, percent = (book.add_format({"num_format": f}) for f in ("yyyy-mm-dd", "0.0000%"))
    last = len(one.facts.years) - 1
    sheet.write_string(place, 0, "at the end of")
    sheet.write_string(place + 1, 0, "owners' cash")
    for at, year in enumerate(one.facts.years):
        sheet.write_datetime(place, FIRST + at, datetime(year, 12, 31), dated)
        paid = [f"{column(FIRST + at)}{row + 2}" for row in rows]
        value = float(one.owners_cash[at]) if cached else 0
        sheet.write_formula(place + 1, FIRST + at, f"=-({paid[0]}+{paid[1]})", amount, value)
    cells = [f"{column(FIRST)}{place + r}:{column(FIRST + last)}{place + r}" for r in (1, 2)]
    rest = f"{column(FIRST + 1)}{place + 2}:{column(FIRST + last)}{place + 2}"
    net = f"={column(FIRST)}{place + 2}+NPV({term('equity_return')},{rest})"
    sheet.write_string(place + 2, 0, "their NPV at the owners' return, at the first year's end")
    sheet.write_formula(place + 2, FIRST, net, amount, one.npv if cached else 0)
    sheet.write_string(place + 3, 0, "their IRR by date")
    if len(one.irr) == 1:
        near = repr(round(one.irr[0], 2))
        formula = f"=XIRR({cells[1]},{cells[0]},{near})"
        sheet.write_formula(place + 3, FIRST, formula, percent, one.irr[0] if cached else 0)
    else:
        told = ", ".join(f"{rate:.4%}" for rate in one.irr) or "there is none"
        sheet.write_string(place + 3, FIRST, told)
