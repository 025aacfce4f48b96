"""A register: the licences in force together, checked against each other, with one hash that a use
record can carry.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from itertools import combinations

from headrace.core.errors import InputError, InputFault, Place
from headrace.rights.money import LIMIT
from headrace.rights.terms import ANY, Decision, Licence, UseRequest, decide
from headrace.rights.usage.uses import WHOLE

#: Characters that separate works and weights in a log, so they cannot stand in a name.
RESERVED = ";=\n\r\t"


@dataclass(frozen=True)
class Register:
    """Licences that were checked: ids unique, terms in order, no two grants that contradict each
    other.
    """

    licences: tuple[Licence, ...]

    @cached_property
    def by_work(self) -> dict[str, tuple[Licence, ...]]:
        """The licences of each work."""
        found: dict[str, list[Licence]] = defaultdict(list)
        for licence in self.licences:
            found[licence.work].append(licence)
        return {work: tuple(some) for work, some in found.items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the licences, whatever their order: what a use record gives as its
        terms.
        """
        each = sorted(licence_digest(x) for x in self.licences)
        return hashlib.sha256("\n".join(each).encode()).hexdigest()

    def decide(self, request: UseRequest) -> Decision:
        """Whether the register permits the request; see terms.decide."""
        return decide(self.by_work.get(request.work, ()), request)


def licence_digest(licence: Licence) -> str:
    """SHA-256 (hex) of one licence: every field, sorted, as JSON."""
    fields = {k: v.isoformat() if isinstance(v, date) else v for k, v in asdict(licence).items()}
    return hashlib.sha256(
        json.dumps(fields, sort_keys=True, separators=(",", ":")).encode()
    ).hexdigest()


def register(licences: Iterable[Licence], file: str = "licences") -> Register:
    """Check the licences and stand them together.

    Raises InputError with every problem, clashes of exclusive grants included.
    """
    some = tuple(licences)
    problems = [InputFault(Place(file, key=x.id), fault) for x in some for fault in faults(x)]
    seen: set[str] = set()
    for licence in some:
        if licence.id in seen:
            problems.append(InputFault(Place(file, key=licence.id), "two licences have this id"))
        seen.add(licence.id)
    problems += [InputFault(Place(file, key=left.id), why) for left, right, why in clashes(some)]
    if problems:
        raise InputError(problems)
    return Register(some)


def faults(x: Licence) -> Iterator[str]:
    """What is wrong with one licence, in words; nothing where it is fine."""
    if x.last < x.first:
        yield f"the term ends {x.last} before it begins {x.first}"
    for what, text in (("id", x.id), ("work", x.work), ("holder", x.holder)):
        if (not text and what != "holder") or any(c in text for c in RESERVED):
            yield f"the {what} `{text}` is empty or holds one of ; = or a line break"
    if x.per_use is not None and not 0 <= x.per_use <= LIMIT:
        yield f"per_use {x.per_use} micro-units is negative or too large"
    for what, part in (("share", x.share), ("min_exposure", x.min_exposure)):
        if part is not None and not 0 <= part <= WHOLE:
            yield f"{what} is not between 0 and 100 %"
    if x.cap is not None and x.cap < 0:
        yield f"cap {x.cap} is negative"


def clashes(licences: Iterable[Licence]) -> Iterator[tuple[Licence, Licence, str]]:
    """Pairs that cannot both stand: an exclusive grant overlapping another.

    Two holders who grant the same thing are co-owners (shares.py says who gets which part).
    """
    by_work: dict[str, list[Licence]] = defaultdict(list)
    for licence in licences:
        by_work[licence.work].append(licence)
    for some in by_work.values():
        for left, right in combinations(some, 2):
            if left.id == right.id or not overlap(left, right):
                continue
            if left.exclusive or right.exclusive:
                words = f"`{right.id}` grants the same of `{right.work}` at the same time"
                yield left, right, f"overlapping exclusive grants: {words}"


def overlap(left: Licence, right: Licence) -> bool:
    """Whether two licences grant something in common: time, territory, media, contexts and
    characters all meet.
    """
    if left.first > right.last or right.first > left.last:
        return False
    meet = (
        _meet(left.territory, right.territory),
        _meet(left.media, right.media),
        _meet(left.allow, right.allow),
        not left.characters or not right.characters or _meet(left.characters, right.characters),
    )
    return all(meet)


def _meet(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    if ANY in left or ANY in right:
        return bool(left and right)
    return bool(set(left) & set(right))
