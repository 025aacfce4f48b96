"""Amounts of other currencies: turned into USD as they are read, at the one rate that the study
states for each, with its day and its source.

A plan is told in USD of the study's money year. A rate is no forecast: every amount in that
currency, whenever it falls due, is turned at it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from headrace.core.units import FOREIGN, UnitError, parse, split_number

FREE_TEXT = frozenset({"title", "source", "study"})
"""Keys that hold words, whatever they look like."""
_CURRENCY = re.compile(rf"([kMG]?)({'|'.join(FOREIGN)})(?=$|[-/.·* ])")


def stated_rates(data: object) -> dict[str, float]:
    """What one of each currency is worth [USD], as far as a document states it readably."""
    written = data.get("currencies") if isinstance(data, dict) else None
    found: dict[str, float] = {}
    for code, one in written.items() if isinstance(written, dict) else ():
        try:
            rate = parse(one["rate"], "USD") if isinstance(one, dict) else 0.0
        except (UnitError, KeyError):
            continue  # the key itself is told with what is wrong
        if code in FOREIGN and rate > 0:
            found[code] = rate
    return found


def in_dollars(data: object, rates: Mapping[str, float]) -> object:
    """The plain data of a study with every amount of a currency that has a rate in USD; what has
    none stays as it is, and is told where its key is read.
    """
    if isinstance(data, dict):
        return {
            key: value if key in FREE_TEXT or key == "currencies" else in_dollars(value, rates)
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [in_dollars(value, rates) for value in data]
    return dollars(data, rates) if isinstance(data, str) and rates else data


def dollars(text: str, rates: Mapping[str, float]) -> str:
    """`62 EUR/MWh` as a text in USD; any other text as it is."""
    number = split_number(text.strip())
    if number is None:
        return text
    unit, factor = unit_in_dollars(number[1], rates)
    return text if unit == number[1] else f"{number[0] * factor:.15g} {unit}"


def unit_in_dollars(unit: str, rates: Mapping[str, float]) -> tuple[str, float]:
    """The unit with USD where a currency begins it, and how many of it one is [1]."""
    found = _CURRENCY.match(unit)
    if found is None or found[2] not in rates:
        return unit, 1.0
    return f"{found[1]}USD{unit[found.end() :]}", rates[found[2]]
