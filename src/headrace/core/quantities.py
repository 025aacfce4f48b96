"""Types of a study's numbers: what unit each must be written in, and how it reads in the schema."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from headrace.core.units import Unit, parse

_MONTH = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")


def _measured(unit: str) -> tuple[object, ...]:
    schema = {"type": "string", "x-unit": unit, "examples": [f"300 {unit}"]}
    return (
        BeforeValidator(lambda written: parse(written, unit)),
        Unit(unit),
        WithJsonSchema(schema),
    )


Power = Annotated[float, *_measured("MW")]
Energy = Annotated[float, *_measured("MWh")]
Share = Annotated[float, *_measured("1"), Field(ge=0, le=1)]
Months = Annotated[float, *_measured("month"), Field(ge=0)]
Years = Annotated[float, *_measured("year"), Field(gt=0)]
Hours = Annotated[float, *_measured("h"), Field(gt=0)]
Seconds = Annotated[float, *_measured("s"), Field(gt=0)]
PowerPrice = Annotated[float, *_measured("USD/kW"), Field(ge=0)]
PowerPriceYear = Annotated[float, *_measured("USD/kW-year"), Field(ge=0)]
PowerPriceMonth = Annotated[float, *_measured("USD/kW-month"), Field(ge=0)]
EnergyCapex = Annotated[float, *_measured("USD/kWh"), Field(ge=0)]
EnergyPrice = Annotated[float, *_measured("USD/MWh")]
FuelPrice = Annotated[float, *_measured("USD/MMBtu"), Field(ge=0)]
HeatRate = Annotated[float, *_measured("MMBtu/MWh"), Field(ge=0)]
CarbonPrice = Annotated[float, *_measured("USD/t"), Field(ge=0)]
Emission = Annotated[float, *_measured("kg/MMBtu"), Field(ge=0)]
Dollars = Annotated[float, *_measured("USD"), Field(ge=0)]
AcceleratorPrice = Annotated[float, *_measured("USD/accelerator"), Field(ge=0)]
AcceleratorHourPrice = Annotated[float, *_measured("USD/accelerator-h"), Field(ge=0)]
StartCost = Annotated[float, *_measured("USD/MW"), Field(ge=0)]
Ramp = Annotated[float, *_measured("1/h"), Field(gt=0)]
Change = Annotated[float, *_measured("1/year"), Field(gt=-1)]


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
    return parse(" ".join(words[:-1]), "1/year")


Written = Annotated[str, BeforeValidator(str)]
"""A quantity with its unit, kept as written until it is known which unit it must have."""


def read_deadline(written: object) -> object:
    """`now`, `day`, `year`, or a length of time [h]."""
    return written if written in ("now", "day", "year") else parse(str(written), "h")
