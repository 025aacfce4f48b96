"""Units of the problem as numbers: what one unit of the solver is in the words of everybody else.

    objective      1 unit = MONEY dollars    a problem is built with costs / MONEY [kUSD], and every
                                             value, price or bound that leaves it is times MONEY
    accelerators   1 unit = 1,000            scaled where the problem is built, and back where a
                                             solution is read

Interior points and simplex alike lose digits where coefficients lie far apart. An order costs up to
1e10 USD and an hour of one megawatt some 50: in thousands both keep their digits, and the
coefficient ranges that `statistics` tells stay within what HiGHS calls well scaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MONEY = 1e3
"""Dollars per unit of the solver's objective [USD]."""

SCALES: Mapping[str, float] = MappingProxyType({"accelerator": 1e3, "accelerator-h": 1e3})
"""How many of a unit are one in the problem: a fleet of accelerators and a turbine's megawatts
become numbers of the same size. Every other unit stands for itself.
"""


def scale_of(unit: str) -> float:
    """Units of the nouns per unit of the problem [unit]."""
    return SCALES.get(unit, 1.0)
