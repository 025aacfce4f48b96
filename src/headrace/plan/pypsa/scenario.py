"""The hours of one scenario of a PyPSA network, component by component: flows, stores and loads at
their buses.

PyPSA's balances are equations. Here they are

    load - put in - unserved <= 0             next - kept - charged + drawn + spilled <= inflow

and what such a row leaves open, `put in - load` and `kept + charged + inflow - ... - next`, costs
its price: the price stands at every column of the row, so that it is added for what is put in and
taken off for what is taken out, and at the constant for loads and inflow. Where the equation holds
nothing is paid. So a row has one price of one sign, and the second row that an equation would need
is not there (a pair of rows has no interior).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Hourly
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.two_stage import Future
from headrace.plan.pypsa.netcdf import ComponentTable, Network
from headrace.plan.scenario.time_slices import TimeSlices

SIZED = {"generators": "p_nom", "links": "p_nom", "stores": "e_nom", "storage_units": "p_nom"}
"""Components with a size, and the name of it."""


@dataclass(frozen=True)
class Size:
    """A component with a size: order is its master column, -1 where the size is fixed at `least`
    [MW, MWh]. module: size of one of what is built whole [MW, MWh], 0 for any.
    """

    table: ComponentTable
    number: int
    order: int
    least: float
    module: float = 0.0

    @property
    def name(self) -> str:
        """Kind and name, as the orders are called."""
        return f"{self.table.kind} {self.table.names[self.number]}"


def loads(network: Network, scenario: int) -> Iterator[tuple[str, Hourly]]:
    """Bus and consumption [MW] of every load."""
    table = network.table("loads")
    for i in range(len(table.names)):
        if table.number("active", scenario, i):
            drawn = np.asarray(table.hourly("p_set", scenario, i)) * -table.number(
                "sign", scenario, i
            )
            yield table.word("bus", scenario, i), drawn


@dataclass(frozen=True)
class Penalties:
    """What it costs to leave an equation of PyPSA open [solver's money/MWh]: a load unserved,
    energy thrown away.
    """

    shed: float
    waste: float


class NetworkScenario:
    """One scenario while its hours are written. unserved: columns of loads that go unserved;
    constant: the price of what loads and inflows leave open [solver's money].
    """

    def __init__(
        self, network: Network, scenario: int, sizes: list[Size], penalties: Penalties
    ) -> None:
        self.network, self.scenario, self.sizes = network, scenario, sizes
        self.waste, self.constant = penalties.waste, 0.0
        self.unserved: list[int] = []
        # of a stored MWh, which is counted once whatever its snapshot stands for
        self.stored = penalties.waste * float(np.max(network.objective / network.stores))
        self.hours = len(network.objective)
        self.book = ProfileBook(self.hours)
        self.writer = HourWriter(circle_of(network.objective), self.book)
        self.bus: dict[str, int] = {}
        drawn: dict[str, Floats] = {
            name: np.zeros(self.hours) for name in network.table("buses").names
        }
        for name, load in loads(network, scenario):
            drawn[name] = drawn[name] + load
        for name, load in drawn.items():
            self.bus[name] = self.writer.row(f"bus {name}", -load)
            self.constant -= self.waste * float(network.objective @ load)
            if load.max() > 0:
                price = penalties.shed + self.waste
                column = self.writer.column(f"unserved {name}", price, np.maximum(load, 0.0))
                self.writer.entry(self.bus[name], column, -1.0)
                self.unserved.append(column)
        for size in sizes:
            border = self.writer.border(size.name)
            match size.table.kind:
                case "stores":
                    self.store(size, border)
                case "storage_units":
                    self.storage_unit(size, border)
                case _:
                    self.flow(size, border)

    def outcome(self, orders: int) -> Future:
        """The finished world."""
        stands = np.zeros((len(self.sizes), orders))
        for k, size in enumerate(self.sizes):
            if size.order >= 0:
                stands[k, size.order] = 1.0
        start = np.array([size.least for size in self.sizes])
        name = self.network.scenarios[self.scenario] or "the network"
        return Future(
            name, float(self.network.odds[self.scenario]), self.writer, self.book, start, stands
        )

    def _hourly(self, size: Size, attribute: str) -> Hourly:
        return size.table.hourly(attribute, self.scenario, size.number)

    def _number(self, size: Size, attribute: str) -> float:
        return size.table.number(attribute, self.scenario, size.number)

    def _word(self, size: Size, attribute: str) -> str:
        return size.table.word(attribute, self.scenario, size.number)

    def ends(self, size: Size) -> Iterator[tuple[str, Hourly]]:
        """Bus, and what arrives there of one MW of the component [MW]."""
        if size.table.kind != "links":
            yield self._word(size, "bus"), self._number(size, "sign")
            return
        yield self._word(size, "bus0"), -1.0
        for attribute in sorted(
            a for a in size.table.static if a.startswith("bus") and a[3:].isdigit() and a != "bus0"
        ):
            if self._word(size, attribute):
                port = attribute.removeprefix("bus")
                yield (
                    self._word(size, attribute),
                    self._hourly(size, "efficiency" + ("" if port == "1" else port)),
                )

    def flow(self, size: Size, border: int) -> None:
        """Generators and links: a column for each direction that is possible, a row where one must
        run.
        """
        low, high = (
            np.asarray(self._hourly(size, a), dtype=np.float64) for a in ("p_min_pu", "p_max_pu")
        )
        for sign, most, least in ((1.0, high, low), (-1.0, -low, -high)):
            if most.max() <= 0:
                continue
            cost = sign * np.asarray(self._hourly(size, "marginal_cost")) / MONEY
            for _, arrives in self.ends(size):
                cost = cost + self.waste * sign * np.asarray(arrives)
            column = self.writer.column(
                size.name if sign > 0 else f"{size.name} back", _plain(cost)
            )
            self.writer.bound(column, border, _plain(np.maximum(most, 0.0)))
            for bus, arrives in self.ends(size):
                self.writer.entry(self.bus[bus], column, _plain(-sign * np.asarray(arrives)))
            if least.max() > 0:
                row = self.writer.row(f"least {size.name}")
                self.writer.entry(row, column, -1.0)
                self.writer.allowance(row, border, _plain(-np.maximum(least, 0.0)))

    def store(self, size: Size, border: int) -> None:
        """A Store: energy is sized, power is what its energy can give in a snapshot."""
        most = np.broadcast_to(
            np.asarray(self._hourly(size, "e_max_pu"), dtype=np.float64), (self.hours,)
        )
        reach = _plain(most.max() / self.network.stores)
        begins = 0.0 if self._number(size, "e_cyclic") else self._number(size, "e_initial")
        at_once = _plain(begins / self.network.stores)
        cost = np.asarray(self._hourly(size, "marginal_cost")) / MONEY
        sign = self._number(size, "sign")
        powers = (
            (f"{size.name} charge", -cost, -sign, -1.0),
            (f"{size.name} discharge", cost, sign, 1.0),
        )
        chain = self._level(size, border, most, ("e_cyclic", "e_initial"))
        for name, price, arrives, drawn in powers:
            self._power(
                name,
                border,
                (_plain(price), reach, arrives, drawn),
                (self._word(size, "bus"), chain),
                at_once,
            )

    def storage_unit(self, size: Size, border: int) -> None:
        """A StorageUnit: power is sized, energy is `max_hours` of it; inflow beyond its level is
        spilled.
        """
        most = np.full(self.hours, self._number(size, "max_hours"))
        chain = self._level(
            size, border, most, ("cyclic_state_of_charge", "state_of_charge_initial")
        )
        into, out = (
            np.asarray(self._hourly(size, f"efficiency_{way}")) for way in ("store", "dispatch")
        )
        cost = _plain(np.asarray(self._hourly(size, "marginal_cost")) / MONEY)
        give, take = (
            np.asarray(self._hourly(size, "p_max_pu")),
            -np.asarray(self._hourly(size, "p_min_pu")),
        )
        sign, bus = self._number(size, "sign"), self._word(size, "bus")
        self._power(
            f"{size.name} charge",
            border,
            (0.0, _plain(np.maximum(take, 0.0)), -sign, _plain(-into)),
            (bus, chain),
        )
        inflow = np.asarray(self._hourly(size, "inflow"), dtype=np.float64)
        if inflow.max() > 0:
            price = np.asarray(self._hourly(size, "spill_cost")) / MONEY
            price = price - self.stored * self.network.stores / self.network.objective
            spill = self.writer.column(f"{size.name} spill", price, np.maximum(inflow, 0.0))
            self.writer.chain_entry(chain, spill, _plain(self.network.stores))
        self._power(
            f"{size.name} discharge",
            border,
            (cost, _plain(give), sign, _plain(1 / out)),
            (bus, chain),
        )

    def _level(self, size: Size, border: int, most: Floats, words: tuple[str, str]) -> int:
        """The level of a store and its chain.

        PyPSA's level stands at the end of a snapshot, ours at its start; that of the first one is
        the last one's end. A store that is no circle begins with its own.
        """
        circle = bool(self._number(size, words[0]))
        begins = 0.0 if circle else self._number(size, words[1])
        gains = np.asarray(self._hourly(size, "inflow")) * self.network.stores
        gains = np.broadcast_to(gains, (self.hours,)).astype(np.float64)
        kept = np.broadcast_to(
            (1.0 - np.asarray(self._hourly(size, "standing_loss"))) ** self.network.stores,
            (self.hours,),
        ).copy()
        if not circle:
            kept[0] = 0.0
            gains[0] += begins
        self.constant += self.stored * float(gains.sum())
        level = self.writer.column(
            f"{size.name} level", _plain(self.stored * (kept - 1.0) / self.network.objective)
        )
        self.writer.bound(level, border, _plain(np.roll(most, 1)))
        chain = self.writer.chain(size.name, level, _plain(gains))
        self.writer.chain_entry(chain, level, 1.0, following=True)
        self.writer.chain_entry(chain, level, _plain(-kept))
        return chain

    def _power(
        self,
        name: str,
        border: int,
        numbers: tuple[Hourly, Hourly, float, Hourly],
        places: tuple[str, int],
        at_once: Hourly = 0.0,
    ) -> None:
        """Charge or discharge. numbers: cost, most per size, what arrives at the bus, what an hour
        draws from the level. at_once: what may flow beyond the size [MW].
        """
        cost, most, arrives, drawn = numbers
        taken = np.asarray(drawn) * self.network.stores
        left = self.waste * arrives - self.stored * taken / self.network.objective
        column = self.writer.column(name, _plain(cost + left), at_once)
        self.writer.bound(column, border, most)
        self.writer.entry(self.bus[places[0]], column, -arrives)
        self.writer.chain_entry(places[1], column, _plain(taken))


def _plain(values: Hourly) -> Hourly:
    """A constant where all hours are alike."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(numbers.flat[0]) if numbers.ndim == 0 or np.ptp(numbers) == 0 else numbers


def circle_of(weights: Floats) -> TimeSlices:
    """Snapshots in a circle, each counting as PyPSA counts it [h]."""
    index = np.arange(len(weights), dtype=np.int64)
    return TimeSlices(
        hour=index,
        weights=weights,
        next_hour=np.roll(index, -1),
        day=index // 24,
        months=((12.0, None),),
        offset=index.astype(np.float64),
        like=index,
        span=float(weights.sum()),
        labelled="snapshots of PyPSA",
    )
