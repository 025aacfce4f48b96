"""The rebuild: a study as one plain linear program, from the documented meaning of each key.

Nothing of the library is used here but data (`library_data`). Orders are placed at the beginning
of a node, or when something must be replaced; they are absent until their lead time has passed,
gone when their life ends; operation is decided in the slices of each node; every payment is
discounted from its own date.
`docs/reference/meanings.md` says the same in words, with an example of each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from tests.oracle.cash import limit_cash
from tests.oracle.discounting import factor, months_worth, staged, unexpired
from tests.oracle.library_data import LibraryData
from tests.oracle.linear_program import Columns, LinearProgram, Solution
from tests.oracle.operation import Operation
from tests.oracle.plain_study import FOREVER, GRID_LIFE, ChipKey, PlainStudy, RentalKey
from tests.oracle.scenario_tree import Node, grow, leaves, path
from tests.oracle.time_slices import slices
from tests.oracle.units import MONTHS_PER_YEAR

AssetKey = tuple[str, str, str]
"""What it is ("power" or "energy" of a plant, "grid", "hall", "chip", "rental"), its site and its
name."""


@dataclass(frozen=True)
class Asset:
    """What may be ordered, for each MW, MWh or accelerator.

    payments: (months after the order, USD) of the price in force. fixed [USD/year], lead and life
    [month], stands until month `stands_until`, resale as in `library_data.Chip`, first: month from
    which it may be ordered. technology, listed: whose believed price moves it, and that price today
    [USD/MW]: prices of a site, and of a battery's energy, keep their ratio to it. rental: name of
    what is rented, of which `listed` is the rent [USD/accelerator-h].
    """

    payments: tuple[tuple[float, float], ...]
    fixed: float
    lead: float
    life: float
    at_most: float
    stands: float
    stands_until: float = FOREVER
    technology: str = ""
    listed: float = 0.0
    resale: tuple[float, float] | None = None
    first: float = 0.0
    wait: str = ""
    rental: str = ""

    @property
    def price(self) -> float:
        return sum(usd for _, usd in self.payments)


@dataclass(frozen=True)
class Vintage:
    """An order of one node: its column, its month, and from when to when it works [month]."""

    column: int
    node: int
    date: float
    begin: float
    end: float
    price: float


@dataclass(frozen=True)
class Rebuilt:
    """Value of the best plan [USD], NPV of each leaf [USD], and the root's orders."""

    objective: float
    leaf_npv: tuple[float, ...]
    orders: Mapping[AssetKey, float]


@dataclass
class Formulation:
    """The linear program of one study, built by `formulate`."""

    study: PlainStudy
    data: LibraryData
    nodes: list[Node]
    program: LinearProgram = field(default_factory=LinearProgram)
    assets: dict[AssetKey, Asset] = field(default_factory=dict)
    vintages: dict[AssetKey, list[Vintage]] = field(default_factory=dict)
    unserved: dict[tuple[int, str, int], list[tuple[int, float]]] = field(default_factory=dict)

    def standing(self, key: AssetKey, at: int) -> list[Vintage]:
        """Orders of the nodes on the way to node `at` and of itself."""
        above = set(path(self.nodes, at))
        mine = [one for one in self.vintages[key] if one.node in above]
        return [self.known(one, self.assets[key], at) for one in mine]

    def known(self, one: Vintage, asset: Asset, at: int) -> Vintage:
        """An order with the months in which it works as they are known at node `at`: what has
        arrived stays, what has not arrives as the queue now says, and not before that is known."""
        if not asset.wait or asset.wait not in self.nodes[0].wait:
            return one
        walked = path(self.nodes, at)
        begin, said = one.begin, self.nodes[one.node].wait[asset.wait]
        for below in walked[walked.index(one.node) + 1 :]:
            node = self.nodes[below]
            if node.wait[asset.wait] != said and begin > node.begin:
                begin = max(node.begin, one.date + node.wait[asset.wait])
            said = node.wait[asset.wait]
        return replace(one, begin=begin, end=one.end + begin - one.begin)

    def changes(self) -> list[float]:
        """Months in which something may arrive or go."""
        found = {one.stands_until for one in self.assets.values() if one.stands > 0}
        for orders in self.vintages.values():
            found |= {month for one in orders for month in (one.begin, one.end)}
        for key, asset in self.assets.items():
            for at in leaves(self.nodes) if asset.wait else ():
                found |= {m for one in self.standing(key, at) for m in (one.begin, one.end)}
        return sorted(found)

    def solve(self) -> Rebuilt:
        """The best plan."""
        found = self.maximise()
        orders = {
            key: float(
                sum(found.amounts[one.column] for one in self.vintages[key] if one.date == 0)
            )
            for key in self.assets
        }
        return Rebuilt(found.objective, found.leaf_npv, orders)

    def ranges(self, best: Rebuilt, slack: float) -> dict[AssetKey, tuple[float, float]]:
        """Least and most of each root order among the plans within `slack` [USD] of the best."""
        keys = [key for key, many in self.vintages.items() if any(one.date == 0 for one in many)]
        columns = [[v.column for v in self.vintages[key] if v.date == 0] for key in keys]
        found = self.program.ranges(columns, best.objective - slack)
        return dict(zip(keys, found, strict=True))

    def maximise(self) -> Solution:
        probability = np.array([node.probability for node in self.nodes])
        paths = [path(self.nodes, leaf) for leaf in leaves(self.nodes)]
        return self.program.maximise(probability, paths, self.study.alpha, self.study.omega)


def formulate(study: PlainStudy, data: LibraryData) -> Formulation:
    """The linear program that a study means."""
    built = Formulation(study, data, grow(study))
    built.assets = assets_of(study, data)
    for key, asset in built.assets.items():
        if (queue := built.nodes[0].wait.get(asset.wait)) is not None:
            shares = staged(queue, 2)
            paid = tuple((month, share * asset.price) for month, share in shares)
            built.assets[key] = replace(asset, payments=paid, lead=queue)
    for key, asset in built.assets.items():
        built.vintages[key] = _orders(built, key, asset)
        _standing_costs(built, asset)
    _limit_orders(built)
    changes = built.changes()
    for number, node in enumerate(built.nodes):
        time = slices(study, node, changes, lambda begin, months: data.kept[begin, months])
        Operation(built, number, time).add()
    limit_cash(built)
    return built


def assets_of(study: PlainStudy, data: LibraryData) -> dict[AssetKey, Asset]:
    """Everything that may be ordered or stands, by what it is, site and name."""
    found: dict[AssetKey, Asset] = {}
    for name, site in study.sites.items():
        for plant in site.plants:
            common = (plant.lead, plant.life)
            of_technology = (plant.technology, plant.listed_capex)
            found["power", name, plant.name] = Asset(
                ((0.0, plant.capex),),
                plant.fixed,
                *common,
                plant.at_most,
                plant.stands,
                plant.stands_for,
                *of_technology,
            )
            if plant.is_battery:
                found["energy", name, plant.name] = Asset(
                    ((0.0, plant.energy_capex),),
                    0.0,
                    *common,
                    plant.at_most_energy,
                    plant.stands_energy,
                    plant.stands_for,
                    *of_technology,
                )
        if site.grid is not None:
            grid = site.grid
            paid = tuple((month, share * grid.price) for month, share in staged(grid.queue, 2))
            found["grid", name, ""] = Asset(
                paid,
                grid.capacity,
                grid.queue,
                GRID_LIFE,
                grid.limit,
                grid.stands,
                wait=f"queue:{name}",
            )
        if site.hall is not None:
            found |= _computing(study, data, name)
    return found | _rentals(study, data)


def _rentals(study: PlainStudy, data: LibraryData) -> dict[AssetKey, Asset]:
    """Hours of accelerators in the hall of others: each month of the term is paid at its beginning,
    used or not, at the rent of the day of the order."""
    found: dict[AssetKey, Asset] = {}
    for one in study.rentals:
        row = data.rentals[one.name]
        rent = row.rent if one.price is None else one.price
        lead = row.lead if one.lead is None else one.lead
        term = max(1, round(row.term if one.term is None else one.term))
        paid = tuple((lead + month, HOURS_OF_A_MONTH * rent) for month in range(term))
        found["rental", "cloud", one.name] = Asset(
            paid, 0.0, lead, term, FOREVER, 0.0, rental=one.name, listed=rent
        )
    return found


HOURS_OF_A_MONTH = 730


def _computing(study: PlainStudy, data: LibraryData, name: str) -> dict[AssetKey, Asset]:
    """The hall of a site and the accelerators that may stand in it; a hall is paid in four quarters
    over its lead time, an accelerator at the order and on arrival."""
    written = study.sites[name].hall
    assert written is not None
    hall = data.halls[name]
    lead = hall.lead if written.lead is None else written.lead
    quarters = tuple((share * lead, hall.price / 4) for share in (0.0, 1 / 3, 2 / 3, 1.0))
    found = {
        ("hall", name, ""): Asset(
            quarters, hall.fixed, lead, hall.life, written.at_most, written.stands
        )
    }
    for written_chip in study.chips:
        chip = data.chips[written_chip.name]
        price = chip.price if written_chip.price is None else written_chip.price
        found["chip", name, written_chip.name] = Asset(
            ((0.0, 0.2 * price), (chip.lead, 0.8 * price)),
            chip.fixed,
            chip.lead,
            chip.life,
            FOREVER,
            written_chip.stands.get(name, 0.0),
            written_chip.stands_for,
            resale=chip.resale,
            first=max(0.0, chip.available_from - chip.lead - study.start),
        )
    return found


def _dates(built: Formulation, key: AssetKey, asset: Asset) -> list[float]:
    """Months in which it may be ordered: the beginnings of the stages, so that it arrives when
    five, ten, ... years of a stage of more than five are over, and when what was ordered then, or
    stood before, must be followed by another so that nothing is missing in between."""
    end = built.study.end

    def possible(date: float) -> bool:
        return date + asset.lead < end - 1e-9 and date >= asset.first - 1e-9

    starts = {node.begin for node in built.nodes}
    found = {date for date in starts if possible(date)}
    for begin, end_of_stage in {(node.begin, node.end) for node in built.nodes}:
        fives = range(1, 1000) if end_of_stage - begin > 60 else ()
        inside = (begin + 60 * five - asset.lead for five in fives)
        found |= {date for date in inside if begin < date < end_of_stage and possible(date)}
    waiting = [date + asset.life for date in found]
    if asset.stands > 0 and asset.stands_until < FOREVER:
        waiting.append(asset.stands_until - asset.lead)
    while waiting:
        date = waiting.pop()
        known = any(abs(date - other) < 1e-6 for other in found)
        if date > 0 and possible(date) and not known:
            found.add(date)
            waiting.append(date + asset.life)
    return sorted(found)


def _orders(built: Formulation, key: AssetKey, asset: Asset) -> list[Vintage]:
    """One column for each date in each node in which it may be ordered."""
    study, end = built.study, built.study.end
    if key[0] == "grid" and asset.at_most <= asset.stands:
        return []
    found = []
    leads = {node.wait.get(asset.wait, asset.lead) for node in built.nodes}
    dates = _dates(built, key, replace(asset, lead=min(leads)))
    for number, node in enumerate(built.nodes):
        dearer = 1.0
        if asset.technology in node.capex:
            dearer = node.capex[asset.technology] / asset.listed
        if asset.rental:
            dearer = node.every_rent
            if asset.rental in node.rents:
                dearer = node.rents[asset.rental] / asset.listed
        payments = [(after, usd * dearer) for after, usd in asset.payments]
        price = sum(usd for _, usd in payments)
        for date in dates:
            if not node.begin - 1e-6 <= date < node.end - 1e-6:
                continue
            arrival = date + node.wait.get(asset.wait, asset.lead)
            paid = sum(usd * factor(study.rate, date + after) for after, usd in payments)
            one = Vintage(built.program.columns, number, date, arrival, arrival + asset.life, price)
            below = [leaf for leaf in leaves(built.nodes) if number in path(built.nodes, leaf)]
            spans = [built.known(one, asset, leaf) for leaf in below]
            if min(span.begin for span in spans) >= end - 1e-9:
                continue
            chances = np.array([built.nodes[leaf].probability for leaf in below])
            worth = [_worth_of_standing(built, asset, span) for span in spans]
            built.program.add_columns(1, number, float(chances @ worth) / chances.sum() - paid)
            found.append(one)
    return found


def _worth_of_standing(built: Formulation, asset: Asset, one: Vintage) -> float:
    """What is left of its price at the end, less its fixed cost [USD of today]."""
    study, end = built.study, built.study.end
    worked = months_worth(study.rate, one.begin, min(one.end, end))
    left = 0.0
    if study.counts_terminal_value and asset.rental:  # the rent of what is left of the term
        due = 0.0
        for after, usd in asset.payments:  # each for the month that begins with it
            at = one.date + after
            unexpired_part = min(1.0, max(0.0, at + 1 - end))
            due += unexpired_part * usd * factor(study.rate, max(at, end))
        left = due * one.price / asset.price
    elif study.counts_terminal_value:
        left = (
            one.price
            * factor(study.rate, end)
            * _share_left(built, asset, max(0.0, end - one.begin))
        )
    return left - asset.fixed / MONTHS_PER_YEAR * worked


def _share_left(built: Formulation, asset: Asset, age: float) -> float:
    """Share of its price that is left at `age` months: unexpired annuity, or resale if that is
    less."""
    if age >= asset.life - 1e-9:
        return 0.0
    left = unexpired(built.study.rate, asset.life, age)
    if asset.resale is not None:
        first, yearly = asset.resale
        left = min(left, first * yearly ** max(0.0, age / MONTHS_PER_YEAR - 1))
    return left


def _standing_costs(built: Formulation, asset: Asset) -> None:
    """Fixed cost of what stands at the start: no decision moves it. It has no terminal value."""
    for number, node in enumerate(built.nodes):
        until = min(node.end, asset.stands_until)
        worth = months_worth(built.study.rate, node.begin, until)
        built.program.add_constant(number, -asset.stands * asset.fixed / MONTHS_PER_YEAR * worth)


def _limit_orders(built: Formulation) -> None:
    """At most so much stands at any instant; so much is spent and supplied in a stage; halls."""
    for key, asset in built.assets.items():
        if np.isfinite(asset.at_most):
            for number, instant in _instants(built, key):
                there = _there(built, key, number, instant)
                if there:
                    room = asset.at_most - _stands(asset, instant)
                    columns = np.array([one.column for one in there])
                    built.program.add_window(columns, 1.0, max(0.0, room))
    _limit_spending(built)
    _limit_supply(built)
    _limit_halls(built)


def _instants(built: Formulation, *keys: AssetKey) -> list[tuple[int, float]]:
    """(node, month) of every instant in which the capacity of `keys` may have changed."""
    found = []
    for number, node in enumerate(built.nodes):
        months = {node.begin}
        for key in keys:
            for one in built.standing(key, number):
                months |= {m for m in (one.begin, one.end) if node.begin < m < node.end - 1e-6}
            until = built.assets[key].stands_until
            months |= {until} if node.begin < until < node.end - 1e-6 else set()
        found += [(number, month) for month in sorted(months)]
    return found


def _there(built: Formulation, key: AssetKey, node: int, month: float) -> list[Vintage]:
    """Orders that work in `month` of node `node`."""
    return [
        one
        for one in built.standing(key, node)
        if one.begin <= month + 1e-6 and one.end > month + 1e-6
    ]


def _stands(asset: Asset, month: float) -> float:
    return asset.stands if asset.stands_until > month + 1e-6 else 0.0


def _limit_spending(built: Formulation) -> None:
    """`limits.spend`: the undiscounted price of all that a node orders, whole."""
    if built.study.spend is None:
        return
    for number, node in enumerate(built.nodes):
        orders = [one for many in built.vintages.values() for one in many if one.node == number]
        if orders:
            columns = np.array([one.column for one in orders])
            prices = np.array([one.price for one in orders])
            built.program.add_window(columns, prices, built.study.spend[node.stage - 1])


def _limit_supply(built: Formulation) -> None:
    """`supply`: accelerators that can be had in a year, at all sites together."""
    kinds: list[tuple[str, ChipKey | RentalKey]] = [("chip", one) for one in built.study.chips]
    kinds += [("rental", one) for one in built.study.rentals]
    for what, chip in kinds:
        for number, node in enumerate(built.nodes):
            columns: Columns = np.array(
                [
                    one.column
                    for key, many in built.vintages.items()
                    if key[0] == what and key[2] == chip.name
                    for one in many
                    if one.node == number
                ],
                dtype=np.int64,
            )
            if len(columns):
                most = chip.supply * node.months / MONTHS_PER_YEAR
                built.program.add_window(columns, 1.0, most)


def _limit_halls(built: Formulation) -> None:
    """The busy power of all accelerators that stand at a site fits into its hall at any instant."""
    for name, site in built.study.sites.items():
        if site.hall is None:
            continue
        hall = ("hall", name, "")
        chips = [("chip", name, chip.name) for chip in built.study.chips]
        for number, instant in _instants(built, hall, *chips):
            columns, weights, room = [], [], _stands(built.assets[hall], instant)
            for key in chips:
                busy = built.data.chips[key[2]].busy
                room -= busy * _stands(built.assets[key], instant)
                columns += [one.column for one in _there(built, key, number, instant)]
                weights += [busy] * (len(columns) - len(weights))
            columns += [one.column for one in _there(built, hall, number, instant)]
            weights += [-1.0] * (len(columns) - len(weights))
            if columns:
                built.program.add_window(np.array(columns), np.array(weights), room)
