"""Types of a study's numbers: what unit each must be written in, and how it reads in the schema.

Every number of a study is of one of these types, so that each has its unit, is finite, and lies
within what a plan can hold.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from headrace.core.units import (
    HOURS_PER_YEAR,
    LARGEST,
    MOST_CHARACTERS,
    Unit,
    UnitError,
    parse,
)

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def read_quantity(written: str | float, unit: str) -> float:
    """The number written in a study [`unit`].

    Raises UnitError as `parse` does, and for a number beyond anything that a plan can hold.
    """
    value = parse(written, unit)
    if abs(value) > LARGEST:
        raise UnitError(f"`{written}` is larger than a plan can hold: at most {LARGEST:g} {unit}.")
    if 0 < abs(value) < 1 / LARGEST:
        raise UnitError(f"`{written}` is smaller than a plan can tell from nothing: write 0.")
    return value


def _measured(unit: str) -> tuple[object, ...]:
    schema = {"type": "string", "x-unit": unit, "examples": [f"300 {unit}"]}
    return (
        BeforeValidator(lambda written: read_quantity(written, unit)),
        Unit(unit),
        WithJsonSchema(schema),
    )


def read_whole_hours(written: str | float) -> int:
    """Whole hours as a study writes them [h]. Raises UnitError for anything else."""
    value = read_quantity(written, "h")
    if value != int(value):
        raise UnitError(f"`{written}` is not a whole number of hours.")
    return int(value)


Power = Annotated[float, *_measured("MW")]
Energy = Annotated[float, *_measured("MWh")]
Share = Annotated[float, *_measured("1"), Field(ge=0, le=1)]
Months = Annotated[float, *_measured("month"), Field(ge=0)]
Years = Annotated[float, *_measured("year"), Field(gt=0)]
Hours = Annotated[float, *_measured("h"), Field(gt=0)]
Weeks = Annotated[float, *_measured("week"), Field(ge=0, le=26)]
Seconds = Annotated[float, *_measured("s"), Field(gt=0)]
PowerPrice = Annotated[float, *_measured("USD/kW"), Field(ge=0)]
PowerPriceYear = Annotated[float, *_measured("USD/kW-year"), Field(ge=0)]
PowerPriceMonth = Annotated[float, *_measured("USD/kW-month"), Field(ge=0)]
EnergyCapex = Annotated[float, *_measured("USD/kWh"), Field(ge=0)]
EnergyPrice = Annotated[float, *_measured("USD/MWh")]
FuelAmount = Annotated[float, *_measured("MMBtu/year"), Field(ge=0)]
HeatRate = Annotated[float, *_measured("MMBtu/MWh"), Field(ge=0)]
Emission = Annotated[float, *_measured("kg/MMBtu"), Field(ge=0)]
Dollars = Annotated[float, *_measured("USD"), Field(ge=0)]
AcceleratorPrice = Annotated[float, *_measured("USD/accelerator"), Field(ge=0)]
AcceleratorHourPrice = Annotated[float, *_measured("USD/accelerator-h"), Field(ge=0)]
FlopRate = Annotated[float, *_measured("TFLOP/s"), Field(gt=0)]
Memory = Annotated[float, *_measured("GB"), Field(gt=0)]
MemoryBandwidth = Annotated[float, *_measured("TB/s"), Field(gt=0)]
LinkBandwidth = Annotated[float, *_measured("GB/s"), Field(gt=0)]
AcceleratorPower = Annotated[float, *_measured("kW/accelerator"), Field(gt=0)]
AcceleratorPriceYear = Annotated[float, *_measured("USD/accelerator-year"), Field(ge=0)]
StartCost = Annotated[float, *_measured("USD/MW"), Field(ge=0)]
Ramp = Annotated[float, *_measured("1/h"), Field(gt=0)]
Change = Annotated[float, *_measured("1/year"), Field(gt=-1, le=10)]
Accelerators = Annotated[
    float,
    BeforeValidator(lambda written: read_count(written, "accelerator")),
    Field(ge=0),
    Unit("accelerator"),
    WithJsonSchema({"type": ["number", "string"], "x-unit": "accelerator", "examples": [20000]}),
]


def read_count(written: object, thing: str) -> float:
    """How many of a thing [1]: a bare number, or one with the thing behind it. Raises UnitError."""
    if isinstance(written, int) and not isinstance(written, bool) and abs(written) > LARGEST:
        raise UnitError(f"more than {LARGEST:g} of anything are more than a plan can hold.")
    text = str(written)
    return read_quantity(f"{text} {thing}" if text[-1:].isdigit() else text, thing)


def read_order_unit(written: object) -> str | float | None:
    """What is ordered as a whole: `server`, `rack`, `replica`, or a number of accelerators [1].
    Raises ValueError.
    """
    if written is None or written in ("server", "rack", "replica"):
        return None if written is None else str(written)
    example = "write `server`, `rack`, `replica` or a number such as `8`"
    try:
        number = read_count(written, "accelerator")
    except UnitError as error:
        raise ValueError(f"{error} For whole orders {example}.") from None
    if number < 1 or number != round(number):
        raise ValueError(f"`{written}` accelerators are no unit; {example}")
    return number


def read_whole(written: object) -> object:
    """A whole number as written; `true` and numbers of more digits than anything has are none.

    Raises ValueError for these.
    """
    if isinstance(written, bool) or (isinstance(written, int) and abs(written) > LARGEST):
        raise ValueError(f"`{str(written)[:20]}` is not a whole number that a plan can hold")
    return written


Whole = Annotated[int, BeforeValidator(read_whole)]
WholeHours = Annotated[
    int,
    BeforeValidator(read_whole_hours),
    Unit("h"),
    WithJsonSchema({"type": "string", "x-unit": "h", "examples": ["6 h"]}),
    Field(ge=0, le=168),
]

Name = Annotated[str, BeforeValidator(lambda written: composed(written))]
"""A name as others are compared with it: two ways of writing one accent are one name."""


def composed(written: object) -> object:
    """Text in Unicode's normal form C; anything else as it is."""
    return unicodedata.normalize("NFC", written) if isinstance(written, str) else written


def read_month(written: object) -> int:
    """Months since year 0, from YYYY-MM. Raises ValueError for anything else."""
    match = _MONTH.match(str(written))
    if match is None:
        raise ValueError(f"`{written}` is not a month; write for example `2027-01`")
    return int(match[1]) * 12 + int(match[2]) - 1


Month = Annotated[
    int,
    BeforeValidator(read_month),
    WithJsonSchema({"type": "string", "pattern": _MONTH.pattern, "examples": ["2027-01"]}),
]
"""Months since year 0; written YYYY-MM."""


def month_text(month: float) -> str:
    """A month number [months since year 0] as written in a study; a part of a month is cut off."""
    whole = int(month)
    return f"{whole // 12:04d}-{whole % 12 + 1:02d}"


def read_real_rate(written: object) -> float:
    """A rate [1/year] that says it is real. Raises ValueError where it does not."""
    words = str(written).split()
    if words[-1:] != ["real"]:
        raise ValueError(
            f"`{written}` must say that it is real, without inflation: "
            "write for example `8 %/a real`"
        )
    return read_quantity(" ".join(words[:-1]), "1/year")


def read_written(written: object) -> str:
    """A quantity as it was written. Raises ValueError for what is no text or number."""
    if isinstance(written, (dict, list)) or written is None:
        raise ValueError("is not a number with a unit; write for example `300 MW`")
    text = str(written)
    if len(text) > MOST_CHARACTERS and not text.startswith("{"):
        raise ValueError(f"`{text[:20]}...` has {len(text):,} characters; no quantity has so many")
    return text


Written = Annotated[str, BeforeValidator(read_written)]
"""A quantity with its unit, kept as written until it is known which unit it must have."""


def read_deadline(written: object) -> object:
    """`now`, `day`, `year`, or a length of time up to a year [h]. Raises ValueError for others."""
    if written in ("now", "day", "year"):
        return written
    hours = read_quantity(str(written), "h")
    if not 0 < hours <= HOURS_PER_YEAR:
        raise ValueError(f"`{written}` is no deadline; write for example `4 h`, at most a year")
    return hours
