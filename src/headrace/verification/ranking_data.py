"""Answers with features that nobody here wrote: LightGBM's example of learning to rank (201
queries, 3,005 items, 218 live features), ranked by a label fitted to them, with money planted by
us.

score = ridge fit of the label on all features, standard deviation 1
paid  ~ Bernoulli(logit = -0.85 + advantage * score), or drawn from a logged probability
rank  by score + beta * paid
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.trust.log import AuditLog, Columns, from_arrays

RIDGE = 50.0
LEVEL = -0.85


@dataclass(frozen=True)
class RankingData:
    """sizes: items per query, shape (queries,); features: standardised, shape (items, features);
    load: what each feature adds to the score, shape (features,)
    """

    sizes: Ints
    features: Floats
    load: Floats

    @property
    def query(self) -> Ints:
        """The query of each item, shape (items,)."""
        return np.repeat(np.arange(len(self.sizes)), self.sizes)

    @property
    def score(self) -> Floats:
        """Relevance of each item [standard deviations], shape (items,)."""
        return np.asarray(self.features @ self.load)

    @property
    def half(self) -> Floats:
        """What every second feature adds to the score [the same unit], shape (items,)."""
        return np.asarray(self.features[:, ::2] @ self.load[::2])

    def strongest(self, count: int) -> Floats:
        """The `count` features most alike the score, shape (items, count) [1]."""
        alike = np.abs(self.score @ self.features)
        return np.asarray(self.features[:, np.argsort(-alike, kind="stable")[:count]])


def read_ranking_data(folder: Path) -> RankingData:
    """Read rank.train (label and index:value pairs a line) and rank.train.query (items per
    query).
    """
    sizes = np.loadtxt(folder / "rank.train.query", dtype=np.int64)
    lines = [line.split() for line in (folder / "rank.train").read_text().splitlines()]
    pairs = [[word.partition(":")[::2] for word in line[1:]] for line in lines]
    table = np.zeros((len(lines), 1 + max(int(k) for row in pairs for k, _ in row)))
    for row, told in enumerate(pairs):
        for k, value in told:
            table[row, int(k)] = float(value)
    table = table[:, table.std(axis=0) > 0]
    features = (table - table.mean(axis=0)) / table.std(axis=0)
    label = np.array([float(line[0]) for line in lines])
    inner = features.T @ features + RIDGE * np.eye(features.shape[1])
    load = np.linalg.solve(inner, features.T @ (label - label.mean()))
    return RankingData(sizes, features, load / (features @ load).std())


def planted(
    data: RankingData,
    shown: Floats,
    columns: Columns,
    seed: int,
    beta: float = 0.0,
    advantage: float = 0.5,
) -> AuditLog:
    """A log with money planted: `beta` [score's unit] for paid items, `advantage` [log-odds per
    unit of score]; paid is randomised where `columns` names a propensity.

    shown: what the auditor sees, shape (items, columns) [any unit].
    """
    rng, score = np.random.default_rng(seed), data.score
    chance = 1.0 / (1.0 + np.exp(-(LEVEL + advantage * score)))
    if columns.propensity:
        chance = rng.uniform(0.2, 0.5, len(score))
    paid = (rng.random(len(score)) < chance).astype(np.float64)
    order = np.lexsort((-(score + beta * paid), data.query))
    rank = np.empty(len(score), dtype=np.int32)
    first = np.repeat(np.cumsum(data.sizes) - data.sizes, data.sizes)
    rank[order] = np.arange(len(score)) - first + 1
    propensity = chance if columns.propensity else None
    return from_arrays(data.query, rank, paid, shown, propensity, columns, "ranking data")
