"""Units of the problem as numbers: what one unit of the solver is in everybody else's words.

    objective    1 unit = MONEY dollars     a problem is built with costs / MONEY [kUSD], and every
                                            value, price or bound read from it is times MONEY [USD]

Interior points and simplex alike lose digits where coefficients lie far apart. An order costs up
to 1e10 USD and an hour of one megawatt some 50: in thousands both keep their digits, and the ranges
that `statistics` tells stay within what HiGHS calls well scaled.
"""

MONEY = 1e3
"""Dollars per unit of the solver's objective [USD]."""
