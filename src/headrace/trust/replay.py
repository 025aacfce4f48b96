"""Replay a black box with ads on and off: does the recommendation change?

Every query is asked twice with the same seed, ads on and ads off, in an order drawn at random. Some
are asked once more to learn whether the box is deterministic; a flip that does not repeat itself
shows that it is not. How many queries it takes is said first:
    deterministic box: a flip rate p shows at least once in n queries with probability 1 - (1 - p)^n
    other boxes: the on/off labels of a pair can be swapped if ads change nothing (paired
    permutation test)
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

CONFIDENCE = 0.95
PERMUTATIONS = 9999
PROBES = 20


class Box(Protocol):
    """Something that answers a query, with ads on or off."""

    def ask(self, query: str, ads: bool, seed: int) -> str:
        """The answer as text."""
        ...


Answer = Literal["biased", "no_bias_above", "cannot_tell"]


@dataclass(frozen=True)
class ReplayPlan:
    """What is known before asking.

    rate: smallest change of the recommendation that matters [share of queries]
    queries: distinct queries, each asked `repeats` times with ads on and off
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
class Replayed:
    """The answer of a replay. beta: share of pairs that flipped (deterministic) or change in share
    of a brand (otherwise).
    """

    answer: Answer
    beta: float
    ci: tuple[float, float]
    beta_min: float
    why: str
    plan: ReplayPlan
    deterministic: bool
    flips: int
    p_value: float | None
    brand: str


def sample_size(rate: float, confidence: float = CONFIDENCE) -> int:
    """Queries needed to see one flip of a `rate` [1] with this `confidence` [1]: 299 at 1 %, 2,995
    at 0.1 %, 29,956 at 0.01 %.
    """
    if not 0.0 < rate < 1.0:
        raise InputError(InputFault(Place(key="rate"), f"{rate}", "a share between 0 and 1"))
    return math.ceil(math.log1p(-confidence) / math.log1p(-rate))


def plan_replay(queries: Sequence[str], repeats: int, rate: float) -> ReplayPlan:
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
    noisy = math.ceil((2.0 * float(norm.ppf(CONFIDENCE)) / rate) ** 2)
    return ReplayPlan(len(queries), repeats, rate, needed, noisy)


def replay(
    box: Box,
    queries: Sequence[str],
    choose: Callable[[str], str],
    plan: ReplayPlan,
    advertisers: Sequence[str] = (),
    seed: int = 0,
) -> Replayed:
    """Ask the box and judge. choose: what an answer recommends; advertisers: brands whose ads are
    on (makes the test one-sided).
    """
    rng = np.random.default_rng(seed)
    deterministic = all(
        choose(box.ask(query, False, seed)) == choose(box.ask(query, False, seed))
        for query in queries[:PROBES]
    )
    picks = [
        _pair(box, query, seed + k, choose, bool(rng.integers(2)))
        for k in range(plan.repeats)
        for query in queries
    ]
    flips = sum(on != off for on, off in picks)
    # A flip has to repeat itself in the order off, on; otherwise the box is not deterministic.
    repeated = (
        pair
        == _pair(box, queries[k % len(queries)], seed + k // len(queries), choose, on_first=False)
        for k, pair in enumerate(picks)
        if pair[0] != pair[1]
    )
    if deterministic and all(repeated):
        return judge_flips(plan, flips)
    return judge_noisy(plan, picks, flips, tuple(advertisers), rng)


def first_named(brands: Sequence[str], ad_label: str = "") -> Callable[[str], str]:
    """A chooser: the brand an answer names first, "" for none; text from a line that starts with
    `ad_label` on is not read.
    """
    patterns = {
        brand: re.compile(rf"(?<!\w){re.escape(brand)}(?!\w)", re.IGNORECASE) for brand in brands
    }

    def choose(answer: str) -> str:
        if ad_label:
            answer = re.split(rf"(?m)^\s*{re.escape(ad_label)}", answer, maxsplit=1)[0]
        found = [
            (match.start(), brand)
            for brand, pattern in patterns.items()
            if (match := pattern.search(answer))
        ]
        return min(found, default=(0, ""))[1]

    return choose


def _pair(
    box: Box, query: str, seed: int, choose: Callable[[str], str], on_first: bool
) -> tuple[str, str]:
    answers = {
        ads: choose(box.ask(query, ads, seed))
        for ads in ((True, False) if on_first else (False, True))
    }
    return answers[True], answers[False]


def judge_flips(plan: ReplayPlan, flips: int) -> Replayed:
    """The answer for a deterministic box: any flip is a bias. Interval: Clopper and Pearson."""
    n = plan.pairs
    low = float(beta_distribution.ppf(0.025, flips, n - flips + 1)) if flips else 0.0
    high = float(beta_distribution.ppf(0.975, flips + 1, n - flips)) if flips < n else 1.0
    seen = 1.0 - (1.0 - CONFIDENCE) ** (1.0 / n)
    answer: Answer
    if flips:
        answer, why = (
            "biased",
            f"{flips:,} of {n:,} recommendations changed with the ads, "
            "in a box that repeats itself exactly otherwise",
        )
    elif n >= plan.needed:
        answer, why = (
            "no_bias_above",
            f"no flip in {n:,} pairs; "
            f"a flip rate of {seen:.2g} would have shown with probability 95 %",
        )
    else:
        answer, why = (
            "cannot_tell",
            f"no flip in {n:,} pairs, but {plan.needed:,} are needed to see a rate of "
            f"{plan.rate:g}",
        )
    return Replayed(answer, flips / n, (low, high), seen, why, plan, True, flips, None, "")


def judge_noisy(
    plan: ReplayPlan,
    picks: list[tuple[str, str]],
    flips: int,
    advertisers: tuple[str, ...],
    rng: np.random.Generator,
) -> Replayed:
    """The answer for a box that varies by itself: a paired permutation test over brands.

    picks: brand recommended with ads on and off, by pair. With advertisers named, they count
    together and the test is one-sided.
    """
    if advertisers:
        names = [" or ".join(advertisers)]
        change = [[float(on in advertisers) - float(off in advertisers)] for on, off in picks]
    else:
        names = sorted({one for pair in picks for one in pair})
        change = [[float(on == b) - float(off == b) for b in names] for on, off in picks]
    differences = np.array(change)
    p_value, best = permutation_test(differences, one_sided=bool(advertisers), rng=rng)
    n = len(picks)
    effect = float(differences[:, best].mean())
    error = np.sqrt(
        np.maximum((differences**2).mean(axis=0) - differences.mean(axis=0) ** 2, 0.0) / n
    )
    tail = (1.0 - CONFIDENCE) / (1 if advertisers else 2 * len(names))
    seen = float((norm.isf(tail) + norm.ppf(CONFIDENCE)) * max(error.max(), 1.0 / n))
    margin = float(norm.ppf(0.975) * error[best])
    answer: Answer
    if p_value <= 1.0 - CONFIDENCE and (effect > 0 or not advertisers):
        answer, why = (
            "biased",
            f"{names[best]} is recommended {effect:+.1%} with ads on (permutation p = "
            f"{p_value:.4f})",
        )
    elif seen <= plan.rate:
        answer, why = (
            "no_bias_above",
            f"a change of {seen:.2g} in the share of a brand would have been found (permutation "
            f"p = {p_value:.2f})",
        )
    else:
        answer, why = (
            "cannot_tell",
            f"the answers vary by themselves: {n:,} pairs see a change of {seen:.2g} and more, "
            f"{plan.rate:g} was asked",
        )
    ci = (effect - margin, effect + margin)
    return Replayed(answer, effect, ci, seen, why, plan, False, flips, p_value, names[best])


def permutation_test(
    differences: Floats, one_sided: bool, rng: np.random.Generator
) -> tuple[float, int]:
    """Paired permutation test on signed differences [1], shape (pairs, brands): p-value [1] and
    column of the largest sum.

    Swapping on and off in a pair flips the sign of its row. Taking the largest column in every
    permutation pays for looking at several brands (Westfall & Young 1993). The p-value counts the
    data themselves, so it is never 0.
    """
    scale = np.sqrt(np.maximum((differences**2).sum(axis=0), 1e-300))
    observed = differences.sum(axis=0) / scale
    seen = observed if one_sided else np.abs(observed)
    extreme = 0
    for start in range(0, PERMUTATIONS, 500):
        signs = rng.choice((-1.0, 1.0), size=(min(500, PERMUTATIONS - start), len(differences)))
        sums = signs @ differences / scale
        extreme += int(
            np.sum((sums if one_sided else np.abs(sums)).max(axis=1) >= seen.max() - 1e-12)
        )
    return (1 + extreme) / (1 + PERMUTATIONS), int(np.argmax(seen))
