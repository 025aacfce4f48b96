"""What a study writes of its grid, as nouns: the right to draw, what passes its meter, what is
given back through it, and what the utility charges for both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.core.components import Asset, Converter, PeakCharge, Port
from headrace.core.contract_terms import ContractTerm, EnergyTier, GenerationMeter, NetMetering
from headrace.core.ids import AssetId, AssetKind, AssetRole, ConverterId, ConverterRole
from headrace.core.study import DemandPeriod, Grid, TimeOfUse
from headrace.energy.contracts import staged_payments
from headrace.energy.grid import GridRight, PriceWindow, hours_of
from headrace.energy.site import Built, drawn, electricity
from headrace.energy.technology import technology
from headrace.energy.utility_tariff import UtilityTariff

A_CENT = 0.01
"""By how much less a MWh given back is paid than one bought costs, where it is offered more
[USD/MWh].
"""


@dataclass(frozen=True, eq=False)
class MeterSeries:
    """What moves at a meter from hour to hour.

    bought: price of a MWh with its carbon [USD/MWh]. given: paid for one that is given back
    [USD/MWh]. most: that may be drawn whatever the right, and most_given back [MW]. first_weekday:
    of 1 January, Monday is 0.
    """

    bought: Hourly
    given: Hourly = 0.0
    most: Hourly = np.inf
    most_given: Hourly = np.inf
    first_weekday: int = 0
    tariff: UtilityTariff | None = None


def grid(site: str, written: Grid, series: MeterSeries) -> Built:
    """The right to draw from the grid as the study writes it: a queue, energy by the hour, losses,
    charges on peaks and tiers, and what may be given back.

    Interruptible rights are built from the catalogue (`build: {grid: grid.flexible}`): their days
    follow the weather.
    """
    asset = Asset(
        id=AssetId(site, AssetRole.GRID),
        kind=AssetKind.GRID,
        title="grid right",
        unit="MW",
        payments=staged_payments(technology("grid"), written.price * 1e3, written.queue),
        fixed_cost=written.capacity * 1e3,
        lead_months=written.queue,
        life_months=12 * 40,
        at_most=written.limit,
        stands=written.stands,
        catalogue_key="grid.right",
    )
    right = GridRight(written.limit, written.queue, loss=written.loss)
    built = drawn(asset, "grid", right, 1.0)
    meter = replace(built.converters[0], cost=series.bought, at_most=series.most)
    export = () if written.export is None else (_export(asset.id, written, series),)
    return replace(
        built,
        converters=(meter, *export),
        peaks=_peaks(meter.id, written, series),
        terms=_terms(site, meter.id, written, series),
    )


def paid_for_export(written: Grid, bought: Hourly, given: Hourly) -> Hourly:
    """What a MWh given back is paid [USD/MWh]. Through one meter always a cent less than one bought
    costs in the hour: else what is bought would be given back at once (docs/decisions/0127).
    """
    assert written.export is not None
    return given if written.export.meter == "generation" else np.minimum(bought - A_CENT, given)


def _export(asset: AssetId, written: Grid, series: MeterSeries) -> Converter:
    """Electricity turned into money: counted at the meter, so more leaves the bus."""
    most = written.export.limit if written.export is not None else None
    return Converter(
        ConverterId(ConverterRole.EXPORT, asset),
        "export",
        (Port(electricity(asset.site), -1.0 / (1.0 - written.loss)),),
        asset=asset,
        cost=-1.0 * paid_for_export(written, series.bought, series.given),
        at_most=np.minimum(np.inf if most is None else most, series.most_given),
    )


def _peaks(meter: ConverterId, written: Grid, series: MeterSeries) -> tuple[PeakCharge, ...]:
    found = []
    if written.demand > 0:
        ratchet = 1.0 if written.billing == "year" else written.ratchet
        found.append(PeakCharge(meter, written.demand * 1e3, ratchet))
    for one in written.demands:
        hours = window_hours(one, series.first_weekday)
        found.append(PeakCharge(meter, one.charge * 1e3, one.ratchet, hours))
    if series.tariff is not None:
        found += [
            PeakCharge(meter, one.usd, one.ratchet, one.hours) for one in series.tariff.demands
        ]
    return tuple(found)


def window_hours(one: DemandPeriod, first_weekday: int) -> Hourly:
    """Hours in which the peak of a demand period counts, 1 or 0 [1]."""
    if one.begin == 0 and one.end == 24 and not one.months and not one.weekdays:
        return 1.0
    months = tuple(one.months or range(1, 13))
    end = 24 if one.end == one.begin else one.end
    window = PriceWindow(0.0, one.begin, end, months, weekdays_only=one.weekdays)
    hours: Floats = hours_of(window, first_weekday).astype(np.float64)
    return hours


def _terms(
    site: str, meter: ConverterId, written: Grid, series: MeterSeries
) -> tuple[ContractTerm, ...]:
    found: list[ContractTerm] = [EnergyTier(meter, t.above, t.adds) for t in written.tiers]
    if series.tariff is not None:
        found += [EnergyTier(meter, t.above, t.adds, t.hours) for t in series.tariff.tiers]
    export = written.export
    if export is not None:
        given = replace(meter, role=ConverterRole.EXPORT)
        if export.net_metering != "none":
            found.append(NetMetering(meter, given, export.net_metering))
        found.append(GenerationMeter(given, site, with_stores=export.meter == "net"))
    return tuple(found)


def windows_of(times: Sequence[TimeOfUse]) -> tuple[PriceWindow, ...]:
    """Times of use as a study writes them."""
    return tuple(
        PriceWindow(
            t.energy, t.begin, t.end, tuple(t.months or range(1, 13)), weekdays_only=t.weekdays
        )
        for t in times
    )
