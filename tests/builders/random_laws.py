"""Random formulas, with the numbers that they stand for worked out by numpy alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st

from headrace.science.laws import expression as e

COUNT = 3
POINTS = np.random.default_rng(7).uniform(0.5, 2.5, (24, COUNT))


@dataclass(frozen=True)
class Formula:
    """A law, what it stands for at `POINTS`, and how Python writes it."""

    law: e.LawSum
    values: np.ndarray
    text: str


numbers = st.sampled_from([-3.0, -1.0, -0.25, 0.5, 1.0, 2.0, 7.5])
leaves = st.one_of(
    st.integers(0, COUNT - 1).map(lambda n: Formula(e.one_input(n), POINTS[:, n].copy(), f"x{n}")),
    numbers.map(lambda c: Formula(e.number(c), np.full(len(POINTS), c), f"({c})")),
)


def _plus(sign: float) -> Callable[[tuple[Formula, Formula]], Formula]:
    def joined(two: tuple[Formula, Formula]) -> Formula:
        a, b = two
        mark = "+" if sign > 0 else "-"
        return Formula(
            e.added(a.law, b.law, sign), a.values + sign * b.values, f"({a.text} {mark} {b.text})"
        )

    return joined


def _times(two: tuple[Formula, Formula]) -> Formula:
    a, b = two
    return Formula(e.multiplied(a.law, b.law), a.values * b.values, f"({a.text} * {b.text})")


def _raised(one: tuple[Formula, int]) -> Formula:
    a, p = one
    return Formula(e.power(a.law, p), a.values ** float(p), f"({a.text})**({p})")


def _exp(a: Formula) -> Formula:
    return Formula(e.function("exp", a.law), np.exp(a.values), f"exp({a.text})")


def _sensible(a: Formula) -> bool:
    """Nothing so near to 0, or so large, that rounding would be judged."""
    size = np.abs(a.values)
    return bool(np.all(size > 1e-3) and np.all(size < 1e4))


def _wider(inner: st.SearchStrategy[Formula]) -> st.SearchStrategy[Formula]:
    pairs = st.tuples(inner, inner)
    small = inner.filter(lambda a: bool(np.all(np.abs(a.values) < 5.0)))
    return st.one_of(
        pairs.map(_plus(1.0)),
        pairs.map(_plus(-1.0)),
        pairs.map(_times),
        st.tuples(inner, st.sampled_from([-2, -1, 2])).map(_raised),
        small.map(_exp),
    ).filter(_sensible)


formulas = st.recursive(leaves, _wider, max_leaves=7)
"""Formulas of up to seven inputs and numbers, none of which comes near 0."""
