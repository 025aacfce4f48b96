"""Units: written in every study, checked when read, gone inside.

`parse("300 MW", "MW")` gives 300.0; `parse("300 MWh", "MW")` raises `UnitError` saying that this is
an energy and the field a power. One table holds every unit; compound units are products (`-` or
`.`) and quotients (`/`) of it, so `14 USD/kW-month` needs no entry of its own. Inside the code a
number carries its unit in its type or its name; the base is MW, MWh, hour, accelerator-hour,
million tokens, USD, tonne.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

HOURS_PER_YEAR = 8760.0
HOURS_PER_MONTH = HOURS_PER_YEAR / 12

Dimension = tuple[tuple[str, int], ...]

_ENERGY: Dimension = (("energy", 1),)
_POWER: Dimension = (("energy", 1), ("time", -1))

# unit -> (factor to the base unit of its dimension, dimension). Base: MWh, hour, USD, Mtok,
# accelerator, t, m, degC.
_TABLE: dict[str, tuple[float, Dimension]] = {
    "W": (1e-6, _POWER), "kW": (1e-3, _POWER), "MW": (1.0, _POWER), "GW": (1e3, _POWER), "TW": (1e6, _POWER),
    "Wh": (1e-6, _ENERGY), "kWh": (1e-3, _ENERGY), "MWh": (1.0, _ENERGY), "GWh": (1e3, _ENERGY), "TWh": (1e6, _ENERGY),
    "J": (1 / 3.6e9, _ENERGY), "MJ": (1 / 3600, _ENERGY), "GJ": (1 / 3.6, _ENERGY),
    "Btu": (2.930710701722222e-7, _ENERGY), "MMBtu": (0.2930710701722222, _ENERGY),
    "ms": (1e-3 / 3600, (("time", 1),)), "s": (1 / 3600, (("time", 1),)), "min": (1 / 60, (("time", 1),)),
    "h": (1.0, (("time", 1),)), "day": (24.0, (("time", 1),)), "week": (168.0, (("time", 1),)),
    "month": (HOURS_PER_MONTH, (("time", 1),)), "year": (HOURS_PER_YEAR, (("time", 1),)),
    "USD": (1.0, (("money", 1),)), "kUSD": (1e3, (("money", 1),)), "MUSD": (1e6, (("money", 1),)),
    "GUSD": (1e9, (("money", 1),)),
    "tok": (1e-6, (("token", 1),)), "ktok": (1e-3, (("token", 1),)), "Mtok": (1.0, (("token", 1),)),
    "Gtok": (1e3, (("token", 1),)), "Ttok": (1e6, (("token", 1),)),
    "request": (1.0, (("request", 1),)), "user": (1.0, (("user", 1),)), "clip": (1.0, (("clip", 1),)),
    "video-second": (1.0, (("video", 1),)), "work": (1.0, (("work", 1),)),
    "accelerator": (1.0, (("accelerator", 1),)), "kaccelerator": (1e3, (("accelerator", 1),)),
    "server": (1.0, (("server", 1),)), "rack": (1.0, (("rack", 1),)), "unit": (1.0, (("unit", 1),)),
    "FLOP": (1.0, (("flop", 1),)), "GFLOP": (1e9, (("flop", 1),)), "TFLOP": (1e12, (("flop", 1),)),
    "PFLOP": (1e15, (("flop", 1),)), "EFLOP": (1e18, (("flop", 1),)),
    "B": (1.0, (("byte", 1),)), "kB": (1e3, (("byte", 1),)), "MB": (1e6, (("byte", 1),)), "GB": (1e9, (("byte", 1),)),
    "TB": (1e12, (("byte", 1),)),
    "kg": (1e-3, (("mass", 1),)), "t": (1.0, (("mass", 1),)), "kt": (1e3, (("mass", 1),)), "Mt": (1e6, (("mass", 1),)),
    "m": (1.0, (("length", 1),)), "km": (1e3, (("length", 1),)), "ft": (0.3048, (("length", 1),)),
    "ha": (1e4, (("length", 2),)), "acre": (4046.8564224, (("length", 2),)), "m2": (1.0, (("length", 2),)),
    "L": (1e-3, (("length", 3),)), "m3": (1.0, (("length", 3),)), "gal": (3.785411784e-3, (("length", 3),)),
    "degC": (1.0, (("temperature", 1),)), "V": (1.0, (("voltage", 1),)),
    "%": (0.01, ()), "1": (1.0, ()), "": (1.0, ()),
}  # fmt: skip
_ALIASES = {
    "a": "year", "yr": "year", "years": "year", "y": "year", "mo": "month", "months": "month", "days": "day",
    "d": "day", "weeks": "week", "hr": "h", "hour": "h", "hours": "h", "minutes": "min", "seconds": "s", "sec": "s",
    "$": "USD", "tokens": "tok", "token": "tok", "requests": "request", "users": "user", "clips": "clip",
    "accelerators": "accelerator", "gpu": "accelerator", "GPU": "accelerator", "GPUs": "accelerator",
    "accelerator-hour": "accelerator-h", "units": "unit", "percent": "%", "C": "degC", "servers": "server",
    "racks": "rack", "works": "work", "FLOPs": "FLOP", "USD/W": "MUSD/MW", "video-seconds": "video-second",
}  # fmt: skip
_WORDS: dict[Dimension, str] = {
    (): "a share", _ENERGY: "an energy", _POWER: "a power", (("time", 1),): "a length of time",
    (("money", 1),): "an amount of money", (("energy", -1), ("money", 1)): "a price of energy",
    (("energy", -1), ("money", 1), ("time", 1)): "a price of power", (("time", -1),): "a rate a year",
    (("token", 1),): "an amount of tokens", (("money", 1), ("token", -1)): "a price of tokens",
    (("accelerator", 1),): "a number of accelerators", (("length", 2),): "an area", (("mass", 1),): "a mass",
    (("flop", 1),): "an amount of computation", (("length", 1),): "a length",
}  # fmt: skip
_NUMBER = re.compile(r"^\s*([+-]?(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)\s*(.*?)\s*$")
_PREFIXED_WORDS = ("video-second", "accelerator-hour")


class UnitError(ValueError):
    """A unit that is missing, unknown, or of another dimension than the field; the message is the
    whole help.
    """


@dataclass(frozen=True)
class Unit:
    """A unit as written, its factor to the base unit and its dimension.

    Also marks a pydantic field's unit.
    """

    symbol: str

    @property
    def factor(self) -> float:
        """Base units in one of this unit."""
        return _resolve(self.symbol)[0]

    @property
    def dimension(self) -> Dimension:
        """Powers of the base quantities."""
        return _resolve(self.symbol)[1]

    @property
    def meaning(self) -> str:
        """In words: "a power", "a price of energy", or the unit itself where there is no word."""
        return _WORDS.get(self.dimension, f"measured in {self.symbol}")


@lru_cache(maxsize=4096)
def _resolve(symbol: str) -> tuple[float, Dimension]:
    factor = 1.0
    powers: dict[str, int] = {}
    for position, part in enumerate(symbol.split("/")):
        sign = 1 if position == 0 else -1
        for atom in _atoms(part):
            atom_factor, dimension = _lookup(atom, symbol)
            factor *= atom_factor**sign
            for base, power in dimension:
                powers[base] = powers.get(base, 0) + sign * power
    return factor, tuple(sorted((base, power) for base, power in powers.items() if power))


def _atoms(part: str) -> list[str]:
    part = part.strip()
    for word in _PREFIXED_WORDS:
        if part.startswith(word):
            rest = part[len(word) :].lstrip("s").lstrip("-.")
            return [*_expand_alias(word), *(_atoms(rest) if rest else [])]
    return [atom for piece in re.split(r"[-.·*]", part) for atom in _expand_alias(piece.strip())]


def _expand_alias(atom: str) -> list[str]:
    alias = _ALIASES.get(atom, atom)
    return ["accelerator", "h"] if alias == "accelerator-h" else [alias]


def _lookup(atom: str, whole: str) -> tuple[float, Dimension]:
    found = _TABLE.get(atom)
    if found is None:
        near = get_close_matches(atom, [*_TABLE, *_ALIASES], n=1, cutoff=0.5)
        hint = f" Did you mean `{whole.replace(atom, near[0])}`?" if near else ""
        raise UnitError(f"`{whole}` is not a known unit.{hint}")
    return found


def convert(value: float, unit: str, to: str) -> float:
    """`value` in `unit`, expressed in `to`. Raises UnitError where the dimensions differ."""
    here, there = Unit(unit), Unit(to)
    if here.dimension != there.dimension:
        raise UnitError(
            f"{value:g} {unit} is {here.meaning}; this field is {there.meaning} [{to}].{_hint(value, unit, there)}"
        )
    # 15 digits: 14 kUSD stays 14000, not 13999.999999999998
    return float(f"{value * here.factor / there.factor:.15g}")


def parse(text: str | float, to: str) -> float:
    """The number written in `text` ("300 MW"), in unit `to`.

    Raises UnitError for a missing unit, an unknown unit, another dimension, NaN or infinity.
    """
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise UnitError(f"`{text}` is not a number with a unit; write for example `300 {to}`.")
    match = _NUMBER.match(str(text))
    if match is None:
        raise UnitError(f"`{text}` is not a number with a unit; write for example `300 {to}`.")
    value, unit = float(match[1].replace("_", "")), match[2]
    if not math.isfinite(value):
        raise UnitError(f"`{text}` is not a finite number.")
    if not unit and Unit(to).dimension != ():
        raise UnitError(
            f"{value:g} has no unit; this field is {Unit(to).meaning} [{to}]. Did you mean `{value:g} {to}`?"
        )
    return convert(value, unit, to)


def _hint(value: float, unit: str, wanted: Unit) -> str:
    """A likely slip: the unit whose spelling is nearest to what was written and whose dimension
    fits.
    """
    fitting = [name for name, (_, dimension) in _TABLE.items() if dimension == wanted.dimension]
    near = get_close_matches(unit, fitting, n=1, cutoff=0.5)
    return f" Did you mean `{value:g} {near[0]}`?" if near else ""
