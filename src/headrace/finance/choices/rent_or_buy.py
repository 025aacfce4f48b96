"""The use at which owning an accelerator costs what renting it does.

    owned  = price x capital recovery + power x PUE x 8,760 h x energy price     [USD/year]
    use    = owned / (8,760 h x rent)                                            [1]

Owned, it is paid whether it works or not; rented, only while it does.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.finance.levelised import crf
from headrace.finance.token_cost import HOURS


@dataclass(frozen=True)
class OwnedAccelerator:
    """price installed [USD]; life [year]; rate real or nominal as the prices are [1/year]; power
    [kW] at the chip; pue [1]; energy [USD/MWh]; fixed: staff, space, spares [USD/year].
    """

    price: float
    life: float
    rate: float
    power: float
    pue: float
    energy: float
    fixed: float = 0.0

    @property
    def yearly(self) -> float:
        """What it costs to own for a year, at full power [USD/year]."""
        drawn = self.power / 1e3 * self.pue * HOURS * self.energy
        return self.price * crf(self.rate, self.life) + drawn + self.fixed


def break_even_use(owned: OwnedAccelerator, rent: float) -> float:
    """Share of the hours above which owning is cheaper [1]; above 1: renting always is. rent:
    [USD/accelerator-h]. Raises InputError for a rent that is not above 0.
    """
    if not rent > 0:
        raise InputError(InputFault(Place(key="rent"), f"a rent of {rent:g}", "above 0"))
    return owned.yearly / (HOURS * rent)
