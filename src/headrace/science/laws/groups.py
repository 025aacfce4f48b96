"""Dimensionless groups: inputs and answer over products of some inputs, so that any formula of them
is sound in its units.

Source: Buckingham, On physically similar systems, Physical Review 4 (1914). A set of inputs whose
dimensions are independent and span those of all others and of the answer is a scale; everything is
divided by the product of their powers that has its dimension.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from headrace.core.arrays import Floats
from headrace.science.laws.expression import (
    LawFunction,
    LawInput,
    LawProduct,
    LawSum,
    added,
    function,
    multiplied,
    number,
    one_input,
    power,
)
from headrace.science.laws.unit_check import Powers, Quantity

MOST_SCALES = 2


@dataclass(frozen=True)
class DimensionlessGroups:
    """One scale: what the answer is divided by, and the groups that laws of it are made of, each a
    product of powers of the inputs.
    """

    answer: LawSum
    groups: tuple[LawSum, ...]

    def inputs(self, inputs: Floats) -> Floats:
        """The groups at points [1], shape (point, group). inputs: shape (point, input)."""
        return np.column_stack([group(inputs) for group in self.groups])

    def law(self, found: LawSum) -> LawSum:
        """A law of the groups as one of the inputs, in the unit of the answer."""
        whole = multiplied(self.answer, substituted(found, self.groups))
        short = cleared(whole)
        return short if short.length <= whole.length else whole


def searched_both_ways(
    search: Callable[[Floats, Floats], tuple[LawSum, ...]],
    inputs: Floats,
    answers: Floats,
    quantities: Sequence[Quantity],
    answer: Quantity,
) -> tuple[LawSum, ...]:
    """Candidates on the inputs as they are and on dimensionless groups of them, told in the inputs.

    search: of laws on points, inputs: shape (point, input), answers: shape (point,) [own units].
    """
    found = list(search(inputs, answers))
    for grouped in dimensionless(quantities, answer, inputs):
        laws = search(grouped.inputs(inputs), answers / grouped.answer(inputs))
        found += [grouped.law(law) for law in laws]
    return tuple({repr(law): law for law in found}.values())


def substituted(law: LawSum, values: Sequence[LawSum]) -> LawSum:
    """The law with a law in place of each input."""
    out = number(law.constant)
    for coefficient, product in law.terms:
        term = number(coefficient)
        for factor, exponent in product.factors:
            if isinstance(factor, LawInput):
                inner = values[factor.index]
            elif isinstance(factor, LawFunction):
                inner = function(factor.name, substituted(factor.of, values))
            else:
                inner = substituted(factor, values)
            term = multiplied(term, power(inner, exponent))
        out = added(out, term)
    return out


def cleared(law: LawSum) -> LawSum:
    """The law without fractions inside its factors: each sum that is a factor is multiplied by what
    its terms are divided by, and the product divided by it.
    """
    out = number(law.constant)
    for coefficient, product in law.terms:
        term = number(coefficient)
        for factor, exponent in product.factors:
            if isinstance(factor, LawInput):
                inner = one_input(factor.index)
            elif isinstance(factor, LawFunction):
                inner = function(factor.name, cleared(factor.of))
            else:
                plain = cleared(factor)
                below = _denominator(plain)
                raised = number(plain.constant)
                raised = multiplied(raised, below) if plain.constant else raised
                for c, p in plain.terms:
                    raised = added(raised, multiplied(LawSum(((c, p),)), below))
                inner = multiplied(raised, power(below, -1))
            term = multiplied(term, power(inner, exponent))
        out = added(out, term)
    return out


def _denominator(law: LawSum) -> LawSum:
    """The product of inputs, and of sums, by which any term of a sum is divided."""
    most: dict[str, tuple[LawSum, int]] = {}
    for _, product in law.terms:
        for factor, exponent in product.factors:
            if exponent < 0:
                alone = LawSum(((1.0, LawProduct(((factor, 1),))),))
                before = most.get(repr(factor), (alone, 0))[1]
                most[repr(factor)] = (alone, max(before, -exponent))
    out = number(1.0)
    for key in sorted(most):
        out = multiplied(out, power(*most[key]))
    return out


def dimensionless(
    inputs: Sequence[Quantity], answer: Quantity, values: Floats
) -> tuple[DimensionlessGroups, ...]:
    """Groupings of these inputs, the first few; none where their dimensions do not make up that of
    the answer, or where the answer and all inputs are pure numbers. values: of the inputs, shape
    (point, input) [own units]; an input that reaches 0 or changes its sign is no scale.
    """
    powers = [each.powers for each in inputs]
    bases = sorted({base for each in (*powers, answer.powers) for base in each})
    if not answer.powers:
        return ()
    fit = [
        n
        for n, each in enumerate(powers)
        if each and (np.min(values[:, n]) > 0 or np.max(values[:, n]) < 0)
    ]
    found: list[DimensionlessGroups] = []
    for size in range(1, len(bases) + 1):
        for scale in combinations(fit, size):
            made = _over(scale, powers, answer.powers, bases, values)
            if made is not None and len(found) < MOST_SCALES:
                found.append(made)
        if found:
            break
    return tuple(found)


def _over(
    scale: tuple[int, ...],
    powers: Sequence[Powers],
    answer: Powers,
    bases: Sequence[str],
    values: Floats,
) -> DimensionlessGroups | None:
    matrix = np.array([[float(powers[n].get(base, 0)) for n in scale] for base in bases])
    if np.linalg.matrix_rank(matrix) < len(scale):
        return None
    whole = _exponents(matrix, answer, bases)
    if whole is None:
        return None
    groups = []
    for n in range(len(powers)):
        if n in scale:
            continue
        exponents = _exponents(matrix, powers[n], bases)
        if exponents is None:
            return None
        group = multiplied(one_input(n), power(_product(scale, exponents), -1))
        here = group(values)
        if float(np.ptp(here)) > 1e-9 * float(np.max(np.abs(here))):
            groups.append(group)
    return DimensionlessGroups(_product(scale, whole), tuple(groups)) if groups else None


def _exponents(matrix: Floats, wanted: Powers, bases: Sequence[str]) -> list[int] | None:
    """Whole powers of the scale that give a dimension; None where there are none."""
    right = np.array([float(wanted.get(base, 0)) for base in bases])
    found = np.linalg.lstsq(matrix, right, rcond=None)[0]
    whole = [round(float(x)) for x in found]
    good = np.allclose(matrix @ np.array(whole, dtype=float), right)
    return whole if good else None


def _product(scale: tuple[int, ...], exponents: Sequence[int]) -> LawSum:
    out = number(1.0)
    for n, exponent in zip(scale, exponents):
        if exponent:
            out = multiplied(out, power(one_input(n), exponent))
    return out
