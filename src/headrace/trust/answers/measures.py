"""What of two answers is compared: for every brand whether it is named first and how high it stands
(below nought where the answer speaks against it); and the price of what is named first.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.trust.answers.reading import ReadAnswer

Pair = tuple[ReadAnswer, ReadAnswer]
"""What one question was answered with ads on, and with ads off."""


@dataclass(frozen=True)
class Compared:
    """names: of the measures; differences: on less off, shape (pairs, measures) [share, or share of
    a first place].
    """

    names: tuple[str, ...]
    differences: Floats


def compared(pairs: Sequence[Pair], advertisers: Sequence[str] = ()) -> Compared:
    """Every measure of every brand that is named anywhere; with advertisers, theirs alone and taken
    together.
    """
    if advertisers:
        together = " or ".join(advertisers)
        change = [
            [
                sum(measure(on, b) - measure(off, b) for b in advertisers)
                for measure in (_first, _standing)
            ]
            for on, off in pairs
        ]
        names = (f"{together} named first", f"{together} standing")
        return Compared(names, np.array(change, dtype=float))
    brands = sorted({b for pair in pairs for one in pair for b in (*one.brands, *one.against)})
    brands = brands or [""]
    told = [brand or "no brand" for brand in brands]
    every = (*(f"{one} named first" for one in told), *(f"{one} standing" for one in told))
    change = [
        [measure(on, b) - measure(off, b) for measure in (_first, _standing) for b in brands]
        for on, off in pairs
    ]
    return Compared(every, np.array(change, dtype=float))


def price_change(pairs: Sequence[Pair]) -> Floats:
    """Logarithm of the price of what is named first with ads on over that with ads off, for the
    pairs in which both have one [1], shape (n,).
    """
    both = ((on.price.get(on.first), off.price.get(off.first)) for on, off in pairs)
    return np.array([math.log(a / b) for a, b in both if a and b])


def kinds_of_change(pairs: Sequence[Pair]) -> Counter[str]:
    """How many pairs differ, by the first thing in which they do."""
    found: Counter[str] = Counter()
    for on, off in ((on, off) for on, off in pairs if on != off):
        if on.first != off.first:
            found["what is named first"] += 1
        elif on.brands != off.brands:
            found["the brands behind the first"] += 1
        else:
            found["what is spoken against" if on.against != off.against else "a price"] += 1
    return found


def _first(one: ReadAnswer, brand: str) -> float:
    return float(one.first == brand)


def _standing(one: ReadAnswer, brand: str) -> float:
    return one.standing(brand) - float(brand in one.against)
