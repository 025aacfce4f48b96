"""US tax credits by law and date: what a plant of a kind gets that starts building, and starts
operating, on given dates.

The law is data (`catalogue/tax_law.yaml`): a change of law is a new row, not a change of code.
Foreign-entity rules, adders for energy communities or domestic content, and transfer discounts are
not modelled: the study's owner states them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from headrace.core.catalogue import CatalogueRow, Figure, entries
from headrace.core.errors import InputError, InputFault, Place

_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True)
class Credit:
    """What the law grants. itc: share of capex [1]; ptc [USD/MWh] for `ptc_years`, in money of its
    figure's year and indexed.

    law: key of the row; reason: why this much, in words; macrs: recovery period for depreciation
        [year].
    """

    law: str
    itc: float
    ptc: float
    ptc_years: float
    macrs: int
    reason: str


def credit(kind: str, begins: str, operates: str) -> tuple[Credit, ...]:
    """Every credit that a plant of `kind` may choose from; construction begins and operation starts
    in months `YYYY-MM`.

    kind: solar, wind, storage, nuclear, geothermal, fuel_cell, gas. The owner takes one of them; an
        empty tuple means none. Raises InputError for an unknown kind, bad months, or operation
        before the beginning of construction.
    """
    begin, operate = _month(begins, "begins"), _month(operates, "operates")
    if operate < begin:
        raise InputError(
            InputFault(Place(), f"operation in {operates} before construction begins in {begins}")
        )
    known = sorted({name for row in _laws() for name in row.words["kinds"].split()})
    if kind not in known:
        raise InputError(
            InputFault(
                Place(),
                f"`{kind}` is not a kind the tax law knows",
                fix=f"Known: {', '.join(known)}.",
            )
        )
    found = [_granted(row, begin, operate) for row in _laws() if kind in row.words["kinds"].split()]
    return tuple(one for one in found if one is not None and (one.itc > 0 or one.ptc > 0))


def best(choices: Iterable[Credit], capex: float, energy: float, annuity: float) -> Credit | None:
    """The credit worth most per MW: itc x capex against ptc x energy x annuity. capex [USD/MW],
    energy [MWh/MW-year].

    annuity: present value of a dollar a year over the years of the production credit.
    """
    return max(choices, key=lambda one: one.itc * capex + one.ptc * energy * annuity, default=None)


@lru_cache(maxsize=1)
def _laws() -> tuple[CatalogueRow, ...]:
    return tuple(entries("finance", "tax_law").values())


def _granted(row: CatalogueRow, begin: int, operate: int) -> Credit | None:
    words = row.words
    if begin < _month(words.get("begins_from", "0001-01"), row.key):
        return None
    late = begin > _month(words.get("begins_by", "9999-12"), row.key)
    if late and operate > _month(words.get("or_operates_by", "0001-01"), row.key):
        return None
    share = _phase(words.get("phase", ""), begin)
    reason = f"{row.title}: construction begins {_text(begin)}"
    if late:
        reason += f", after {words['begins_by']}, but operation in {_text(operate)} is in time"
    if share < 1:
        reason += f", phased down to {share:.0%}"
    return Credit(
        law=row.key,
        itc=share * _value(row, "itc"),
        ptc=share * _value(row, "ptc"),
        ptc_years=_value(row, "ptc_years"),
        macrs=int(_value(row, "macrs", 5)),
        reason=reason,
    )


def _phase(written: str, begin: int) -> float:
    """Share granted: `2034:0.75 2035:0.5 2036:0` are shares for construction that begins from
    January of these years.
    """
    share = 1.0
    for step in written.split():
        year, _, value = step.partition(":")
        if begin >= int(year) * 12:
            share = float(value)
    return share


def _value(row: CatalogueRow, name: str, default: float = 0.0) -> float:
    figure: Figure | None = row.figures.get(name)
    return default if figure is None else figure.value


def _month(text: str, name: str) -> int:
    match = _MONTH.match(text)
    if match is None or not 1 <= int(match[2]) <= 12:
        raise InputError(InputFault(Place(key=name), f"`{text}` is not a month", "YYYY-MM"))
    return int(match[1]) * 12 + int(match[2]) - 1


def _text(month: int) -> str:
    return f"{month // 12:04d}-{month % 12 + 1:02d}"
