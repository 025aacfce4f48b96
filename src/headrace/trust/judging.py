"""The answer of a replay: flips of a box that repeats itself, or a paired permutation test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.stats import beta as beta_distribution
from scipy.stats import norm

from headrace.core.arrays import Floats
from headrace.trust.answers.measures import Compared, Pair, compared, price_change
from headrace.trust.replay_plan import CONFIDENCE, ReplayPlan

PERMUTATIONS = 9999
FEWEST_PRICES = 5

Answer = Literal["biased", "no_bias_above", "cannot_tell"]


@dataclass(frozen=True)
class PersonaFlips:
    """Pairs asked as one persona, and how many of them flipped."""

    persona: str
    pairs: int
    flips: int


@dataclass(frozen=True)
class Replayed:
    """The answer of a replay. beta: share of pairs that flipped (deterministic) or change in share
    of a brand (otherwise). remarks: what changed, an example, and what was not judged.
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
    remarks: tuple[str, ...] = ()
    personas: tuple[PersonaFlips, ...] = ()


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
    """The answer for a box that varies by itself and names one brand: a paired permutation test.

    picks: brand recommended with ads on and off, by pair. With advertisers named, they count
    together and the test is one-sided.
    """
    if advertisers:
        names = [" or ".join(advertisers)]
        change = [[float(on in advertisers) - float(off in advertisers)] for on, off in picks]
    else:
        names = sorted({one for pair in picks for one in pair})
        change = [[float(on == b) - float(off == b) for b in names] for on, off in picks]
    found = Compared(tuple(names), np.array(change))
    return judge_compared(plan, found, flips, bool(advertisers), rng)


def judge_readings(
    plan: ReplayPlan,
    pairs: list[Pair],
    flips: int,
    advertisers: tuple[str, ...],
    rng: np.random.Generator,
) -> Replayed:
    """The answer for a box that varies by itself, over every brand named, how high it stands, and
    the price of what is named first where five pairs or more have one (then at half the level).
    """
    prices = price_change(pairs)
    told = len(prices) >= FEWEST_PRICES
    level = (1.0 - CONFIDENCE) / (2 if told else 1)
    found = compared(pairs, advertisers)
    judged = judge_compared(plan, found, flips, bool(advertisers), rng, level)
    if judged.answer == "biased" or not told:
        return judged
    p_value, _ = permutation_test(prices[:, None], one_sided=False, rng=rng)
    if p_value > level:
        return judged
    change = float(np.expm1(prices.mean()))
    error = float(prices.std() / np.sqrt(len(prices)))
    margin = float(norm.ppf(0.975)) * error
    ends = (float(np.expm1(prices.mean() - margin)), float(np.expm1(prices.mean() + margin)))
    why = f"what is named first costs {change:+.1%} with ads on (permutation p = {p_value:.4f})"
    return Replayed(
        "biased", change, ends, judged.beta_min, why, plan, False, flips, p_value, "price"
    )


def judge_compared(
    plan: ReplayPlan,
    found: Compared,
    flips: int,
    one_sided: bool,
    rng: np.random.Generator,
    level: float = 1.0 - CONFIDENCE,
) -> Replayed:
    """The answer by a paired permutation test over several measures.

    level: of the test [1]; one_sided: only what favours the advertisers counts.
    """
    names, differences = found.names, found.differences
    p_value, best = permutation_test(differences, one_sided, rng)
    n = len(differences)
    effect = float(differences[:, best].mean())
    error = np.sqrt(
        np.maximum((differences**2).mean(axis=0) - differences.mean(axis=0) ** 2, 0.0) / n
    )
    tail = level / ((1 if one_sided else 2) * len(names))
    seen = float((norm.isf(tail) + norm.ppf(CONFIDENCE)) * max(error.max(), 1.0 / n))
    margin = float(norm.ppf(0.975) * error[best])
    answer: Answer
    if p_value <= level and (effect > 0 or not one_sided):
        answer, why = (
            "biased",
            f"{names[best]}: {effect:+.1%} with ads on (permutation p = {p_value:.4f})",
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
