"""Requests made up: arrivals at a rate, evenly, at random or in bursts; lengths by a law.

    even       one every 1 / rate seconds
    poisson    gaps exponential with mean 1 / rate
    gamma      gaps gamma with mean 1 / rate and a coefficient of variation `cv` (3: heavy bursts)

    lengths    "1000"                every request the same
               "exponential 600"     mean
               "lognormal 600 0.8"   median and spread of the logarithm
               "uniform 100 900"     lowest and highest

Lengths are rounded to whole tokens and are at least 1; prompt and answer are drawn apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.fleet.types import Trace

Arrivals = Literal["poisson", "gamma", "even"]
MOST_REQUESTS = 20_000_000
_FIGURES = {"exponential": 1, "lognormal": 2, "uniform": 2}


@dataclass(frozen=True)
class SyntheticLoad:
    """What is to come: requests/s, how many, how they arrive, and how long prompts and answers are
    [tokens], by a law in words.
    """

    rate: float
    requests: int = 10_000
    arrivals: Arrivals = "poisson"
    cv: float = 3.0
    prompt: str = "1000"
    answer: str = "300"

    def faults(self) -> list[InputFault]:
        """Figures that no load can have."""
        found = []
        if not 0 < self.rate < 1e9:
            found.append(InputFault(Place(key="--rate"), f"{self.rate} requests/s", "above 0"))
        if not 1 <= self.requests <= MOST_REQUESTS:
            most = f"1 to {MOST_REQUESTS:,}"
            found.append(InputFault(Place(key="--requests"), f"{self.requests:,}", most))
        if self.arrivals not in ("poisson", "gamma", "even"):
            known = "poisson, gamma or even"
            found.append(InputFault(Place(key="--arrivals"), f"`{self.arrivals}`", known))
        if not 0.01 <= self.cv <= 100:
            found.append(InputFault(Place(key="--cv"), f"{self.cv}", "0.01 to 100"))
        for key, law in (("--input", self.prompt), ("--output", self.answer)):
            found += length_faults(law, key)
        return found


def length_faults(law: str, key: str) -> list[InputFault]:
    """What is wrong with a law of lengths that stands at `key`."""
    words = law.split()
    kind = words[0] if words and words[0] in _FIGURES else ""
    try:
        figures = [float(word) for word in (words[1:] if kind else words)]
    except ValueError:
        figures = []
    if len(figures) != _FIGURES.get(kind, 1):
        known = '"1000", "exponential 600", "lognormal 600 0.8" or "uniform 100 900"'
        return [InputFault(Place(key=key), f"`{law}`", known)]
    lengths = figures[:1] if kind == "lognormal" else figures
    good = all(1 <= figure <= 1e7 for figure in lengths) and all(0 <= f <= 1e7 for f in figures)
    if not good or (kind == "uniform" and figures[0] > figures[1]):
        return [InputFault(Place(key=key), f"`{law}`", "1 to 10 million tokens, rising")]
    return []


def synthesise(load: SyntheticLoad, seed: int) -> Trace:
    """The trace of a made-up load. Raises InputError with every figure that cannot be."""
    if faults := load.faults():
        raise InputError(faults)
    rng, count = np.random.default_rng(seed), load.requests
    gaps = np.full(count, 1.0 / load.rate)
    if load.arrivals == "poisson":
        gaps = rng.exponential(1.0 / load.rate, count)
    if load.arrivals == "gamma":
        gaps = rng.gamma(load.cv**-2, load.cv**2 / load.rate, count)
    arrival = np.cumsum(gaps)
    bursts = f" (cv {load.cv:g})" if load.arrivals == "gamma" else ""
    words = (
        f"made up: {load.rate:g} requests/s, {load.arrivals}{bursts}, prompt {load.prompt}, answer "
        f"{load.answer} tokens, seed {seed}"
    )
    lengths = (lengths_of(load.prompt, count, rng), lengths_of(load.answer, count, rng))
    return Trace(
        "synthetic", words, arrival - arrival[0], *lengths, np.zeros(count, dtype=np.int64)
    )


def lengths_of(law: str, count: int, rng: np.random.Generator) -> Ints:
    """`count` lengths [tokens] by a law in words that has no faults."""
    words = law.split()
    figures = [float(word) for word in words if word not in _FIGURES]
    drawn: Floats
    if words[0] == "exponential":
        drawn = rng.exponential(figures[0], count)
    elif words[0] == "lognormal":
        drawn = rng.lognormal(np.log(figures[0]), figures[1], count)
    elif words[0] == "uniform":
        drawn = rng.uniform(figures[0], figures[1], count)
    else:
        drawn = np.full(count, figures[0])
    return np.clip(np.rint(drawn), 1, 10_000_000).astype(np.int64)
