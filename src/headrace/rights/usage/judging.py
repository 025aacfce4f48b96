"""What the registers say to each kind of use in a log: DuckDB groups, Python decides.

An *ask* is a work under circumstances (terms, context, medium, territory, ..., a stretch of days in
which no licence or share begins or ends). Each is put to its register once, however many records
share it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import cast

import duckdb
import numpy as np

from headrace.core.arrays import Ints
from headrace.rights.currencies import Rates
from headrace.rights.money import apportion, lots
from headrace.rights.register import Register
from headrace.rights.shares import Claim, WorkShares, claims
from headrace.rights.terms import Decision, Purpose, UseRequest
from headrace.rights.usage.fields import ASKED, Window
from headrace.rights.usage.screening import MOST_DENOMINATOR, refuse
from headrace.rights.works.identifiers import work_identifier

Circumstance = Mapping[str, object]


@dataclass(frozen=True)
class Verdicts:
    """Claims of every ask: those of ask i stand at starts[i] to starts[i + 1].

    part: of the work, in units of 1/whole. waits: position in `kinds`, -1 where nothing waits.
    per_use [micro-units], shape (claim, currency) in the order of the currencies of the rates: 0
    where nothing is asked. royalty [millionths], cap [uses a month]: -1 where the licence is
    silent. holder: positions in holders, then in unmatched.
    """

    whole: int
    starts: Ints
    work: Ints
    holder: Ints
    part: Ints
    waits: Ints
    per_use: Ints
    royalty: Ints
    cap: Ints
    licence: Ints
    works: tuple[str, ...]
    holders: tuple[str, ...]
    unmatched: tuple[str, ...]
    licences: tuple[str, ...]
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """The registers in force, the shares of works, and prices in other currencies made ours."""

    registers: tuple[Register, ...]
    shares: WorkShares
    window: Window
    into: Rates

    def named(self, work: str) -> str:
        """What the registers call a work that a log names by ISWC, ISRC or EIDR."""
        known = self.shares.identified
        return known.get(work_identifier(work), work) if known else work

    def decide(self, work: str, about: Circumstance) -> tuple[Decision | None, tuple[Claim, ...]]:
        """The decision (None where the terms are unknown) and whose the money is, if anybody's."""
        term, epoch = cast("int", about["term"]), cast("int", about["epoch"])
        day = self.window.turning[epoch - 1] if epoch else self.window.first
        territory = str(about.get("territory", ""))
        if term == 0:
            known = [x for r in self.registers for x in r.by_work.get(work, ())]
            return None, self._owners(known, work, territory, day)
        found = self.registers[term - 1]
        request = UseRequest(
            work,
            str(about.get("context", "")),
            str(about.get("medium", "")),
            territory,
            day,
            character=str(about.get("character", "")),
            purpose=cast("Purpose", about.get("purpose") or "generate"),
            likeness=bool(about.get("likeness")),
            voice=bool(about.get("voice")),
            approved=cast("bool | None", about.get("approved")),
            licensee=str(about.get("licensee") or self.window.licensee),
        )
        decision = found.decide(request)
        grants = decision.grants if decision.permitted else found.by_work.get(work, ())
        return decision, self._owners(grants, work, territory, day)

    def _owners(
        self, grants: Sequence[object], work: str, territory: str, day: date
    ) -> tuple[Claim, ...]:
        if not grants:
            return (Claim("", Fraction(1)),)
        return claims(grants, self.shares, work, territory, day)  # type: ignore[arg-type]


def judge(connection: duckdb.DuckDBPyConnection, judged: Judge, kept: frozenset[str]) -> Verdicts:
    """Make `ask` (number, circumstance, work), refuse what is denied, and tell the claims."""
    connection.execute(
        "CREATE TEMP TABLE ask AS SELECT (row_number() OVER (ORDER BY work, circumstance) - 1)"
        "::INTEGER AS number, circumstance, work"
        " FROM (SELECT DISTINCT circumstance, work FROM line)"
    )
    about = _circumstances(connection, kept)
    asks = connection.execute("SELECT circumstance, work FROM ask ORDER BY number").fetchall()
    found: list[tuple[str, tuple[Claim, ...]]] = []
    denied: list[tuple[int, str, str]] = []
    for number, (circumstance, written) in enumerate(asks):
        work = judged.named(written)
        decision, owners = judged.decide(work, about[circumstance])
        if decision is not None and not decision.permitted:
            words = f"{work}: {'; '.join(decision.reasons)}"
            denied.append((number, str(decision.kind), words))
        found.append((work, owners))
    _refuse_denied(connection, denied)
    return _verdicts(found, judged)


def _circumstances(
    connection: duckdb.DuckDBPyConnection, kept: frozenset[str]
) -> dict[int, Circumstance]:
    names = ("term", "epoch", *(c for c in ASKED if c in kept))
    listed = ", ".join(f'"{c}"' for c in names)
    rows = connection.execute(
        f"SELECT hash({listed}) AS circumstance, {listed} FROM typed GROUP BY ALL"
    ).fetchall()
    return {circumstance: dict(zip(names, values)) for circumstance, *values in rows}


def _refuse_denied(
    connection: duckdb.DuckDBPyConnection, denied: Sequence[tuple[int, str, str]]
) -> None:
    connection.execute("CREATE TEMP TABLE denied (number INTEGER, kind VARCHAR, words VARCHAR)")
    for at in range(0, len(denied), 50_000):
        columns = [list(c) for c in zip(*denied[at : at + 50_000])]
        connection.execute(
            "INSERT INTO denied SELECT unnest($1::INTEGER[]), unnest($2::VARCHAR[]),"
            " unnest($3::VARCHAR[])",
            columns,
        )
    if denied:
        refuse(
            connection,
            "SELECT row, arg_min(kind, work), arg_min(words, work) FROM line"
            " JOIN ask USING (circumstance, work) JOIN denied USING (number) GROUP BY row",
        )


def _verdicts(found: Sequence[tuple[str, tuple[Claim, ...]]], judged: Judge) -> Verdicts:
    works = {work: i for i, work in enumerate(dict.fromkeys(work for work, _ in found))}
    each = [(work, claim) for work, owners in found for claim in owners]
    holders = sorted({c.holder for _, c in each if c.holder})
    unmatched = sorted({work for work, c in each if not c.holder})
    position = {("h", h): i for i, h in enumerate(holders)}
    position |= {("w", w): len(holders) + i for i, w in enumerate(unmatched)}
    kinds = {k: i for i, k in enumerate(sorted({c.waits for _, c in each if c.waits}))}
    licences = {k: i for i, k in enumerate(sorted({c.licence for _, c in each}))}
    denominators = {c.part.denominator for _, c in each}
    whole = math.lcm(*denominators) if denominators else 1
    parts: list[int]
    if whole > MOST_DENOMINATOR:
        whole = MOST_DENOMINATOR
        parts = []
        for work, owners in found:  # no common denominator is small enough: rounded
            scale = math.lcm(*(c.part.denominator for c in owners))
            lot = [int(x) for x in lots([f"{work}\x1f{c.holder}" for c in owners])]
            parts += apportion(whole, [int(c.part * scale) for c in owners], lot)
    else:
        parts = [int(c.part * whole) for _, c in each]

    money = {currency: i for i, currency in enumerate(judged.into.currencies)}
    per_use = np.zeros((len(each), len(money)), dtype=np.int64)
    for at, (_, claim) in enumerate(each):
        for currency, amount in claim.asks:
            if currency not in money:
                judged.into.rate(currency, judged.window.last)
            per_use[at, money[currency]] = amount

    def column(values: Sequence[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    return Verdicts(
        whole=whole,
        starts=column([0, *np.cumsum([len(owners) for _, owners in found]).tolist()]),
        work=column([works[work] for work, _ in each]),
        holder=column([position["h", c.holder] if c.holder else position["w", w] for w, c in each]),
        part=column(parts),
        waits=column([kinds.get(c.waits, -1) for _, c in each]),
        per_use=per_use,
        royalty=column([-1 if c.royalty is None else c.royalty for _, c in each]),
        cap=column([-1 if c.cap is None else c.cap for _, c in each]),
        licence=column([licences[c.licence] for _, c in each]),
        works=tuple(works),
        holders=tuple(holders),
        unmatched=tuple(unmatched),
        licences=tuple(licences),
        kinds=tuple(kinds),
    )
