"""Fuels: what they cost where they are burnt, and the carbon that is in them.

The price of a fuel carries the carbon of all that is burnt; a plant with capture gets back what it
keeps out of the air (`captured`).
"""

from __future__ import annotations

from collections.abc import Mapping

from headrace.core.arrays import Hourly
from headrace.core.study import Fuel
from headrace.energy import technology as catalogue
from headrace.energy.technology import in_money, value_of


def default_fuels(used: set[str], written: set[str], money_year: int) -> dict[str, Fuel]:
    """Fuels that the technologies in use burn and the study does not write, at their catalogue
    prices in the study's money.
    """
    rows = {name: catalogue.fuel(name) for name in sorted(used - written) if name}
    return {
        name: Fuel.model_validate(
            {
                "price": f"{in_money(row.price, 'USD/MMBtu', money_year)} USD/MMBtu",
                "co2": f"{row.co2.to('kg/MMBtu')} kg/MMBtu",
                "source": row.price.source,
            }
        )
        for name, row in rows.items()
    }


def fuel_cost(written: Fuel, price: Hourly, carbon: Hourly) -> Hourly:
    """Fuel with its carbon [USD/MMBtu]; `price` is the fuel's price where it is burnt, `carbon` in
    USD/t.
    """
    return price + carbon * written.co2 / 1e3


def captured(row: catalogue.TechnologyRow, fuels: Mapping[str, Fuel]) -> float:
    """CO2 kept out of the air at full load [t/MWh]."""
    if not row.fuel:
        return 0.0
    burnt = (
        fuels[row.fuel].co2 / 1e3
        if row.fuel in fuels
        else catalogue.fuel(row.fuel).co2.to("t/MMBtu")
    )
    return value_of(row.capture, "1") * value_of(row.heat_rate, "MMBtu/MWh") * burnt
