"""What utilities and contracts ask in the slices of a node: charges on peaks, tiers, export, energy
and fuel that are paid for, used or not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from tests.oracle.linear_program import Columns, Floats
from tests.oracle.plain_study import Charge, Plant
from tests.oracle.time_slices import MONTH_OF_HOUR, inside
from tests.oracle.units import HOURS_PER_YEAR, MONTHS_PER_YEAR

if TYPE_CHECKING:
    from tests.oracle.operation import Operation, Terms


def charges(here: Operation, asked: Sequence[Charge], taken: Columns) -> None:
    """Each month pays for the larger of its own peak and a share of the year's."""
    for charge in asked:
        for months in _billed(here, charge):
            every = np.unique(np.concatenate([slices for _, slices in months]))
            (year,) = here.program.add_columns(1, here.number)
            here.program.add_rows([(taken[every], 1.0), (year, -1.0)], 0.0, len(every))
            for count, slices in months:
                worth = -charge.usd * count * float(here.time.factor[slices[0]])
                (billed,) = here.program.add_columns(1, here.number, worth)
                here.program.add_rows([(taken[slices], 1.0), (billed, -1.0)], 0.0, len(slices))
                here.program.add_rows([(year, charge.ratchet), (billed, -1.0)], 0.0, 1)


def _billed(here: Operation, charge: Charge) -> Iterator[list[tuple[float, Columns]]]:
    """By operated year: months that are alike, and the slices in which their peak counts."""
    if not here.time.like:
        for year in np.unique(here.time.year):
            monthly = here.time.bills["month"]
            of = [(n, slices) for n, slices in monthly if here.time.year[slices[0]] == year]
            yield of
        return
    window = inside(charge.window, here.built.data.first_weekday)
    for hours, like in here.time.like:
        months = []
        for month in np.unique(MONTH_OF_HOUR[hours]):
            counts = (MONTH_OF_HOUR[hours] == month) & window[hours]
            if counts.any():
                months.append((1.0, np.unique(like[counts])))
        if months:
            yield months


def _months(here: Operation) -> Iterator[tuple[Columns, float]]:
    """Slices of each month of an operated year by their own hours, and the months they stand for;
    load blocks stand for all months alike."""
    weight = here.time.weight
    for year in np.unique(here.time.year):
        within = np.flatnonzero(here.time.year == year)
        total = MONTHS_PER_YEAR * float(weight[within].sum()) / HOURS_PER_YEAR
        if here.study.blocks:
            yield within, total
            continue
        name = MONTH_OF_HOUR[here.time.label[within]]
        total = min(here.node.end - here.node.begin - MONTHS_PER_YEAR * year, MONTHS_PER_YEAR)
        for month in np.unique(name):
            mine = within[name == month]
            share = float(weight[mine].sum() / weight[within].sum())
            yield mine, 1.0 if here.study.weeks is None else total * share


def tiers(here: Operation, asked: Sequence[tuple[float, float]], taken: Columns) -> None:
    """Energy of a month beyond an amount costs more."""
    for above, adds in asked:
        beyond = here.columns(-adds * here.worth)
        for slices, months in _months(here):
            weight = here.time.weight[slices]
            columns = np.concatenate([taken[slices], beyond[slices]])
            here.program.add_window(columns, np.concatenate([weight, -weight]), above * months)


def export(
    here: Operation,
    site: str,
    bought: tuple[Columns, list[Floats]],
    wire: tuple[Terms, Floats],
    used: Terms,
) -> None:
    """What is given back through the right, and what is paid for it."""
    grid = here.study.sites[site].grid
    assert grid is not None
    assert grid.export is not None
    taken, buying = bought
    written, (orders, stands) = grid.export, wire
    paid = here.hourly(here.believed(f"export:{site}", written.price, "USD/MWh"))
    if written.meter == "net":
        paid = [np.minimum(p, cost - 0.01) for p, cost in zip(paid, buying, strict=True)]
    price, paid = here.meant(buying), here.meant(paid)
    most: float | Floats = written.limit
    if written.hourly_limit is not None:
        most = np.minimum(most, written.hourly_limit[here.time.label])
    given = here.columns(paid * here.worth, most)
    here.program.add_rows([(given, 1.0), *orders], stands, here.count)
    used.append((given, 1 / (1 - grid.loss)))
    made, standing = here.made[site]
    # one meter takes or gives: what is bought does not come back, whatever the loss and the price
    stored = here.discharged.get(site, []) if written.meter == "net" else []
    rows = [(given, 1 / (1 - grid.loss)), *made, *stored]
    here.program.add_rows(rows, standing, here.count)
    if written.net_metering != "none":
        credited = here.columns((price - paid) * here.worth)
        here.program.add_rows([(credited, 1.0), (given, -1.0)], 0.0, here.count)
        if written.net_metering == "month":
            periods = [slices for slices, _ in _months(here)]
        else:
            years = np.unique(here.time.year)
            periods = [np.flatnonzero(here.time.year == year) for year in years]
        for slices in periods:
            weight = here.time.weight[slices]
            columns = np.concatenate([credited[slices], taken[slices]])
            here.program.add_window(columns, np.concatenate([weight, -weight]), 0.0)


def purchase(here: Operation, plant: Plant, used: Terms) -> None:
    """Energy of others as it is produced, paid for even if it is not taken, but for a part."""
    share: float | Floats = plant.availability
    if plant.profile is not None:
        share = share * plant.profile[here.time.label]
    orders, stands = here.capacity(("power", plant.site, plant.name), share)
    if plant.take_or_pay_period == "month" and plant.take_or_pay < 1:
        taken = _by_month(here, plant, share)
        here.program.add_rows([(taken, 1.0), *orders], stands, here.count)
        used.append((taken, -1.0))
        here.made[plant.site][0].append((taken, -1.0))
        return
    taken, wasted = (
        here.columns(-plant.variable * here.worth),
        here.columns(-plant.variable * here.worth),
    )
    spared = here.columns()
    here.program.add_rows([(taken, 1.0), *orders], stands, here.count)
    offered = [(column, -weight) for column, weight in orders]
    terms = [(taken, -1.0), (wasted, -1.0), (spared, -1.0), *offered]
    here.program.add_rows(terms, -stands, here.count)
    for year in np.unique(here.time.year):
        within = np.flatnonzero(here.time.year == year)
        weight = here.time.weight[within]
        columns = np.concatenate([spared[within], taken[within], wasted[within]])
        least = plant.take_or_pay
        weights = np.concatenate([least * weight, (least - 1) * weight, (least - 1) * weight])
        here.program.add_window(columns, weights, 0.0)
    used.append((taken, -1.0))
    here.made[plant.site][0].append((taken, -1.0))


def _by_month(here: Operation, plant: Plant, share: float | Floats) -> Columns:
    """What is taken; each month pays for what lacks to the least share of all that it offers."""
    taken = here.columns(-plant.variable * here.worth)
    every = np.arange(here.count)
    for weight, _, _ in _every_month(here):
        factor = float(here.time.factor[np.flatnonzero(weight)[0]])
        (lacking,) = here.program.add_columns(1, here.number, -plant.variable * factor)
        offered, stands = here.capacity(("power", plant.site, plant.name), share)
        sums = [float(weight @ np.broadcast_to(each, here.count)) for _, each in offered]
        owing = np.array([column for column, _ in offered], dtype=np.int64)
        columns = np.concatenate([taken[every], [lacking], owing])
        weights = [-weight, [-1.0], [-plant.take_or_pay * one for one in sums]]
        owed = plant.take_or_pay * float(weight @ stands)
        here.program.add_window(columns, np.concatenate(weights), -owed)
    return taken


def _every_month(here: Operation) -> Iterator[tuple[Floats, float, float]]:
    """Each month of each operated year: hours of each slice that lie in it, its begin and end
    [month]. In blocks all months between two arrivals are alike."""
    if here.study.blocks:
        begins = np.unique(here.time.begin)
        for begin, end in zip(begins, [*begins[1:], here.node.end], strict=True):
            yield np.where(here.time.begin == begin, here.time.weight, 0.0), begin, end
        return
    for year, (hours, like) in enumerate(here.time.like):
        names = MONTH_OF_HOUR[hours]
        counted = np.bincount(like, minlength=here.count)
        alone = (here.time.year == year) & (counted == 0)
        for place, name in enumerate(dict.fromkeys(names.tolist())):
            mine = np.bincount(like[names == name], minlength=here.count)
            part = np.where(counted > 0, mine / np.maximum(counted, 1), 0.0)
            part[alone] = MONTH_OF_HOUR[here.time.label[alone]] == name
            begin = here.node.begin + MONTHS_PER_YEAR * year + place
            yield part * here.time.weight, begin, begin + 1


def curtailed(here: Operation, plant: Plant, used: Columns, orders: Terms, stands: Floats) -> None:
    """What is offered and not taken is paid for, and is at most a share of a year's offer."""
    unused = here.columns(-plant.curtailment * here.worth)
    terms = [(used, -1.0), (unused, -1.0), *((column, -share) for column, share in orders)]
    here.program.add_rows(terms, -stands, here.count)
    for year in np.unique(here.time.year):
        within = np.flatnonzero(here.time.year == year)
        weight, most = here.time.weight[within], plant.curtailment_limit
        columns = np.concatenate([unused[within], used[within]])
        here.program.add_window(columns, np.concatenate([(1 - most) * weight, -most * weight]), 0.0)


def fuel(here: Operation, name: str, least: float, until: float, period: str) -> None:
    """A least amount of a fuel is paid for in each year, or month by the hour, at the year's mean
    price without carbon."""
    burnt = here.burnt[name]
    if not burnt:
        return
    listed = here.study.fuels[name][0]
    if period == "month":
        for weight, begin, end in _every_month(here):
            first = int(np.flatnonzero(weight)[0])
            since = here.node.begin + MONTHS_PER_YEAR * int(here.time.year[first])
            months = here.study.start + np.arange(
                round(since), round(min(here.node.end, since + MONTHS_PER_YEAR))
            )
            price = float(np.mean([np.mean(listed.at(m)) for m in months]))
            price = here.node.fuel.get(name, price) * float(here.time.factor[first])
            share = float(np.clip((until - begin) / (end - begin), 0, 1))
            (unburnt,) = here.program.add_columns(1, here.number, -price)
            here.program.add_window(
                np.append(np.concatenate([columns for columns, _ in burnt]), unburnt),
                np.append(np.concatenate([-rate * weight for _, rate in burnt]), -1.0),
                -least * share * float(weight.sum()) / HOURS_PER_YEAR,
            )
        return
    for year in np.unique(here.time.year):
        within = np.flatnonzero(here.time.year == year)
        begin = here.node.begin + MONTHS_PER_YEAR * year
        end = min(here.node.end, begin + MONTHS_PER_YEAR)
        share = max(0.0, min(end, until) - begin) / (end - begin)
        months = here.study.start + np.arange(round(begin), round(end))
        price = here.node.fuel.get(name, float(np.mean([np.mean(listed.at(m)) for m in months])))
        weight = here.time.weight[within]
        owed = least * share * float(weight.sum()) / HOURS_PER_YEAR
        worth = -price * float(here.time.factor[within[0]])
        (unburnt,) = here.program.add_columns(1, here.number, worth)
        columns = [columns[within] for columns, _ in burnt]
        weights = [-rate * weight for _, rate in burnt]
        here.program.add_window(
            np.append(np.concatenate(columns), unburnt),
            np.append(np.concatenate(weights), -1.0),
            -owed,
        )
