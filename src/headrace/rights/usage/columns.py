"""From checked tables to `Uses`: weights made whole, holders' parts, prices and caps checked.

Everything here is columns of integers. A use's total is what it counts (quantity times counts);
its lines share that total by the parts written, then by the holders' parts, exactly; where the
parts do not divide it, by largest remainders and a lot drawn from the use's content.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import duckdb
import numpy as np

from headrace.core.arrays import Flags, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.currencies import Rates
from headrace.rights.money import apportion_groups, drawn, written
from headrace.rights.usage.fields import DAY
from headrace.rights.usage.judging import Verdicts
from headrace.rights.usage.screening import excluded
from headrace.rights.usage.uses import WHOLE, Uses

_MOST = 4.0e18
_EPOCH = date(1970, 1, 1)

# row, id, kind, words
Refused = tuple[int, str, str, str]
BELOW, OVER = "price below the licence", "cap"


@dataclass(frozen=True)
class AssembledLog:
    """The log as columns, and what was refused."""

    uses: Uses
    refused: tuple[Refused, ...]


@dataclass(frozen=True)
class _Rows:
    """The records that have a claim: shape (use,). line -> use is `of`, shape (line,), as is what
    its licences ask for a whole use at the rates of its day [micro-units].
    """

    row: Ints
    many: Ints
    id_lot: Ints
    verdict: Ints
    of: Ints
    asked: Ints


def assemble(
    connection: duckdb.DuckDBPyConnection,
    verdicts: Verdicts,
    scale: int,
    into: Rates,
    answered: frozenset[str],
    last: date,
) -> AssembledLog:
    """The columns of all records that may have a claim, and every refusal. last: day of the
    period, whose rates hold for a record whose time cannot be read.
    """
    uses, rows = _read(connection, verdicts, scale, into, answered, last)
    fault = connection.execute("SELECT row, kind FROM fault ORDER BY row").fetchnumpy()
    kinds = sorted({*verdicts.kinds, *map(str, np.unique(fault["kind"].astype(str))), BELOW, OVER})
    place = {kind: i for i, kind in enumerate(kinds)}
    reason = np.full(uses.count, -1, dtype=np.int64)
    here = np.isin(fault["row"], rows.row)
    named = np.array([place[str(kind)] for kind in fault["kind"][here]], dtype=np.int64)
    reason[np.searchsorted(rows.row, fault["row"][here])] = named
    found: list[Refused] = []
    for kind, check in ((BELOW, below_licence), (OVER, over_cap)):
        for use, words in check(uses, rows, verdicts, reason):
            if reason[use] >= 0:
                continue
            reason[use] = place[kind]
            found.append((int(rows.row[use]), "", kind, words))
    own = np.array([place[k] for k in verdicts.kinds], dtype=np.int64)
    waits = verdicts.waits[rows.verdict]
    waits = np.where(waits >= 0, own[waits] if own.size else -1, -1)
    whole = reason[rows.of]
    uses = replace(
        uses, kinds=tuple(kinds), refused=reason >= 0, waits=np.where(whole >= 0, whole, waits)
    )
    return AssembledLog(uses, _named(connection, found))


def _named(connection: duckdb.DuckDBPyConnection, found: list[Refused]) -> tuple[Refused, ...]:
    """Every refused row with its id."""
    rows = connection.execute(
        "SELECT row, id, kind, words FROM fault JOIN typed ON typed.rowid = row"
    ).fetchall()
    if found:
        ids = dict(
            connection.execute(
                "SELECT rowid, id FROM typed WHERE rowid IN (SELECT unnest($1::BIGINT[]))",
                [[row for row, *_ in found]],
            ).fetchall()
        )
        rows += [(row, ids[row], kind, words) for row, _, kind, words in found]
    return tuple(rows)


def _read(
    connection: duckdb.DuckDBPyConnection,
    verdicts: Verdicts,
    scale: int,
    into: Rates,
    answered: frozenset[str],
    last: date,
) -> tuple[Uses, _Rows]:
    told = _records(connection, into, answered, bool((verdicts.cap >= 0).any()))
    lines = connection.execute(
        "SELECT row, number, part FROM line JOIN ask USING (circumstance, work)"
    ).fetchnumpy()
    row = told["row"]
    count = len(row)
    use = lines["row"]
    if count and int(row[-1]) != count - 1:
        use = np.searchsorted(row, use)
    order = np.argsort(use * np.int64(len(verdicts.starts)) + lines["number"], kind="stable")
    use, ask, part = use[order], lines["number"][order].astype(np.int64), lines["part"][order]
    del lines, order
    single = np.bincount(use, minlength=count) == 1
    of, verdict, part = _by_holder(verdicts, use, ask, part)
    del use, ask
    starts = np.concatenate(([0], np.cumsum(np.bincount(of, minlength=count)))).astype(np.int64)
    many, counts = told.get("many"), told.get("counts")
    wanted, whole = _totals(part, starts, many, counts, single, scale * verdicts.whole)
    weight = _shared(part, starts, wanted)
    names = connection.execute("SELECT name FROM users ORDER BY code").fetchall()
    at = told["at"].astype(np.int64)
    days = np.where(at == 0, (last - _EPOCH).days, at // DAY)
    uses = Uses(
        currency=into.into,
        users=tuple(name for (name,) in names),
        works=verdicts.works,
        holders=verdicts.holders,
        unmatched=verdicts.unmatched,
        user=told["code"].astype(np.int32),
        price=_turned(told, days, into),
        at=at,
        disputed=told["contested"].astype(bool) if "contested" in told else np.zeros(count, bool),
        starts=starts,
        work=verdicts.work[verdict].astype(np.int32),
        holder=verdicts.holder[verdict].astype(np.int32),
        weight=weight,
        whole=whole,
    )
    uses = _made_whole(uses, wanted, part)
    asked = _asked(verdicts.per_use, verdict, days[of], into)
    if (verdicts.royalty >= 0).any():
        share = verdicts.royalty[verdict]
        uses = replace(
            uses,
            royalty=np.where(share >= 0, share, WHOLE),
            least=_times(asked, np.abs(uses.weight), whole),
        )
    lot = told.get("lot", np.zeros(0, dtype=np.uint64)).view(np.int64)
    return uses, _Rows(
        row, many if many is not None else np.ones(count, np.int64), lot, verdict, of, asked
    )


def _records(
    connection: duckdb.DuckDBPyConnection, into: Rates, answered: frozenset[str], capped: bool
) -> dict[str, np.ndarray]:
    """The records that may have a claim as columns, in their order; names become numbers."""
    left = excluded(connection)
    connection.execute(
        "CREATE TEMP TABLE users AS SELECT name, (row_number() OVER (ORDER BY name) - 1)::INTEGER"
        f' AS code FROM (SELECT DISTINCT "user" AS name FROM typed{left})'
    )
    optional = (
        ("quantity" in answered, "coalesce(quantity, 1) AS many"),
        ("counts" in answered, "coalesce(counts, 1000000) AS counts"),
        ("disputed" in answered, "contested"),
        (len(into.currencies) > 1, "money"),
        (capped, "hash(id) AS lot"),
    )
    more = "".join(f", {column}" for wanted, column in optional if wanted)
    told = connection.execute(
        "SELECT typed.rowid AS row, users.code AS code, coalesce(micro, 0) AS price,"
        f' coalesce(us, 0) AS at{more} FROM typed JOIN users ON users.name = typed."user"'
        + left.replace("rowid", "typed.rowid")
    ).fetchnumpy()
    columns = {name: np.asarray(column) for name, column in told.items()}
    if (np.diff(columns["row"]) < 0).any():
        order = np.argsort(columns["row"], kind="stable")
        columns = {name: column[order] for name, column in columns.items()}
    return columns


def _by_holder(v: Verdicts, use: Ints, ask: Ints, part: Ints) -> tuple[Ints, Ints, Ints]:
    """One line per holder of each work: its use, its place among the verdicts, and its part."""
    owners = np.diff(v.starts)
    if (owners == 1).all():
        return use, ask, part * v.part[ask] if v.whole > 1 else part
    many = owners[ask]
    verdict = np.arange(int(many.sum()), dtype=np.int64) + np.repeat(
        v.starts[:-1][ask] - np.concatenate(([0], np.cumsum(many)[:-1])), many
    )
    return np.repeat(use, many), verdict, np.repeat(part, many) * v.part[verdict]


def _totals(
    part: Ints, starts: Ints, many: Ints | None, counts: Ints | None, single: Flags, scale: int
) -> tuple[Ints, int]:
    """What each use counts, and what a whole use weighs. A use of one work weighs what is written;
    several share one use. Raises InputError where the sum leaves 64 bits.
    """
    whole = WHOLE * scale
    wanted = np.where(single, np.add.reduceat(np.append(part, 0), starts[:-1]), whole)
    most = float(wanted.max(initial=0))
    if many is not None:
        most *= float(np.abs(many).sum(dtype=np.float64))
        wanted = np.asarray(wanted * many, dtype=np.int64)
    else:
        most *= len(wanted)
    if counts is not None:
        most *= float(counts.max(initial=WHOLE)) / WHOLE
        if float(np.abs(wanted).max(initial=0)) * float(counts.max(initial=0)) > _MOST:
            wanted = np.array([int(w) * int(c) // WHOLE for w, c in zip(wanted, counts)])
        else:
            wanted = wanted * counts // WHOLE
    if most > _MOST:
        fault = InputFault(Place("uses"), "quantities and fractions together are beyond 4e18 parts")
        raise InputError(fault)
    return wanted, whole


def _shared(part: Ints, starts: Ints, wanted: Ints) -> Ints:
    """Weights where the parts divide the use's total evenly; 0 elsewhere."""
    total = np.add.reduceat(np.append(part, 0), starts[:-1])
    if np.array_equal(total, wanted):
        return part
    factor, rest = np.divmod(wanted, np.maximum(total, 1))
    return np.asarray(
        part * np.repeat(np.where(rest == 0, factor, 0), np.diff(starts)), dtype=np.int64
    )


def _made_whole(uses: Uses, wanted: Ints, part: Ints) -> Uses:
    """The uses whose parts do not divide their total: by largest remainders and a lot."""
    total = np.add.reduceat(np.append(part, 0), uses.starts[:-1])
    uneven = wanted % np.maximum(total, 1) != 0
    if not uneven.any():
        return uses
    chosen = np.flatnonzero(uneven)
    some = uses.take(chosen)
    of = some.use_of_line()
    lines = np.flatnonzero(np.repeat(uneven, np.diff(uses.starts)))
    lot = drawn(some.use_lots(of), uses.work_lots[some.work])
    lot = drawn(lot, uses.holder_lots[some.holder])
    shared = apportion_groups(np.abs(wanted[chosen]), some.starts, part[lines], lambda at: lot[at])
    weight = uses.weight.copy()
    weight[lines] = shared * np.sign(wanted[chosen])[of]
    return replace(uses, weight=weight)


def _turned(told: dict[str, np.ndarray], days: Ints, into: Rates) -> Ints:
    """Prices in the settlement's currency, each at the rate of its day. days: since 1970."""
    price = told["price"].astype(np.int64)
    for code, currency in enumerate(into.currencies[1:], 2):
        for day in np.unique(days[told["money"] == code]):
            at = np.flatnonzero((told["money"] == code) & (days == day))
            rate = into.rate(currency, _EPOCH + timedelta(days=int(day)))
            price[at] = [round(int(amount) * rate) for amount in price[at]]
    return price


def _asked(per_use: Ints, verdict: Ints, days: Ints, into: Rates) -> Ints:
    """What the licences of each line ask for a whole use, at the rates of its day. days: since
    1970.
    """
    asked = np.asarray(per_use[verdict, 0])
    for code, currency in enumerate(into.currencies[1:], 1):
        some = np.flatnonzero(per_use[verdict, code])
        for day in np.unique(days[some]):
            at = some[days[some] == day]
            rate = into.rate(currency, _EPOCH + timedelta(days=int(day)))
            prices, which = np.unique(per_use[verdict[at], code], return_inverse=True)
            asked[at] += np.array([round(int(price) * rate) for price in prices])[which]
    return asked


def _times(amount: Ints, part: Ints, whole: int) -> Ints:
    """amount * part / whole, rounded down, whatever the size of the product."""
    if float(amount.max(initial=0)) * float(part.max(initial=0)) < 9.0e18:
        return amount * part // whole
    return np.array([int(a) * int(b) // whole for a, b in zip(amount, part)], dtype=np.int64)


def below_licence(
    uses: Uses, rows: _Rows, verdicts: Verdicts, reason: Ints
) -> Iterable[tuple[int, str]]:
    """Sound uses that paid less than the licences in them ask for, with what is owed [micro-units].

    A price is of one use of full weight, so a use owes the mean of its works' prices by weight. A
    refund owes nothing.
    """
    price = rows.asked
    if not price.any():
        return
    exact = price.astype(np.float64) * uses.weight.astype(np.float64)
    owed = np.add.reduceat(np.append(exact, 0.0), uses.starts[:-1]) / uses.whole
    sound = (reason < 0) & (rows.many > 0)
    for use in np.flatnonzero(sound & (uses.price < owed + 1e-3 + owed * 1e-12)):
        span = slice(uses.starts[use], uses.starts[use + 1])
        due = sum(int(p) * int(w) for p, w in zip(price[span], uses.weight[span]))
        if int(uses.price[use]) * uses.whole < due:
            asks = written(-(-due // uses.whole))
            yield int(use), f"paid {written(int(uses.price[use]))}, the licence asks {asks}"


def over_cap(
    uses: Uses, rows: _Rows, verdicts: Verdicts, reason: Ints
) -> Iterable[tuple[int, str]]:
    """Sound uses beyond the cap of a licence in them: the earliest of a month count first, those
    of the same instant by a lot drawn from their ids.
    """
    cap = verdicts.cap[rows.verdict]
    lines = np.flatnonzero((cap >= 0) & (reason[rows.of] < 0) & (rows.many[rows.of] > 0))
    if not lines.size:
        return
    use = rows.of[lines]
    licence = verdicts.licence[rows.verdict[lines]]
    days = (uses.at[use] // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]").astype(np.int64)  # since 1970
    order = np.lexsort((rows.id_lot[use], uses.at[use], months, licence))
    lines, use, licence, months = lines[order], use[order], licence[order], months[order]
    # A licence may stand twice in one use (two of its works): it counts once.
    fresh = np.append(True, (licence[1:] != licence[:-1]) | (use[1:] != use[:-1]))
    new = np.append(True, (licence[1:] != licence[:-1]) | (months[1:] != months[:-1]))
    running = np.cumsum(rows.many[use] * fresh)
    before = (running - rows.many[use] * fresh)[np.flatnonzero(new)]
    running -= np.repeat(before, np.diff(np.append(np.flatnonzero(new), len(lines))))
    for at in np.flatnonzero(running > cap[lines]):
        named = verdicts.licences[int(licence[at])]
        words = f"beyond the {int(cap[lines[at]])} uses a month of {named}"
        if at == 0 or use[at] != use[at - 1]:
            yield int(use[at]), words
