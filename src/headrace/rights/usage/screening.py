"""The checks of a log, one after the other, in SQL over the table `raw` that rows.load made.

`typed` holds one row per record: `row` is its number among all records, `place` its line in the
file, and `why` is NULL while the record is sound, else "kind|reason in words". A later check looks
at sound records only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import duckdb

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.register import Register
from headrace.rights.terms import UseRequest

COLUMNS = (
    "id",
    "user",
    "at",
    "works",
    "terms",
    "price",
    "currency",
    "context",
    "medium",
    "territory",
    "source",
    "disputed",
)


def type_rows(
    connection: duckdb.DuckDBPyConnection,
    first: date,
    last: date,
    currency: str,
    digests: list[str],
) -> None:
    """Texts into values; `why` is "kind|reason" of the first thing wrong with the row alone, else
    NULL.
    """
    if len(currency) != 3 or not (currency.isascii() and currency.isalpha() and currency.isupper()):
        raise InputError(InputFault(Place(key="currency"), f"`{currency}` is not a code like USD"))
    low, high = _microseconds(first), _microseconds(last + timedelta(days=1))
    required = "".join(
        f"WHEN \"{c}\" IS NULL THEN 'missing|the record has no {c}' " for c in COLUMNS[:7]
    )
    connection.execute(
        f"""
        CREATE TEMP TABLE typed AS
        WITH parsed AS (SELECT rowid, *,
            regexp_full_match(
                "at",
                '\\d{{4}}(-\\d\\d){{2}}[T ]\\d\\d(:\\d\\d){{2}}(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)'
            ) AS dated,
            CASE WHEN ends_with("at", ' us') THEN TRY_CAST(left("at", -3) AS BIGINT)
                 WHEN dated THEN epoch_us(TRY_CAST("at" AS TIMESTAMPTZ)) END AS us,
            regexp_full_match(price, '\\d{{1,12}}(\\.\\d{{1,6}})?') AS priced,
            FROM raw)
        SELECT
            rowid AS row, row AS place, coalesce(id, '') AS id, "user", us, works, terms, currency,
            coalesce(source, '') AS source, coalesce(context, '') AS context,
            coalesce(medium, '') AS medium, coalesce(territory, '') AS territory,
            CASE WHEN priced
                THEN CAST(CAST(price AS DECIMAL(18, 6)) * 1000000 AS BIGINT) END AS micro,
            coalesce(lower(disputed), '') IN ('true', '1', 'yes') AS contested,
            CASE WHEN fault IS NOT NULL THEN 'malformed|' || fault
                {required}
                WHEN contains("user", '@')
                    THEN 'user|the user looks like an address; a pseudonym is needed'
                WHEN us IS NULL THEN
                    'time|`' || "at" || '` is not a time with its zone like 2026-01-31T12:00:00Z'
                WHEN us < $low OR us >= $high
                    THEN 'period|' || "at" || ' lies outside the period $first to $last'
                WHEN NOT priced THEN
                    'price|`' || price || '` is not an amount of at most 6 decimals, 0 or more'
                WHEN currency <> '$currency'
                    THEN 'currency|mixed currencies: ' || currency || ' in a log of $currency'
                WHEN lower(disputed) NOT IN ('true', 'false', '0', '1', 'yes', 'no')
                    THEN 'malformed|disputed is `' || disputed || '`, neither true nor false'
                WHEN NOT list_contains($digests, terms)
                    THEN 'terms|no register in force has the digest `' || terms || '`'
            END AS why
        FROM parsed""".replace("$low", str(low))
        .replace("$high", str(high))
        .replace("$first", str(first))
        .replace("$last", str(last))
        .replace("$currency", currency)
        .replace("$digests", str(digests) if digests else "[]::VARCHAR[]")
    )


def _microseconds(day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def weigh(connection: duckdb.DuckDBPyConnection) -> None:
    """One row per work of a use, weights in millionths; a fault of the list goes into `why` of its
    row.
    """
    connection.execute(
        """
        CREATE TEMP TABLE line AS
        WITH part AS (
            SELECT row, unnest(string_split(works, ';')) AS part FROM typed WHERE why IS NULL)
        SELECT row, trim(regexp_extract(part, '^(.*)=', 1)) AS work,
            CASE WHEN regexp_full_match(part, '[^=]+=\\s*\\d(\\.\\d{1,6})?\\s*')
                 THEN CAST(CAST(trim(regexp_extract(part, '=([^=]*)$', 1)) AS DECIMAL(9, 6))
                     * 1000000 AS BIGINT) END AS weight
        FROM part"""
    )
    connection.execute(
        """
        CREATE TEMP TABLE whole AS
        SELECT row, CASE
            WHEN count(weight) < count(*) OR bool_or(work = '')
                THEN 'weights|works are not written like name=0.5;name=0.5'
            WHEN min(weight) = 0 THEN 'weights|a weight is 0'
            WHEN sum(weight) <> 1000000 THEN
                'weights|the weights add up to '
                || CAST(sum(weight) / 1e6 AS VARCHAR) || ', not to 1'
            WHEN count(DISTINCT work) < count(*) THEN 'weights|a work is named twice'
            END AS why
        FROM line GROUP BY row HAVING why IS NOT NULL"""
    )
    _merge(connection, "whole")


def _merge(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    connection.execute(
        f"UPDATE typed SET why = {table}.why FROM {table}"
        f" WHERE typed.row = {table}.row AND typed.why IS NULL"
    )


def judge(connection: duckdb.DuckDBPyConnection, registers: tuple[Register, ...]) -> None:
    """Ask the register once per distinct (work, context, medium, territory, day), then look each
    line up.
    """
    connection.execute(
        """
        CREATE TEMP TABLE asked AS
        SELECT row_number() OVER () AS number, * FROM (
            SELECT DISTINCT terms, work, context, medium, territory, us // 86400000000 AS day
            FROM line JOIN typed USING (row) WHERE why IS NULL)"""
    )
    found = connection.execute(
        "SELECT number, terms, work, context, medium, territory, day FROM asked"
    ).fetchall()
    connection.execute("CREATE TEMP TABLE verdict (number BIGINT, holder VARCHAR, why VARCHAR)")
    by_digest = {r.digest: r for r in registers}
    answers = [(number, *_verdict(by_digest[terms], *request)) for number, terms, *request in found]
    for at in range(0, len(answers), 50_000):
        numbers, holders, whys = (list(column) for column in zip(*answers[at : at + 50_000]))
        connection.execute(
            "INSERT INTO verdict"
            " SELECT unnest($1::BIGINT[]), unnest($2::VARCHAR[]), unnest($3::VARCHAR[])",
            [numbers, holders, whys],
        )
    connection.execute(
        """
        CREATE TEMP TABLE judged AS
        SELECT line.row, line.work, line.weight, verdict.holder, verdict.why
        FROM line JOIN typed USING (row)
        JOIN asked ON
            (asked.terms, asked.work, asked.context, asked.medium, asked.territory, asked.day)
            = (typed.terms, line.work, typed.context, typed.medium, typed.territory,
               typed.us // 86400000000)
        JOIN verdict USING (number)
        WHERE typed.why IS NULL"""
    )
    connection.execute(
        "CREATE TEMP TABLE denied AS"
        " SELECT row, arg_min(why, work) AS why FROM judged WHERE why IS NOT NULL GROUP BY row"
    )
    _merge(connection, "denied")


def _verdict(
    found: Register, work: str, context: str, medium: str, territory: str, day: int
) -> tuple[str | None, str | None]:
    request = UseRequest(
        work, context, medium, territory, date(1970, 1, 1) + timedelta(days=day), approved=True
    )
    decision = found.decide(request)
    if decision.permitted:
        return decision.holder, None
    first = decision.reasons[0]
    kind = next(
        (
            k
            for k in ("unknown work", "expired terms", "terms not begun", "prohibited")
            if first.startswith(k)
        ),
        "not licensed",
    )
    return None, f"{kind}|{work}: {'; '.join(decision.reasons)}"


def find_repeats(connection: duckdb.DuckDBPyConnection) -> None:
    """The first sound row of an id stands; the same again is a repetition, another content under
    the id is refused.
    """
    connection.execute(
        """
        CREATE TEMP TABLE repeat AS
        WITH sound AS (
            SELECT row, place, id,
                md5(concat_ws('\x1f', "user", us, works, terms, micro, context, medium, territory,
                    source)) AS content
            FROM typed WHERE why IS NULL),
        placed AS (
            SELECT row, content, first_value(place) OVER w AS stands,
                row <> first_value(row) OVER w AS later, first_value(content) OVER w AS original
            FROM sound
            WINDOW w AS (PARTITION BY id ORDER BY row ROWS UNBOUNDED PRECEDING))
        SELECT row, stands, content = original AS same FROM placed WHERE later"""
    )


def watch_clock(connection: duckdb.DuckDBPyConnection) -> None:
    """Set repetitions apart, then refuse the rows whose time lies before an earlier sound row of
    the same source.
    """
    connection.execute(
        "CREATE TEMP TABLE other AS SELECT row,"
        " 'id|this id stands in row ' || stands || ' with another content' AS why"
        " FROM repeat WHERE NOT same"
    )
    _merge(connection, "other")
    connection.execute(
        "UPDATE typed SET why = 'repeated|' FROM repeat"
        " WHERE typed.row = repeat.row AND same AND why IS NULL"
    )
    connection.execute(
        """
        CREATE TEMP TABLE back AS
        WITH timed AS (
            SELECT row, us, max(us) OVER earlier AS before
            FROM typed WHERE why IS NULL
            WINDOW earlier AS (
                PARTITION BY source ORDER BY row ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING))
        SELECT row,
            'clock|the clock went back ' || ((before - us) / 1e6)::VARCHAR
                || ' s at its source' AS why
        FROM timed WHERE us < before"""
    )
    _merge(connection, "back")
