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

_TIME: Dimension = (("time", 1),)
_SHARE: Dimension = ()

# Base units in one of each unit, by dimension. Base: MWh, hour, USD, Mtok, accelerator, t, m, degC.
_FACTORS: dict[Dimension, dict[str, float]] = {
    _POWER: {"W": 1e-6, "kW": 1e-3, "MW": 1.0, "GW": 1e3, "TW": 1e6},
    _ENERGY: {
        **{"Wh": 1e-6, "kWh": 1e-3, "MWh": 1.0, "GWh": 1e3, "TWh": 1e6},
        **{"J": 1 / 3.6e9, "kJ": 1 / 3.6e6, "MJ": 1 / 3600, "GJ": 1 / 3.6},
        **{"Btu": 2.930710701722222e-7, "MMBtu": 0.2930710701722222},  # IT Btu
    },
    _TIME: {
        **{"ms": 1e-3 / 3600, "s": 1 / 3600, "min": 1 / 60, "h": 1.0, "day": 24.0, "week": 168.0},
        **{"month": HOURS_PER_MONTH, "year": HOURS_PER_YEAR},
    },
    (("money", 1),): {"USD": 1.0, "kUSD": 1e3, "MUSD": 1e6, "GUSD": 1e9},
    (("token", 1),): {"tok": 1e-6, "ktok": 1e-3, "Mtok": 1.0, "Gtok": 1e3, "Ttok": 1e6},
    (("flop", 1),): {"FLOP": 1.0, "GFLOP": 1e9, "TFLOP": 1e12, "PFLOP": 1e15, "EFLOP": 1e18},
    (("byte", 1),): {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12},
    (("mass", 1),): {"g": 1e-6, "lb": 4.5359237e-4, "kg": 1e-3, "t": 1.0, "kt": 1e3, "Mt": 1e6},
    (("length", 1),): {"m": 1.0, "km": 1e3, "ft": 0.3048},
    (("length", 2),): {"ha": 1e4, "acre": 4046.8564224, "m2": 1.0},
    (("length", 3),): {"L": 1e-3, "m3": 1.0, "gal": 3.785411784e-3},
    (("temperature", 1),): {"degC": 1.0},
    (("voltage", 1),): {"V": 1.0},
    (("accelerator", 1),): {"accelerator": 1.0, "kaccelerator": 1e3},
    (("video", 1),): {"video-second": 1.0},
    **{((thing, 1),): {thing: 1.0} for thing in ("request", "user", "clip", "work", "result")},
    **{((thing, 1),): {thing: 1.0} for thing in ("server", "rack", "unit")},
    _SHARE: {"%": 0.01, "1": 1.0, "": 1.0},
}
_TABLE = {
    unit: (factor, dimension)
    for dimension, factors in _FACTORS.items()
    for unit, factor in factors.items()
}
_SPELLINGS = {
    **{"year": "a yr y years", "month": "mo months", "week": "weeks", "day": "d days"},
    **{"h": "hr hour hours", "min": "minutes", "s": "sec seconds", "degC": "C", "%": "percent"},
    **{"USD": "$", "MUSD/MW": "USD/W", "FLOP": "FLOPs", "video-second": "video-seconds"},
    **{"tok": "token tokens", "request": "requests", "user": "users seat seats", "clip": "clips"},
    **{"accelerator": "accelerators gpu GPU GPUs", "accelerator-h": "accelerator-hour"},
    **{"server": "servers", "rack": "racks", "unit": "units", "work": "works", "result": "results"},
}
_ALIASES = {alias: unit for unit, aliases in _SPELLINGS.items() for alias in aliases.split()}
_WORDS: dict[Dimension, str] = {
    _SHARE: "a share",
    _ENERGY: "an energy",
    _POWER: "a power",
    _TIME: "a length of time",
    (("time", -1),): "a rate a year",
    (("money", 1),): "an amount of money",
    (("energy", -1), ("money", 1)): "a price of energy",
    (("energy", -1), ("money", 1), ("time", 1)): "a price of power",
    (("token", 1),): "an amount of tokens",
    (("money", 1), ("token", -1)): "a price of tokens",
    (("accelerator", 1),): "a number of accelerators",
    (("flop", 1),): "an amount of computation",
    (("mass", 1),): "a mass",
    (("length", 1),): "a length",
    (("length", 2),): "an area",
}
_NUMBER = re.compile(r"[+-]?(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_FRACTION = re.compile(r"([0-9]{1,12})\s?/\s?([0-9]{1,12})")
_AMOUNT_AFTER_UNIT = re.compile(r"([A-Za-z$€£¥]+)\s*([0-9][0-9,.]*)\s*(.*)")
_DASHES = "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{NON-BREAKING HYPHEN}"
_CUT_IN_TWO = re.compile(r"[,'’.]|[0-9](?!/)")
MOST_CHARACTERS = 200
"""Longest text of a number with its unit; a longer one is no number that a person wrote."""
MOST_DIGITS = 40
LARGEST = 1e15
"""Largest number that anything here can be, in the unit of its key; and one over the smallest that
is not 0. What lies beyond would meet others in products that no floating-point number holds.
"""

FOREIGN = (
    *("EUR", "GBP", "JPY", "CNY", "CHF", "CAD", "AUD", "NZD", "INR", "KRW", "TWD", "SGD", "HKD"),
    *("SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "ISK", "TRY", "ILS", "AED", "SAR", "QAR", "BRL"),
    *("MXN", "CLP", "ZAR", "THB", "MYR", "IDR", "PHP", "VND"),
)
"""Codes (ISO 4217) of currencies in which amounts may be written where the study states a rate."""

NO_RATE = (
    "of which no rate is stated: write the amount in USD or, in a study, `currencies: {XXX: {rate: "
    '1.1 USD, date: 2026-11-27, source: "..."}}` at its top, with the rate of that day.'
)

_CENTS = "A cent is a hundredth of a dollar: `5 ct/kWh` is `0.05 USD/kWh`."
_APPARENT = "That is apparent power; write the active power in MW."
_VOLUME = "That is a volume of gas; write its heat in MMBtu (1 Mcf holds about 1.04 MMBtu)."
_HABITS = {
    **dict.fromkeys(("ct", "cent", "cents", "¢", "c"), _CENTS),
    **dict.fromkeys(("kVA", "MVA", "GVA"), _APPARENT),
    **dict.fromkeys(("cf", "ccf", "Mcf", "MMcf", "m3n", "Nm3"), _VOLUME),
    **dict.fromkeys(("therm", "therms"), "A therm is 0.1 MMBtu."),
    **dict.fromkeys(
        ("mill", "mills"), "A mill is a thousandth of a dollar: `5 mills/kWh` is `5 USD/MWh`."
    ),
}
"""What people write that no unit here is spelt like, and what to write."""

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
        """Base units in one of this unit [base unit], as _FACTORS names them."""
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
            nothing = atom == "" and symbol != "" and (position > 0 or part != "")
            if atom not in _TABLE or nothing:  # `/h` begins with nothing, `1 -- MW` hides some
                near = _alike(atom)
                better = symbol.replace(atom, near[0]) if near and atom else ""
                better = re.sub(r"\s+per\s+", "/", symbol) if " per " in symbol else better
                hint = f" Did you mean `{better}`?" if better else ""
                hint = f" {_HABITS[atom]}" if atom in _HABITS else hint
                code = {"€": "EUR", "£": "GBP"}.get(atom[-1:], atom[-3:])
                if code in FOREIGN and len(atom) <= 4:
                    raise UnitError(f"`{symbol}` is in {code}, {NO_RATE.replace('XXX', code)}")
                raise UnitError(f"`{symbol}` is not a known unit.{hint}")
            atom_factor, dimension = _TABLE[atom]
            factor *= atom_factor**sign
            for base, power in dimension:
                powers[base] = powers.get(base, 0) + sign * power
    return factor, tuple(sorted((base, power) for base, power in powers.items() if power))


def _alike(atom: str) -> list[str]:
    """The unit that is spelt most like an atom, if any is: first one that differs in capitals."""
    capitals = [unit for unit in _TABLE if unit and unit.casefold() == atom.casefold()]
    return capitals[:1] or get_close_matches(atom, [*_TABLE, *_ALIASES], n=1, cutoff=0.5)


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


def known(dimension: Dimension) -> frozenset[str]:
    """Every simple unit of a dimension, and how people spell it."""
    names = frozenset(_FACTORS.get(dimension, ()))
    return names | {alias for alias, unit in _ALIASES.items() if unit in names}


def convert(value: float, unit: str, to: str) -> float:
    """`value` [`unit`], expressed in [`to`].

    Raises UnitError where the dimensions differ, or where the unit makes a number endless.
    """
    here, there = Unit(unit), Unit(to)
    if here.dimension != there.dimension:
        # a likely slip: of the units that fit, the one spelt nearest to what was written
        near = get_close_matches(unit, _FACTORS.get(there.dimension, ()), n=1, cutoff=0.5)
        raise UnitError(
            f"{value:g} {unit} is {here.meaning}; this field is {there.meaning} [{to}]."
            + (f" Did you mean `{value:g} {near[0]}`?" if near else "")
        )
    # 15 digits: 14 kUSD stays 14000, not 13999.999999999998
    converted = float(f"{value * here.factor / there.factor:.15g}")
    if math.isfinite(value) and not math.isfinite(converted):
        raise UnitError(f"{value:g} {unit} is no finite number of {to}.")
    return converted


def parse(text: str | float, to: str) -> float:
    """The number written in `text` ("300 MW") [`to`].

    A bare number, or a fraction such as `1/3`, is read only where the field has no unit at all: not
    as a heat rate [MMBtu/MWh], although energy over energy has no dimension. Raises UnitError for a
    missing unit, an unknown unit, another dimension, NaN or infinity.
    """
    written = _written(text, to)
    fraction = _FRACTION.fullmatch(written)
    if fraction is not None and to == "1":
        if int(fraction[2]) == 0:
            raise UnitError(f"`{written}` divides by 0.")
        return int(fraction[1]) / int(fraction[2])
    match = _NUMBER.match(written)
    if match is None:
        if written[:1] in _DASHES and _NUMBER.match(written[1:].lstrip()):
            better = f"-{written[1:].lstrip()}"
            raise UnitError(f"`{written}` begins with a dash; a minus is written `{better}`.")
        turned = _AMOUNT_AFTER_UNIT.fullmatch(written)
        if turned is None:
            raise UnitError(
                f"`{written}` is not a number with a unit; write for example `300 {to}`."
            )
        money = "USD" if turned[1] == "$" else turned[1]
        rest = re.sub(r"^per\s+", "/", turned[3])
        better = f"{turned[2].replace(',', '')} {money}{rest}"
        raise UnitError(f"`{written}` begins with its unit; the number comes first: `{better}`.")
    value, unit = float(match[0].replace("_", "")), written[match.end() :].strip()
    if not math.isfinite(value):
        raise UnitError(f"`{written}` is not a finite number.")
    if _CUT_IN_TWO.match(unit):
        raise UnitError(
            f"`{written}` holds more than one number; decimals are written with a point and "
            f"nothing stands between thousands: `4.5 {to}`, `1000 {to}`."
        )
    if to != "1" and all(atom in _FACTORS[_SHARE] for atom in _atoms(unit)):
        what = f"{value:g} has no unit" if not unit else f"`{written}` is a share"
        meaning = Unit(to).meaning
        field = f"{meaning} [{to}]" if Unit(to).dimension else f"measured in {to}"
        raise UnitError(f"{what}; this field is {field}. Did you mean `{value:g} {to}`?")
    return convert(value, unit, to)


def split_number(text: str) -> tuple[float, str] | None:
    """The number at the beginning of a text, and the unit after it; None where there is none."""
    match = _NUMBER.match(text)
    if match is None or len(text) > MOST_CHARACTERS:
        return None
    return float(match[0].replace("_", "")), text[match.end() :].strip()


def _written(text: object, to: str) -> str:
    """The text of a number, short enough to be one. Raises UnitError for anything else."""
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise UnitError(
            f"`{str(text)[:40]}` is not a number with a unit; write for example `300 {to}`."
        )
    # an int may have more digits than Python turns into text
    if isinstance(text, int) and abs(text) >= 10**MOST_DIGITS:
        raise UnitError(f"a number of more than {MOST_DIGITS} digits is no quantity.")
    written = str(text).strip()
    if len(written) > MOST_CHARACTERS:
        raise UnitError(
            f"`{written[:20]}...` has {len(written):,} characters; "
            f"a number with its unit has at most {MOST_CHARACTERS}."
        )
    return written
