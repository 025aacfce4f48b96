"""A law as JSON and back, to the last bit: what notebooks and processes hand over."""

from __future__ import annotations

from headrace.science.laws.expression import (
    FUNCTIONS,
    LawFactor,
    LawFunction,
    LawInput,
    LawProduct,
    LawSum,
)


def as_json(law: LawSum) -> dict[str, object]:
    """A law as plain data."""
    terms = [
        [coefficient, [[_factor_as_json(f), power] for f, power in product.factors]]
        for coefficient, product in law.terms
    ]
    return {"constant": law.constant, "terms": terms}


def _factor_as_json(factor: LawFactor) -> object:
    if isinstance(factor, LawInput):
        return factor.index
    if isinstance(factor, LawFunction):
        return {factor.name: as_json(factor.of)}
    return {"sum": as_json(factor)}


def from_json(told: object) -> LawSum:
    """The law that `as_json` wrote. Raises ValueError for anything else."""
    try:
        assert isinstance(told, dict)
        terms = tuple(
            (float(c), LawProduct(tuple((_factor_from_json(f), int(p)) for f, p in factors)))
            for c, factors in told["terms"]
        )
        return LawSum(terms, float(told["constant"]))
    except (AssertionError, KeyError, TypeError, ValueError):
        raise ValueError("this is no law as `as_json` writes it") from None


def _factor_from_json(told: object) -> LawFactor:
    if isinstance(told, int):
        return LawInput(told)
    assert isinstance(told, dict)
    ((name, inner),) = told.items()
    if name == "sum":
        return from_json(inner)
    assert name in FUNCTIONS
    return LawFunction(name, from_json(inner))
