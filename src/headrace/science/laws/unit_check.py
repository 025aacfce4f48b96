"""Does a law add only what can be added? And the law in words, its numbers with their units.

Coefficients are pure numbers; a number that is added takes the dimension of what it is added to;
exp and log take pure numbers only; the whole has the dimension of the answer. A formula that fails
says nothing about the world, however well it fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from headrace.core.units import Dimension, Unit, UnitError
from headrace.science.laws.expression import LawFunction, LawInput, LawProduct, LawSum

Powers = dict[str, Fraction]


class UnitsDiffer(ValueError):
    """Two things that are added, or the law and the answer, are of different dimensions."""


@dataclass(frozen=True)
class Quantity:
    """A name and the unit in which its numbers stand ("USD/MWh"; "1" for none); dimension: instead
    of that of the unit, for units that Headrace does not know.
    """

    name: str
    unit: str = "1"
    dimension: Dimension | None = None

    @property
    def powers(self) -> Powers:
        """Powers of the base quantities [1]. Raises UnitError for a unit that is not known."""
        told = Unit(self.unit).dimension if self.dimension is None else self.dimension
        return {base: Fraction(power) for base, power in told if power}


def wrong_units(law: LawSum, inputs: Sequence[Quantity], answer: Quantity) -> str:
    """Why the law fails the unit check, in words; nothing where it passes."""
    try:
        found = _sum(law, inputs)
    except UnitsDiffer as error:
        return str(error)
    if found is not None and found != answer.powers:
        return f"the law is of {_words(found)}, the answer of {_words(answer.powers)}"
    return ""


def _sum(law: LawSum, inputs: Sequence[Quantity]) -> Powers | None:
    """Dimension of a sum; None where it is a number alone, which takes any."""
    found: Powers | None = None
    for _, product in law.terms:
        here = _product(product, inputs)
        if found is not None and here != found:
            raise UnitsDiffer(f"{_words(here)} is added to {_words(found)}")
        found = here
    return found


def _product(product: LawProduct, inputs: Sequence[Quantity]) -> Powers:
    total: Powers = {}
    for factor, power in product.factors:
        here: Powers | None
        if isinstance(factor, LawInput):
            here = inputs[factor.index].powers
        elif isinstance(factor, LawFunction):
            here = _sum(factor.of, inputs)
            if factor.name == "sqrt":
                here = {base: p / 2 for base, p in (here or {}).items()}
            elif here:
                raise UnitsDiffer(f"{factor.name} of {_words(here)}")
        else:
            here = _sum(factor, inputs)
        for base, p in (here or {}).items():
            total[base] = total.get(base, Fraction(0)) + power * p
    return {base: p for base, p in total.items() if p}


def _words(powers: Powers) -> str:
    told = [base if p == 1 else f"{base}^{p}" for base, p in sorted(powers.items())]
    return " ".join(told) or "a pure number"


def told(law: LawSum, names: Sequence[str], digits: int = 4) -> str:
    """The law as it is written, its numbers with so many digits [1]."""
    return _told_sum(law, names, digits)


def _told_sum(law: LawSum, names: Sequence[str], digits: int) -> str:
    parts = [(c, _told_product(abs(c), product, names, digits)) for c, product in law.terms]
    if law.constant or not parts:
        parts.append((law.constant, f"{abs(law.constant):.{digits}g}"))
    text = ("-" if parts[0][0] < 0 else "") + parts[0][1]
    for sign, words in parts[1:]:
        text += f" {'-' if sign < 0 else '+'} {words}"
    return text


def _told_product(size: float, product: LawProduct, names: Sequence[str], digits: int) -> str:
    above = [_told_power(f, p, names, digits) for f, p in product.factors if p > 0]
    below = [_told_power(f, -p, names, digits) for f, p in product.factors if p < 0]
    number = f"{size:.{digits}g}"
    told = above if above and number == "1" else [number, *above]
    text = " ".join(told)
    if not below:
        return text
    return f"{text} / {below[0] if len(below) == 1 else '(' + ' '.join(below) + ')'}"


def _told_power(
    factor: LawInput | LawFunction | LawSum, power: int, names: Sequence[str], digits: int
) -> str:
    if isinstance(factor, LawInput):
        base = names[factor.index]
    elif isinstance(factor, LawFunction):
        base = f"{factor.name}({_told_sum(factor.of, names, digits)})"
    else:
        base = f"({_told_sum(factor, names, digits)})"
    return base if power == 1 else f"{base}^{power}"


def known_unit(unit: str) -> str:
    """What is wrong with a unit as written; nothing where it is known."""
    try:
        _ = Unit(unit).dimension
    except UnitError as error:
        return str(error)
    return ""
