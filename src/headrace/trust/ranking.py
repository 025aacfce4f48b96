"""Ranking that cannot see money, by type: organic items carry no bid, ads are chosen later from the
frozen answer.

    request -> rank(query, items) -> Organic (frozen, with its digest) -> place_ads(organic, bids)
    -> Served

`rank` receives `Query` and `Item`; neither has a field for bids, advertisers or prices paid, so a
ranker cannot read what it is not given. What a type cannot exclude (a cache, a global, a clock) is
what `noninterference` searches for.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from headrace.core.errors import InputError, InputFault, Place
from headrace.trust.auction import Mechanism, Offer, position_auction

LABEL = "Ad"


@dataclass(frozen=True)
class Query:
    """What the user asked. seed fixes whatever is random in the ranker."""

    text: str
    seed: int = 0


@dataclass(frozen=True)
class Item:
    """A thing that can be recommended. features: what the ranker may use, never anything about
    money.
    """

    key: str
    features: tuple[float, ...] = ()


@dataclass(frozen=True)
class Placed:
    """An item in the organic answer with its relevance in 0..1."""

    key: str
    relevance: float


@dataclass(frozen=True)
class Organic:
    """The organic answer, best first: frozen before any ad is looked at."""

    query: Query
    items: tuple[Placed, ...]
    words: str = ""

    def canonical(self) -> bytes:
        """The bytes that must not depend on any bid."""
        shown = [[one.key, repr(one.relevance)] for one in self.items]
        return json.dumps(
            [self.query.text, self.query.seed, shown, self.words], ensure_ascii=False
        ).encode()

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical bytes; goes into the log beside the ads."""
        return hashlib.sha256(self.canonical()).hexdigest()


class Ranker(Protocol):
    """An organic ranker: relevance in 0..1 for each item, best first."""

    def rank(self, query: Query, items: Sequence[Item]) -> Organic:
        """Rank the items for the query."""
        ...


@dataclass(frozen=True)
class Bid:
    """An advertiser's offer for one item [USD per click]; at: when it arrives [s].

    Rankers never receive one.
    """

    advertiser: str
    item: str
    amount: float
    at: float = 0.0


@dataclass(frozen=True)
class Ad:
    """A placed ad: always labelled, below the answer, with its price per click [USD] and its
    relevance in 0..1.
    """

    slot: int
    advertiser: str
    item: str
    price: float
    relevance: float
    label: str = LABEL


@dataclass(frozen=True)
class AdPolicy:
    """clicks: expected clicks per showing of each slot, falling; reserve [USD per click]; floor:
    least relevance of an ad, 0..1.
    """

    clicks: tuple[float, ...] = (0.1, 0.05)
    reserve: float = 0.0
    floor: float = 0.5
    mechanism: Mechanism = "vcg"


@dataclass(frozen=True)
class ServedAnswer:
    """What the user sees: the organic answer untouched, then labelled ads.

    `digest` was taken before the ads were chosen.
    """

    organic: Organic
    digest: str
    ads: tuple[Ad, ...] = ()


def serve(
    ranker: Ranker, query: Query, items: Sequence[Item], bids: Sequence[Bid], policy: AdPolicy
) -> ServedAnswer:
    """Answer a query: rank without bids, freeze, then place ads.

    Raises InputError for bids that are not finite and >= 0.
    """
    organic = ranker.rank(query, tuple(items))
    return ServedAnswer(organic, organic.digest, place_ads(organic, bids, policy))


def place_ads(organic: Organic, bids: Sequence[Bid], policy: AdPolicy) -> tuple[Ad, ...]:
    """Ads from a frozen answer: only items of that answer at or above the relevance floor, one bid
    per advertiser (its best).
    """
    bad = [bid for bid in bids if not math.isfinite(bid.amount) or bid.amount < 0]
    if bad:
        wanted = "a finite amount >= 0 USD per click"
        raise InputError(
            InputFault(Place(key=f"bid of {one.advertiser}"), f"{one.amount}", wanted)
            for one in bad
        )
    relevance = {one.key: one.relevance for one in organic.items}
    best: dict[str, Bid] = {}
    for bid in sorted(bids, key=lambda b: (-b.amount, b.advertiser, b.item)):
        if relevance.get(bid.item, -math.inf) >= policy.floor:
            best.setdefault(bid.advertiser, bid)
    offers = tuple(Offer(bid.advertiser, bid.amount) for bid in best.values())
    sold = position_auction(offers, policy.clicks, policy.reserve, policy.mechanism)
    return tuple(
        Ad(one.slot, one.bidder, best[one.bidder].item, one.price, relevance[best[one.bidder].item])
        for one in sold
    )


@dataclass(frozen=True)
class LinearRanker:
    """The plainest ranker: relevance = logistic(weights . features); ties fall by key, which no
    advertiser can buy.
    """

    weights: tuple[float, ...]

    def rank(self, query: Query, items: Sequence[Item]) -> Organic:
        """Rank by weighted features."""
        placed = []
        for item in items:
            total = sum(w * x for w, x in zip(self.weights, item.features, strict=False))
            total = max(-700.0, min(700.0, total))  # exp does not overflow
            placed.append(Placed(item.key, 1.0 / (1.0 + math.exp(-total))))
        return Organic(query, tuple(sorted(placed, key=lambda one: (-one.relevance, one.key))))
