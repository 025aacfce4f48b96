"""Branches and means: the plan of somebody who knows what comes, and of somebody who takes the mean
for the future.

    branch(problem, leaf)    the nodes on the way to one leaf, certain: wait and see plans it alone
    mean(problem)            one branch whose every number is the probability-weighted mean of the
                             branches' numbers
    mean_study(formulation)  one branch of mean worlds: fuel prices, demand, technology prices are
                             averaged, not blocks

A branch and a mean are `blocks.Problem`s like any other, so every solver and every bound holds for
them unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError
from headrace.core.ids import ProductId
from headrace.plan.lp.problem import HourTemplate, Master, NodeBlock, Pattern, Problem, Values
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.block_builder import ProfileBook
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.scenario.tree import ScenarioNode

Key = TypeVar("Key")


@dataclass(frozen=True)
class MeanValue:
    """A mean future as one branch.

    Its columns `there` are the same orders of the root as the tree's columns `here`.
    """

    problem: Problem
    here: Ints
    there: Ints


def line(problem: Problem, node: int) -> list[int]:
    """Nodes from the root down to `node`."""
    way = [node]
    while problem.parent[way[-1]] >= 0:
        way.append(int(problem.parent[way[-1]]))
    return way[::-1]


def branch(problem: Problem, leaf: int) -> Problem:
    """The way to one leaf as a plan of its own: each node counts as if it were certain.

    Master columns and rows keep their order. Raises InputError where a limit on orders joins two
    branches: only one of them will be, so nothing can be said of one alone.
    """
    way = line(problem, leaf)
    kept = np.flatnonzero(np.isin(problem.master.node, way))
    nodes = tuple(_certain(problem, n, kept) for n in way)
    master = _branch_master(problem, way, kept)
    parent = np.arange(-1, len(way) - 1, dtype=np.int64)
    return Problem(master, nodes, parent, np.ones(len(way)), problem.constant)


def _certain(problem: Problem, number: int, kept: Ints) -> NodeBlock:
    block = problem.nodes[number]
    return replace(
        block,
        weight=float(block.weight / problem.probability[number]),
        map=csr_array(csr_array(block.map)[:, kept]),
    )


def _branch_master(problem: Problem, way: Sequence[int], kept: Ints) -> Master:
    master = problem.master
    matrix = csr_array(master.matrix)
    entries = matrix.tocoo()
    outside = np.zeros(len(master.rows), dtype=bool)
    outside[entries.row[~np.isin(master.node[entries.col], way) & (entries.data != 0)]] = True
    inside = np.zeros(len(master.rows), dtype=bool)
    inside[entries.row[np.isin(master.node[entries.col], way) & (entries.data != 0)]] = True
    _one_line(problem, np.flatnonzero(outside & inside))
    rows = np.flatnonzero(~outside)
    position = {n: i for i, n in enumerate(way)}
    return Master(
        columns=tuple(master.columns[i] for i in kept),
        node=np.array([position[int(n)] for n in master.node[kept]], dtype=np.int64),
        cost=master.cost[kept] / problem.probability[master.node[kept]],
        upper=master.upper[kept],
        unit=master.unit[kept],
        rows=tuple(master.rows[r] for r in rows),
        matrix=csr_array(matrix[rows][:, kept]),
        rhs=master.rhs[rows],
    )


def _one_line(problem: Problem, rows: Ints) -> None:
    """Raise InputError for a row whose columns do not all lie on one way from the root."""
    for r in rows:
        nodes = np.unique(problem.master.node[csr_array(problem.master.matrix)[[int(r)]].indices])
        deepest = max(nodes, key=lambda n: len(line(problem, int(n))))
        if not set(nodes) <= set(line(problem, int(deepest))):
            name = problem.master.rows[int(r)]
            raise InputError(
                f"the limit `{name}` joins branches of the tree, so no branch can be planned alone"
            )


def mean(problem: Problem, here: Ints | None = None) -> MeanValue:
    """The mean of all branches, number by number. here: the orders of the root (default: all
    columns of the root).

    Raises InputError unless all branches have the same nodes, hours, columns and rows.
    """
    ends = leaves(problem)
    branches = [branch(problem, int(leaf)) for leaf in ends]
    odds = problem.probability[ends]
    here = np.flatnonzero(problem.master.node == 0) if here is None else here
    kept = np.flatnonzero(np.isin(problem.master.node, line(problem, int(ends[0]))))
    return MeanValue(_mean_branch(branches, odds / odds.sum()), here, np.searchsorted(kept, here))


def _mean_branch(branches: Sequence[Problem], odds: Floats) -> Problem:
    first = branches[0]
    if any(len(b.nodes) != len(first.nodes) for b in branches):
        raise InputError(
            "the branches of the tree have different numbers of nodes: they have no mean"
        )
    nodes = tuple(
        _mean_block([b.nodes[i] for b in branches], odds) for i in range(len(first.nodes))
    )
    return replace(first, master=_mean_master([b.master for b in branches], odds), nodes=nodes)


def _mean_master(masters: Sequence[Master], odds: Floats) -> Master:
    first = masters[0]
    for other in masters[1:]:
        alike = other.matrix.shape == first.matrix.shape and np.array_equal(other.node, first.node)
        if not alike or not np.array_equal(other.unit, first.unit):
            raise InputError("the branches of the tree order different things: they have no mean")
    matrix = csr_array(first.matrix.shape)
    for odd, each in zip(odds, masters):
        matrix = csr_array(matrix + odd * csr_array(each.matrix))
    return replace(
        first,
        cost=_mean_of([m.cost for m in masters], odds),
        upper=_mean_of([m.upper for m in masters], odds),
        matrix=matrix,
        rhs=_mean_of([m.rhs for m in masters], odds),
    )


def _mean_of(arrays: Sequence[Floats], odds: Floats) -> Floats:
    """Weighted mean of arrays of one shape; infinite where one of them is."""
    return np.asarray(
        sum(odd * np.asarray(array, dtype=np.float64) for odd, array in zip(odds, arrays))
    )


VALUES = (
    "cost", "upper", "upper_border", "row_entries", "row_rhs", "row_border", "chain_now", "chain_next", "chain_rhs",
    "window_entries",
)  # fmt: skip
"""The fields of a NodeBlock that are numbers by hour."""


def _mean_block(blocks: Sequence[NodeBlock], odds: Floats) -> NodeBlock:
    first = blocks[0]
    if not all(_alike(first, other) for other in blocks[1:]):
        raise InputError(
            f"nodes beside {first.name} have other hours, columns or rows: they have no mean"
        )
    book = ProfileBook(first.hours)
    numbers = {
        name: _mean_values([(getattr(b, name), b.profiles) for b in blocks], odds, book)
        for name in VALUES
    }
    chance = csr_array(first.map.shape)
    for odd, each in zip(odds, blocks):
        chance = csr_array(chance + odd * csr_array(each.map))
    return replace(
        first,
        name=f"mean of {first.name}" if len({b.name for b in blocks}) > 1 else first.name,
        weight=float(odds @ [b.weight for b in blocks]),
        weights=_mean_of([b.weights for b in blocks], odds),
        profiles=book.rows(),
        window_rhs=tuple(_mean_of(parts, odds) for parts in zip(*(b.window_rhs for b in blocks))),
        start=_mean_of([b.start for b in blocks], odds),
        map=chance,
        **numbers,  # type: ignore[arg-type]
    )


def _mean_values(given: Sequence[tuple[Values, Floats]], odds: Floats, book: ProfileBook) -> Values:
    """Entry by entry, the mean of the hourly numbers; unlimited where one of them is."""
    found = []
    for e in range(len(given[0][0].scale)):
        if all(np.isfinite(values.scale[e]) for values, _ in given):
            hourly = _mean_of(
                [values.scale[e] * profiles[values.profile[e]] for values, profiles in given], odds
            )
            found.append(book.number(float(hourly[0]) if np.ptp(hourly) == 0 else hourly))
        else:
            found.append((np.inf, 0))
    return Values(
        np.array([scale for scale, _ in found]),
        np.array([profile for _, profile in found], dtype=np.int64),
    )


def _alike(a: NodeBlock, b: NodeBlock) -> bool:
    """Whether two nodes have the same hours and the same places for numbers."""
    same = (a.next_hour, a.window_of), (b.next_hour, b.window_of)
    return (
        a.hours == b.hours
        and all(np.array_equal(x, y) for x, y in zip(*same))
        and _same_places(a.template, b.template)
    )


def _same_places(a: HourTemplate, b: HourTemplate) -> bool:
    if a is b:
        return True
    names = all(
        getattr(a, n) == getattr(b, n) for n in ("columns", "rows", "chains", "borders", "windows")
    )
    return (
        names
        and np.array_equal(a.levels, b.levels)
        and all(_same_pattern(p, q) for p, q in zip(_patterns(a), _patterns(b)))
    )


def _patterns(t: HourTemplate) -> tuple[Pattern, ...]:
    return (
        t.row_entries,
        t.row_border,
        t.chain_now,
        t.chain_next,
        t.upper_border,
        t.window_entries,
    )


def _same_pattern(a: Pattern, b: Pattern) -> bool:
    return np.array_equal(a.row, b.row) and np.array_equal(a.column, b.column)


def mean_study(formulation: Formulation) -> MeanValue:
    """The mean future of a study: one node a stage, in which every belief is its mean over the
    nodes of that stage.

    The blocks themselves are not averaged: a fuel price, a demand, a technology's price has a mean;
    which hours an asset is masked to has none. Every limit of the study holds; one branch has no
    tail, so its mean alone counts.
    """
    first = [min(stage) for stage in _stages(formulation.nodes)]
    nodes = [_mean_node(formulation.nodes[n], depth) for depth, n in enumerate(first)]
    parameters = [_mean_world(formulation, stage) for stage in _stages(formulation.nodes)]
    time_slices = [formulation.time_slices[n] for n in first]
    future = replace(
        formulation.expansion,
        nodes=tuple(nodes),
        time_slices=tuple(time_slices),
        parameters=tuple(parameters),
        risk=None,
    )
    made = formulate(future)
    return MeanValue(made.problem, root_orders_of(formulation), root_orders_of(made))


def root_orders_of(formulation: Formulation) -> Ints:
    """Columns that are orders of the root; its peaks are not decided today."""
    return np.array(
        [i for i, order in enumerate(formulation.orders) if order.node == 0], dtype=np.int64
    )


def _stages(nodes: Sequence[ScenarioNode]) -> list[list[int]]:
    last = max(node.stage for node in nodes)
    return [
        [n for n, node in enumerate(nodes) if node.stage == stage] for stage in range(1, last + 1)
    ]


def _mean_node(like: ScenarioNode, depth: int) -> ScenarioNode:
    label = like.label if depth == 0 else "the mean of all branches"
    return replace(
        like,
        name=f"mean{depth:03d}",
        parent=depth - 1,
        probability=1.0,
        label=label,
        cases={},
        values={},
        growth={},
        blocks={},
    )


def _mean_world(formulation: Formulation, stage: Sequence[int]) -> NodeParameters:
    odds = np.array([formulation.nodes[n].probability for n in stage])
    parameters = [formulation.parameters[n] for n in stage]
    odds = odds / odds.sum()
    return NodeParameters(
        fuel=_mean_map([w.fuel for w in parameters], odds),
        capex=_mean_map([w.capex for w in parameters], odds),
        level=_mean_map([w.level for w in parameters], odds),
        price=_mean_map([w.price for w in parameters], odds),
        blocks=_mean_blocks([w.blocks for w in parameters], odds),
    )


def _mean_blocks(
    given: Sequence[Mapping[ProductId, Floats]], odds: Floats
) -> dict[ProductId, Floats]:
    if any(set(blocks) != set(given[0]) for blocks in given):
        raise InputError(
            "nodes of one stage give a demand by load block and as a shape: they have no mean"
        )
    return {name: _mean_of([blocks[name] for blocks in given], odds) for name in given[0]}


def _mean_map(maps: Sequence[Mapping[Key, float]], odds: Iterable[float]) -> dict[Key, float]:
    """Mean by key; what a world does not name is left at 1 there (a factor nobody has a belief
    about).
    """
    keys = dict.fromkeys(key for each in maps for key in each)
    return {
        key: float(sum(odd * each.get(key, 1.0) for odd, each in zip(odds, maps))) for key in keys
    }
