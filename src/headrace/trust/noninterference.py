"""Two runs, different bids, same organic answer: a search for a bid that moves it (noninterference,
a 2-hyperproperty).

For a system S, a sequence of requests, and two schedules of bids b and b':
    organic(S fresh, requests, b) == organic(S fresh, requests, b')     byte for byte, request by
        request
Each run starts from a fresh system and keeps it for the whole sequence, so a cache, a learnt weight
or a counter that carries money from one request to a later one shows up as well. Source: Clarkson &
Schneider, "Hyperproperties" (2010); self-composition: Barthe, D'Argenio & Rezk (2004).

    from headrace.trust.noninterference import check
    check(build=lambda: MyRecommender(), cases=10_000).raise_if_leaking()

`build()` returns a callable `(query, items, bids) -> bytes | str | Organic | Served`; to compare an
organic log as well, return its bytes after the answer's. The search is random, seeded and
reproducible: it finds leaks, it does not prove that there is none. Response times are not compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.errors import LawBroken
from headrace.trust.ranking import Bid, Item, Organic, Query, ServedAnswer

Answering = Callable[[Query, tuple[Item, ...], tuple[Bid, ...]], object]
Build = Callable[[], Answering]

EXTREMES = (0.0, 5e-324, 1e-9, 0.01, 1.0, 1.0, 3.0, 1e6, 1e300)


@dataclass(frozen=True)
class Request:
    """One request of a case: the query, the items, and the bids that stand at that moment in the
    first and the second run.
    """

    query: Query
    items: tuple[Item, ...]
    first: tuple[Bid, ...]
    second: tuple[Bid, ...]


@dataclass(frozen=True)
class Leak:
    """The smallest case found in which bids moved the organic answer, and the first request at
    which the runs part.
    """

    case: tuple[Request, ...]
    at: int
    first: bytes
    second: bytes

    def __str__(self) -> str:
        request = self.case[self.at]
        lines = [
            f"bids changed the organic answer at request {self.at + 1} of {len(self.case)} "
            f"({request.query.text!r})",
            f"  bids, first run:  {[_brief(one.first) for one in self.case]}",
            f"  bids, second run: {[_brief(one.second) for one in self.case]}",
            f"  answer, first run:  {_short(self.first)}",
            f"  answer, second run: {_short(self.second)}",
        ]
        return "\n".join(lines)


@dataclass(frozen=True)
class Searched:
    """Result of a search: how many cases were run, and the leak if one was found."""

    cases: int
    leak: Leak | None

    def raise_if_leaking(self) -> None:
        """Raise LawBroken with the smallest case where bids moved the answer."""
        if self.leak is not None:
            raise LawBroken(str(self.leak))


def check(build: Build, cases: int = 1000, seed: int = 0) -> Searched:
    """Search `cases` random cases for a leak; stops at the first one and shrinks it.

    Raises LawBroken where the system answers the same requests and bids differently; what the
    system raises is raised.
    """
    for number, case in enumerate(generate(cases, seed), start=1):
        if _parts(build, case) is not None:
            if _run(build, case, False) != _run(build, case, False):
                raise LawBroken(
                    "two runs with the same bids gave different organic answers: "
                    "fix the seed of the system first"
                )
            case = _shrink(build, case)
            first, second = _run(build, case, False), _run(build, case, True)
            at = next(k for k, (a, b) in enumerate(zip(first, second, strict=True)) if a != b)
            return Searched(number, Leak(case, at, first[at], second[at]))
    return Searched(cases, None)


def generate(cases: int, seed: int) -> Iterator[tuple[Request, ...]]:
    """Random cases: extremes, ties in relevance and in bids, absent advertisers, repeated queries,
    bids that arrive late.
    """
    rng = np.random.default_rng(seed)
    for _ in range(cases):
        width = int(rng.integers(2, 7))
        # Few distinct feature values make ties in relevance common: a tie-break is where money
        # hides best.
        levels = (
            rng.choice((0.0, 0.25, 0.5, 1.0), size=(width, 2))
            if rng.random() < 0.6
            else rng.standard_normal((width, 2))
        )
        items = tuple(Item(f"item{k}", tuple(float(x) for x in levels[k])) for k in range(width))
        texts = [f"query {k}" for k in range(int(rng.integers(1, 3)))]
        requests = []
        for _ in range(int(rng.integers(1, 4))):
            query = Query(str(rng.choice(texts)), seed=int(rng.integers(0, 2)))
            order = rng.permutation(width) if rng.random() < 0.5 else np.arange(width)
            shown = tuple(items[int(k)] for k in order)
            requests.append(Request(query, shown, _bids(rng, items), _bids(rng, items)))
        yield tuple(requests)


def _bids(rng: np.random.Generator, items: tuple[Item, ...]) -> tuple[Bid, ...]:
    style = rng.random()
    if style < 0.2:
        return ()  # every advertiser absent
    tie = float(rng.choice(EXTREMES))
    bids = []
    for k, item in enumerate(items):
        if rng.random() < 0.4:
            continue  # this advertiser absent
        amount = (
            tie
            if style < 0.4
            else float(rng.choice(EXTREMES))
            if style < 0.7
            else float(rng.lognormal(0.0, 2.0))
        )
        bids.append(
            Bid(
                f"advertiser{k}", item.key, amount, at=float(rng.choice((0.0, 0.5, 60.0, 86_400.0)))
            )
        )
    return tuple(bids[int(k)] for k in rng.permutation(len(bids)))


def _run(build: Build, case: Sequence[Request], second: bool) -> list[bytes]:
    system = build()
    return [
        _bytes(system(one.query, one.items, one.second if second else one.first)) for one in case
    ]


def _parts(build: Build, case: Sequence[Request]) -> int | None:
    """First request at which the two runs differ."""
    pairs = zip(_run(build, case, False), _run(build, case, True), strict=True)
    return next((k for k, (a, b) in enumerate(pairs) if a != b), None)


def _shrink(build: Build, case: tuple[Request, ...]) -> tuple[Request, ...]:
    """Remove requests, bids and items as long as the runs still part."""
    changed = True
    while changed:
        changed = False
        for smaller in _smaller(case):
            if _parts(build, smaller) is not None:
                case, changed = smaller, True
                break
    return case


def _smaller(case: tuple[Request, ...]) -> Iterator[tuple[Request, ...]]:
    for k in range(len(case) if len(case) > 1 else 0):
        yield case[:k] + case[k + 1 :]
    for k, one in enumerate(case):
        rest = (case[:k], case[k + 1 :])
        if one.first != one.second:
            yield (*rest[0], replace(one, second=one.first), *rest[1])
        for j in range(len(one.first)):
            yield (*rest[0], replace(one, first=one.first[:j] + one.first[j + 1 :]), *rest[1])
        for j in range(len(one.second)):
            yield (*rest[0], replace(one, second=one.second[:j] + one.second[j + 1 :]), *rest[1])
        for j in range(len(one.items) if len(one.items) > 1 else 0):
            yield (*rest[0], replace(one, items=one.items[:j] + one.items[j + 1 :]), *rest[1])


def _bytes(answer: object) -> bytes:
    if isinstance(answer, ServedAnswer):
        return answer.organic.canonical() + answer.digest.encode()
    if isinstance(answer, Organic):
        return answer.canonical()
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, str):
        return answer.encode()
    raise TypeError(
        f"the system returned {type(answer).__name__}; return the organic answer as bytes, str, "
        "Organic or Served"
    )


def _brief(bids: tuple[Bid, ...]) -> str:
    return ", ".join(f"{one.item}={one.amount:g}" for one in bids) or "none"


def _short(answer: bytes) -> str:
    text = answer.decode(errors="replace")
    return text if len(text) <= 300 else text[:297] + "..."
