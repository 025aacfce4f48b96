"""From files of use records to a checked log: every row is accepted, a counted repetition, or
refused with its reason.

A record: id, user (a pseudonym), at (ISO 8601 with its zone), works ("moonfox=0.5;sunbear=0.5", or
"a=1/3;b=2/3"), terms (digest of the register it was generated under), price of one use or amount of
the row, currency; optional: quantity, counts, context, medium, territory, character, purpose,
likeness, voice, licensee, approved, source and sequence (the meter it came from and its number
there), disputed. Works are an input: this room does not detect what a clip resembles.

read = accepted + repeated + refused, always, whatever the order of the rows. A row is refused for
the first of these that holds: malformed, missing field, user, time, period, price, currency,
numbers, terms; id used for another content; weights; work or licence; clock of its meter; price
below the licence; cap of the licence. What a refused row would have been paid waits (uses.waits)
unless it lies in another period.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.currencies import Rates
from headrace.rights.register import Register
from headrace.rights.shares import WorkShares
from headrace.rights.usage.columns import AssembledLog, assemble
from headrace.rights.usage.fields import Window, checked_currency
from headrace.rights.usage.judging import Judge, judge
from headrace.rights.usage.rows import opened
from headrace.rights.usage.screening import find_repeats, read, watch_clocks, weigh
from headrace.rights.usage.uses import Uses


@dataclass(frozen=True, slots=True)
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
    """A checked log. read = accepted + repeated + len(refused).

    log: accepted and refused uses; the money of the refused ones waits. answered: the columns that
        the log has.
    """

    log: Uses
    read: int
    repeated: int
    refused: tuple[Refusal, ...]
    answered: frozenset[str] = frozenset()

    @cached_property
    def uses(self) -> Uses:
        """The accepted uses."""
        return self.log.accepted

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
    licensee: str = "platform",
    shares: WorkShares | None = None,
    rates: Rates | None = None,
) -> Metered:
    """Read and check a log of one period (days `first` to `last`, UTC, both included), in one
    currency or in those that `rates` turns into it.

    terms: the register, or all registers that were in force during the period; a record is checked
        against the one whose digest it carries. licensee: who used the works, where the log does
        not say. Blank lines are no records. Raises InputError where the file cannot be read as a
        table at all.
    """
    registers = (terms,) if isinstance(terms, Register) else tuple(terms)
    if last < first:
        raise InputError(
            InputFault(Place(key="period"), f"it ends {last} before it begins {first}")
        )
    into = rates or Rates(checked_currency(currency))
    shares = shares or WorkShares()
    window = Window(
        first,
        last,
        tuple(r.digest for r in registers),
        into.currencies,
        licensee,
        turning_days(registers, shares, first, last),
    )
    with opened(path) as (connection, copy):
        places, answered = read(connection, path, window, copy)
        repeated = find_repeats(connection)
        scale = weigh(connection, answered)
        verdicts = judge(connection, Judge(registers, shares, window, into), answered)
        if "sequence" in answered:
            watch_clocks(connection, answered)
        found: AssembledLog = assemble(connection, verdicts, scale, into, answered, last)
    refused = tuple(
        Refusal(int(places[row]), id_, kind, words) for row, id_, kind, words in found.refused
    )
    refused = tuple(sorted(refused, key=lambda r: r.row))
    return Metered(found.uses, len(places), repeated, refused, answered)


def turning_days(
    registers: Iterable[Register], shares: WorkShares, first: date, last: date
) -> tuple[date, ...]:
    """The days within a period from which another licence or share may hold."""
    spans = [(x.first, x.last) for r in registers for x in r.licences]
    spans += [(s.first, s.last) for s in shares.rows]
    days = {begins for begins, _ in spans}
    days |= {ends + timedelta(days=1) for _, ends in spans if ends < date.max}
    return tuple(sorted(day for day in days if first < day <= last))


def refusal_lines(found: Metered) -> Iterator[str]:
    """The refused rows as CSV lines, header first."""
    yield "row,id,kind,reason\n"
    for r in found.refused:
        reason = r.reason.replace('"', '""')
        yield f'{r.row},"{r.id.replace(chr(34), chr(34) * 2)}",{r.kind},"{reason}"\n'
