"""Who holds which part of a work: several holders, by role, territory and date.

A licence says what may be done; a share says who is owed. Shares are fractions ("1/3", "12.5 %"),
exact however they are written. A work without shares belongs to the holder of its licence. Where
co-owners grant together and no shares are written, their own prices tell the proportion; without
prices their money waits, because nobody said how it is divided.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import cached_property

from headrace.rights.terms import ANY, Licence

FOREVER = date.max
HOLDER_UNKNOWN = "holder unknown"
SHARES_UNKNOWN = "shares unknown"
UNCLAIMED = "unclaimed share"
OVERCLAIMED = "shares overclaimed"


@dataclass(frozen=True)
class Share:
    """One holder's part of a work [1], in the role it has, in these territories, first to last day
    (both included). ipi: the holder's number in the register of interested parties, or "".
    """

    work: str
    holder: str
    part: Fraction
    role: str = ""
    territory: tuple[str, ...] = (ANY,)
    first: date = date.min
    last: date = FOREVER
    ipi: str = ""


@dataclass(frozen=True)
class Claim:
    """A holder's claim on a use of a work: its part [1], what the licences of the work ask for a
    whole use, by currency [micro-units], `royalty` of the revenue [millionths] where the licence
    takes a share of it.

    holder: "" where nobody knows who it is; then `waits` says why.
    """

    holder: str
    part: Fraction
    waits: str = ""
    asks: tuple[tuple[str, int], ...] = ()
    royalty: int | None = None
    licence: str = ""
    cap: int | None = None


@dataclass(frozen=True)
class WorkShares:
    """The shares of all works that have any. identified: works by identifier (ISWC, ISRC, EIDR), in
    the form of works/identifiers.py.
    """

    rows: tuple[Share, ...] = ()
    identified: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def by_work(self) -> Mapping[str, tuple[Share, ...]]:
        """The shares of each work."""
        found: dict[str, list[Share]] = defaultdict(list)
        for row in self.rows:
            found[row.work].append(row)
        return {work: tuple(some) for work, some in found.items()}

    def of(self, work: str, territory: str, day: date) -> tuple[Share, ...]:
        """The shares of a work in force on a day in a territory."""
        return tuple(
            s
            for s in self.by_work.get(work, ())
            if s.first <= day <= s.last and (ANY in s.territory or territory in s.territory)
        )


def claims(
    grants: Iterable[Licence], shares: WorkShares, work: str, territory: str, day: date
) -> tuple[Claim, ...]:
    """Who is owed what for a use of a work that these licences grant; parts add up to 1."""
    granted = tuple({x.holder: x for x in reversed(tuple(grants))}.values())[::-1]
    written = shares.of(work, territory, day)
    if written or work in shares.by_work:
        return _by_shares(granted, written)
    if len(granted) == 1:
        waits = "" if granted[0].holder else HOLDER_UNKNOWN
        return (replace(_claim(granted[0], Fraction(1), _asks(granted)), waits=waits),)
    prices = [x.per_use for x in granted]
    if None in prices or len({x.currency for x in granted}) > 1 or not sum(p or 0 for p in prices):
        return (Claim("", Fraction(1), SHARES_UNKNOWN),)
    whole = sum(p or 0 for p in prices)
    return tuple(_claim(x, Fraction(x.per_use or 0, whole), _asks(granted)) for x in granted)


def _claim(licence: Licence, part: Fraction, asks: tuple[tuple[str, int], ...]) -> Claim:
    return Claim(
        licence.holder, part, asks=asks, royalty=licence.share, licence=licence.id, cap=licence.cap
    )


def _asks(granted: Iterable[Licence]) -> tuple[tuple[str, int], ...]:
    """What the holders ask together, currency by currency: no rate is known here."""
    sums: dict[str, int] = defaultdict(int)
    for x in granted:
        sums[x.currency] += x.per_use or 0
    return tuple((currency, amount) for currency, amount in sorted(sums.items()) if amount)


def _by_shares(granted: tuple[Licence, ...], written: tuple[Share, ...]) -> tuple[Claim, ...]:
    """Claims by written shares; what is left over, or written twice, waits."""
    parts: dict[str, Fraction] = defaultdict(Fraction)
    for share in written:
        parts[share.holder] += share.part
    total = sum(parts.values(), Fraction(0))
    if total > 1:
        return (Claim("", Fraction(1), OVERCLAIMED),)
    own = {x.holder: x for x in granted}
    lead = granted[0]
    asks = _asks(granted)
    found = [
        replace(_claim(own.get(holder, lead), part, asks), holder=holder)
        for holder, part in sorted(parts.items())
        if part
    ]
    if total < 1:
        found.append(replace(_claim(lead, 1 - total, asks), holder="", waits=UNCLAIMED))
    return tuple(found)
