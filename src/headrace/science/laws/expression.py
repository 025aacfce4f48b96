"""Laws as sums of products: read, evaluated, told, and in one form however they were found.

A law is a `LawSum`: coefficients times products of powers, and a constant. A factor of a product is
an input, a function of a sum, or a sum whose first coefficient is one; so its numbers are few:

    8.147 (fuel_cost + carbon_cost + 5) / recovery        length 9

Lengths count inputs, numbers other than one, and the operators between them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats

FUNCTIONS: dict[str, Callable[[Floats], Floats]] = {
    "exp": lambda x: np.exp(np.clip(x, -300.0, 300.0)),
    "log": lambda x: np.log(np.maximum(x, 1e-300)),
    "sqrt": lambda x: np.sqrt(np.maximum(x, 0.0)),
}


@dataclass(frozen=True)
class LawInput:
    """The input of that number."""

    index: int


@dataclass(frozen=True)
class LawFunction:
    """exp, log or sqrt of a sum."""

    name: str
    of: LawSum


@dataclass(frozen=True)
class LawProduct:
    """Factors with their powers, whole and not 0, in the order of their text."""

    factors: tuple[tuple[LawFactor, int], ...]

    def at(self, inputs: Floats) -> Floats:
        """Its value at points [its own unit]. inputs: shape (point, input)."""
        value = np.ones(len(inputs))
        for factor, power in self.factors:
            if isinstance(factor, LawInput):
                base = inputs[:, factor.index]
            elif isinstance(factor, LawFunction):
                base = FUNCTIONS[factor.name](factor.of.at(inputs))
            else:
                base = factor.at(inputs)
            value = value * base**power if power > 0 else value / base**-power
        return value

    @property
    def length(self) -> int:
        """As the length of a law [1]."""
        total = 2 * (not any(power > 0 for _, power in self.factors))  # 1 / x
        for factor, power in self.factors:
            inner = 1 if isinstance(factor, LawInput) else 0
            inner += 1 + factor.of.length if isinstance(factor, LawFunction) else 0
            inner += factor.length if isinstance(factor, LawSum) else 0
            total += inner + 2 * (abs(power) > 1)
        return total + len(self.factors) - 1


@dataclass(frozen=True)
class LawSum:
    """constant + sum of coefficient x product."""

    terms: tuple[tuple[float, LawProduct], ...]
    constant: float = 0.0

    def __call__(self, inputs: Floats) -> Floats:
        """The law at points [its own unit]. inputs: shape (point, input)."""
        with np.errstate(all="ignore"):
            return self.at(np.asarray(inputs, dtype=np.float64))

    def at(self, inputs: Floats) -> Floats:
        """As `law(inputs)` [its own unit], with numpy's own warnings."""
        found = np.full(len(inputs), self.constant)
        for coefficient, product in self.terms:
            found = found + coefficient * product.at(inputs)
        return found

    @property
    def length(self) -> int:
        """Inputs, numbers other than one, and the operators between them [1]."""
        parts = [p.length + 2 * (abs(c) != 1.0) for c, p in self.terms]
        parts += [1] * bool(self.constant or not parts)
        return sum(parts) + len(parts) - 1

    @property
    def inputs(self) -> frozenset[int]:
        """Which inputs it speaks of."""
        return frozenset(
            inner
            for _, product in self.terms
            for factor, _ in product.factors
            for inner in ({factor.index} if isinstance(factor, LawInput) else _inner(factor).inputs)
        )


LawFactor = LawInput | LawFunction | LawSum


def _inner(factor: LawFunction | LawSum) -> LawSum:
    return factor.of if isinstance(factor, LawFunction) else factor


# Algebra: every result is in the one form


def number(value: float) -> LawSum:
    """A number [any]."""
    return LawSum((), float(value))


def one_input(index: int, weight: float = 1.0) -> LawSum:
    """An input times a weight [unit of the law over that of the input]."""
    return LawSum(((float(weight), LawProduct(((LawInput(index), 1),))),) if weight else ())


def added(left: LawSum, right: LawSum, sign: float = 1.0) -> LawSum:
    """left + sign x right [1]; like terms are one."""
    found: dict[str, tuple[float, LawProduct]] = {}
    for factor, law in ((1.0, left), (sign, right)):
        for coefficient, product in law.terms:
            before = found.get(repr(product), (0.0, product))[0]
            found[repr(product)] = (before + factor * coefficient, product)
    terms = tuple(found[key] for key in sorted(found) if found[key][0])
    return LawSum(terms, left.constant + sign * right.constant)


def scaled(law: LawSum, factor: float) -> LawSum:
    """factor x law [1]."""
    if not factor:
        return number(0.0)
    return LawSum(tuple((factor * c, p) for c, p in law.terms), factor * law.constant)


def multiplied(left: LawSum, right: LawSum) -> LawSum:
    """left x right."""
    if not left.terms:
        return scaled(right, left.constant)
    if not right.terms:
        return scaled(left, right.constant)
    a, first = _single(left)
    b, second = _single(right)
    merged = _merged(first, second)
    return LawSum(((a * b, merged),)) if merged.factors else number(a * b)


def power(law: LawSum, exponent: int) -> LawSum:
    """law to a whole power, not 0 [1]. Raises ZeroDivisionError for a negative power of 0."""
    if not law.terms:
        return number(law.constant**exponent)
    scale, product = _single(law)
    raised = tuple((factor, p * exponent) for factor, p in product.factors)
    return LawSum(((scale**exponent, LawProduct(raised)),))


def function(name: str, of: LawSum) -> LawSum:
    """exp, log or sqrt of a law; of a number it is a number."""
    if not of.terms:
        return number(float(FUNCTIONS[name](np.array([of.constant]))[0]))
    return LawSum(((1.0, LawProduct(((LawFunction(name, of), 1),))),))


def _single(law: LawSum) -> tuple[float, LawProduct]:
    """A law with terms as a coefficient and one product; a sum of several parts is one factor of
    it, with the first coefficient one.
    """
    scale, first = law.terms[0]
    if len(law.terms) == 1 and not law.constant:
        return scale, first
    return scale, LawProduct(((scaled(law, 1.0 / scale), 1),))


def _merged(left: LawProduct, right: LawProduct) -> LawProduct:
    found: dict[str, tuple[LawFactor, int]] = {}
    for factor, p in (*left.factors, *right.factors):
        found[repr(factor)] = (factor, found.get(repr(factor), (factor, 0))[1] + p)
    kept = sorted((key for key in found if found[key][1]), key=lambda key: (len(key), key))
    return LawProduct(tuple(found[key] for key in kept))


def distributed(law: LawSum) -> LawSum:
    """The law with every sum multiplied out that stands alone, to the power one, in a product."""
    out = number(law.constant)
    for coefficient, product in law.terms:
        inner = [f for f, p in product.factors if isinstance(f, LawSum) and p == 1]
        rest = tuple((f, p) for f, p in product.factors if not (isinstance(f, LawSum) and p == 1))
        whole = LawSum(((coefficient, LawProduct(rest)),)) if rest else number(coefficient)
        for each in inner:
            spread = number(0.0)
            for c, p in each.terms:
                spread = added(spread, multiplied(whole, LawSum(((c, p),))))
            whole = added(spread, scaled(whole, each.constant))
        out = added(out, whole)
    return out


# Numbers of a law, in the order in which they are written


def parameters(law: LawSum) -> tuple[float, ...]:
    """Coefficients and constants [each in its own unit]; the ones inside factors count too, without
    the first coefficient of a factor, which is one by form.
    """
    return tuple(_read(law, whole=True))


def _read(law: LawSum, *, whole: bool) -> Iterator[float]:
    for place, (coefficient, product) in enumerate(law.terms):
        if whole or place:
            yield coefficient
        for factor, _ in product.factors:
            if not isinstance(factor, LawInput):
                yield from _read(_inner(factor), whole=isinstance(factor, LawFunction))
    if law.constant or not law.terms:
        yield law.constant


def with_parameters(law: LawSum, values: Sequence[float]) -> LawSum:
    """The same law with other numbers, as `parameters` lists them [as there]."""
    waiting = iter(values)
    return _written(law, waiting, whole=True)


def _written(law: LawSum, values: Iterator[float], *, whole: bool) -> LawSum:
    terms = []
    for place, (coefficient, product) in enumerate(law.terms):
        told = float(next(values)) if whole or place else coefficient
        factors: list[tuple[LawFactor, int]] = []
        for factor, p in product.factors:
            inner: LawFactor = factor
            if isinstance(factor, LawFunction):
                inner = replace(factor, of=_written(factor.of, values, whole=True))
            elif isinstance(factor, LawSum):
                inner = _written(factor, values, whole=False)
            factors.append((inner, p))
        terms.append((told, LawProduct(tuple(factors))))
    constant = float(next(values)) if law.constant or not law.terms else 0.0
    return LawSum(tuple(terms), constant)


def rebuilt(law: LawSum) -> LawSum:
    """The law in the one form again, after its numbers changed: what became 0 is gone."""
    out = number(law.constant)
    for coefficient, product in law.terms:
        if not coefficient:
            continue
        term = number(coefficient)
        for factor, p in product.factors:
            if isinstance(factor, LawInput):
                inner = one_input(factor.index)
            elif isinstance(factor, LawFunction):
                inner = function(factor.name, rebuilt(factor.of))
            else:
                inner = rebuilt(factor)
            term = multiplied(term, power(inner, p))
        out = added(out, term)
    return out
