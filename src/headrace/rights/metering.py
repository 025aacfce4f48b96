"""From files of use records to a checked log: every row is accepted, a counted repetition, or
refused with its reason.

A record: id, user (a pseudonym), at (ISO 8601 with its zone), works ("moonfox=0.5;sunbear=0.5",
weights adding up to 1), terms (digest of the register it was generated under), price, currency;
optional: context, medium, territory, source (the meter it came from), disputed. Works are an input:
this room does not detect what a clip resembles.

read = accepted + repeated + refused, always. A row is refused for the first of these that holds, in
this order: malformed, missing field, user, time, period, price, currency, terms, weights, work or
licence, id used for another content, clock going back at its source.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.rights.register import Register
from headrace.rights.rows import load
from headrace.rights.screening import COLUMNS, find_repeats, judge, type_rows, watch_clock, weigh
from headrace.rights.uses import Uses


@dataclass(frozen=True)
class Refusal:
    """One refused row: its line (or row) in the file, the id it gave (or ""), the kind of reason,
    and the reason in words.
    """

    row: int
    id: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Metered:
    """A checked log. read = uses.count + repeated + len(refused)."""

    uses: Uses
    read: int
    repeated: int
    refused: tuple[Refusal, ...]

    def by_kind(self) -> tuple[tuple[str, int], ...]:
        """How many rows were refused for each kind of reason, most first."""
        return tuple(Counter(r.kind for r in self.refused).most_common())


def meter(
    path: Path,
    terms: Register | Iterable[Register],
    *,
    first: date,
    last: date,
    currency: str = "USD",
) -> Metered:
    """Read and check a log of one period (days `first` to `last`, UTC, both included) in one
    currency.

    terms: the register, or all registers that were in force during the period; a record is checked
        against the one whose digest it carries. Blank lines are no records. Raises InputError where
        the file cannot be read as a table at all.
    """
    registers = (terms,) if isinstance(terms, Register) else tuple(terms)
    if last < first:
        raise InputError(
            InputFault(Place(key="period"), f"it ends {last} before it begins {first}")
        )
    with database.connect(path) as connection:
        load(connection, path, COLUMNS)
        type_rows(connection, first, last, currency, [r.digest for r in registers])
        weigh(connection)
        judge(connection, registers)
        find_repeats(connection)
        watch_clock(connection)
        return _result(connection, currency)


def _result(connection: duckdb.DuckDBPyConnection, currency: str) -> Metered:
    read, repeated = connection.execute(
        "SELECT count(*), count(*) FILTER (why = 'repeated|') FROM typed"
    ).fetchone() or (0, 0)
    rows = connection.execute(
        "SELECT place, id, why FROM typed WHERE why IS NOT NULL AND why <> 'repeated|' ORDER BY row"
    ).fetchall()
    refused = tuple(Refusal(row, id_, *why.split("|", 1)) for row, id_, why in rows)
    names = {}
    for table, column, source in (
        ("users", '"user"', "typed"),
        ("works", "work", "kept"),
        ("holders", "holder", "kept"),
    ):
        if column == "work":
            connection.execute(
                "CREATE TEMP TABLE kept AS SELECT judged.*"
                " FROM judged JOIN typed USING (row) WHERE typed.why IS NULL"
            )
        where = "WHERE why IS NULL" if source == "typed" else ""
        connection.execute(
            f"CREATE TEMP TABLE {table} AS"
            f" SELECT name, (row_number() OVER (ORDER BY name) - 1)::INTEGER AS code"
            f" FROM (SELECT DISTINCT {column} AS name FROM {source} {where})"
        )
        names[table] = tuple(
            r[0] for r in connection.execute(f"SELECT name FROM {table} ORDER BY code").fetchall()
        )
    uses = connection.execute(
        'SELECT row, code AS "user", micro, us, contested'
        ' FROM typed JOIN users ON name = "user" WHERE why IS NULL ORDER BY row'
    ).fetchnumpy()
    lines = connection.execute(
        "SELECT row, works.code AS work, holders.code AS holder, weight FROM kept"
        " JOIN works ON works.name = work JOIN holders ON holders.name = holder ORDER BY row, work"
    ).fetchnumpy()
    starts = np.searchsorted(lines["row"], uses["row"])
    checked = Uses(
        currency=currency,
        users=names["users"],
        works=names["works"],
        holders=names["holders"],
        user=uses["user"].astype(np.int32),
        price=uses["micro"].astype(np.int64),
        at=uses["us"].astype(np.int64),
        disputed=uses["contested"].astype(bool),
        starts=np.append(starts, len(lines["row"])).astype(np.int64),
        work=lines["work"].astype(np.int32),
        holder=lines["holder"].astype(np.int32),
        weight=lines["weight"].astype(np.int64),
    )
    return Metered(checked, read, repeated, refused)


def refusal_lines(found: Metered) -> Iterator[str]:
    """The refused rows as CSV lines, header first."""
    yield "row,id,kind,reason\n"
    for r in found.refused:
        reason = r.reason.replace('"', '""')
        yield f'{r.row},"{r.id.replace(chr(34), chr(34) * 2)}",{r.kind},"{reason}"\n'
