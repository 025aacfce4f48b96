"""How a plant runs in the plan, where the study asks for it: units on line, ramps, the size of one
unit.

Figures come from the catalogue's row or from the study's own technology. The exact counterpart,
with whole units, is `unit_dispatch.replay`; the line between minimum and full load is the same
(`unit_dispatch.fuel_line`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.components import Asset, Commitment, Converter
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Build, Fuel
from headrace.core.study import Technology as Own
from headrace.energy.fuels import captured
from headrace.energy.site import Built
from headrace.energy.technology import TechnologyRow, in_money, value_of
from headrace.energy.unit_dispatch import fuel_line


@dataclass(frozen=True)
class Running:
    """What a plant can do: commitment per MW, ramp [share of capacity an hour], one unit [MW];
    credit for CO2 kept [USD/MWh].
    """

    commitment: Commitment
    ramp: float
    unit_size: float
    credit: float = 0.0


def of_row(
    row: TechnologyRow, money_year: int, carbon: float, fuels: Mapping[str, Fuel]
) -> Running | None:
    """What a plant of the catalogue can do; None for what has no units on line: sun, wind,
    batteries, grid rights. carbon: price of CO2 [USD/t].
    """
    if row.kind not in ("thermal", "nuclear"):
        return None
    line, full = fuel_line(row), value_of(row.heat_rate, "MMBtu/MWh")
    commitment = Commitment(
        minimum=line.minimum,
        no_load=line.no_load / full if full else 0.0,
        start_cost=0.0
        if row.start_cost is None
        else in_money(row.start_cost, "USD/MW", money_year),
        start_fuel=value_of(row.start_fuel, "MMBtu/MW"),
    )
    ramp = value_of(row.ramp, "1/h", np.inf)
    return Running(commitment, ramp, row.unit_size.to("MW"), carbon * captured(row, fuels))


def of_own(technology: Own) -> Running | None:
    """What a technology of the study's own can do; None for a battery."""
    if technology.kind == "battery":
        return None
    units = technology.units
    commitment = Commitment(
        units.minimum_load,
        units.no_load,
        start_cost=units.start_cost,
        least_up=units.least_up,
        least_down=units.least_down,
        start_hours=units.start_hours,
    )
    return Running(commitment, np.inf if units.ramp is None else units.ramp, units.size)


def operated(built: Built, build: Build, running: Running | None) -> Built:
    """The same nouns, run as the study asks. Raises InputError where there are no units to run."""
    asked = [
        name
        for name, wanted in (("commitment", build.commitment != "none"), ("ramps", build.ramps))
        if wanted
    ]
    if running is None:
        if asked:
            found = f"{built.assets[0].title} has no units on line"
            raise InputError(
                InputFault(
                    Place(key=asked[0]), found, f"no `{asked[0]}` here; it is for plants with units"
                )
            )
        return built
    return replace(
        built, converters=tuple(_run(converter, build, running) for converter in built.converters)
    )


def _run(converter: Converter, build: Build, running: Running) -> Converter:
    rule = running.commitment if build.commitment == "relaxed" else None
    # what is kept out of the air follows the fuel: a part of it falls due without output
    if rule is not None:
        without = rule.no_load * running.credit
        rule = replace(rule, no_load_cost=-without)
        converter = replace(converter, cost=converter.cost + without)
    return replace(
        converter,
        commitment=rule,
        ramp=running.ramp if build.ramps else np.inf,
        unit_size=running.unit_size,
    )


def refuse_endless(site: str, assets: tuple[Asset, ...], converters: tuple[Converter, ...]) -> None:
    """Raise InputError where a unit may be lost of a plant that may grow without limit: its share
    of that is nothing.
    """
    most = {asset.id: asset.at_most for asset in assets}
    problems = [
        InputFault(
            Place.of("sites", site, "build", c.asset.key),
            f"no limit on {c.title}, whose units the reserve covers",
            "`at_most`",
        )
        for c in converters
        if c.asset is not None and c.has_activity and c.unit_size > 0 and np.isinf(most[c.asset])
    ]
    if problems:
        raise InputError(problems)
