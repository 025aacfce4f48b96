"""What a year without power costs, by two rules that lead to different orders.

*Retail rule* (Newkirk et al. 2025): every idle hour costs the retail price of the accelerators,
from today until power comes. *Opportunity rule* (ours): accelerators are ordered to arrive with the
power, so a delay costs the rent they would have earned on top of what they cost: retail less the
accelerator's own capital, the hall, its staff and its electricity, times the share of hours that
are sold. Both are spread over the discounted energy of the project, as an adder to the levelised
cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.levelised import crf


@dataclass(frozen=True)
class Idle:
    """Accelerators that wait. retail [USD/accelerator-h]; power: at the meter with the hall's
    losses [kW/accelerator].

    rate: discount a year; years: from the decision to the end of the project, delay included;
        served: share of the energy asked for that the supply delivers [1].
    """

    retail: float
    power: float
    rate: float = 0.07
    years: int = 27
    served: float = 1.0


@dataclass(frozen=True)
class AcceleratorCost:
    """What an accelerator costs to own. price installed [USD]; life [year]; hall and network
    [USD/accelerator]; hall_life [year]; staff, spares, insurance [USD/accelerator-year]; sold:
    share of hours that earn [1].
    """

    price: float
    life: float
    hall: float
    hall_life: float
    yearly: float
    sold: float = 1.0


@dataclass(frozen=True)
class PowerSupply:
    """A way to get power: its levelised cost [USD/MWh] and the delay until it comes [year]."""

    name: str
    cost: float
    delay: float


@dataclass(frozen=True)
class Ranked:
    """A supply with its adder and total [USD/MWh]."""

    name: str
    cost: float
    adder: float

    @property
    def total(self) -> float:
        """Levelised cost with the adder [USD/MWh]."""
        return self.cost + self.adder


def idle_adder(hourly: float, delay: float, idle: Idle) -> float:
    """Cost of waiting `delay` years at `hourly` USD per accelerator-hour, per MWh of the energy
    served afterwards [USD/MWh].

    Idle years are paid at each year's beginning, energy comes at mid-year from the delay to the
    project's end, a part of a year counts in part (the timing of Newkirk et al. 2025). Raises
    InputError where no year of operation is left.
    """
    if not 0 <= delay < idle.years or idle.power <= 0 or not 0 < idle.served <= 1:
        raise InputError(
            InputFault(
                Place(),
                f"a delay of {delay:g} of {idle.years} years, {idle.power:g} kW",
                "time and power left over",
            )
        )
    whole, part = int(delay), delay - int(delay)
    factor = 1.0 + idle.rate
    waiting = sum(math.pow(factor, -year) for year in range(whole)) + part * math.pow(
        factor, -whole
    )
    serving = sum(
        (1 - part if year == whole else 1) * math.pow(factor, -year - 0.5)
        for year in range(whole, idle.years)
    )
    return hourly * waiting / (idle.power * serving * idle.served) * 1e3


def rent(retail: float, cost: AcceleratorCost, idle: Idle, electricity: float) -> float:
    """What an accelerator earns beyond its cost [USD/h]: sold x retail - capital, hall, staff,
    electricity [USD/MWh].

    Never below 0: an accelerator that earns no rent is not bought, and its delay costs nothing.
    """
    capital = (
        cost.price * crf(idle.rate, cost.life)
        + cost.hall * crf(idle.rate, cost.hall_life)
        + cost.yearly
    )
    return max(0.0, cost.sold * retail - capital / 8760 - electricity * idle.power / 1e3)


def by_retail(supplies: tuple[PowerSupply, ...], idle: Idle) -> tuple[Ranked, ...]:
    """Supplies ranked by levelised cost and idle hours at retail, cheapest first."""
    found = [Ranked(s.name, s.cost, idle_adder(idle.retail, s.delay, idle)) for s in supplies]
    return tuple(sorted(found, key=lambda one: one.total))


def by_opportunity(
    supplies: tuple[PowerSupply, ...], idle: Idle, cost: AcceleratorCost
) -> tuple[Ranked, ...]:
    """Supplies ranked by levelised cost and forgone rent, cheapest first."""
    found = [
        Ranked(s.name, s.cost, idle_adder(rent(idle.retail, cost, idle, s.cost), s.delay, idle))
        for s in supplies
    ]
    return tuple(sorted(found, key=lambda one: one.total))


def dispatchable(direct: float, storage: float, stored: float) -> float:
    """Cost of solar energy around the clock: `direct` [USD/MWh] plus `storage` [USD/MWh] on the
    share that is `stored` [1].
    """
    return direct + stored * storage
