"""Licences and what they permit: default deny, prohibition wins.

A licence lets a platform generate with a work, under constraints. What is not allowed is denied;
what is forbidden is denied even where something else allows it (ODRL leaves that choice to the
policy: ours says `conflict: prohibit`). Training, likeness and voice are *no* unless a licence says
yes.

Odd cases are decided for the holder: an unknown context, an empty list of media or territories, a
day outside the term, another licensee, an approval nobody knows of are all denied. "*" has to be
written to mean "all".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

ANY = "*"
Purpose = Literal["generate", "train"]
Reason = Literal[
    "unknown work",
    "licensee",
    "expired terms",
    "terms not begun",
    "prohibited",
    "approval",
    "not licensed",
]


@dataclass(frozen=True)
class Licence:
    """One grant. Money in micro-units of `currency`, shares in millionths; None where the licence
    is silent.

    holder: "" where nobody is named: the grant stands, its money waits. licensee: "*" is anybody.
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
    """What somebody wants to do with a work on a day. `character` is empty where none is named.

    licensee: who does it. approved: whether the holder agreed; None where nobody knows.
    """

    work: str
    context: str
    medium: str
    territory: str
    day: date
    character: str = ""
    purpose: Purpose = "generate"
    likeness: bool = False
    voice: bool = False
    approved: bool | None = False
    licensee: str = "platform"


#: The name of UseRequest until November 2026.
Request = UseRequest


class Denial(NamedTuple):
    """Why one licence does not permit a request: the kind of reason, and the reason in words."""

    kind: Reason
    words: str


@dataclass(frozen=True)
class Decision:
    """Permitted or not, by which licences, and why not (one reason per licence asked; empty when
    permitted).

    grants: every licence that permits, in their order: co-owners grant together.
    """

    permitted: bool
    licence: str
    holder: str
    reasons: tuple[str, ...]
    kind: Reason | None = None
    grants: tuple[Licence, ...] = ()


def decide(licences: Iterable[Licence], request: UseRequest) -> Decision:
    """Whether any licence permits the request and none prohibits it.

    A licence in force on that day prohibits a context it forbids everywhere, also where another
    licence would allow it.
    """
    of_work = [x for x in licences if x.work == request.work]
    if not of_work:
        unknown = f"unknown work: no licence covers `{request.work}`"
        return Decision(False, "", "", (unknown,), "unknown work")
    for licence in of_work:
        if in_force(licence, request.day) and prohibits(licence, request):
            words = f"prohibited: `{request.context}` is forbidden by {licence.id}"
            return Decision(False, licence.id, licence.holder, (words,), "prohibited")
    asked = [(licence, denial(licence, request)) for licence in of_work]
    grants = tuple(licence for licence, why in asked if why is None)
    if grants:
        return Decision(True, grants[0].id, grants[0].holder, (), None, grants)
    denials = [(licence, why) for licence, why in asked if why is not None]
    told = tuple(f"{why.words} ({licence.id})" for licence, why in denials)
    return Decision(False, "", "", told, denials[0][1].kind)


def in_force(licence: Licence, day: date) -> bool:
    """Whether the day lies in the licence's term."""
    return licence.first <= day <= licence.last


def prohibits(licence: Licence, request: UseRequest) -> bool:
    """Whether the licence forbids the request's context, whatever else it allows."""
    return request.purpose == "generate" and _covers(licence.forbid, request.context)


def _covers(listed: tuple[str, ...], item: str) -> bool:
    return ANY in listed or item in listed


def denial(licence: Licence, request: UseRequest) -> Denial | None:
    """Why this licence does not permit the request, the first reason; None where it does."""
    checks = (_who_and_when, _where_and_what, _persons_and_consent)
    return next((why for check in checks if (why := check(licence, request)) is not None), None)


def _who_and_when(licence: Licence, request: UseRequest) -> Denial | None:
    if licence.licensee not in (ANY, request.licensee):
        words = f"licensed to `{licence.licensee}`, not to `{request.licensee}`"
        return Denial("licensee", words)
    if request.day > licence.last:
        return Denial("expired terms", f"expired terms: ended {licence.last}")
    if request.day < licence.first:
        return Denial("terms not begun", f"terms not begun: start {licence.first}")
    if not _covers(licence.territory, request.territory):
        return Denial("not licensed", f"territory `{request.territory}` is not licensed")
    return None


def _where_and_what(licence: Licence, request: UseRequest) -> Denial | None:
    if request.purpose == "train":
        return None if licence.training else Denial("not licensed", "training is not licensed")
    if not _covers(licence.allow, request.context):
        words = f"context `{request.context}` is not allowed (what is not allowed is denied)"
        return Denial("not licensed", words)
    if not _covers(licence.media, request.medium):
        return Denial("not licensed", f"medium `{request.medium}` is not licensed")
    named = request.character and licence.characters
    if named and not _covers(licence.characters, request.character):
        return Denial("not licensed", f"character `{request.character}` is not licensed")
    return None


def _persons_and_consent(licence: Licence, request: UseRequest) -> Denial | None:
    if request.purpose == "train":
        return None
    if request.likeness and not licence.likeness:
        return Denial("not licensed", "likeness is not licensed")
    if request.voice and not licence.voice:
        return Denial("not licensed", "voice is not licensed")
    if licence.approval and request.approved is None:
        return Denial(
            "approval", "the holder's approval is unknown: nothing says that it was given"
        )
    if licence.approval and not request.approved:
        return Denial("approval", "the holder's approval is missing")
    return None
