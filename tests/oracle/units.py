"""Quantities as a study writes them ("14 USD/kW-month"), in the units of the rebuild.

The rebuild has its own parser, so that a wrong factor in the library cannot hide behind itself.
Base units: MW, MWh, h, month, year, USD, Mtok, EFLOP, t, accelerator, clip. A month is a twelfth of
a year, a year has 8,760 hours.
"""

from __future__ import annotations

import re

HOURS_PER_YEAR = 8760.0
MONTHS_PER_YEAR = 12.0

# A unit is a factor and the powers of (energy, time, money, tokens, computation, mass, number).
_ENERGY, _TIME, _MONEY, _TOKENS, _FLOP, _MASS, _NUMBER = range(7)


def _power(of: int) -> tuple[int, ...]:
    return tuple(1 if at == of else 0 for at in range(7))


_NONE = (0,) * 7
_POWER = (1, -1, 0, 0, 0, 0, 0)
_ATOMS: dict[str, tuple[float, tuple[int, ...]]] = {
    "kW": (1e-3, _POWER),
    "MW": (1.0, _POWER),
    "GW": (1e3, _POWER),
    "kWh": (1e-3, _power(_ENERGY)),
    "MWh": (1.0, _power(_ENERGY)),
    "GWh": (1e3, _power(_ENERGY)),
    "MMBtu": (0.2930710701722222, _power(_ENERGY)),
    "h": (1.0, _power(_TIME)),
    "day": (24.0, _power(_TIME)),
    "month": (730.0, _power(_TIME)),
    "months": (730.0, _power(_TIME)),
    "year": (8760.0, _power(_TIME)),
    "years": (8760.0, _power(_TIME)),
    "a": (8760.0, _power(_TIME)),
    "USD": (1.0, _power(_MONEY)),
    "kUSD": (1e3, _power(_MONEY)),
    "MUSD": (1e6, _power(_MONEY)),
    "Mtok": (1.0, _power(_TOKENS)),
    "Gtok": (1e3, _power(_TOKENS)),
    "FLOP": (1e-18, _power(_FLOP)),
    "EFLOP": (1.0, _power(_FLOP)),
    "kg": (1e-3, _power(_MASS)),
    "t": (1.0, _power(_MASS)),
    "accelerator": (1.0, _power(_NUMBER)),
    "user": (1.0, _power(_NUMBER)),
    "seat": (1.0, _power(_NUMBER)),
    "clip": (1.0, _power(_NUMBER)),
    "%": (0.01, _NONE),
    "1": (1.0, _NONE),
    "": (1.0, _NONE),
}
_NUMBER_AND_UNIT = re.compile(r"^\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")


def quantity(written: str | float, unit: str) -> float:
    """The number written in `written`, in `unit`. Raises ValueError where they measure different
    things.

    `quantity("14 USD/kW-month", "USD/MW-month")` is 14,000.
    """
    found = _NUMBER_AND_UNIT.match(str(written))
    if found is None:
        raise ValueError(f"`{written}` is not a quantity")
    factor, powers = _unit(found[2])
    wanted, wanted_powers = _unit(unit)
    if powers != wanted_powers:
        raise ValueError(f"`{written}` is not measured in {unit}")
    return float(found[1]) * factor / wanted


def real_rate(written: str) -> float:
    """A yearly real rate, "8 %/a real" [1/year]."""
    return quantity(written.removesuffix("real"), "1/year")


def month_number(written: str) -> int:
    """Months since year 0 of a date such as "2027-01"."""
    year, month = written.split("-")
    return 12 * int(year) + int(month) - 1


def _unit(symbol: str) -> tuple[float, tuple[int, ...]]:
    factor, powers = 1.0, list(_NONE)
    for position, part in enumerate(symbol.split("/")):
        sign = 1 if position == 0 else -1
        for atom in part.split("-"):
            size, dimension = _ATOMS[atom.strip()]
            factor *= size**sign
            powers = [old + sign * new for old, new in zip(powers, dimension, strict=True)]
    return factor, tuple(powers)
