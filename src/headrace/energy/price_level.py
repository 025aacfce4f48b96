"""Money of one year in money of another, by the US consumer price index.

Figures of the catalogue keep their own money year; a study has one. Years up to 2024 are facts (BLS
CPI-U, US city average, all items, annual mean, 1982-84 = 100); later ones assume 2.8 % for 2025 and
2.5 % a year from then on.
"""

from __future__ import annotations

from headrace.core.errors import InputError, InputFault, Place

SOURCE = "BLS, CPI-U, US city average, all items, annual mean (series CUUR0000SA0)"
_INDEX = {
    2010: 218.056, 2011: 224.939, 2012: 229.594, 2013: 232.957, 2014: 236.736,
    2015: 237.017, 2016: 240.007, 2017: 245.120, 2018: 251.107, 2019: 255.657,
    2020: 258.811, 2021: 270.970, 2022: 292.655, 2023: 304.702, 2024: 313.689,
}  # fmt: skip
_GROWTH_2025 = 0.028
_GROWTH = 0.025
LAST_FACT = max(_INDEX)


def price_level(year: int) -> float:
    """The index of `year`, 2010 to 2100 [1982-84 = 100]. Raises InputError outside."""
    if year in _INDEX:
        return _INDEX[year]
    if LAST_FACT < year <= 2100:
        return float(
            _INDEX[LAST_FACT] * (1 + _GROWTH_2025) * (1 + _GROWTH) ** (year - LAST_FACT - 1)
        )
    raise InputError(InputFault(Place(), f"money of {year}", "a money year from 2010 to 2100"))
