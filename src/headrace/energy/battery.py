"""How batteries age, when their cells are replaced, and what a year of that costs; how panels and
turbines fade.

    energy left after t years and n full cycles = 1 - calendar_fade t - cycle_fade n

Measured LFP curves lose more in the first years (nearer a square root of time) and meet the line
before replacement. The plan uses the mean over the life, replay the value of the year.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.technology import TechnologyRow, value_of


@dataclass(frozen=True)
class Ageing:
    """A store's energy over its life, per MWh bought.

    left: share at the end of each year, replacements included, shape (years,); mean: over the life;
        replaced: years, counted from 1, at whose end the cells are replaced; replacement: share of
        the energy capex each replacement costs [1].
    """

    left: tuple[float, ...]
    mean: float
    replaced: tuple[int, ...]
    replacement: float


def ageing(technology: TechnologyRow, cycles_per_year: float, years: int) -> Ageing:
    """Ageing of a battery that does `cycles_per_year` full cycles [1/year] for `years` [year].

    Raises InputError for other technologies or silly cycles.
    """
    if technology.kind != "battery" or not 0 <= cycles_per_year <= 5000 or not 1 <= years <= 100:
        found = f"{technology.key}, {cycles_per_year:g} cycles a year, {years} years"
        raise InputError(InputFault(Place(), found, "a battery, 0 to 5,000 cycles, 1 to 100 years"))
    loss = (
        value_of(technology.calendar_fade, "1/year")
        + value_of(technology.cycle_fade, "1") * cycles_per_year
    )
    limit = value_of(technology.replace_at, "1", 0.0)
    left, replaced, mean, now = [], [], 0.0, 1.0
    for year in range(1, years + 1):
        end = max(0.0, now - loss)
        mean += 0.5 * (now + end) / years
        left.append(end)
        now = end
        if end < limit and year < years:
            replaced.append(year)
            now = 1.0
    return Ageing(tuple(left), mean, tuple(replaced), value_of(technology.replacement, "1"))


def wear(technology: TechnologyRow, energy_capex: float) -> float:
    """Cost of cycling a MWh through the store, by the energy it uses up [USD/MWh delivered].

    energy_capex [USD/MWh]. A full cycle consumes cycle_fade of the usable span 1 - replace_at,
    which a replacement of `replacement` x capex buys back.
    """
    span = 1.0 - value_of(technology.replace_at, "1", 0.0)
    if span <= 0:
        return 0.0
    return (
        value_of(technology.cycle_fade, "1")
        / span
        * value_of(technology.replacement, "1")
        * energy_capex
    )


def left_after(technology: TechnologyRow, years: float) -> float:
    """Share of the power capacity that is left after `years` of compound yearly fade [1]; panels,
    turbines, engines.
    """
    return float((1.0 - value_of(technology.fade, "1/year")) ** max(0.0, years))


def heat_rate_after(technology: TechnologyRow, years: float) -> float:
    """Heat rate after `years` [MMBtu/MWh], growing by its yearly fade."""
    return value_of(technology.heat_rate, "MMBtu/MWh") * float(
        (1.0 + value_of(technology.heat_rate_fade, "1/year")) ** max(0.0, years)
    )
