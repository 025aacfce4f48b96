"""What nobody can know yet, by type: the price of a fuel, what a technology costs, how demand
grows.

A study writes it as `fuel:gas`, `capex:nuclear.smr`, `demand` or `demand:chat`; that text is read
once, by `uncertainty`, and everything behind it holds one of the three types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class FuelPrice:
    """The price of a fuel of the study [USD/MMBtu]."""

    fuel: str

    def __str__(self) -> str:
        return f"fuel:{self.fuel}"


@dataclass(frozen=True)
class Capex:
    """The overnight price of a technology, of the catalogue or the study's own [USD/kW]."""

    technology: str

    def __str__(self) -> str:
        return f"capex:{self.technology}"


@dataclass(frozen=True)
class DemandGrowth:
    """Growth of the demand for a product a year [1/year]; None: of every product that has no belief
    of its own.
    """

    product: str | None = None

    def __str__(self) -> str:
        return "demand" if self.product is None else f"demand:{self.product}"


Uncertainty = FuelPrice | Capex | DemandGrowth

UNITS: Mapping[str, str] = MappingProxyType(
    {"demand": "1/year", "fuel": "USD/MMBtu", "capex": "USD/kW"}
)
"""Unit of a belief's values, by the word it begins with in a study."""


def uncertainty(text: str) -> Uncertainty | None:
    """What the text of a study is about; None where it begins with no word of `UNITS`."""
    word, colon, name = text.partition(":")
    if word == "demand":
        return DemandGrowth(name if colon and name else None)
    if word == "fuel":
        return FuelPrice(name)
    return Capex(name) if word == "capex" else None


def unit_of(about: Uncertainty) -> str:
    """Unit in which a study writes its values."""
    if isinstance(about, DemandGrowth):
        return UNITS["demand"]
    return UNITS["fuel"] if isinstance(about, FuelPrice) else UNITS["capex"]
