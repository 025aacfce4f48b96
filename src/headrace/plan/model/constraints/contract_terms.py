"""What contracts ask over hours and months.

    tier          sum_m w (a_t - beyond_t) <= above          beyond_t costs what the tier adds
    net metering  credited_t <= given_t,  sum_p w credited_t <= sum_p w bought_t
    generation    given_t (at the bus) <= what the plants, and where one meter sees all what the
                                          stores of the site give in the hour
    take or pay   a_t + unused_t + spared_t >= availability_t K,  unused_t is paid like a_t
                  sum_y w (least spared_t - (1 - least)(a_t + unused_t)) <= 0
    curtailment   a_t + unused_t + excess_t >= availability_t K, unused_t costs what is written
                  sum_y w ((1 - most) unused_t + thrown_t - most (a_t + excess_t)) <= 0
                  with a limit only; excess_t is dear, thrown_t is wasted or spilled at the bus
                  by month: sum_m w (s_mt a_t + unused_mt) >= least sum_m w s_mt availability_t K
    fuel          sum w (fuel burnt + unburnt_t) >= least,   unburnt_t costs the fuel's price
                  by month: sum_m w (s_mt fuel burnt + unburnt_mt) >= least of the month

Months are those of a snapshot's own hour. Load blocks stand for every month alike. Take or pay by
month bills every month (plan/scenario/billed_months.py): s_mt is the share of the hours for which a
snapshot stands that are in month m.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR, Floats, Ints
from headrace.core.components import Converter, System
from headrace.core.contract_terms import (
    CurtailmentPrice,
    EnergyTier,
    FuelTakeOrPay,
    GenerationMeter,
    NetMetering,
    TakeOrPay,
)
from headrace.core.ids import AssetRole, CarrierKind, ConverterId, ConverterRole
from headrace.plan.model.constraints import surplus
from headrace.plan.model.constraints.context import (
    ColumnLabel,
    ConstraintContext,
    Cut,
    Rate,
    RowLabel,
)
from headrace.plan.model.constraints.conversion import running_cost
from headrace.plan.model.constraints.demand import SHORT_FACTOR
from headrace.plan.scenario.billed_months import side_by_side
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.time_slices import HOURS, MONTH_STARTS, TimeSlices

MOST = 50_000.0
"""Bound of a column that something else limits, where that has none [MW]."""


def rates(
    system: System, label: ColumnLabel, parameters: NodeParameters, cut: Cut
) -> tuple[Rate, ...]:
    """What a unit of a term's own column moves in an hour [USD]."""
    match system.terms[label.number]:
        case EnergyTier(meter=meter, usd=usd):
            return (Rate("variable", meter, -usd),)
        case NetMetering(bought=bought, given=given):
            buys, gives = (
                running_cost(_here(system, parameters, one), parameters, cut)
                for one in (bought, given)
            )
            return (Rate("variable", given, buys + gives),)
        case TakeOrPay(source=source):
            paid = running_cost(_here(system, parameters, source), parameters, cut)
            return (Rate("variable", source, -1.0 * paid),)
        case CurtailmentPrice(source=source) if label.kind == "excess":
            # as dear as a MWh short of a promise
            bus = surplus.bus_of(_of(system, source))
            dear = surplus.waste_rate(system, parameters, cut, bus).usd
            return (Rate("short", source, SHORT_FACTOR / 2 * dear),)
        case CurtailmentPrice(source=source, usd=usd):
            return (Rate("variable", source, -usd),)
        case FuelTakeOrPay(fuel=fuel):
            first = next(c for c in system.converters if c.fuel == fuel)
            return (Rate("fuel", first.id, -parameters.unburnt[fuel]),)
    return ()


def add(context: ConstraintContext, system: System, number: int, begin: float, end: float) -> None:
    """Write one term of the system where what it is about is there; begin, end: of the node after
    the horizon's start [month].
    """
    term = system.terms[number]
    match term:
        case EnergyTier():
            _tier(context, system, term, number)
        case NetMetering():
            _netted(context, system, term, number)
        case GenerationMeter():
            _generation(context, system, term)
        case TakeOrPay():
            _paid_unused(context, system, term, number)
        case CurtailmentPrice():
            _curtailed(context, system, term, number)
        case FuelTakeOrPay() if begin < term.until:
            share = (min(end, term.until) - begin) / (end - begin)
            _paid_unburnt(context, system, term, number, share)


def _of(system: System, one: ConverterId) -> Converter:
    return system.converters[system.converter_numbers[one]]


def _here(system: System, parameters: NodeParameters, one: ConverterId) -> Converter:
    return parameters.converter(_of(system, one))


def months_of(calendar: TimeSlices) -> tuple[Ints, Floats]:
    """Number of each snapshot's month, shape (snapshot,), and how many months of the node each
    stands for [month].
    """
    if calendar.labelled == "load blocks":
        return np.zeros(len(calendar.hour), np.int64), np.array([12 * calendar.span / HOURS])
    month = np.searchsorted(MONTH_STARTS, calendar.hour, side="right") - 1
    numbers = np.unique(month, return_inverse=True)[1].astype(np.int64)
    if len(calendar.hour) == len(calendar.like) == calendar.span:
        return numbers, np.ones(int(numbers.max()) + 1)
    total = sum(count for count, _ in calendar.months)
    weight = np.bincount(numbers, calendar.weights)
    return numbers, total * weight / weight.sum()


def _tier(context: ConstraintContext, system: System, term: EnergyTier, number: int) -> None:
    taken = context.find("activity", system.converter_numbers[term.meter])
    if taken is None:
        return
    writer = context.writer
    asset = _of(system, term.meter).asset
    most = system.asset(asset).at_most if asset is not None else MOST
    label = ColumnLabel("beyond", number)
    term_rates = rates(system, label, context.parameters, writer.cut)
    beyond = context.column(label, term.meter, term_rates, min(most, MOST))
    months, counts = months_of(writer.calendar)
    window = _window(context, RowLabel("tier", term.meter), months, term.above * counts)
    inside = writer.calendar.weights * writer.cut(term.hours)
    writer.window_entry(window, taken, inside)
    writer.window_entry(window, beyond, -inside)


def _netted(context: ConstraintContext, system: System, term: NetMetering, number: int) -> None:
    bought, given = (
        context.find("activity", system.converter_numbers[one]) for one in (term.bought, term.given)
    )
    if bought is None or given is None:
        return
    writer, asset = context.writer, _of(system, term.given).asset
    most = system.asset(asset).at_most if asset is not None else MOST
    label = ColumnLabel("credited", number)
    term_rates = rates(system, label, context.parameters, writer.cut)
    credited = context.column(label, term.given, term_rates, min(most, MOST))
    row = context.row(RowLabel("netted", term.given), "netted")
    writer.entry(row, credited, 1.0)
    writer.entry(row, given, -1.0)
    weights = writer.calendar.weights
    months = months_of(writer.calendar)[0]
    of = months if term.period == "month" else np.zeros_like(months)
    window = _window(context, RowLabel("netted", term.given), of, np.zeros(int(of.max()) + 1))
    writer.window_entry(window, credited, weights)
    writer.window_entry(window, bought, -weights)


def _generation(context: ConstraintContext, system: System, term: GenerationMeter) -> None:
    given = context.find("activity", system.converter_numbers[term.given])
    if given is None:
        return
    writer = context.writer
    row = context.row(RowLabel("generation", term.given), "generation")
    taken = _here(system, context.parameters, term.given).ports[0].ratio
    writer.entry(row, given, -1.0 * writer.cut(taken))
    for number, listed in enumerate(system.converters):
        asset = listed.id.asset
        if (
            listed.id.role is ConverterRole.PLANT
            and asset is not None
            and asset.role is AssetRole.BUILD
            and asset.site == term.site
        ):
            _count_made(context, context.parameters.converter(listed), number, row)
    for number, store in enumerate(system.stores):
        discharge = context.find("discharge", number)
        if term.with_stores and store.site == term.site and discharge is not None:
            writer.entry(row, discharge, -1.0)


def _count_made(context: ConstraintContext, plant: Converter, number: int, row: int) -> None:
    """Let a row grow by what a plant gives of electricity."""
    activity = context.find("activity", number)
    for port in plant.standing:
        if plant.asset is not None and port.bus.carrier.kind is CarrierKind.ELECTRICITY:
            context.allow_by_asset(row, plant.asset, port.ratio)
    for port in plant.ports:
        if activity is not None and port.bus.carrier.kind is CarrierKind.ELECTRICITY:
            context.writer.entry(row, activity, -1.0 * context.writer.cut(port.ratio))


def _paid_unused(context: ConstraintContext, system: System, term: TakeOrPay, number: int) -> None:
    source = _here(system, context.parameters, term.source)
    used = context.find("activity", system.converter_numbers[term.source])
    if used is None or source.asset is None:
        return
    if term.period == "month":
        _paid_by_month(context, system, term, number)
        return
    writer, label = context.writer, ColumnLabel("unused", number)
    paid = rates(system, label, context.parameters, writer.cut)
    unused = context.column(label, term.source, paid, at_rest=True)
    columns = [used, unused]
    context.bound_by_asset(unused, source.asset, source.availability)
    if term.least < 1:
        spared = context.column(ColumnLabel("spared", number), term.source)
        context.bound_by_asset(spared, source.asset, source.availability)
        window = _yearly(context, RowLabel("spared", term.source))
        writer.window_entry(window, spared, term.least * writer.calendar.weights)
        for column in columns:
            writer.window_entry(window, column, (term.least - 1.0) * writer.calendar.weights)
        columns.append(spared)
    _offer(context, source, columns)


def _paid_by_month(
    context: ConstraintContext, system: System, term: TakeOrPay, number: int
) -> None:
    """Each month pays for what it takes too little, in columns of its own."""
    source = _here(system, context.parameters, term.source)
    used = context.find("activity", system.converter_numbers[term.source])
    assert used is not None
    assert source.asset is not None
    writer, label = context.writer, ColumnLabel("unused", number)
    weights, availability = writer.calendar.weights, writer.cut(source.availability)
    paid = rates(system, label, context.parameters, writer.cut)
    for together in side_by_side(writer.calendar):
        unused = context.column(label, term.source, paid, at_rest=True)
        there = np.max([month.share for month in together], axis=0) > 0
        context.bound_by_asset(unused, source.asset, source.availability, np.where(there, 1.0, 0.0))
        for month in together:
            window = _window(context, RowLabel("unused", term.source), month.window, np.zeros(1))
            writer.window_entry(window, used, -weights * month.share)
            writer.window_entry(window, unused, -weights)
            least = term.least * weights * month.share * availability
            for border, mask in context.standing.get(source.asset, ()):
                offered = float((least if mask is None else least * mask).sum())
                scale = context.scales[source.asset]
                writer.window_allowance(window, border, -offered * scale)


def _curtailed(
    context: ConstraintContext, system: System, term: CurtailmentPrice, number: int
) -> None:
    source = _here(system, context.parameters, term.source)
    used = context.find("activity", system.converter_numbers[term.source])
    if used is None or source.asset is None:
        return
    columns = [used]
    for kind in ("unused", "excess") if term.most < 1 else ("unused",):
        label = ColumnLabel(kind, number)
        paid = rates(system, label, context.parameters, context.writer.cut)
        last = kind == "excess" or term.most >= 1
        columns.append(context.column(label, term.source, paid, at_rest=last))
        context.bound_by_asset(columns[-1], source.asset, source.availability)
    if term.most < 1:
        weights = context.writer.calendar.weights
        window = _yearly(context, RowLabel("untaken", term.source))
        for column, share in zip(columns, (-term.most, 1 - term.most, -term.most), strict=True):
            context.writer.window_entry(window, column, share * weights)
        # nor is the limit kept by taking what is then thrown away
        for thrown in surplus.thrown(context, system, surplus.bus_of(source)):
            context.writer.window_entry(window, thrown, weights)
    _offer(context, source, columns)


def _yearly(context: ConstraintContext, label: RowLabel) -> int:
    """A window of the node's year in which nothing is left over."""
    snapshots = len(context.writer.calendar.weights)
    return _window(context, label, np.zeros(snapshots, np.int64), np.zeros(1))


def _offer(context: ConstraintContext, source: Converter, columns: list[int]) -> None:
    """All that a source offers goes into one of the columns."""
    assert source.asset is not None
    row = context.row(RowLabel("offered", source.id), "offered")
    for column in columns:
        context.writer.entry(row, column, -1.0)
    context.allow_by_asset(row, source.asset, -1.0 * np.asarray(source.availability))


def _paid_unburnt(
    context: ConstraintContext, system: System, term: FuelTakeOrPay, number: int, share: float
) -> None:
    burning = [(n, c) for n, c in enumerate(system.converters) if c.fuel == term.fuel]
    if not burning:
        return
    writer, weights = context.writer, context.writer.calendar.weights
    about, hourly = burning[0][1].id, share * term.least / HOURS_PER_YEAR
    label = ColumnLabel("unburnt", number)
    paid = rates(system, label, context.parameters, writer.cut)
    if term.period == "month":
        full = term.least / HOURS_PER_YEAR
        for together in side_by_side(writer.calendar):
            due = sum(month.share * month.before(share) for month in together)
            most = np.where(np.asarray(due) > 0, full, 0.0)
            unburnt = context.column(label, about, paid, most, at_rest=True)
            for month in together:
                owed = full * month.before(share) * float(weights @ month.share)
                rhs = np.array([-owed])
                window = _window(context, RowLabel("unburnt", about), month.window, rhs)
                writer.window_entry(window, unburnt, -weights)
                _count_burnt(context, burning, window, weights * month.share)
        return
    unburnt = context.column(label, about, paid, hourly, at_rest=True)
    one, owed = np.zeros(len(weights), np.int64), hourly * float(weights.sum())
    window = _window(context, RowLabel("unburnt", about), one, np.array([-owed]))
    writer.window_entry(window, unburnt, -weights)
    _count_burnt(context, burning, window, weights)


def _count_burnt(
    context: ConstraintContext,
    burning: Sequence[tuple[int, Converter]],
    window: int,
    weights: Floats,
) -> None:
    """Take what is burnt off what a window owes."""
    for n, converter in burning:
        rule = converter.commitment
        no_load = rule.no_load if rule is not None else 0.0
        columns: tuple[tuple[int | None, float], ...] = (
            (context.find("activity", n), converter.fuel_rate * (1.0 - no_load)),
            (context.find("running", n), converter.fuel_rate * no_load),
            (context.find("start", n), rule.start_fuel if rule is not None else 0.0),
        )
        for column, rate in columns:
            if column is not None and rate > 0:
                context.writer.window_entry(window, column, -rate * weights)


def _window(context: ConstraintContext, label: RowLabel, of: Ints, rhs: Floats) -> int:
    context.windows.append(label)
    return context.writer.window(f"{label.kind} {label.about}", of, rhs)
