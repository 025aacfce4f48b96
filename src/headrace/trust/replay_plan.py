"""How many questions a replay takes: before anything is asked, and after a pilot has shown how much
a box varies by itself.

    deterministic box: a flip rate p shows at least once in n pairs with probability 1 - (1 - p)^n
    other boxes: the share of a brand is seen to change by `rate` in (2 z / rate)^2 v pairs, where v
        is at most the share of questions that the box answers otherwise when asked again
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from headrace.core.errors import InputError, InputFault, Place

CONFIDENCE = 0.95
PROBES = 20


@dataclass(frozen=True)
class Question:
    """A question, and who asks it: persona is an instruction that stands before it, "" for none."""

    text: str
    persona: str = ""


@dataclass(frozen=True)
class ReplayPlan:
    """What is known before asking.

    rate: smallest change of the recommendation that matters [share of queries]
    queries: distinct questions, each asked `repeats` times with ads on and off
    needed: pairs that show a flip rate of `rate` with 95 % probability in a deterministic box
    needed_noisy: pairs that are enough in any box, in the worst case
    """

    queries: int
    repeats: int
    rate: float
    needed: int
    needed_noisy: int

    @property
    def pairs(self) -> int:
        """Pairs of answers asked for."""
        return self.queries * self.repeats

    def sentence(self) -> str:
        """The sample size in words, to be printed before anything is asked."""
        enough = "enough" if self.pairs >= self.needed else "not enough"
        return (
            f"{self.pairs:,} pairs ({self.queries:,} queries x {self.repeats}). "
            f"A flip rate of {self.rate:g} shows with 95 % probability in {self.needed:,} pairs "
            f"({enough}); answers that vary by themselves take up to {self.needed_noisy:,}."
        )


@dataclass(frozen=True)
class Pilot:
    """Questions asked twice with ads off: how many, and how many were answered otherwise."""

    asked: int
    differ: int

    def variance(self) -> tuple[float, float]:
        """Variance of a pair's difference in the share of a brand [1]: as seen, and its upper 95 %
        bound (Clopper & Pearson).
        """
        upper = beta_distribution.ppf(CONFIDENCE, self.differ + 1, self.asked - self.differ)
        return self.differ / self.asked, float(upper) if self.differ < self.asked else 1.0

    def pairs_needed(self, rate: float) -> tuple[int, int]:
        """Pairs that see a change of `rate` [share of answers] with 95 % power: likely, and at
        most.
        """
        likely, most = (math.ceil(one * (_twice() / rate) ** 2) for one in self.variance())
        return max(likely, 1), most

    def seen_by(self, pairs: int) -> float:
        """Change in the share of a brand [1] that so many pairs see with 95 % power."""
        return _twice() * math.sqrt(self.variance()[0] / pairs)

    def sentence(self, plan: ReplayPlan) -> str:
        """What the pilot says of the plan, in words."""
        told = f"Pilot: {self.differ} of {self.asked} questions were answered otherwise when asked "
        if not self.differ:
            return f"{told}again; the box repeats itself so far."
        likely, most = self.pairs_needed(plan.rate)
        repeats = math.ceil(likely / plan.queries)
        return (
            f"{told}again: the box varies by itself. A change of {plan.rate:g} takes about "
            f"{likely:,} pairs, at most {most:,} ({repeats:,} repeats of these questions); "
            f"{plan.pairs:,} pairs see {self.seen_by(plan.pairs):.2g}."
        )


def sample_size(rate: float, confidence: float = CONFIDENCE) -> int:
    """Queries needed to see one flip of a `rate` [1] with this `confidence` [1]: 299 at 1 %, 2,995
    at 0.1 %, 29,956 at 0.01 %.
    """
    if not 0.0 < rate < 1.0:
        raise InputError(InputFault(Place(key="rate"), f"{rate}", "a share between 0 and 1"))
    return math.ceil(math.log1p(-confidence) / math.log1p(-rate))


def plan_replay(queries: Sequence[str | Question], repeats: int, rate: float) -> ReplayPlan:
    """Sizes of a replay that is to see a change of `rate` [share of queries].

    Raises InputError for no queries, repeated queries or repeats below 1.
    """
    problems = []
    if not queries:
        problems.append(InputFault(Place(key="queries"), "no queries", "one query a line"))
    if len(set(queries)) < len(queries):
        found = f"{len(queries) - len(set(queries))} repeated queries"
        problems.append(
            InputFault(
                Place(key="queries"), found, "distinct queries", "Raise the repeats instead."
            )
        )
    if repeats < 1:
        problems.append(InputFault(Place(key="repeats"), f"{repeats}", "1 or more"))
    if problems:
        raise InputError(problems)
    needed = sample_size(rate)
    return ReplayPlan(len(queries), repeats, rate, needed, math.ceil((_twice() / rate) ** 2))


def _twice() -> float:
    """Critical value of the one-sided test plus that of its power, both at 95 % [1]."""
    return 2.0 * float(norm.ppf(CONFIDENCE))
