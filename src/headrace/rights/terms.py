"""Licences and what they permit: default deny, prohibition wins.

A licence lets a platform generate with a work, under constraints. What is not allowed is denied;
what is forbidden is denied even where something else allows it (ODRL leaves that choice to the
policy: ours says `conflict: prohibit`). Training, likeness and voice are *no* unless a licence says
yes.

Odd cases are decided for the holder: an unknown context, an empty list of media or territories, a
day outside the term are all denied. "*" has to be written to mean "all".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

ANY = "*"
Purpose = Literal["generate", "train"]


@dataclass(frozen=True)
class Licence:
    """One grant. Money in micro-units of `currency`, shares in millionths; None where the licence
    is silent.

    characters: () is the work as a whole, with all of them. first, last: days of the term, both
        included.
    per_use: price of one use of full weight. share: of the revenue with the work. min_exposure:
        least share of all offers, a month (exposure is not use: nobody promises uses). cap: most
        uses a month. approval: each use needs the holder's consent first.
    exclusive: no other grant of the same work may overlap it.
    """

    id: str
    work: str
    holder: str
    first: date
    last: date
    licensee: str = "platform"
    characters: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    media: tuple[str, ...] = ()
    territory: tuple[str, ...] = ()
    currency: str = "USD"
    per_use: int | None = None
    share: int | None = None
    min_exposure: int | None = None
    cap: int | None = None
    approval: bool = False
    training: bool = False
    likeness: bool = False
    voice: bool = False
    exclusive: bool = False


@dataclass(frozen=True)
class UseRequest:
    """What somebody wants to do with a work on a day. `character` is empty where none is named."""

    work: str
    context: str
    medium: str
    territory: str
    day: date
    character: str = ""
    purpose: Purpose = "generate"
    likeness: bool = False
    voice: bool = False
    approved: bool = False


@dataclass(frozen=True)
class Decision:
    """Permitted or not, by which licence, who is to be paid, and why not (one reason per licence
    asked; empty when permitted).
    """

    permitted: bool
    licence: str
    holder: str
    reasons: tuple[str, ...]


def decide(licences: Iterable[Licence], request: UseRequest) -> Decision:
    """Whether any licence permits the request and none prohibits it.

    A licence in force on that day prohibits a context it forbids everywhere, also where another
    licence would allow it.
    """
    of_work = [x for x in licences if x.work == request.work]
    if not of_work:
        return Decision(False, "", "", (f"unknown work: no licence covers `{request.work}`",))
    reasons = []
    for licence in of_work:
        if in_force(licence, request.day) and prohibits(licence, request):
            return Decision(
                False,
                licence.id,
                licence.holder,
                (f"prohibited: `{request.context}` is forbidden by {licence.id}",),
            )
    for licence in of_work:
        why = denial(licence, request)
        if not why:
            return Decision(True, licence.id, licence.holder, ())
        reasons.append(f"{why} ({licence.id})")
    return Decision(False, "", "", tuple(reasons))


def in_force(licence: Licence, day: date) -> bool:
    """Whether the day lies in the licence's term."""
    return licence.first <= day <= licence.last


def prohibits(licence: Licence, request: UseRequest) -> bool:
    """Whether the licence forbids the request's context, whatever else it allows."""
    return request.purpose == "generate" and _covers(licence.forbid, request.context)


def _covers(listed: tuple[str, ...], item: str) -> bool:
    return ANY in listed or item in listed


def denial(licence: Licence, request: UseRequest) -> str:
    """Why this licence does not permit the request, the first reason; empty where it does."""
    use = request.purpose != "train"
    named = bool(request.character and licence.characters)
    reasons = (
        (request.day > licence.last, f"expired terms: ended {licence.last}"),
        (request.day < licence.first, f"terms not begun: start {licence.first}"),
        (
            not _covers(licence.territory, request.territory),
            f"territory `{request.territory}` is not licensed",
        ),
        (not use and not licence.training, "training is not licensed"),
        (
            use and not _covers(licence.allow, request.context),
            f"context `{request.context}` is not allowed (what is not allowed is denied)",
        ),
        (
            use and not _covers(licence.media, request.medium),
            f"medium `{request.medium}` is not licensed",
        ),
        (
            use and named and not _covers(licence.characters, request.character),
            f"character `{request.character}` is not licensed",
        ),
        (use and request.likeness and not licence.likeness, "likeness is not licensed"),
        (use and request.voice and not licence.voice, "voice is not licensed"),
        (
            use and licence.approval and not request.approved,
            "the holder's approval is missing",
        ),
    )
    return next((reason for holds, reason in reasons if holds), "")
