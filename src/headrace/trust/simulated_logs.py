"""Simulated logs with a known answer. Simulated, never evidence about any real platform.

score = relevance + beta * paid + noise * Gumbel;   an answer shows its items by falling score
paid  ~ Bernoulli(logit = level + advantage * relevance):  with advantage > 0 advertisers are
                                                           genuinely better
seen  = relevance + proxy_sd * Normal:              what an outsider can see of relevance

With Gumbel noise the ranking is the Plackett-Luce (exploded logit) model, so beta has the unit of
relevance, whose standard deviation is 1.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from headrace.trust.log import AuditLog, Columns


@dataclass(frozen=True)
class Marketplace:
    """A simulated marketplace.

    queries, items: answers and items per answer.
    beta: what paying adds to the score [standard deviations of relevance].
    advantage: log-odds of being an advertiser per unit of relevance; 0 means advertisers are no
        better.
    level: log-odds of being an advertiser at mean relevance.
    noise: scale of the Gumbel noise in the score.
    proxy_sd: noise in the relevance an outsider sees; 0 means it is exact.
    randomised: paid is drawn with a logged probability that does not depend on relevance.
    """

    queries: int = 3000
    items: int = 10
    beta: float = 0.0
    advantage: float = 0.5
    level: float = -0.85
    noise: float = 0.8
    proxy_sd: float = 0.0
    randomised: bool = False

    def but(self, **changes: float) -> Marketplace:
        """The same marketplace with some fields changed [the field's own unit]."""
        return replace(self, **changes)  # type: ignore[arg-type]


def draw(market: Marketplace, seed: int) -> AuditLog:
    """One log of the marketplace.

    Exact relevance is declared as the platform's score, complete but for chance; a noisy one as a
    proxy.
    """
    rng = np.random.default_rng(seed)
    shape = (market.queries, market.items)
    relevance = rng.standard_normal(shape)
    chance = (
        rng.uniform(0.2, 0.5, shape)
        if market.randomised
        else 1.0 / (1.0 + np.exp(-(market.level + market.advantage * relevance)))
    )
    paid = rng.random(shape) < chance
    score = relevance + market.beta * paid + market.noise * rng.gumbel(size=shape)
    rank = (-score).argsort(axis=1).argsort(axis=1) + 1
    seen = (
        relevance + market.proxy_sd * rng.standard_normal(shape) if market.proxy_sd else relevance
    )
    exact = not market.proxy_sd and not market.randomised
    names = Columns(
        relevance=() if exact else ("relevance",),
        platform_score=("relevance",) if exact else (),
        propensity="propensity" if market.randomised else "",
        score_is_complete=exact,  # the rest is the Gumbel noise drawn above
    )
    return AuditLog(
        starts=np.arange(0, shape[0] * shape[1] + 1, shape[1], dtype=np.int64),
        rank=rank.ravel().astype(np.int32),
        paid=paid.ravel().astype(np.float64),
        covariates=seen.reshape(-1, 1),
        propensity=chance.ravel() if market.randomised else None,
        columns=names,
        name="simulated marketplace",
    )
