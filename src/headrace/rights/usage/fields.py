"""The columns of a log and what each text in them means, as SQL over a relation of texts.

`typed` holds one row per record: values, and `fault`, NULL where the record is sound by itself,
else "kind|reason in words" of the first thing wrong with it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from headrace.core.errors import InputError, InputFault, Place

REQUIRED = ("id", "at", "works", "terms", "currency")
MONEY = ("price", "amount")
ASKED = (
    *("context", "medium", "territory", "character", "purpose", "licensee"),
    *("likeness", "voice", "approved"),
)
COLUMNS = (
    *REQUIRED,
    *MONEY,
    *ASKED,
    "user",
    "source",
    "sequence",
    "quantity",
    "counts",
    "disputed",
)
_FLAGS = ("likeness", "voice", "approved", "disputed")

DAY = 86_400_000_000
_TIME = r"\d{4}(-\d\d){2}[T ]\d\d(:\d\d){2}(\.\d+)?(Z|[+-]\d\d:?\d\d)"
_SINGLE = r"[^=;/]+=\s*\d{1,6}(\.\d{1,6})?\s*"
_AMOUNT = r"-?\d{1,12}(\.\d{1,6})?"
_COMMON = r"-?\d{1,6}(\.\d{1,6})?"


@dataclass(frozen=True)
class Window:
    """What a log is read for: days `first` to `last` [UTC, both included], the registers' digests,
    the currencies that can be settled, who acts where the log does not say, and the days within
    the period on which a term or a share begins or has ended.
    """

    first: date
    last: date
    digests: tuple[str, ...]
    currencies: tuple[str, ...]
    licensee: str
    turning: tuple[date, ...] = ()


def microseconds(day: date) -> int:
    """Midnight UTC of a day [microseconds since 1970]."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def checked_currency(code: str) -> str:
    """The code, where it is one like USD. Raises InputError."""
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        raise InputError(InputFault(Place(key="currency"), f"`{code}` is not a code like USD"))
    return code


def require(present: Collection[str], file: str) -> None:
    """Raises InputError where a table lacks a column without which no row can be read."""
    missing = [c for c in REQUIRED if c not in present]
    if not set(MONEY) & set(present):
        missing.append("price (of one use) or amount (of the row)")
    if missing:
        found = f"no column {', '.join(missing)}"
        raise InputError(InputFault(Place(file, 1), found, ", ".join(COLUMNS)))


def typed(relation: str, present: Sequence[str], kept: Sequence[str], window: Window) -> str:
    """SQL that selects the typed rows of a relation that has the columns `present`.

    kept: the optional columns that `typed` has, in the relation or not.
    """
    cell = {c: f'"{c}"' if c in present else "NULL" for c in COLUMNS}
    low, high = microseconds(window.first), microseconds(window.last + timedelta(days=1))
    words = {"low": low, "high": high, "first": window.first, "last": window.last}
    turns = [f"(us >= {microseconds(day)})::USMALLINT" for day in window.turning]
    epoch = " + ".join(turns) if turns else "0"
    asked = ", ".join(_asked(c, cell[c]) for c in kept if c in ASKED)
    rest = ", ".join(f"coalesce({cell[c]}, '') AS \"{c}\"" for c in ("source",) if c in kept)
    faulty = "fault" if "fault" in present else "NULL"
    number = "TRY_CAST({} AS BIGINT)".format
    quantity = "1" if "quantity" not in kept else f"coalesce({number(cell['quantity'])}, 1)"
    return f"""
        WITH parsed AS (SELECT *,
            {_time(cell["at"])} AS us,
            {_micro(cell["price"])} AS each_micro, {_micro(cell["amount"])} AS row_micro,
            {quantity} AS many,
            coalesce(regexp_full_match(works, '{_SINGLE}'), false) AS single
            FROM {relation})
        SELECT coalesce({cell["id"]}, '') AS id, coalesce({cell["user"]}, '') AS "user", us,
            -- a use of one plain weight is taken apart here; all others keep their text
            CASE WHEN single THEN NULL ELSE coalesce(works, '') END AS works,
            CASE WHEN single THEN trim(split_part(works, '=', 1)) END AS work,
            CASE WHEN single THEN {millionths("trim(split_part(works, '=', 2))")} END AS part,
            {_place(window.digests, "terms")} AS term,
            coalesce(row_micro, TRY_CAST(each_micro::HUGEINT * many AS BIGINT)) AS micro,
            {_place(window.currencies, "currency")} AS money,
            {"many AS quantity, " if "quantity" in kept else ""}
            {_counts(cell["counts"]) + " AS counts, " if "counts" in kept else ""}
            {number(cell["sequence"]) + " AS sequence, " if "sequence" in kept else ""}
            {rest + ", " if rest else ""}
            {_flag(cell["disputed"]) + " AS contested, " if "disputed" in kept else ""}
            {asked + ", " if asked else ""}
            ({epoch})::USMALLINT AS epoch,
            CASE WHEN {faulty} IS NOT NULL THEN 'malformed|' || {faulty}
                {_missing(cell, present)}
                WHEN contains({cell["user"]}, '@')
                    THEN 'user|the user looks like an address; a pseudonym is needed'
                WHEN us IS NULL THEN
                    'time|`' || "at" || '` is not a time with its zone like 2026-01-31T12:00:00Z'
                WHEN us < {low} OR us >= {high} THEN 'period|' || "at"
                    || ' lies outside the period {words["first"]} to {words["last"]}'
                {_money_faults(cell, present, window)}
                {_number_faults(cell, kept)}
                WHEN term = 0 THEN
                    'terms|no register in force has the digest `' || terms || '`'
            END AS fault
        FROM parsed"""


def _place(texts: Sequence[str], cell: str) -> str:
    """Which of the texts a cell is, from 1; 0: none of them."""
    listed = "[" + ", ".join(quoted(t) for t in texts) + "]::VARCHAR[]"
    rest = f"coalesce(list_position({listed}, {cell}), 0)::SMALLINT"
    if not texts:
        return rest
    return f"CASE WHEN {cell} = {quoted(texts[0])} THEN 1::SMALLINT ELSE {rest} END"


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def _time(cell: str) -> str:
    return f"""CASE
        WHEN length({cell}) = 20 THEN epoch_us(try_strptime({cell}, '%Y-%m-%dT%H:%M:%SZ'))
        WHEN regexp_full_match({cell}, '\\d+ us') THEN TRY_CAST(left({cell}, -3) AS BIGINT)
        WHEN regexp_full_match({cell}, '{_TIME}') THEN epoch_us(TRY_CAST({cell} AS TIMESTAMPTZ))
        END"""


def _micro(cell: str) -> str:
    if cell == "NULL":
        return "NULL::BIGINT"
    return (
        f"CASE WHEN regexp_full_match({cell}, '{_COMMON}') THEN {millionths(cell)}"
        f" WHEN regexp_full_match({cell}, '{_AMOUNT}')"
        f" THEN CAST(CAST({cell} AS DECIMAL(25, 6)) * 1000000 AS BIGINT) END"
    )


def millionths(cell: str) -> str:
    """A text of at most six digits and six decimals as a whole number of millionths. In 64 bits:
    wider decimals take five times as long.
    """
    return f"CAST(CAST({cell} AS DECIMAL(18, 6)) * 1000000 AS BIGINT)"


def _counts(cell: str) -> str:
    """How much one use of the row counts, in millionths; 1 where it is silent."""
    return f"""CASE WHEN {cell} IS NULL THEN 1000000
        WHEN regexp_full_match({cell}, '\\d{{1,6}}(\\.\\d{{1,6}})?')
        THEN CAST(CAST({cell} AS DECIMAL(19, 6)) * 1000000 AS BIGINT) END"""


def _flag(cell: str) -> str:
    return f"coalesce(lower({cell}), '') IN ('true', '1', 'yes')"


def _asked(name: str, cell: str) -> str:
    if name == "approved":  # three-valued: nobody knows is not no
        return f"CASE WHEN {cell} IS NOT NULL THEN {_flag(cell)} END AS approved"
    if name in _FLAGS:
        return f"{_flag(cell)} AS {name}"
    return f"coalesce({cell}, '') AS \"{name}\""


def _missing(cell: dict[str, str], present: Sequence[str]) -> str:
    wanted = [c for c in (*REQUIRED[:1], "user", *REQUIRED[1:]) if cell[c] != "NULL"]
    told = [f"WHEN {cell[c]} IS NULL THEN 'missing|the record has no {c}'" for c in wanted]
    money = [cell[c] for c in MONEY if c in present]
    told.append(
        f"WHEN coalesce({', '.join([*money, 'NULL'])}) IS NULL"
        f" THEN 'missing|the record has no {' or '.join(c for c in MONEY if c in present)}'"
    )
    return " ".join(told)


def _money_faults(cell: dict[str, str], present: Sequence[str], window: Window) -> str:
    told = []
    for name, value in (("price", "each_micro"), ("amount", "row_micro")):
        if name in present:
            words = "` is not an amount of at most 6 decimals"
            told.append(
                f"WHEN {cell[name]} IS NOT NULL AND {value} IS NULL"
                f" THEN 'price|`' || {cell[name]} || '{words}, 0 or more'"
            )
    told.append(
        "WHEN each_micro < 0 THEN 'price|the price of one use is 0 or more;"
        " a refund is a row with a negative quantity'"
    )
    told.append("WHEN micro IS NULL THEN 'price|price times quantity is beyond 9e12 main units'")
    told.append(
        "WHEN sign(row_micro) * sign(many) < 0"
        " THEN 'price|amount and quantity have not the same sign'"
    )
    known = " or ".join(window.currencies)
    told.append(
        "WHEN money = 0 THEN 'currency|mixed currencies: ' || currency || "
        + quoted(f" in a log of {known}")
    )
    return " ".join(told)


def _number_faults(cell: dict[str, str], kept: Sequence[str]) -> str:
    told = []
    if "quantity" in kept:
        told.append(
            f"WHEN {cell['quantity']} IS NOT NULL AND"
            f" (TRY_CAST({cell['quantity']} AS BIGINT) IS NULL OR many = 0"
            f" OR NOT regexp_full_match({cell['quantity']}, '-?\\d{{1,12}}'))"
            f" THEN 'quantity|`' || {cell['quantity']} || '` is not a whole number of uses'"
        )
    if "counts" in kept:
        told.append(
            f"WHEN coalesce({_counts(cell['counts'])}, 0) = 0 THEN"
            f" 'weights|counts is `' || {cell['counts']} || '`, not a number above 0 like 1.4'"
        )
    if "sequence" in kept:
        told.append(
            f"WHEN {cell['sequence']} IS NOT NULL AND TRY_CAST({cell['sequence']} AS BIGINT)"
            f" IS NULL THEN 'malformed|sequence is `' || {cell['sequence']} || '`, no number'"
        )
    told += [
        f"WHEN lower({cell[c]}) NOT IN ('true', 'false', '0', '1', 'yes', 'no')"
        f" THEN 'malformed|{c} is `' || {cell[c]} || '`, neither true nor false'"
        for c in _FLAGS
        if c in kept
    ]
    if "purpose" in kept:
        told.append(
            f"WHEN {cell['purpose']} NOT IN ('generate', 'train')"
            f" THEN 'malformed|purpose is `' || {cell['purpose']} || '`: generate or train'"
        )
    return " ".join(told)
