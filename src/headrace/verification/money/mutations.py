"""Postings made wrong, one at a time, to see whether a checker finds it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from headrace.finance.statements.ledgers import LedgerLine

Slip = Literal["drop", "double", "flip", "shift"]
SLIPS: tuple[Slip, ...] = ("drop", "double", "flip", "shift")

NOTABLE = 1e-6
"""Share of the largest posting above which a slip must be found [1]."""


def slipped(
    lines: Sequence[LedgerLine], places: Sequence[int], slip: Slip, years: Sequence[int]
) -> tuple[LedgerLine, ...]:
    """The ledgers with the lines at `places` dropped, doubled, of the other sign, or a year later
    (earlier, in the last year).
    """
    found = list(lines)
    for place in places:
        one = lines[place]
        year = one.year + 1 if one.year < years[-1] else one.year - 1
        usd = {"drop": 0.0, "double": 2 * one.usd, "flip": -one.usd, "shift": one.usd}[slip]
        found[place] = replace(one, usd=usd, year=year if slip == "shift" else one.year)
    return tuple(line for line in found if line.usd != 0.0)


def one_posting(lines: Sequence[LedgerLine], seed: int) -> tuple[int, ...]:
    """A posting that is more than rounding, by seed."""
    least = NOTABLE * max(abs(line.usd) for line in lines)
    worth = [i for i, line in enumerate(lines) if abs(line.usd) >= least]
    return (random.Random(seed).choice(worth),)


def one_event(lines: Sequence[LedgerLine], seed: int) -> tuple[int, ...]:
    """All postings of one event of one year, in every ledger: they still agree with one another."""
    (place,) = one_posting(lines, seed)
    one = lines[place]
    key = (one.event, one.about, one.year)
    return tuple(i for i, x in enumerate(lines) if (x.event, x.about, x.year) == key)
