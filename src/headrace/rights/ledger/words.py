"""The nouns of a ledger: posting, entry, head, breach.

Amounts are integer micro-units; positive is a debit.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from json.encoder import encode_basestring_ascii

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import LIMIT

# : The five roots of double-entry book-keeping, as Beancount names them, so that the export needs
# no translation.
ACCOUNT = re.compile(r"(?:Assets|Liabilities|Equity|Income|Expenses)(?::[A-Z0-9][A-Za-z0-9-]*)+")
CURRENCY = re.compile(r"[A-Z]{3}")
BOOKED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry: account, ISO 4217 currency, micro-units (positive debit, negative
    credit, never 0).
    """

    account: str
    currency: str
    amount: int


@dataclass(frozen=True, slots=True)
class About:
    """What an entry is about: the service, the period that was settled and the party; "" where it
    is about none.
    """

    service: str = ""
    period: str = ""
    party: str = ""

    def __bool__(self) -> bool:
        return bool(self.service or self.period or self.party)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be booked.

    `key` makes a retry harmless; `booked` is UTC, "2026-01-31T00:00:00Z"; postings add to 0.
    """

    key: str
    booked: str
    kind: str
    memo: str
    postings: tuple[Posting, ...]
    reverses: int | None = None
    about: About = About()


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry as it stands in the file: its number, the digest before it and its own, and whether
    its lines count 1, 2, 3.
    """

    seq: int
    entry: Entry
    previous: bytes
    digest: bytes
    in_order: bool


@dataclass(frozen=True)
class Head:
    """What to publish once a day: as of `day`, `seq` entries stood, ending in `digest` (hex). seq
    0: an empty ledger.
    """

    uid: str
    seq: int
    digest: str
    day: str

    def __str__(self) -> str:
        return f"{self.uid} {self.seq} {self.digest} {self.day}"


@dataclass(frozen=True)
class Breach:
    """The first entry that does not hold (0: the file itself), and what is wrong with it."""

    seq: int
    what: str


@dataclass(frozen=True)
class Appended:
    """Outcome of an append: how many entries were added, how many stood already (same key, same
    content), the head.
    """

    added: int
    repeated: int
    head: Head


def genesis(uid: str) -> bytes:
    """The digest before the first entry: it carries the ledger's own name, so chains cannot be
    swapped.
    """
    return hashlib.sha256(f"headrace ledger 1 {uid}".encode()).digest()


def canonical(seq: int, entry: Entry) -> bytes:
    """The bytes that are hashed, a JSON list without spaces in ASCII.

    [seq,key,booked,kind,memo,reverses or null,[[account,currency,amount],...]], and where it is
    about something one more list at the end: [service,period,party].
    """
    q = encode_basestring_ascii
    lines = ",".join([f"[{q(p.account)},{q(p.currency)},{p.amount}]" for p in entry.postings])
    reverses = "null" if entry.reverses is None else entry.reverses
    head = f"{seq},{q(entry.key)},{q(entry.booked)},{q(entry.kind)},{q(entry.memo)},{reverses}"
    about = entry.about
    told = f",[{q(about.service)},{q(about.period)},{q(about.party)}]" if about else ""
    return f"[{head},[{lines}]{told}]".encode("ascii")


def link(previous: bytes, seq: int, entry: Entry) -> bytes:
    """The digest of an entry: SHA-256 of the digest before it and its own canonical bytes."""
    return hashlib.sha256(previous + canonical(seq, entry)).digest()


def faults(entry: Entry) -> Iterator[str]:
    """What forbids booking this entry, in words; nothing where it is fine."""
    if not 1 <= len(entry.key) <= 200:
        yield "the key has to have 1 to 200 characters"
    if not _is_time(entry.booked):
        yield f"`{entry.booked}` is not a UTC time like 2026-01-31T00:00:00Z"
    about = (entry.about.service, entry.about.period, entry.about.party)
    if any("\x00" in text for text in (entry.key, entry.kind, entry.memo, *about)):
        yield "a text holds a zero byte"
    if len(entry.postings) < 2:
        yield "an entry needs at least two postings"
    yield from _line_faults(entry.postings)


def _line_faults(postings: Iterable[Posting]) -> Iterator[str]:
    sums: dict[str, int] = {}
    for p in postings:
        if not _is_account(p.account):
            yield f"`{p.account}` is not an account name like Liabilities:Holders:Acme"
        if not _is_currency(p.currency):
            yield f"`{p.currency}` is not a currency code like USD"
        if p.amount == 0 or abs(p.amount) > LIMIT:
            yield f"{p.amount} micro-units is zero or beyond the limit of {LIMIT}"
        sums[p.currency] = sums.get(p.currency, 0) + p.amount
    for currency, total in sums.items():
        if total:
            yield f"the postings in {currency} add up to {total} micro-units, not to 0"


@lru_cache(maxsize=1024)
def _is_currency(text: str) -> bool:
    return CURRENCY.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def _is_account(text: str) -> bool:
    return ACCOUNT.fullmatch(text) is not None


@lru_cache(maxsize=65536)
def _is_time(text: str) -> bool:
    if not BOOKED.fullmatch(text):
        return False
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError:
        return False
    return True


def refuse(entries: Iterable[Entry]) -> None:
    """Raises InputError with every fault of every entry; nothing where all are fine."""
    problems = [InputFault(Place(key=e.key), fault) for e in entries for fault in faults(e)]
    if problems:
        raise InputError(problems)


def component(name: str) -> str:
    """A name as a part of an account, one to one: "acme co" is "N-acme-20-co".

    Letters and digits stay.
    """
    return "N-" + "".join(c if c.isascii() and c.isalnum() else f"-{ord(c):x}-" for c in name)
