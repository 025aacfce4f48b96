"""What is varied, and how a law's inputs follow from it: recipes of sums, products and ratios.

A recipe is data: a name, a number with its unit, or a mapping with one of `sum`, `difference`,
`product`, `ratio`, `capital_recovery`, and `in`, the unit in which it is told. Dimensions are
checked when it is read.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.units import HOURS_PER_YEAR, Dimension, Unit, UnitError
from headrace.finance.levelised import crf
from headrace.science.laws.unit_check import Quantity

_WRITTEN = re.compile(r"\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)\s*(.*?)\s*")
KINDS = ("sum", "difference", "product", "ratio", "capital_recovery")
MOST_DEPTH = 8


def number_and_unit(text: str) -> tuple[float, str, str]:
    """A written quantity as its number [its unit], its unit, and a word after it that is no unit
    ("real"). Raises ValueError.
    """
    match = _WRITTEN.fullmatch(str(text))
    if match is None:
        raise ValueError(f"`{text}` is not a number with a unit; write for example `300 MW`")
    unit, after = match[2], ""
    if unit.endswith((" real", " nominal")):
        unit, _, after = unit.rpartition(" ")
    try:
        try:
            value = float(match[1])
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise ValueError(f"`{text}` is no finite number")
        _ = Unit(unit).dimension
        return value, unit, after
    except (UnitError, ValueError) as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True)
class MovedKey:
    """A key of the study that moves in proportion from one value to another, in one unit."""

    key: str
    first: float
    last: float
    unit: str

    def at(self, part: float) -> str:
        """What is written there. part: of the way [1]; may lie beyond 0 and 1."""
        return f"{self.first + part * (self.last - self.first):.12g} {self.unit}".strip()


@dataclass(frozen=True)
class Varied:
    """A thing that is varied from `low` to `high`, in its unit, and the keys that move with it."""

    name: str
    low: float
    high: float
    unit: str
    keys: tuple[MovedKey, ...]

    @classmethod
    def read(cls, name: str, first: str, last: str, keys: Mapping[str, tuple[str, str]]) -> Varied:
        """The thing as it is written. Raises ValueError for units that differ or an empty range."""
        (low, unit, _), (high, other, _) = number_and_unit(first), number_and_unit(last)
        if unit != other:
            raise ValueError(f"from is in {unit or 'no unit'}, to in {other or 'no unit'}")
        if not low < high:
            raise ValueError(f"from {low:g} to {high:g} is no range; write the lower value first")
        moved = []
        for key, (begin, end) in keys.items():
            (a, u, after), (b, v, _) = number_and_unit(begin), number_and_unit(end)
            if u != v:
                raise ValueError(f"`{key}` moves from {u or 'no unit'} to {v or 'no unit'}")
            moved.append(MovedKey(key, a, b, f"{u} {after}".strip()))
        return cls(name, low, high, unit, tuple(moved))

    @property
    def quantity(self) -> Quantity:
        """Its name and unit."""
        return Quantity(self.name, self.unit or "1")

    def changes(self, value: float) -> dict[str, str]:
        """What is written at each key. value: of the thing [its unit]."""
        part = (value - self.low) / (self.high - self.low)
        return {each.key: each.at(part) for each in self.keys}


@dataclass(frozen=True)
class Recipe:
    """An input worked out from what is varied, told in `quantity.unit`."""

    quantity: Quantity
    kind: str
    parts: tuple[Recipe, ...] = ()
    value: float = 0.0

    def at(self, known: Mapping[str, Floats]) -> Floats:
        """Its value at points [base units]. known: what it may name, by name, [base units]."""
        if self.kind == "number":
            return np.full(len(next(iter(known.values()))), self.value)
        if self.kind == "name":
            return known[self.quantity.name]
        parts = [part.at(known) for part in self.parts]
        if self.kind == "sum":
            return np.asarray(sum(parts[1:], parts[0]))
        if self.kind == "difference":
            return np.asarray(parts[0] - parts[1])
        if self.kind == "product":
            return np.asarray(np.prod(parts, axis=0))
        if self.kind == "ratio":
            return np.asarray(parts[0] / parts[1])
        rate, years = parts[0] * HOURS_PER_YEAR, parts[1] / HOURS_PER_YEAR
        return np.array([crf(r, y) for r, y in zip(rate, years)]) / HOURS_PER_YEAR


def written(
    name: str, told: object, known: Mapping[str, Quantity], unit: str = "", depth: int = 0
) -> Recipe:
    """The recipe of an input as it is written. known: what it may name; unit: in which it is told,
    if it does not say so itself.

    Raises ValueError for a name or a word that is not known and for dimensions that do not meet.
    """
    if depth > MOST_DEPTH:
        raise ValueError("is nested deeper than anybody reads")
    if isinstance(told, str) and told in known:
        return Recipe(known[told], "name")
    if isinstance(told, str | int | float) and not isinstance(told, bool):
        if isinstance(told, str) and re.fullmatch(r"[A-Za-z_]\w*", told):
            raise ValueError(f"`{told}` is neither varied nor an input above: {', '.join(known)}")
        value, own, _ = number_and_unit(str(told))
        called = str(told) if depth else name
        return Recipe(Quantity(called, own or "1"), "number", value=value * Unit(own).factor)
    if not isinstance(told, dict) or len(set(told) & set(KINDS)) != 1 or set(told) - {*KINDS, "in"}:
        raise ValueError(f"is not a name, a number with a unit, or one of {', '.join(KINDS)}")
    (kind,) = set(told) & set(KINDS)
    listed = told[kind]
    if not isinstance(listed, list) or len(listed) < 2 or (kind[0] in "drc" and len(listed) != 2):
        raise ValueError(f"`{kind}` takes a list of {'two' if kind[0] in 'drc' else 'some'}")
    parts = tuple(written(name, each, known, depth=depth + 1) for each in listed)
    dimension = dimension_of(kind, [part.quantity for part in parts])
    unit = str(told.get("in", unit))
    if unit and Unit(unit).dimension != dimension:
        words = " ".join(f"{base}^{power}" for base, power in dimension) or "a pure number"
        raise ValueError(f"is {words}, not {Unit(unit).meaning} [{unit}]")
    return Recipe(Quantity(name, unit or "1", dimension), kind, parts)


def dimension_of(kind: str, parts: list[Quantity]) -> Dimension:
    """Dimension of a recipe of that kind. Raises ValueError where the parts do not go together."""
    powers = [part.powers for part in parts]
    if kind in ("sum", "difference"):
        if any(each != powers[0] for each in powers):
            raise ValueError(f"adds {' and '.join(f'{p.name} [{p.unit}]' for p in parts)}")
        total = powers[0]
    elif kind == "capital_recovery":
        if powers != [{"time": -1}, {"time": 1}]:
            raise ValueError("takes a rate [1/year] and a life [year]")
        total = powers[0]
    else:
        signs = [1] * len(parts) if kind == "product" else [1, -1]
        bases = sorted({base for each in powers for base in each})
        sums = {b: sum(s * p.get(b, 0) for s, p in zip(signs, powers)) for b in bases}
        total = {base: power for base, power in sums.items() if power}  # type: ignore[misc]
    return tuple((base, int(power)) for base, power in sorted(total.items()))


def worked_out(points: Floats, varied: tuple[Varied, ...], recipes: tuple[Recipe, ...]) -> Floats:
    """Inputs at points [each in its own unit], shape (point, input). points: values of what is
    varied [each in its own unit], shape (point, varied).
    """
    known = {
        each.name: points[:, place] * Unit(each.unit).factor for place, each in enumerate(varied)
    }
    columns = []
    for recipe in recipes:
        value = recipe.at(known)
        known[recipe.quantity.name] = value
        unit = recipe.quantity.unit
        whole = unit == "1" and recipe.quantity.dimension
        columns.append(value if whole else value / Unit(unit).factor)
    return np.column_stack(columns)
