"""The other side of a balance: energy that somebody has made or bought cannot be thrown away.

    all that is put in but by sun and wind  -  all that is taken out  -  wasted <= 0
    wasted <= what can be put in,  and it is dear

Only the sun on a panel and the wind on a turbine may go unused, for nothing. The bus's own row is
`taken out - put in <= 0`, so both together are an equation of what is made. It is written only
where throwing away could pay: where a source is paid for what it gives (a negative price), pays for
what it does not, or cannot follow the load (ramps, minimum load). Everywhere else the one-sided row
has the same optimum and is cheaper to solve (docs/decisions/0135). `wasted` leaves the pair of rows
an interior; it costs more than anything in the node can bring, and what is left of it is told.
"""

from __future__ import annotations

import numpy as np

from headrace.core.arrays import Hourly
from headrace.core.components import Bus, Converter, Store, System
from headrace.core.contract_terms import CurtailmentPrice
from headrace.core.ids import CarrierKind, ConverterRole
from headrace.plan.model.constraints import conversion, unit_commitment
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    Cut,
    Rate,
    RowLabel,
)
from headrace.plan.scenario.parameters import NodeParameters

WASTE_PRICE = 1e2
"""A wasted MWh costs at least this much [USD], and ten times what any source there is paid for one
or any customer pays: nothing is wasted that could have been left unmade.
"""


def sources(system: System, bus: Bus) -> list[tuple[int, Converter]]:
    """Number and converter of everything that is asked to put something into a bus."""
    return [
        (number, converter)
        for number, converter in enumerate(system.converters)
        if converter.has_activity
        and converter.id.role is ConverterRole.PLANT
        and any(port.bus == bus and np.max(port.ratio) > 0 for port in converter.ports)
    ]


def two_sided(system: System, parameters: NodeParameters, cut: Cut) -> tuple[Bus, ...]:
    """Buses of energy at which throwing away could pay in a node."""
    made = {port.bus: None for converter in system.converters for port in converter.ports}
    paying = {term.source for term in system.terms if isinstance(term, CurtailmentPrice)}
    return tuple(
        bus
        for bus in made
        if bus.carrier.kind is CarrierKind.ELECTRICITY
        and any(
            # it cannot follow, pays for what it does not give, or is paid to run
            one.ramp < 1.0
            or one.id in paying
            or (one.commitment is not None and one.commitment.minimum > 0)
            or np.max(income(system, one, parameters, cut)) > 0
            for _, one in sources(system, bus)
        )
    )


def income(system: System, converter: Converter, parameters: NodeParameters, cut: Cut) -> Hourly:
    """What a unit of activity, on line for it, brings in an hour [USD]."""
    total: Hourly = 0.0
    converter = parameters.converter(converter)
    for rate in conversion.rates(converter, parameters, system.sold_at, cut):
        total = total + rate.usd
    if converter.commitment is not None:
        for rate in unit_commitment.running_rates(converter, parameters, cut):
            total = total + rate.usd
    return total


def waste_rate(system: System, parameters: NodeParameters, cut: Cut, bus: Bus) -> Rate:
    """What a wasted unit costs at a bus [USD]."""
    most = [
        float(np.max(np.abs(income(system, one, parameters, cut))))
        for one in system.converters
        if any(port.bus == bus for port in one.ports)
    ]
    # nor is what may not go unused at a price taken for less and thrown away
    unused = [t.usd for t in system.terms if isinstance(t, CurtailmentPrice)]
    first = sources(system, bus)[0][1]
    return Rate("short", first.id, -max(WASTE_PRICE, 2.0 * max(most + unused)))


def add(context: ConstraintContext, system: System) -> None:
    """Open the second row of every bus that needs one; before anything is put in or taken out."""
    for bus in two_sided(system, context.parameters, context.writer.cut):
        context.surplus_rows[bus] = context.row(RowLabel("surplus", bus), "surplus")


def finish(context: ConstraintContext, system: System) -> None:
    """Let each such row waste, dearly, as much as can be put in."""
    for bus, row in context.surplus_rows.items():
        there = [(n, one) for n, one in sources(system, bus) if one.asset in context.standing]
        if not there:
            continue
        rate = waste_rate(system, context.parameters, context.writer.cut, bus)
        label = ColumnLabel("wasted", sources(system, bus)[0][0])
        wasted = context.column(label, rate.about, (rate,))
        for _, converter in there:
            converter = context.parameters.converter(converter)
            assert converter.asset is not None
            given = sum(np.maximum(p.ratio, 0.0) for p in converter.ports if p.bus == bus)
            context.bound_by_asset(wasted, converter.asset, given * converter.availability)
        for store in system.stores:
            if store.bus == bus:
                context.bound_by_asset(wasted, store.power_asset, store.availability)
        context.writer.entry(row, wasted, -1.0)


def thrown(context: ConstraintContext, system: System, bus: Bus) -> list[int]:
    """The columns of what is thrown away at a bus or in its stores."""
    found = [context.find("wasted", sources(system, bus)[0][0])]
    found += [context.find("spilled", n) for n, s in enumerate(system.stores) if s.bus == bus]
    return [column for column in found if column is not None]


def keep(context: ConstraintContext, system: System, store: Store, number: int) -> None:
    """Let a store at such a bus throw nothing away either: what is charged is there, and it charges
    for a part of an hour and discharges for the rest.

        b[next] (keep level + eta_in charge - discharge / eta_out - level[next]) - spilled <= 0
        charge + discharge <= a P

    b is 0 where nothing comes after: what is left then is left, no more than the store holds.
    """
    level = context.find("level", number)
    if store.bus not in context.surplus_rows or level is None:
        return
    writer = context.writer
    rate = waste_rate(system, context.parameters, writer.cut, store.bus)
    spilled = context.column(ColumnLabel("spilled", number), store.id, (rate,))
    context.bound_by_asset(spilled, store.energy_asset, store.availability)
    goes_on = writer.calendar.carried
    if np.ndim(goes_on):
        goes_on = np.asarray(goes_on)[writer.calendar.next_hour]
    chain = writer.chain(f"kept in {store.id}", level)
    writer.chain_entry(chain, level, -1.0 * goes_on, following=True)
    writer.chain_entry(chain, level, store.keep * goes_on)
    writer.chain_entry(chain, spilled, -1.0)
    row = context.row(RowLabel("store", store.id), "one way at a time")
    context.allow_by_asset(row, store.power_asset, store.availability)
    ends = context.row(RowLabel("store", store.id), "left at the end") if np.ndim(goes_on) else -1
    if ends >= 0:
        context.allow_by_asset(ends, store.energy_asset, store.availability)
        writer.entry(ends, level, store.keep * (1.0 - goes_on))
    charge, discharge = context.find("charge", number), context.find("discharge", number)
    assert charge is not None
    assert discharge is not None
    for column, stored in ((charge, store.efficiency_in), (discharge, -1 / store.efficiency_out)):
        writer.chain_entry(chain, column, stored * goes_on)
        writer.entry(row, column, 1.0)
        if ends >= 0:
            writer.entry(ends, column, stored * (1.0 - goes_on))


def bus_of(converter: Converter) -> Bus:
    """The bus of energy into which a converter puts what it makes."""
    return next(p.bus for p in converter.ports if p.bus.carrier.kind is CarrierKind.ELECTRICITY)
