"""Three recommenders that leak money into the organic answer, each in another place: the auditor
must catch them all.

They exist so that a test of the test can fail: a search for leaks that finds none here is
worthless.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from headrace.trust.noninterference import Build
from headrace.trust.ranking import (
    AdPolicy,
    Bid,
    Item,
    LinearRanker,
    Organic,
    Placed,
    Query,
    ServedAnswer,
    place_ads,
    serve,
)

RANKER = LinearRanker((1.0, -0.5))
POLICY = AdPolicy(floor=0.0)


def honest(query: Query, items: tuple[Item, ...], bids: tuple[Bid, ...]) -> ServedAnswer:
    """The house recommender: ranks, freezes, then places ads."""
    return serve(RANKER, query, items, bids, POLICY)


def leak_in_score(query: Query, items: tuple[Item, ...], bids: tuple[Bid, ...]) -> ServedAnswer:
    """Adds a sliver of the bid to the score and shows the honest relevance: only the order betrays
    it.
    """
    organic = RANKER.rank(query, items)
    extra = _amounts(bids)
    return _served(
        query,
        sorted(
            organic.items,
            key=lambda one: (-one.relevance - 1e-3 * min(1.0, extra.get(one.key, 0.0)), one.key),
        ),
        bids,
    )


def leak_in_tie_break(query: Query, items: tuple[Item, ...], bids: tuple[Bid, ...]) -> ServedAnswer:
    """Leaves every score alone and lets the bid decide only between equals."""
    extra = _amounts(bids)
    organic = RANKER.rank(query, items)
    return _served(
        query,
        sorted(organic.items, key=lambda one: (-one.relevance, -extra.get(one.key, 0.0), one.key)),
        bids,
    )


@dataclass
class LeakInCache:
    """Ranks honestly the first time; remembers the winning ad and shows its item first when the
    same query comes again.
    """

    remembered: dict[str, str] = field(default_factory=dict)

    def __call__(
        self, query: Query, items: tuple[Item, ...], bids: tuple[Bid, ...]
    ) -> ServedAnswer:
        """Answer one request."""
        organic = RANKER.rank(query, items)
        favourite = self.remembered.get(query.text)
        served = _served(query, sorted(organic.items, key=lambda one: one.key != favourite), bids)
        if served.ads:
            self.remembered.setdefault(query.text, served.ads[0].item)
        return served


LEAKS: Mapping[str, Build] = MappingProxyType(
    {"score": lambda: leak_in_score, "tie_break": lambda: leak_in_tie_break, "cache": LeakInCache}
)


def _amounts(bids: tuple[Bid, ...]) -> dict[str, float]:
    return {one.item: one.amount for one in bids}


def _served(query: Query, placed: list[Placed], bids: tuple[Bid, ...]) -> ServedAnswer:
    organic = Organic(query, tuple(placed))
    return ServedAnswer(organic, organic.digest, place_ads(organic, bids, POLICY))
