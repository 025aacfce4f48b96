"""PyPSA networks from netCDF as plans: one size now for every scenario, then the operation of each.

    imported = import_pypsa(Path("network.nc"))
    plan = solve(imported.problem)       # minus its bounds are bounds of PyPSA's objective
    imported.unserved(plan.solution)     # 0: the loads of PyPSA are hard

Generators, links with several ends, stores, storage units and loads; sizes fixed or extendable,
whole units, snapshots that count differently, scenarios with weights. PyPSA's balances are
equations; here a load may go unserved and energy be thrown away at a price, so that every size can
be operated. Both are told afterwards (verdict.py): at zero the two problems have the same optimum.
What has no counterpart here is refused by name (refusals.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError
from headrace.plan.lp.problem import NodeBlock, Problem, Solution
from headrace.plan.lp.residuals import entries
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.two_stage import FirstStage, two_stage
from headrace.plan.pypsa.netcdf import Network, read
from headrace.plan.pypsa.refusals import missing_counterparts
from headrace.plan.pypsa.scenario import SIZED, NetworkScenario, Penalties, Size, loads

ROOM = 100.0
"""Most of a size that PyPSA leaves unlimited, in peaks of the whole load; `at_limit` says whether
it held anything back, and the verdict then makes more of it.
"""

DEARER = 10.0
"""An unserved MWh costs this many times what the dearest size would cost if it were built for one
snapshot alone.
"""


@dataclass(frozen=True)
class Imported:
    """A network as a plan. open_ended: orders that only `room` limits. shed_price, waste_price: of
    a MWh not served or thrown away [currency/MWh]. least: of each size that is chosen. shed: by
    scenario, the columns of loads unserved. buses: the rows that are balances.
    """

    problem: Problem
    network: Network
    open_ended: tuple[int, ...]
    shed_price: float
    waste_price: float
    least: tuple[float, ...]
    shed: tuple[tuple[int, ...], ...]
    buses: tuple[int, ...]

    def unserved(self, solution: Solution) -> float:
        """Expected load that is not served [MWh]; PyPSA allows none."""
        worlds = zip(self.problem.nodes[1:], solution.nodes[1:], self.problem.probability[1:])
        return sum(
            float(odds * (node.columns[list(mine)] @ block.weights).sum())
            for (block, node, odds), mine in zip(worlds, self.shed)
        )

    def wasted(self, solution: Solution) -> float:
        """Expected energy thrown away at buses and in stores [MWh]; PyPSA allows none."""
        worlds = zip(self.problem.nodes[1:], solution.nodes[1:], self.problem.probability[1:])
        return sum(
            float(odds * _left_open(block, node.columns, self.buses))
            for block, node, odds in worlds
        )

    def at_limit(self, solution: Solution) -> tuple[str, ...]:
        """Sizes that PyPSA leaves unlimited and that reach our limit: the plan may then be dearer
        than PyPSA's.
        """
        master = self.problem.master
        return tuple(
            master.columns[i]
            for i in self.open_ended
            if solution.master[i] >= (1 - 1e-6) * master.upper[i]
        )


def import_pypsa(
    path: Path,
    *,
    shed_price: float | None = None,
    waste_price: float | None = None,
    room: float = ROOM,
) -> Imported:
    """The network of a netCDF file as a plan of two stages: sizes now, one world a scenario.

    shed_price: of a MWh not served [currency/MWh]; by default dearer than building anything for it.
        waste_price: of one thrown away; by default a tenth of the dearest running cost, which is
        enough where throwing away does not pay. room: see ROOM.

    Raises InputError with everything in the file that has no counterpart here.
    """
    network = read(path)
    if faults := missing_counterparts(network, path.name):
        raise InputError(faults)
    sizes = sizes_of(network)
    ordered = [size for size in sizes if size.order >= 0]
    most = np.array(
        [
            size.table.number(f"{SIZED[size.table.kind]}_max", 0, size.number) - size.least
            for size in ordered
        ]
    )
    # what is stored is counted in hours of the load
    hours = np.array([ROOM if size.table.kind == "stores" else 1.0 for size in ordered])
    price = dear_enough(network, ordered) if shed_price is None else shed_price
    waste = waste_price or max(1.0, dearest_hour(network)) / DEARER
    first = FirstStage(
        names=tuple(size.name for size in ordered),
        cost=np.array([size.table.number("capital_cost", 0, size.number) for size in ordered])
        / MONEY,
        upper=np.where(np.isfinite(most), most, room * max(peak_load(network), 1.0) * hours),
        unit=np.array([size.module for size in ordered]),
        row_names=(),
        rows=np.zeros((0, len(ordered))),
        limits=np.zeros(0),
    )
    penalties = Penalties(price / MONEY, waste / MONEY)
    worlds = [NetworkScenario(network, s, sizes, penalties) for s in range(len(network.scenarios))]
    problem = two_stage(first, [world.outcome(len(ordered)) for world in worlds])
    base = sum(size.least * size.table.number("capital_cost", 0, size.number) for size in ordered)
    spent = np.array([base / MONEY, *(w.constant * o for o, w in zip(network.odds, worlds))])
    return Imported(
        replace(problem, constant=float(spent.sum()), spent=spent),
        network,
        tuple(np.flatnonzero(~np.isfinite(most)).tolist()),
        price,
        waste,
        tuple(size.least for size in ordered),
        tuple(tuple(world.unserved) for world in worlds),
        tuple(worlds[0].bus.values()),
    )


def _left_open(block: NodeBlock, columns: Floats, buses: tuple[int, ...]) -> float:
    """What the balances of buses and stores leave open [MWh]."""
    rows, chains = block.row_rhs.hourly(block.profiles), block.chain_rhs.hourly(block.profiles)
    template, profiles = block.template, block.profiles
    for e in entries(template.row_entries, block.row_entries, profiles):
        rows[e.row] -= e.number * columns[e.column]
    for e in entries(template.chain_now, block.chain_now, profiles):
        chains[e.row] -= e.number * columns[e.column]
    for e in entries(template.chain_next, block.chain_next, profiles):
        chains[e.row] -= e.number * columns[e.column, block.next_hour]
    return float((rows[list(buses)] @ block.weights).sum() + chains.sum())


def sizes_of(network: Network) -> list[Size]:
    """Every component with a size, those that are chosen numbered in the order of the master."""
    found, orders = [], 0
    for kind, nominal in SIZED.items():
        table = network.table(kind)
        for i in range(len(table.names)):
            if not table.number("active", 0, i):
                continue
            extendable = bool(table.number(f"{nominal}_extendable", 0, i))
            least = table.number(f"{nominal}_min" if extendable else nominal, 0, i)
            module = table.number(f"{nominal}_mod", 0, i) if extendable else 0.0
            if module > 0:
                least = module * np.ceil(least / module - 1e-9)
            found.append(Size(table, i, orders if extendable else -1, least, module))
            orders += extendable
    return found


def peak_load(network: Network) -> float:
    """Largest load of the whole network in any scenario [MW]."""
    sums = [
        sum((load for _, load in loads(network, s)), np.zeros(1))
        for s in range(len(network.scenarios))
    ]
    return float(max(np.max(total) for total in sums))


def dear_enough(network: Network, ordered: Sequence[Size]) -> float:
    """A price of unserved load [currency/MWh] at which anything else is cheaper: `DEARER` times the
    dearest MWh and the dearest size built for one snapshot alone.
    """
    capital = max(
        (size.table.number("capital_cost", 0, size.number) for size in ordered), default=0.0
    )
    counted = network.objective[network.objective > 0]
    return DEARER * max(1.0, dearest_hour(network) + capital / float(counted.min(initial=1.0)))


def dearest_hour(network: Network) -> float:
    """The dearest or best paid MWh of anything [currency/MWh], in size."""
    running = [0.0]
    for kind in SIZED:
        table = network.table(kind)
        for s in range(len(network.scenarios)):
            running += [
                float(np.max(np.abs(table.hourly("marginal_cost", s, i))))
                for i in range(len(table.names))
            ]
    return max(running)
