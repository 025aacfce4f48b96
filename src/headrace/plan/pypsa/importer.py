"""PyPSA networks from netCDF as plans: one size now for every scenario, then the operation of each.

    imported = import_pypsa(Path("network.nc"))
    plan = solve(imported.problem)       # minus its bounds are bounds of PyPSA's objective
    imported.unserved(plan.solution)     # 0: the loads of PyPSA are hard

Generators, links with several ends, stores, storage units and loads; sizes fixed or extendable,
whole units, snapshots that count differently, scenarios with weights. PyPSA's balances are
equations; ours let energy be thrown away and a load go unserved at a dear price, so that every size
can be operated. Both say afterwards how much of it they used: at zero the two problems have the
same optimum. What has no counterpart here is refused by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError, Place
from headrace.core.errors import InputFault as Fault
from headrace.plan.lp.problem import Problem, Solution
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.two_stage import FirstStage, two_stage
from headrace.plan.pypsa.netcdf import ComponentTable, Network, read
from headrace.plan.pypsa.scenario import SIZED, NetworkScenario, Size, loads

ROOM = 100.0
"""Most of a size that PyPSA leaves unlimited, in peaks of the whole load; `at_limit` says whether
it held anything back.
"""

DEARER = 10.0
"""An unserved MWh costs this many times what the dearest size would cost if it were built for one
snapshot alone.
"""

_NAN = float("nan")
REFUSED: dict[str, dict[str, float]] = {
    "generators": {
        "p_set": _NAN,
        "e_sum_min": -np.inf,
        "e_sum_max": np.inf,
        "committable": 0.0,
        "maintainable": 0.0,
    },
    "links": {"p_set": _NAN, "committable": 0.0, "maintainable": 0.0, "delay": 0.0},
    "stores": {"p_set": _NAN, "e_set": _NAN, "e_min_pu": 0.0, "marginal_cost_storage": 0.0},
    "storage_units": {
        "p_set": _NAN,
        "p_dispatch_set": _NAN,
        "p_store_set": _NAN,
        "state_of_charge_set": _NAN,
        "spill_cost": 0.0,
        "marginal_cost_storage": 0.0,
    },
}
"""Attributes that have no counterpart here, with the value at which they say nothing (nan: any that
is written does).
"""

REFUSED_EVERYWHERE = {
    "p_nom_set": _NAN,
    "e_nom_set": _NAN,
    "overnight_cost": _NAN,
    "fom_cost": 0.0,
    "marginal_cost_quadratic": 0.0,
    "ramp_limit_up": _NAN,
    "ramp_limit_down": _NAN,
    "stand_by_cost": 0.0,
}

KNOWN = {
    *SIZED,
    "loads",
    "buses",
    "carriers",
    "sub_networks",
    "shapes",
    "line_types",
    "transformer_types",
}


@dataclass(frozen=True)
class Imported:
    """A network as a plan. open_ended: orders that only `ROOM` limits; shed_price: of a MWh not
    served [currency/MWh].
    """

    problem: Problem
    network: Network
    open_ended: tuple[int, ...]
    shed_price: float

    def unserved(self, solution: Solution) -> float:
        """Expected load that is not served [MWh]; PyPSA allows none."""
        found = 0.0
        for block, node, odds in zip(self.problem.nodes, solution.nodes, self.problem.probability):
            shed = [
                i for i, name in enumerate(block.template.columns) if name.startswith("unserved ")
            ]
            found += float(odds * (node.columns[shed] @ block.weights).sum())
        return found

    def wasted(self, solution: Solution) -> float:
        """Expected energy thrown away at buses [MWh]; PyPSA allows none."""
        found = 0.0
        for block, node, odds in zip(self.problem.nodes, solution.nodes, self.problem.probability):
            x = block.start + block.map @ solution.master
            room = block.row_rhs.hourly(block.profiles)
            for e, (r, k) in enumerate(
                zip(block.template.row_border.row, block.template.row_border.column)
            ):
                room[r] += x[k] * block.row_border.hourly(block.profiles)[e]
            for e, (r, j) in enumerate(
                zip(block.template.row_entries.row, block.template.row_entries.column)
            ):
                room[r] -= block.row_entries.hourly(block.profiles)[e] * node.columns[j]
            buses = [i for i, name in enumerate(block.template.rows) if name.startswith("bus ")]
            found += float(odds * (room[buses] @ block.weights).sum())
        return found

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


def import_pypsa(path: Path, *, shed_price: float | None = None, room: float = ROOM) -> Imported:
    """The network of a netCDF file as a plan of two stages: sizes now, one world a scenario.

    shed_price: of a MWh not served [currency/MWh]; by default dearer than building anything for it.
        room: see ROOM. Raises InputError with everything in the file that has no counterpart here.
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
    price = dear_enough(network, ordered) if shed_price is None else shed_price
    first = FirstStage(
        names=tuple(size.name for size in ordered),
        cost=np.array([size.table.number("capital_cost", 0, size.number) for size in ordered])
        / MONEY,
        upper=np.where(np.isfinite(most), most, room * max(peak_load(network), 1.0)),
        unit=np.array(
            [size.table.number(f"{SIZED[size.table.kind]}_mod", 0, size.number) for size in ordered]
        ),
        row_names=(),
        rows=np.zeros((0, len(ordered))),
        limits=np.zeros(0),
    )
    futures = [
        NetworkScenario(network, s, sizes, price / MONEY).outcome(len(ordered))
        for s in range(len(network.scenarios))
    ]
    problem = two_stage(first, futures)
    base = sum(size.least * size.table.number("capital_cost", 0, size.number) for size in ordered)
    return Imported(
        replace(problem, constant=base / MONEY),
        network,
        tuple(np.flatnonzero(~np.isfinite(most)).tolist()),
        price,
    )


def missing_counterparts(network: Network, file: str) -> list[Fault]:
    """Everything in a network that has no counterpart here."""
    faults = [
        Fault(
            Place(file=file, key=kind),
            f"{len(table.names)} components of this kind cannot be imported",
            ", ".join(sorted(SIZED)),
        )
        for kind, table in network.tables.items()
        if kind not in KNOWN and table.names
    ]
    for kind in SIZED:
        faults += _refused(network.table(kind), file)
        faults += _lost(network, network.table(kind), file)
    faults += _lost(network, network.table("loads"), file)
    if abs(float(network.odds.sum()) - 1.0) > 1e-9:
        faults.append(
            Fault(
                Place(file=file, key="scenario_weight"),
                f"the weights add up to {network.odds.sum():g}",
                "1",
            )
        )
    return faults


def _lost(network: Network, table: ComponentTable, file: str) -> Iterator[Fault]:
    """Components at a bus that the network does not have."""
    known = {*network.table("buses").names, ""}
    for attribute in (a for a in table.static if a.rstrip("0123456789") == "bus"):
        for bus in sorted({str(word) for word in table.static[attribute].ravel()} - known):
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                f"there is no bus `{bus}`",
                "one of the network's buses",
            )


def _refused(table: ComponentTable, file: str) -> Iterator[Fault]:
    size = SIZED[table.kind]
    for attribute, neutral in {**REFUSED[table.kind], **REFUSED_EVERYWHERE}.items():
        written = [
            table.static.get(attribute, np.zeros(0)),
            *table.series.get(attribute, {}).values(),
        ]
        numbers = np.concatenate(
            [np.asarray(values, dtype=np.float64).ravel() for values in written]
        )
        if (np.isfinite(numbers) & (numbers != neutral)).any():
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                "this attribute cannot be imported",
                f"{neutral:g} everywhere",
            )
    for attribute in (
        f"{size}_extendable",
        size,
        f"{size}_min",
        f"{size}_max",
        f"{size}_mod",
        "capital_cost",
        "active",
    ):
        values = table.static.get(attribute)
        if values is not None and (values != values[:1]).any():
            yield Fault(
                Place(file=file, key=f"{table.kind}.{attribute}"),
                "this differs between scenarios",
                "one value: sizes are chosen before",
            )


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
            found.append(Size(table, i, orders if extendable else -1, least))
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
    running = [0.0]
    for kind in SIZED:
        table = network.table(kind)
        for s in range(len(network.scenarios)):
            running += [
                float(np.max(table.hourly("marginal_cost", s, i))) for i in range(len(table.names))
            ]
    counted = network.objective[network.objective > 0]
    return DEARER * max(1.0, max(running) + capital / float(counted.min(initial=1.0)))
