"""The checks of a log that look at more than one column or record, in SQL.

`typed` holds one row per record (fields.py), `line` one per work of a record, and `fault` collects
(row, kind, words) of every record that is refused, one each: a later check adds none to a row that
has one. Nothing here depends on the order of the rows.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import duckdb

from headrace.core.arrays import Ints
from headrace.rights.usage.fields import (
    ASKED,
    COLUMNS,
    REQUIRED,
    Window,
    millionths,
    require,
    typed,
)
from headrace.rights.usage.rows import scan

#: Optional columns; where a log has none of them, `typed` has none either.
OPTIONAL = tuple(c for c in COLUMNS if c not in (*REQUIRED, "price", "amount", "user"))
MOST_DENOMINATOR = 1_000_000
_UNWRITTEN = "works are not written like name=0.5;name=0.5"


def read(
    connection: duckdb.DuckDBPyConnection, path: Path, window: Window, copy: Path
) -> tuple[Ints, frozenset[str]]:
    """Make `typed` and `fault` out of a log; returns the line of each row, and the columns that the
    log answers. Raises InputError where the file cannot be read as a table at all.
    """
    answered: set[str] = set()
    made = False

    def fill(relation: str, present: Iterable[str]) -> None:
        nonlocal made
        present = tuple(present)
        if "fault" not in present:
            require(present, str(path))
            answered.update(present)
        elif not answered:  # JSON lines: a column is there where any record has it
            told = ", ".join(f'count("{c}")' for c in COLUMNS)
            counts = connection.execute(f"SELECT {told} FROM {relation}").fetchone() or ()
            answered.update(REQUIRED, (c for c, count in zip(COLUMNS, counts) if count))
        kept = [c for c in OPTIONAL if c in answered]
        seen = tuple(c for c in present if c in answered or c == "fault")
        head = "INSERT INTO typed " if made else "CREATE TEMP TABLE typed AS "
        connection.execute(head + typed(relation, seen, kept, window))
        made = True

    places = scan(connection, path, COLUMNS, fill, copy)
    if not made:
        cells = ", ".join(f'NULL::VARCHAR AS "{c}"' for c in ("fault", *COLUMNS))
        fill(f"(SELECT {cells} WHERE false)", ("fault", *COLUMNS))
    connection.execute(
        "CREATE TEMP TABLE fault AS SELECT rowid AS row, split_part(fault, '|', 1) AS kind,"
        " substr(fault, instr(fault, '|') + 1) AS words FROM typed WHERE fault IS NOT NULL"
    )
    return places, frozenset(answered)


def refuse(connection: duckdb.DuckDBPyConnection, select: str) -> None:
    """Refuse rows: `select` gives (row, kind, words); rows refused already keep their reason."""
    connection.execute(
        f"INSERT INTO fault SELECT found.* FROM ({select}) AS found (row, kind, words)"
        " WHERE found.row NOT IN (SELECT row FROM fault)"
    )


def find_repeats(connection: duckdb.DuckDBPyConnection) -> int:
    """Make `repeat`: rows that say the same again under one id; returns how many.

    Which of them stands does not matter: they are the same. Sound rows that say different things
    under one id are all refused, because nobody knows which is true.
    """
    columns = [row[0] for row in connection.execute("DESCRIBE typed").fetchall()]
    content = ", ".join(f"coalesce(\"{c}\"::VARCHAR, '')" for c in columns)
    connection.execute(
        "CREATE TEMP TABLE twice AS SELECT id FROM typed WHERE id <> ''"
        " GROUP BY id HAVING count(*) > 1"
    )
    connection.execute(
        f"CREATE TEMP TABLE told AS SELECT typed.rowid AS row, id, fault,"
        f" md5(concat_ws('\x1f', {content})) AS content FROM typed SEMI JOIN twice USING (id)"
    )
    connection.execute(
        "CREATE TEMP TABLE repeat AS SELECT row FROM told"
        " QUALIFY row_number() OVER (PARTITION BY id, content ORDER BY row) > 1"
    )
    connection.execute("DELETE FROM fault WHERE row IN (SELECT row FROM repeat)")
    refuse(
        connection,
        "SELECT row, 'id', 'this id stands for ' || count(*) OVER (PARTITION BY id)"
        " || ' different contents' FROM told ANTI JOIN repeat USING (row) WHERE fault IS NULL"
        " QUALIFY count(*) OVER (PARTITION BY id) > 1",
    )
    found = connection.execute("SELECT count(*) FROM repeat").fetchone()
    return found[0] if found else 0


def weigh(connection: duckdb.DuckDBPyConnection, kept: Collection[str]) -> int:
    """Make `line` (row, circumstance, work, part): one per work of each record that may have a
    claim; returns the scale: parts of a whole use add up to a million times that.

    A use of one work counts as much as its weight, from 1 up (a long play may count 1.4). Weights
    of several works are shares of one use: they add up to 1, as decimals (up to the rounding of
    four or more of them) or as fractions. Works that cannot be read are one line with what they
    say.
    """
    asked = ", ".join(["term", "epoch", *(f'"{c}"' for c in ASKED if c in kept)])
    connection.execute(
        f"CREATE TEMP VIEW placed AS SELECT rowid AS row, works, work, part, hash({asked})"
        f" AS circumstance FROM typed{excluded(connection)}"
    )
    scale = _fractions(connection)
    connection.execute(
        "CREATE TEMP TABLE other_line (row BIGINT, circumstance UBIGINT, work VARCHAR, part BIGINT)"
    )
    connection.execute(
        f"CREATE TEMP VIEW line AS SELECT row, circumstance, work, part * {scale} AS part"
        " FROM placed WHERE part > 0 UNION ALL SELECT * FROM other_line"
    )
    refuse(
        connection,
        f"SELECT row, 'weights', CASE WHEN part IS NULL OR work = '' THEN '{_UNWRITTEN}'"
        " WHEN part = 0 THEN 'a weight is 0' ELSE 'the weights add up to '"
        " || (part / 1e6)::VARCHAR || ', not to 1' END FROM placed"
        " WHERE part < 1000000 OR work = '' OR (works IS NOT NULL"
        " AND NOT contains(works, ';') AND NOT contains(works, '/'))",
    )
    _several(connection, scale)
    connection.execute(
        "INSERT INTO other_line SELECT row, circumstance, fraction.work, fraction.part"
        " FROM placed JOIN fraction USING (works) WHERE fraction.work IS NOT NULL"
    )
    refuse(
        connection,
        "SELECT row, 'weights', words FROM placed JOIN"
        " (SELECT works, any_value(words) AS words FROM fraction GROUP BY works) USING (works)"
        " WHERE words IS NOT NULL",
    )
    connection.execute(
        "DELETE FROM other_line WHERE row IN"
        " (SELECT row FROM other_line SEMI JOIN fault USING (row) GROUP BY row"
        " HAVING count(part) < count(*) OR sum(part) = 0)"
    )
    connection.execute(
        f"INSERT INTO other_line SELECT row, circumstance, left(coalesce(works, work), 200),"
        f" {scale}000000 FROM placed SEMI JOIN fault USING (row) ANTI JOIN line USING (row)"
    )
    return scale


def excluded(connection: duckdb.DuckDBPyConnection) -> str:
    """The condition on `typed` that leaves out repetitions and records of other periods."""
    found = connection.execute(
        "SELECT (SELECT count(*) FROM repeat), count(*) FROM fault WHERE kind = 'period'"
    ).fetchone()
    if found == (0, 0):
        return ""
    return (
        " WHERE rowid NOT IN (SELECT row FROM repeat)"
        " AND rowid NOT IN (SELECT row FROM fault WHERE kind = 'period')"
    )


def _several(connection: duckdb.DuckDBPyConnection, scale: int) -> None:
    """The lines of records with several decimal weights."""
    connection.execute(
        f"""
        CREATE TEMP TABLE several AS
        SELECT row, circumstance, many, trim(split_part(one, '=', 1)) AS work,
            CASE WHEN regexp_full_match(share, '\\s*\\d(\\.\\d{{1,6}})?\\s*') AND signs = 1
                 THEN {millionths("trim(share)")} END AS part,
            length(trim(split_part(share, '.', -1))) AS decimals
        FROM (SELECT *, split_part(one, '=', 2) AS share,
                length(one) - length(replace(one, '=', '')) AS signs
            FROM (SELECT row, circumstance, len(all_) AS many, unnest(all_) AS one
                FROM (SELECT row, circumstance, string_split(works, ';') AS all_
                    FROM placed WHERE contains(works, ';') AND NOT contains(works, '/'))))"""
    )
    # n weights rounded to d decimals each may be off by n half units of the last one; only from
    # four decimals up is that rounding rather than a claim of more than there is.
    # Most uses of several works are of two, for which nothing has to be counted apart.
    for some, twice in (("= 2", "min(work) = max(work)"), ("<> 2", "count(DISTINCT work) < many")):
        refuse(
            connection,
            f"""
            SELECT row, 'weights', CASE
                WHEN count(part) < many OR min(work) = '' THEN '{_UNWRITTEN}'
                WHEN min(part) = 0 THEN 'a weight is 0'
                WHEN {twice} THEN 'a work is named twice'
                WHEN sum(part) <> 1000000 AND (max(decimals) < 4 OR
                    2 * abs(sum(part) - 1000000) > many * power(10, 6 - max(decimals)))
                    THEN 'the weights add up to ' || CAST(sum(part) / 1e6 AS VARCHAR)
                        || ', not to 1'
                END AS words
            FROM several WHERE many {some} GROUP BY row, many HAVING words IS NOT NULL""",
        )
    connection.execute(
        f"INSERT INTO other_line SELECT row, circumstance, work, part * {scale} FROM several"
    )


def _fractions(connection: duckdb.DuckDBPyConnection) -> int:
    """Make `fraction` (works, work, part, words): what each text with a fraction means; returns the
    least common multiple of their denominators.
    """
    texts = connection.execute(
        "SELECT DISTINCT works FROM placed WHERE contains(works, '/')"
    ).fetchall()
    read = {text: read_weights(text) for (text,) in texts}
    shares = [s for found in read.values() if not isinstance(found, str) for _, s in found]
    scale = math.lcm(*(s.denominator for s in shares)) if shares else 1
    connection.execute(
        "CREATE TEMP TABLE fraction (works VARCHAR, work VARCHAR, part BIGINT, words VARCHAR)"
    )
    if scale > MOST_DENOMINATOR:
        read = dict.fromkeys(read, f"fractions over {scale} in one log are too fine to be added")
        scale = 1
    rows: list[tuple[str, str | None, int | None, str | None]] = []
    for text, found in read.items():
        if isinstance(found, str):
            rows.append((text, None, None, found))
        else:
            rows += [(text, work, int(share * scale * 1_000_000), None) for work, share in found]
    if rows:
        connection.execute(
            "INSERT INTO fraction SELECT unnest($1::VARCHAR[]), unnest($2::VARCHAR[]),"
            " unnest($3::BIGINT[]), unnest($4::VARCHAR[])",
            [list(column) for column in zip(*rows)],
        )
    return scale


def read_weights(text: str) -> Sequence[tuple[str, Fraction]] | str:
    """Works and their shares of a use, from `a=1/3;b=2/3`; what is wrong with it, in words."""
    found = []
    for one in text.split(";"):
        work, equals, share = one.rpartition("=")
        over, slash, under = share.partition("/")
        units, _, decimals = over.strip().partition(".")
        number = units.isdecimal() and (not decimals or decimals.isdecimal())
        if not (equals and work.strip() and number and max(len(units), len(decimals)) <= 6):
            return _UNWRITTEN
        if slash and not (under.strip().isdecimal() and 0 < int(under) <= MOST_DENOMINATOR):
            return f"`{share.strip()}` is not a fraction like 1/3"
        found.append((work.strip(), Fraction(over.strip()) / (int(under) if slash else 1)))
    total = sum(share for _, share in found)
    if any(share == 0 for _, share in found):
        return "a weight is 0"
    if len({work for work, _ in found}) < len(found):
        return "a work is named twice"
    if total != 1 and not (len(found) == 1 and total > 1):
        return f"the weights add up to {total}, not to 1"
    return found


def watch_clocks(connection: duckdb.DuckDBPyConnection, kept: Collection[str]) -> None:
    """Refuse the records whose time lies before that of an earlier number of the same meter."""
    meter = "source" if "source" in kept else "''"
    refuse(
        connection,
        f"""
        SELECT row, 'clock', 'the clock went back ' || ((before - us) / 1e6)::VARCHAR
            || ' s at its meter'
        FROM (SELECT typed.rowid AS row, us, max(us) OVER (
                  PARTITION BY {meter} ORDER BY sequence, us
                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
              FROM typed WHERE fault IS NULL AND sequence IS NOT NULL
                  AND rowid NOT IN (SELECT row FROM repeat))
        WHERE us < before""",
    )
