"""Which terms of the licences a settlement enforced, and which a log could not answer.

Nothing is assumed: a term that cannot be checked is told as "not enforced", with the reason and
what would let it be.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from headrace.rights.register import Register
from headrace.rights.royalties.tables import OfferCount
from headrace.rights.terms import Licence
from headrace.rights.usage.uses import WHOLE

State = Literal["enforced", "not enforced"]


@dataclass(frozen=True)
class TermNote:
    """One term: whether it was enforced, and how or why not."""

    term: str
    state: State
    words: str

    def __str__(self) -> str:
        return f"{self.state}: {self.words}"


@dataclass(frozen=True)
class PromisedExposure:
    """A licence's promise of offers [millionths of all offers] beside what was offered."""

    licence: str
    work: str
    promised: int
    offered: int

    @property
    def short(self) -> bool:
        """Whether fewer offers were made than promised."""
        return self.offered < self.promised


def exposures(
    registers: Iterable[Register], offers: Sequence[OfferCount]
) -> tuple[PromisedExposure, ...]:
    """Every promise of exposure beside the offers of the period, rounded down [millionths]."""
    total = sum(count.offers for count in offers)
    made: dict[str, int] = {}
    for count in offers:
        made[count.work] = made.get(count.work, 0) + count.offers
    return tuple(
        PromisedExposure(x.id, x.work, x.min_exposure, made.get(x.work, 0) * WHOLE // max(total, 1))
        for register in registers
        for x in register.licences
        if x.min_exposure is not None
    )


def term_notes(
    registers: Sequence[Register],
    answered: Collection[str],
    rule: str,
    licensee: str,
    offers: Sequence[OfferCount],
) -> tuple[TermNote, ...]:
    """What became of each term that any licence has."""
    licences = [x for r in registers for x in r.licences]

    def column(name: str, words: str) -> tuple[State, str]:
        if name in answered:
            return "enforced", words
        return "not enforced", f"{name} unknown: the log has no column `{name}`"

    found: list[TermNote] = []

    def note(term: str, has: Callable[[Licence], bool], told: tuple[State, str]) -> None:
        if any(has(x) for x in licences):
            found.append(TermNote(term, *told))

    refused = "rows that pay less are refused, what they pay is held"
    shared: tuple[State, str] = (
        "not enforced",
        f"share is not settled by {rule}: fees.csv says what is left to share",
    )
    if rule == "per_use":
        shared = ("enforced", "the holder earns its share of the price, at least per_use")
    else:
        refused += "; the pool is shared by use"
    note("per_use", lambda x: x.per_use is not None, ("enforced", refused))
    note("share", lambda x: x.share is not None, shared)
    note("cap", lambda x: x.cap is not None, ("enforced", "per calendar month, earliest first"))
    approval = ("enforced", "by the column `approved`")
    if "approved" not in answered:
        approval = ("enforced", "approval unknown, no column `approved`: rows refused, money held")
    note("approval", lambda x: x.approval, approval)  # type: ignore[arg-type]
    by_whom = "licensee" if "licensee" in answered else f"taken as `{licensee}` for every row"
    note("licensee", lambda x: True, ("enforced", by_whom))
    promise: tuple[State, str] = ("enforced", "offers of the period counted")
    if not offers:
        promise = ("not enforced", "min_exposure unknown: there is no offers.csv")
    note("min_exposure", lambda x: x.min_exposure is not None, promise)
    note("characters", lambda x: bool(x.characters), column("character", "row by row"))
    note("likeness", lambda x: not x.likeness, column("likeness", "row by row"))
    note("voice", lambda x: not x.voice, column("voice", "row by row"))
    note("training", lambda x: not x.training, column("purpose", "row by row"))
    found.append(TermNote("clock", *column("sequence", "times never go back at a meter")))
    return tuple(found)
