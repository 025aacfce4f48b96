"""Statements: what each holder is told, as CSV and Parquet. The pictures are in
show/reports/settlement.py.

Three tables. `works`: one row per holder and work. `dues`: one row per holder, adding up the works,
then reserve, what is held, guarantee, recoupment and what is payable. `held`: what waits, why, for
which work. Money is written in main units with six
decimals, which is exact.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from headrace.core.atomic_write import replace_file, write_error, write_text
from headrace.core.csv_cells import harmless
from headrace.core.files import database
from headrace.rights.money import written
from headrace.rights.royalties.dues import Due
from headrace.rights.royalties.settlement import Settlement
from headrace.rights.usage.uses import WHOLE

WORK_COLUMNS = ("period", "rule", "currency", "holder", "work", "uses", "earned")
DUE_COLUMNS = (
    *("period", "rule", "currency", "holder", "earned", "reserved", "held"),
    *("guarantee_top_up", "recouped", "payable", "advance_left"),
)
HELD_COLUMNS = ("period", "rule", "currency", "kind", "work", "holder", "amount")

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Statements:
    """The tables of one period as texts, in the order of WORK_COLUMNS, DUE_COLUMNS and
    HELD_COLUMNS; what nobody earned stands apart.
    """

    period: str
    works: Rows
    dues: Rows
    held: Rows
    undistributed: str


def statements(
    settlement: Settlement, dues: Iterable[Due], period: str, holder: str | None = None
) -> Statements:
    """The statements of all holders, or of one."""
    s = settlement
    head = (period, s.rule, s.currency)
    pairs = zip(s.pair_holder, s.pair_work, s.pair_weight, s.pair_earned)
    works = [
        (
            *head,
            s.holders[h],
            s.works[w],
            written(int(weight) * WHOLE // s.whole),
            written(earned),
        )
        for h, w, weight, earned in pairs
        if holder is None or s.holders[h] == holder
    ]
    rows = [
        (
            *head,
            d.holder,
            *map(written, (d.earned, d.reserved, d.held, d.top_up, d.recouped)),
            *map(written, (d.payable, d.advance_left)),
        )
        for d in dues
        if holder is None or d.holder == holder
    ]
    held = [
        (*head, each.kind, each.work, each.holder, written(each.amount))
        for each in s.held_by
        if holder is None or each.holder == holder
    ]
    return Statements(period, works, rows, held, written(s.undistributed))


def write_csv(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write a table as CSV, whole or not at all.

    A text that a spreadsheet would run as a formula gets a leading quote. Raises DiskFull.
    """
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    write_text(path, table.getvalue())


def write_parquet(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write a table as Parquet (DuckDB), whole or not at all; money and uses as exact decimals.

    Raises DiskFull.
    """
    numbers = {
        "uses",
        "earned",
        "reserved",
        "held",
        "amount",
        "guarantee_top_up",
        "recouped",
        "payable",
        "advance_left",
    }
    kinds = ", ".join(f"{c} {'DECIMAL(24, 6)' if c in numbers else 'VARCHAR'}" for c in columns)
    marks = ", ".join(f"unnest(${i + 1}::VARCHAR[])" for i in range(len(columns)))

    def fill(temporary: Path) -> None:
        with database.connect(temporary) as connection:
            connection.execute(f"CREATE TABLE rows ({kinds})")
            for at in range(0, len(rows), 50_000):
                cells = [list(c) for c in zip(*rows[at : at + 50_000])]
                connection.execute(f"INSERT INTO rows SELECT {marks}", cells)
            connection.execute(f"COPY rows TO {database.written_to(temporary)} (FORMAT parquet)")

    try:
        replace_file(path, fill)
    except duckdb.Error as error:
        raise write_error(error, path) from error
