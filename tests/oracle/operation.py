"""Operation of one node: in each slice a balance of electricity at each site, and what is sold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from tests.oracle import contracts, offers
from tests.oracle.linear_program import Columns, Floats, LinearProgram
from tests.oracle.moving import Moving, moving
from tests.oracle.plain_study import Plant, Product
from tests.oracle.time_slices import MONTH_OF_HOUR, Slices, windows_by_hour

if TYPE_CHECKING:
    from tests.oracle.formulation import AssetKey, Formulation

Terms = list[tuple[Columns | int, float | Floats]]
HOURS_OF_A_WINDOW = {"day": 24.0}


@dataclass
class Operation:
    """Columns and rows of node `number`, in the slices `time`."""

    built: Formulation
    number: int
    time: Slices

    def __post_init__(self) -> None:
        self.node = self.built.nodes[self.number]
        self.study = self.built.study
        self.count = len(self.time)
        self.worth: Floats = self.time.weight * self.time.factor
        """Today's worth of 1 USD/h in each slice."""
        self.burnt: dict[str, Terms] = {name: [] for name in self.study.contracts}
        self.made: dict[str, tuple[Terms, Floats]] = {
            name: ([], np.zeros(self.count)) for name in self.study.sites
        }
        """What the plants of each site give: columns, and what stands."""
        self.discharged: dict[str, Terms] = {}
        """And its stores."""

    @property
    def program(self) -> LinearProgram:
        return self.built.program

    def add(self) -> None:
        """All of the node."""
        used: dict[str, Terms] = {name: [] for name in self.study.sites}
        rest: dict[str, Floats] = {name: np.zeros(self.count) for name in self.study.sites}
        for name, site in self.study.sites.items():
            for plant in site.plants:
                self._plant(plant, used[name])
            if site.grid is not None:
                self._grid(name, used[name])
        for fuel, (least, until, period) in self.study.contracts.items():
            contracts.fuel(self, fuel, least, until, period)
        hours = self._accelerators(used, rest)
        for product in self.study.products:
            self._sell(product, used, hours)
        for terms, stands in hours.values():
            self.program.add_rows(terms, stands, self.count)
        for name, terms in used.items():
            if terms:
                self._balance(terms, rest[name])

    def _balance(self, terms: Terms, rest: float | Floats) -> None:
        """What is made is used: nothing here is sun or wind, which alone may go unused."""
        self.program.add_rows(terms, rest, self.count)
        self.program.add_rows([(columns, -share) for columns, share in terms], -rest, self.count)

    def _plant(self, plant: Plant, used: Terms) -> None:
        if plant.is_battery:
            self._battery(plant, used)
        elif plant.is_purchase:
            contracts.purchase(self, plant, used)
        else:
            self._generator(plant, used)

    def carbon(self) -> Floats:
        return self.moving(self.believed("carbon", self.study.carbon, "USD/t"))

    def believed(self, about: str, written: Moving, unit: str) -> Moving:
        """What is believed of a price at the node, else what is written [`unit`]."""
        text = self.node.held.get(about)
        return written if text is None else moving(text, unit)

    def moving(self, one: Moving) -> Floats:
        return one.in_slices(self.study, self.node, self.time)

    def hourly(self, one: Moving) -> list[Floats]:
        """What holds in every hour of each year of the node; in blocks, in each of them."""
        if self.study.blocks:
            return [self.moving(one)]
        found = []
        for number, (hours, _) in enumerate(self.time.like):
            begin = self.node.begin + 12 * number
            months = self.study.start + np.arange(
                round(begin), round(min(self.node.end, begin + 12))
            )
            year = np.zeros(8760)
            for name in np.unique(months % 12):
                same = [np.broadcast_to(one.at(m), 8760) for m in months if m % 12 == name]
                here = name == MONTH_OF_HOUR
                year[here] = (sum(same) / len(same))[here]
            found.append(year[hours])
        return found

    def meant(self, values: list[Floats]) -> Floats:
        """The mean, in each slice, of the hours that it stands for."""
        if self.study.blocks:
            return values[0]
        total, count = np.zeros(self.count), np.zeros(self.count)
        own, year = np.zeros(self.count), np.zeros(8760)
        for number, ((hours, kept), one) in enumerate(zip(self.time.like, values, strict=True)):
            total += np.bincount(kept, one, minlength=self.count)
            count += np.bincount(kept, minlength=self.count)
            year[hours] = one
            mine = self.time.year == number
            own[mine] = year[self.time.label[mine]]
        return np.where(count > 0, total / np.maximum(count, 1), own)

    def columns(self, worth: float | Floats = 0.0, upper: float | Floats = np.inf) -> Columns:
        return self.program.add_columns(self.count, self.number, worth, upper)

    def capacity(self, key: AssetKey, share: float | Floats = 1.0) -> tuple[Terms, Floats]:
        """Orders as terms of a row (their capacity in each slice, negative), and what stands."""
        asset = self.built.assets[key]
        stands = share * asset.stands * self._there(0.0, asset.stands_until)
        terms: Terms = [
            (one.column, -share * self._there(one.begin, one.end))
            for one in self.built.standing(key, self.number)
        ]
        return terms, stands

    def _there(self, first: float, last: float) -> Floats:
        """1 in the slices in which something is there that works between two months, else 0."""
        return self.time.stands(first, last)

    def _generator(self, plant: Plant, used: Terms) -> None:
        """Output up to availability x capacity, at its variable cost with fuel and carbon."""
        cost: float | Floats = plant.variable
        if plant.fuel:
            listed, co2 = self.study.fuels[plant.fuel]
            price = self.node.fuel.get(plant.fuel, self.moving(listed))
            cost = cost + plant.heat_rate * (price + co2 * self.carbon())
        output = self.columns(-cost * self.worth)
        share: float | Floats = plant.availability
        if plant.profile is not None:
            share = share * plant.profile[self.time.label]
        orders, stands = self.capacity(("power", plant.site, plant.name), share)
        self.program.add_rows([(output, 1.0), *orders], stands, self.count)
        if plant.curtailment > 0 or plant.curtailment_limit < 1:
            contracts.curtailed(self, plant, output, orders, stands)
        used.append((output, -1.0))
        self.made[plant.site][0].append((output, -1.0))
        if plant.fuel in self.burnt:
            self.burnt[plant.fuel].append((output, plant.heat_rate))

    def _battery(self, plant: Plant, used: Terms) -> None:
        """Charge, discharge and level; the square root of the round trip is lost each way.

        An hour's power is for charging in a part of it and for discharging in the rest.
        """
        if self.study.blocks:
            return
        each_way = np.sqrt(plant.efficiency)
        charge, discharge = self.columns(), self.columns(-plant.variable * self.worth)
        level = self.columns()
        power, power_stands = self.capacity(("power", plant.site, plant.name), plant.availability)
        energy, stands = self.capacity(("energy", plant.site, plant.name), plant.availability)
        self.program.add_rows([(charge, 1.0), (discharge, 1.0), *power], power_stands, self.count)
        self.program.add_rows([(level, 1.0), *energy], stands, self.count)
        before = self._level_before()
        first = before < 0
        held = level[np.where(first, 0, before)]
        kept = np.where(first, 0.0, -1.0)
        steps: Terms = [
            (level, 1.0),
            (held, kept),
            (charge, -each_way),
            (discharge, 1 / each_way),
        ]
        if plant.stored_at_start > 0:
            steps.append((self._held_at_start(plant, level, (energy, stands)), -1.0))
        self._balance(steps, 0.0)
        if plant.stored_at_end > 0:
            for _, last in self._runs_of_hours():
                least = [(at, -plant.stored_at_end * share) for at, share in _within(energy, last)]
                rest = -plant.stored_at_end * stands[last]
                self.program.add_rows([(level[last], -1.0), *least], rest, 1)
        used += [(charge, 1.0), (discharge, -1.0)]
        self.discharged.setdefault(plant.site, []).append((discharge, -1.0))

    def _held_at_start(self, plant: Plant, level: Columns, energy: tuple[Terms, Floats]) -> Columns:
        """What is there as each run of real hours opens: up to a share of the energy, and as much
        is there as it closes. Nothing elsewhere.
        """
        runs, (orders, stands) = self._runs_of_hours(), energy
        upper = np.zeros(self.count)
        upper[[first for first, _ in runs]] = np.inf
        there = self.columns(0.0, upper)
        for first, last in runs:
            most = [(at, plant.stored_at_start * share) for at, share in _within(orders, first)]
            limit = plant.stored_at_start * stands[first]
            self.program.add_rows([(there[first], 1.0), *most], limit, 1)
            self.program.add_rows([(there[first], 1.0), (level[last], -1.0)], 0.0, 1)
        return there

    def _runs_of_hours(self) -> list[tuple[int, int]]:
        """First and last slice of every run that stands for itself."""
        run = self.time.run
        found = [np.flatnonzero(run == one) for one in np.unique(run) if one not in self.time.rings]
        return [(int(within[0]), int(within[-1])) for within in found]

    def _level_before(self) -> Columns:
        """Slice whose level a store begins each slice with; -1 where it begins empty.

        A kept week stands for weeks like itself, so it ends as it began. The hours of a year are
        themselves: a store begins empty, and nothing comes back from later hours.
        """
        run = self.time.run
        before = np.arange(self.count) - 1
        for one in np.unique(run):
            within = np.flatnonzero(run == one)
            before[within[0]] = within[-1] if one in self.time.rings else -1
        return before

    def _grid(self, name: str, used: Terms) -> None:
        """Power taken at the meter, its energy price, and the charge on the peak of each period."""
        grid = self.study.sites[name].grid
        assert grid is not None
        price = self.hourly(self.believed(f"grid:{name}", grid.energy, "USD/MWh"))
        if not self.study.blocks:
            windows = windows_by_hour(grid.times, self.built.data.first_weekday)
            named = [windows[hours] for hours, _ in self.time.like]
            price = [np.where(np.isnan(n), p, n) for n, p in zip(named, price, strict=True)]
        tax = self.believed("carbon", self.study.carbon, "USD/t")
        carbon = zip(self.hourly(grid.co2), self.hourly(tax), strict=True)
        price = [p + kg * usd for p, (kg, usd) in zip(price, carbon, strict=True)]
        most = np.inf if grid.hourly_limit is None else grid.hourly_limit[self.time.label]
        taken = self.columns(-self.meant(price) * self.worth, most)
        orders, stands = self.capacity(("grid", name, ""))
        self.program.add_rows([(taken, 1.0), *orders], stands, self.count)
        contracts.charges(self, grid.charges, taken)
        contracts.tiers(self, grid.tiers, taken)
        used.append((taken, -(1 - grid.loss)))
        if grid.export is not None:
            contracts.export(self, name, (taken, price), (orders, stands), used)

    def _accelerators(
        self, used: dict[str, Terms], rest: dict[str, Floats]
    ) -> dict[tuple[str, str], tuple[Terms, Floats]]:
        """Idle power of what stands; the rows of accelerator-hours, still open for the products."""
        hours: dict[tuple[str, str], tuple[Terms, Floats]] = {}
        for name, site in self.study.sites.items():
            if site.hall is None:
                continue
            pue = self.built.data.pue[name][self.time.label]
            for written in self.study.chips:
                chip = self.built.data.chips[written.name]
                off = self.columns(-self.built.data.off_cost * self.worth)
                orders, stands = self.capacity(("chip", name, written.name))
                used[name] += [(column, -share * chip.idle * pue) for column, share in orders]
                used[name].append((off, -chip.idle * pue))
                rest[name] -= stands * chip.idle * pue
                hours[name, written.name] = ([(off, 1.0), *orders], stands)
        for lent in self.study.rentals:
            hours["cloud", lent.name] = self.capacity(("rental", "cloud", lent.name))
        return hours

    def _sell(
        self,
        product: Product,
        used: dict[str, Terms],
        hours: dict[tuple[str, str], tuple[Terms, Floats]],
    ) -> None:
        """Sales up to what is asked by the deadline; what is not served is lost."""
        owed = product.royalty * self.node.owed.get(product.name, 1.0)
        if product.offers:
            sold = self.columns(-owed * self.worth)
            offers.sell(self, product, sold, self._windows(product))
        else:
            sold = self.columns((self.node.price(product, self.time.middle) - owed) * self.worth)
            self._limit_sales(product, sold)
        if product.kind == "electricity":
            used[product.site].append((sold, 1.0))
            return
        made: Terms = [(sold, 1.0)]
        for (name, chip_name), (terms, _) in hours.items():
            served = self.built.data.serving[product.name, chip_name]
            if served is None:
                continue
            work = self.columns()
            terms.append((work, 1.0))
            made.append((work, -served.rate))
            if name == "cloud":  # power is in the rent
                continue
            pue = self.built.data.pue[name][self.time.label]
            idle = self.built.data.chips[chip_name].idle
            used[name].append((work, (served.busy - idle) * pue))
        self.program.add_rows(made, 0.0, self.count)

    def asked(self, product: Product) -> Floats:
        """Demand in each slice [unit/h]."""
        if product.name in self.node.blocks:
            return np.array(self.node.blocks[product.name])[self.time.label]
        level = product.demand * self.node.level_in(product.name, self.time.middle)
        if product.load is not None:
            return level * product.load[self.time.label]
        if self.study.blocks:
            return level
        return level * self.built.data.shape(product.shape)[self.time.label]

    def _limit_sales(self, product: Product, sold: Columns) -> None:
        asked, weight = self.asked(product), self.time.weight
        window = self._windows(product)
        if len(np.unique(window)) == self.count:
            self.program.add_rows([(sold, 1.0)], asked, self.count)
            self._promise(product, sold, asked)
            return
        for one in np.unique(window):
            within = np.flatnonzero(window == one)
            total = float(weight[within] @ asked[within])
            self.program.add_window(sold[within], weight[within], total)
        self._promise(product, sold, asked)

    def _promise(self, product: Product, sold: Columns, asked: Floats) -> None:
        """`availability`: the share of a year's demand that must be served."""
        weight = self.time.weight
        if product.availability > 0 and self.node.stage >= product.served_from:
            for year in np.unique(self.time.year):
                within = np.flatnonzero(self.time.year == year)
                least = product.availability * float(weight[within] @ asked[within])
                self.program.add_window(sold[within], -weight[within], -least)

    def _windows(self, product: Product) -> Columns:
        """Number of the window, within which work may wait, of each slice.

        Blocks have no order in time, so only a year's deadline moves work between them.
        """
        if product.deadline == "year":
            return self.time.year
        if product.deadline == "now" or self.study.blocks:
            return np.arange(self.count)
        length = HOURS_OF_A_WINDOW.get(str(product.deadline), product.deadline)
        # counted from the first hour of the year; none runs over the end of what is kept
        return (self.time.run * 10_000 + self.time.offset // float(length)).astype(int)


def _within(terms: Terms, at: int) -> Terms:
    """The terms of a row of all slices in one of them."""
    return [
        (
            columns if np.ndim(columns) == 0 else np.asarray(columns)[at],
            share if np.ndim(share) == 0 else np.asarray(share)[at],
        )
        for columns, share in terms
    ]
