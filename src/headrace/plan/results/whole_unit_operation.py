"""One node of a plan operated with whole units: the mixed-integer program beside the relaxed plan.

    on_t = u_t n_t,   n_t <= N_t whole                     units on line of every committed plant
    n_t <= N y_t,   y_t 0 or 1                             one of them runs
    sum_j (a_j - on_j) - sum_s held_s + u_t y_t <= 0       reserve: one whole unit of each plant

u_t is what one unit can give in an hour. Everything else - balances, least load, starts, least
times, ramps, stores, promises - is the node as the plan has it, at the plan's capacities and peaks.
K MW of a plant are the whole number of equal units nearest to K over the size of one, at least one.
Of a plant that is not committed a unit is lost wherever one stands.

With whole numbers the inequalities of least times and starts are exact (constraints/least_times.py)
and so is the reserve, which the plan can only ask for as a share (docs/decisions/0281). Fuel is on
the plan's straight line; what the line leaves out stands in results/unit_commitment_check.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array, csc_array

from headrace.core.arrays import Floats, Ints
from headrace.core.components import Converter
from headrace.core.errors import Infeasible, StoppedEarly
from headrace.core.ids import ConverterId
from headrace.plan.lp.highs import FixedNode
from headrace.plan.lp.linear_program import (
    LinearProgram,
    NotFeasibleError,
    answered,
    highs_model,
)
from headrace.plan.lp.problem import Solution
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.constraints.reserve import ratio_at, share_of_a_unit
from headrace.plan.model.formulate import Formulation
from headrace.plan.model.investment import fixed_sizes
from headrace.plan.results.dispatch import NodeOutcome, node_outcome

MOST = 5_000
"""Whole numbers of a node up to which it is operated so: two plants in 2,500 hours."""
NOTHING = 1e-6
"""Capacity [MW] below which a plant is not there."""


@dataclass(frozen=True)
class WholeUnitOperation:
    """What a node costs over what it earns in operation at the plan's capacities, expected and
    discounted [USD].

    relaxed: as the plan operates it at best. low, high: between which bounds it lies with whole
    units; high is the operation that was found. units: on line by converter number, shape
    (snapshot,); sizes: of one unit [MW]. columns: the operation, shape (column, snapshot) [unit of
    the column].
    """

    node: int
    relaxed: float
    low: float
    high: float
    units: dict[int, Ints]
    sizes: dict[int, float]
    columns: Floats

    @property
    def extra(self) -> tuple[float, float]:
        """Between which bounds whole units cost more [USD]."""
        return max(0.0, self.low - self.relaxed), max(0.0, self.high - self.relaxed)


def operate(
    formulation: Formulation,
    solution: Solution,
    node: int,
    *,
    gap: float = 1e-4,
    seconds: float | None = None,
) -> WholeUnitOperation | None:
    """A node with whole units; None where nothing is committed and no reserve is kept, or where it
    would take more than `MOST` whole numbers.

    gap: relative, at which branch and bound ends [1]. seconds: after which the best found so far is
    the answer [s].

    Raises Infeasible where whole units cannot be operated at these capacities, StoppedEarly where
    no operation was found in time.
    """
    outcome, labels = node_outcome(formulation, solution, node), formulation.labels[node]
    plants = tuple(_plants(formulation, outcome))
    counted = [plant for plant in plants if plant.running >= 0]
    reserved = any(label.kind == "spinning" for label in labels.rows)
    if not (counted or reserved) or 2 * len(counted) * len(outcome.weights) > MOST:
        return None
    block = formulation.problem.nodes[node]
    fixed = FixedNode(block)
    x = block.start + block.map @ solution.master
    relaxed = fixed.solve(x)[1]
    program = _with_units(formulation, node, fixed.program(x), plants)
    model = highs_model(program, 1, seconds, None)
    model.setOptionValue("mip_rel_gap", gap)
    try:
        answer = answered(model, integer=bool(counted), names=(), anytime=True)
    except NotFeasibleError:
        name = formulation.nodes[node].name
        raise Infeasible(f"whole units cannot be operated at node {name}", ()) from None
    hours = block.hours
    wide = len(block.template.columns) * hours
    counts = np.round(answer.values[wide:]).astype(np.int64).reshape(-1, hours)
    return WholeUnitOperation(
        node=node,
        relaxed=MONEY * relaxed,
        low=MONEY * (answer.bound if counted else answer.value),
        high=MONEY * answer.value,
        units={plant.number: counts[2 * i] for i, plant in enumerate(counted)},
        sizes={plant.number: plant.size for plant in plants},
        columns=answer.values[:wide].reshape(-1, hours),
    )


def over_tree(
    formulation: Formulation,
    solution: Solution,
    *,
    gap: float = 1e-3,
    seconds: float = 30.0,
    stop: Callable[[], bool] | None = None,
) -> tuple[list[WholeUnitOperation], int]:
    """Every node with something to count, and how many of these were left: too large, without an
    operation in their time, or after the stop. seconds: for each node [s].
    """
    found, left = [], 0
    for node, labels in enumerate(formulation.labels):
        if not any(label.kind == "running" for label in labels.columns) and not any(
            label.kind == "spinning" for label in labels.rows
        ):
            continue
        try:
            idle = stop is not None and stop()
            one = None if idle else operate(formulation, solution, node, gap=gap, seconds=seconds)
        except (Infeasible, StoppedEarly):
            one = None
        left += one is None
        found += [] if one is None else [one]
    return found, left


@dataclass(frozen=True)
class _Plant:
    """A plant with units that stands. running: its column, -1 where it is not committed. size: of
    one unit [MW]; count: how many stand, and what one can give [MW], shape (snapshot,).
    """

    number: int
    converter: Converter
    running: int
    size: float
    count: Ints
    gives: Floats


def _plants(formulation: Formulation, outcome: NodeOutcome) -> Iterator[_Plant]:
    labels, calendar = formulation.labels[outcome.number], formulation.time_slices[outcome.number]
    columns = {(label.kind, label.number): j for j, label in enumerate(labels.columns)}
    for number, listed in enumerate(formulation.system.converters):
        converter = formulation.parameters[outcome.number].converter(listed)
        if converter.unit_size <= 0 or converter.asset is None or number not in outcome.activity:
            continue
        there = outcome.hourly_capacity.get(converter.asset)
        if there is None or there.max() <= NOTHING:
            continue
        size = float(there.max()) / max(1, round(float(there.max()) / converter.unit_size))
        gives = size * np.broadcast_to(calendar.cut(converter.availability), there.shape)
        count = np.floor(there / size + 1e-6).astype(np.int64)
        running = columns.get(("running", number), -1)
        yield _Plant(number, converter, running, size, count, np.asarray(gives))


def _with_units(
    formulation: Formulation, node: int, relaxed: LinearProgram, plants: tuple[_Plant, ...]
) -> LinearProgram:
    """The node's program with units on line as further columns: of each committed plant how many,
    and whether any.
    """
    hours = len(formulation.time_slices[node].weights)
    counted = [plant for plant in plants if plant.running >= 0]
    t, wide, width = np.arange(hours), relaxed.matrix.shape[1], 2 * len(counted) * hours
    row: list[Ints] = []
    column: list[Ints] = []
    value: list[Floats] = []

    def put(rows: Ints, columns: Ints, values: Floats | float) -> None:
        row.append(rows)
        column.append(columns)
        value.append(np.broadcast_to(values, hours))

    first, most = relaxed.matrix.shape[0], [np.zeros(0)]
    for i, plant in enumerate(counted):
        whole, any_runs = wide + 2 * i * hours + t, wide + (2 * i + 1) * hours + t
        put(first + 2 * i * hours + t, plant.running * hours + t, 1.0)
        put(first + 2 * i * hours + t, whole, -plant.gives)
        put(first + (2 * i + 1) * hours + t, whole, 1.0)
        put(first + (2 * i + 1) * hours + t, any_runs, -float(plant.count.max()))
        most += [plant.count.astype(np.float64), np.minimum(plant.count, 1.0)]
    rhs = relaxed.row_upper.copy()
    for r, plant, ratio, share in _reserve_rows(formulation, node, plants):
        if plant.running >= 0:
            at = counted.index(plant)
            put(r * hours + t, plant.running * hours + t, -share * ratio)
            put(r * hours + t, wide + (2 * at + 1) * hours + t, ratio * plant.gives)
        else:
            there = plant.gives * plant.count
            rhs[r * hours + t] += ratio * (share * there - np.minimum(plant.gives, there))
    known = relaxed.matrix.tocoo()
    entries = (
        np.concatenate([known.data, *value]),
        (np.concatenate([known.row, *row]), np.concatenate([known.col, *column])),
    )
    equal = np.tile(np.repeat([0.0, -np.inf], hours), len(counted))
    return LinearProgram(
        matrix=csc_array(coo_array(entries, shape=(first + width, wide + width))),
        cost=np.concatenate([relaxed.cost, np.zeros(width)]),
        lower=np.concatenate([relaxed.lower, np.zeros(width)]),
        upper=np.concatenate([relaxed.upper, *most]),
        row_lower=np.concatenate([relaxed.row_lower, equal]),
        row_upper=np.concatenate([rhs, np.zeros(width)]),
        integer=np.arange(wide, wide + width),
    )


def _reserve_rows(
    formulation: Formulation, node: int, plants: tuple[_Plant, ...]
) -> Iterator[tuple[int, _Plant, float, float]]:
    """Number of each reserve row, the plant that loses a unit in it, what a MW of that gives at the
    bus [1], and the share of a unit in the most that may stand [1].
    """
    system = formulation.system
    fixed = fixed_sizes(system, formulation.installed[node])
    by_id = {plant.converter.id: plant for plant in plants}
    buses = [reserve.bus for reserve in system.spinning]
    for r, label in enumerate(formulation.labels[node].rows):
        if label.kind == "spinning" and isinstance(label.about, ConverterId):
            plant = by_id.get(label.about)
            if plant is not None:
                ratio = max(ratio_at(plant.converter, bus) for bus in buses)
                yield r, plant, ratio, share_of_a_unit(system, plant.converter, fixed)
