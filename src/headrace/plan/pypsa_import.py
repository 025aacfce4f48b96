"""PyPSA networks from netCDF as plans: one size now for every scenario, then the operation of each.

    imported = import_pypsa(Path("network.nc"))
    plan = solve(imported.problem)                       # minus its bounds are bounds of PyPSA's objective
    imported.unserved(plan.solution)                     # 0: the loads of PyPSA are hard

Generators, links with several ends, stores, storage units and loads; sizes fixed or extendable, whole units, snapshots
that count differently, scenarios with weights. PyPSA's balances are equations; ours let energy be thrown away and a load
go unserved at a dear price, so that every size can be operated. Both say afterwards how much of it they used: at zero the
two problems have the same optimum. What has no counterpart here is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError, Place
from headrace.core.errors import Problem as Fault
from headrace.core.nouns import Floats, Hourly
from headrace.plan.blocks import Problem, Solution
from headrace.plan.calendar import Calendar
from headrace.plan.constraints.setting import MONEY
from headrace.plan.hours import HourWriter, ProfileBook
from headrace.plan.pypsa_read import Network, Table, read
from headrace.plan.two_stage import FirstStage, Future, two_stage

SIZED = {"generators": "p_nom", "links": "p_nom", "stores": "e_nom", "storage_units": "p_nom"}
"""Components with a size, and the name of it."""

ROOM = 100.0
"""Most of a size that PyPSA leaves unlimited, in peaks of the whole load; `at_limit` says whether it held anything back."""

DEARER = 10.0
"""An unserved MWh costs this many times what the dearest size would cost if it were built for one snapshot alone."""

_NAN = float("nan")
REFUSED: dict[str, dict[str, float]] = {
    "generators": {"p_set": _NAN, "e_sum_min": -np.inf, "e_sum_max": np.inf, "committable": 0.0, "maintainable": 0.0},
    "links": {"p_set": _NAN, "committable": 0.0, "maintainable": 0.0, "delay": 0.0},
    "stores": {"p_set": _NAN, "e_set": _NAN, "e_min_pu": 0.0, "marginal_cost_storage": 0.0},
    "storage_units": {
        "p_set": _NAN, "p_dispatch_set": _NAN, "p_store_set": _NAN, "state_of_charge_set": _NAN, "spill_cost": 0.0,
        "marginal_cost_storage": 0.0,
    },
}  # fmt: skip
"""Attributes that have no counterpart here, with the value at which they say nothing (nan: any that is written does)."""

REFUSED_EVERYWHERE = {
    "p_nom_set": _NAN, "e_nom_set": _NAN, "overnight_cost": _NAN, "fom_cost": 0.0, "marginal_cost_quadratic": 0.0,
    "ramp_limit_up": _NAN, "ramp_limit_down": _NAN, "stand_by_cost": 0.0,
}  # fmt: skip

KNOWN = {*SIZED, "loads", "buses", "carriers", "sub_networks", "shapes", "line_types", "transformer_types"}


@dataclass(frozen=True)
class Imported:
    """A network as a plan. open_ended: orders that only `ROOM` limits; shed_price [currency/MWh]."""

    problem: Problem
    network: Network
    open_ended: tuple[int, ...]
    shed_price: float

    def unserved(self, solution: Solution) -> float:
        """Expected load that is not served [MWh]; PyPSA allows none."""
        found = 0.0
        for block, node, odds in zip(self.problem.nodes, solution.nodes, self.problem.probability):
            shed = [i for i, name in enumerate(block.template.columns) if name.startswith("unserved ")]
            found += float(odds * (node.columns[shed] @ block.weights).sum())
        return found

    def wasted(self, solution: Solution) -> float:
        """Expected energy thrown away at buses [MWh]; PyPSA allows none."""
        found = 0.0
        for block, node, odds in zip(self.problem.nodes, solution.nodes, self.problem.probability):
            x = block.start + block.map @ solution.master
            room = block.row_rhs.hourly(block.profiles)
            for e, (r, k) in enumerate(zip(block.template.row_border.row, block.template.row_border.column)):
                room[r] += x[k] * block.row_border.hourly(block.profiles)[e]
            for e, (r, j) in enumerate(zip(block.template.row_entries.row, block.template.row_entries.column)):
                room[r] -= block.row_entries.hourly(block.profiles)[e] * node.columns[j]
            buses = [i for i, name in enumerate(block.template.rows) if name.startswith("bus ")]
            found += float(odds * (room[buses] @ block.weights).sum())
        return found

    def at_limit(self, solution: Solution) -> tuple[str, ...]:
        """Sizes that PyPSA leaves unlimited and that reach our limit: the plan may then be dearer than PyPSA's."""
        master = self.problem.master
        return tuple(master.columns[i] for i in self.open_ended if solution.master[i] >= (1 - 1e-6) * master.upper[i])


@dataclass(frozen=True)
class _Size:
    """A component with a size: order is its master column, -1 where the size is fixed at `least`."""

    table: Table
    number: int
    order: int
    least: float

    @property
    def name(self) -> str:
        return f"{self.table.kind} {self.table.names[self.number]}"


def import_pypsa(path: Path, *, shed_price: float | None = None, room: float = ROOM) -> Imported:
    """The network of a netCDF file as a plan of two stages: sizes now, one world a scenario.

    shed_price: of a MWh not served [currency/MWh]; by default dearer than building anything for it. room: see ROOM.
    Raises InputError with everything in the file that has no counterpart here.
    """
    network = read(path)
    _refuse(network, path.name)
    sizes = _sizes(network)
    ordered = [size for size in sizes if size.order >= 0]
    most = np.array([_most(size) for size in ordered])
    price = _shed_price(network, ordered) if shed_price is None else shed_price
    first = FirstStage(
        names=tuple(size.name for size in ordered),
        cost=np.array([size.table.number("capital_cost", 0, size.number) for size in ordered]) / MONEY,
        upper=np.where(np.isfinite(most), most, room * max(_peak(network), 1.0)),
        unit=np.array([size.table.number(f"{SIZED[size.table.kind]}_mod", 0, size.number) for size in ordered]),
        row_names=(),
        rows=np.zeros((0, len(ordered))),
        limits=np.zeros(0),
    )
    worlds = [_World(network, s, sizes, price / MONEY).outcome(len(ordered)) for s in range(len(network.scenarios))]
    problem = two_stage(first, worlds)
    base = sum(size.least * size.table.number("capital_cost", 0, size.number) for size in ordered)
    return Imported(replace(problem, constant=base / MONEY), network, tuple(np.flatnonzero(~np.isfinite(most)).tolist()), price)


def _refuse(network: Network, file: str) -> None:
    """Raise InputError with everything that has no counterpart here."""
    faults = [
        Fault(
            Place(file=file, key=kind), f"{len(table.names)} components of this kind cannot be imported", ", ".join(sorted(SIZED))
        )
        for kind, table in network.tables.items()
        if kind not in KNOWN and table.names
    ]
    for kind in SIZED:
        faults += _refused(network.table(kind), file)
    if not network.table("buses").names:
        faults.append(Fault(Place(file=file, key="buses"), "the network has no bus"))
    if abs(float(network.odds.sum()) - 1.0) > 1e-9:
        faults.append(Fault(Place(file=file, key="scenario_weight"), f"the weights add up to {network.odds.sum():g}", "1"))
    if faults:
        raise InputError(faults)


def _refused(table: Table, file: str) -> Iterator[Fault]:
    size = SIZED[table.kind]
    for attribute, neutral in {**REFUSED[table.kind], **REFUSED_EVERYWHERE}.items():
        written = [table.static.get(attribute, np.zeros(0)), *table.series.get(attribute, {}).values()]
        numbers = np.concatenate([np.asarray(values, dtype=np.float64).ravel() for values in written])
        if (np.isfinite(numbers) & (numbers != neutral)).any():
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"), "this attribute cannot be imported", f"{neutral:g} everywhere"
            )
    for attribute in (f"{size}_extendable", size, f"{size}_min", f"{size}_max", f"{size}_mod", "capital_cost", "active"):
        values = table.static.get(attribute)
        if values is not None and (values != values[:1]).any():
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                "this differs between scenarios",
                "one value: sizes are chosen before",
            )


def _sizes(network: Network) -> list[_Size]:
    found, orders = [], 0
    for kind, nominal in SIZED.items():
        table = network.table(kind)
        for i in range(len(table.names)):
            if not table.number("active", 0, i):
                continue
            extendable = bool(table.number(f"{nominal}_extendable", 0, i))
            least = table.number(f"{nominal}_min" if extendable else nominal, 0, i)
            found.append(_Size(table, i, orders if extendable else -1, least))
            orders += extendable
    return found


def _most(size: _Size) -> float:
    return size.table.number(f"{SIZED[size.table.kind]}_max", 0, size.number) - size.least


def _loads(network: Network, scenario: int) -> Iterator[tuple[str, Hourly]]:
    """Bus and consumption [MW] of every load."""
    table = network.table("loads")
    for i in range(len(table.names)):
        if table.number("active", scenario, i):
            drawn = np.asarray(table.hourly("p_set", scenario, i)) * -table.number("sign", scenario, i)
            yield table.word("bus", scenario, i), drawn


def _peak(network: Network) -> float:
    """Largest load of the whole network in any scenario [MW]."""
    sums = [sum((load for _, load in _loads(network, s)), np.zeros(1)) for s in range(len(network.scenarios))]
    return float(max(np.max(total) for total in sums))


def _shed_price(network: Network, ordered: list[_Size]) -> float:
    capital = max((size.table.number("capital_cost", 0, size.number) for size in ordered), default=0.0)
    running = [0.0]
    for kind in SIZED:
        table = network.table(kind)
        for s in range(len(network.scenarios)):
            running += [float(np.max(table.hourly("marginal_cost", s, i))) for i in range(len(table.names))]
    counted = network.objective[network.objective > 0]
    return DEARER * max(1.0, max(running) + capital / float(counted.min(initial=1.0)))


class _World:
    """One scenario while its hours are written."""

    def __init__(self, network: Network, scenario: int, sizes: list[_Size], shed: float) -> None:
        self.network, self.scenario, self.sizes = network, scenario, sizes
        self.hours = len(network.objective)
        self.book = ProfileBook(self.hours)
        self.writer = HourWriter(_calendar(network.objective), self.book)
        self.bus: dict[str, int] = {}
        loads: dict[str, Floats] = {name: np.zeros(self.hours) for name in network.table("buses").names}
        for name, drawn in _loads(network, scenario):
            loads[name] = loads[name] + drawn
        for name, load in loads.items():
            self.bus[name] = self.writer.row(f"bus {name}", -load)
            if load.max() > 0:
                column = self.writer.column(f"unserved {name}", shed, np.maximum(load, 0.0))
                self.writer.entry(self.bus[name], column, -1.0)
        for size in sizes:
            border = self.writer.border(size.name)
            {"stores": self._store, "storage_units": self._storage_unit}.get(size.table.kind, self._flow)(size, border)

    def outcome(self, orders: int) -> Future:
        """The finished world."""
        stands = np.zeros((len(self.sizes), orders))
        for k, size in enumerate(self.sizes):
            if size.order >= 0:
                stands[k, size.order] = 1.0
        start = np.array([size.least for size in self.sizes])
        name = self.network.scenarios[self.scenario] or "the network"
        return Future(name, float(self.network.odds[self.scenario]), self.writer, self.book, start, stands)

    def _hourly(self, size: _Size, attribute: str) -> Hourly:
        return size.table.hourly(attribute, self.scenario, size.number)

    def _number(self, size: _Size, attribute: str) -> float:
        return size.table.number(attribute, self.scenario, size.number)

    def _word(self, size: _Size, attribute: str) -> str:
        return size.table.word(attribute, self.scenario, size.number)

    def _ends(self, size: _Size) -> Iterator[tuple[str, Hourly]]:
        """Bus and what arrives there of one MW of the component."""
        if size.table.kind != "links":
            yield self._word(size, "bus"), self._number(size, "sign")
            return
        yield self._word(size, "bus0"), -1.0
        for attribute in sorted(a for a in size.table.static if a.startswith("bus") and a[3:].isdigit() and a != "bus0"):
            if self._word(size, attribute):
                port = attribute.removeprefix("bus")
                yield self._word(size, attribute), self._hourly(size, "efficiency" + ("" if port == "1" else port))

    def _flow(self, size: _Size, border: int) -> None:
        """Generators and links: a column for each direction that is possible, a row where one must run."""
        low, high = (np.asarray(self._hourly(size, a), dtype=np.float64) for a in ("p_min_pu", "p_max_pu"))
        for sign, most, least in ((1.0, high, low), (-1.0, -low, -high)):
            if most.max() <= 0:
                continue
            cost = sign * np.asarray(self._hourly(size, "marginal_cost")) / MONEY
            column = self.writer.column(size.name if sign > 0 else f"{size.name} back", _plain(cost))
            self.writer.bound(column, border, _plain(np.maximum(most, 0.0)))
            for bus, arrives in self._ends(size):
                self.writer.entry(self.bus[bus], column, _plain(-sign * np.asarray(arrives)))
            if least.max() > 0:
                row = self.writer.row(f"least {size.name}")
                self.writer.entry(row, column, -1.0)
                self.writer.allowance(row, border, _plain(-np.maximum(least, 0.0)))

    def _store(self, size: _Size, border: int) -> None:
        """A Store: energy is sized, power is what its energy can give in a snapshot."""
        most = np.broadcast_to(np.asarray(self._hourly(size, "e_max_pu"), dtype=np.float64), (self.hours,))
        reach = _plain(most.max() / self.network.stores)
        cost = np.asarray(self._hourly(size, "marginal_cost")) / MONEY
        sign = self._number(size, "sign")
        powers = ((f"{size.name} charge", -cost, -sign, -1.0), (f"{size.name} discharge", cost, sign, 1.0))
        chain = self._level(size, border, most, ("e_cyclic", "e_initial"))
        for name, price, arrives, drawn in powers:
            self._power(name, border, (_plain(price), reach, arrives, drawn), (self._word(size, "bus"), chain))

    def _storage_unit(self, size: _Size, border: int) -> None:
        """A StorageUnit: power is sized, energy is `max_hours` of it; inflow beyond its level is spilled."""
        most = np.full(self.hours, self._number(size, "max_hours"))
        chain = self._level(size, border, most, ("cyclic_state_of_charge", "state_of_charge_initial"))
        into, out = (np.asarray(self._hourly(size, f"efficiency_{way}")) for way in ("store", "dispatch"))
        cost = _plain(np.asarray(self._hourly(size, "marginal_cost")) / MONEY)
        give, take = np.asarray(self._hourly(size, "p_max_pu")), -np.asarray(self._hourly(size, "p_min_pu"))
        sign, bus = self._number(size, "sign"), self._word(size, "bus")
        self._power(f"{size.name} charge", border, (0.0, _plain(np.maximum(take, 0.0)), -sign, _plain(-into)), (bus, chain))
        self._power(f"{size.name} discharge", border, (cost, _plain(give), sign, _plain(1 / out)), (bus, chain))

    def _level(self, size: _Size, border: int, most: Floats, words: tuple[str, str]) -> int:
        """The level of a store and its chain. PyPSA's level stands at the end of a snapshot, ours at its start."""
        circle = bool(self._number(size, words[0]))
        begins = 0.0 if circle else self._number(size, words[1])
        limit, first = np.roll(most, 1), np.zeros(self.hours)
        kept = np.broadcast_to((1.0 - np.asarray(self._hourly(size, "standing_loss"))) ** self.network.stores, (self.hours,)).copy()
        after = np.ones(self.hours)
        if not circle:
            limit[0], first[0], after[-1], kept[0] = 0.0, begins, 0.0, 1.0
        level = self.writer.column(f"{size.name} level", 0.0, _plain(first))
        self.writer.bound(level, border, _plain(limit))
        inflow = np.asarray(self._hourly(size, "inflow")) * self.network.stores
        chain = self.writer.chain(size.name, level, _plain(inflow))
        self.writer.chain_entry(chain, level, _plain(after), following=True)
        self.writer.chain_entry(chain, level, _plain(-kept))
        return chain

    def _power(self, name: str, border: int, numbers: tuple[Hourly, Hourly, float, Hourly], places: tuple[str, int]) -> None:
        """Charge or discharge. numbers: cost, most per size, what arrives at the bus, what an hour draws from the level."""
        cost, most, arrives, drawn = numbers
        column = self.writer.column(name, cost)
        self.writer.bound(column, border, most)
        self.writer.entry(self.bus[places[0]], column, -arrives)
        self.writer.chain_entry(places[1], column, _plain(np.asarray(drawn) * self.network.stores))


def _plain(values: Hourly) -> Hourly:
    """A constant where all hours are alike."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(numbers.flat[0]) if numbers.ndim == 0 or np.ptp(numbers) == 0 else numbers


def _calendar(weights: Floats) -> Calendar:
    """Snapshots in a circle, each counting as PyPSA counts it."""
    index = np.arange(len(weights), dtype=np.int64)
    return Calendar(
        hour=index, weights=weights, next_hour=np.roll(index, -1), day=index // 24, month=index * 0,
        offset=index.astype(np.float64), like=index, span=float(weights.sum()), labelled="snapshots of PyPSA",
    )  # fmt: skip
