"""The mean future: what somebody plans for who takes the mean for what comes.

    mean(problem)            one branch whose every number is the probability-weighted mean of the
                             branches' numbers
    mean_study(formulation)  one branch of mean parameters: fuel prices, demand, technology prices
                             are averaged, not blocks

A mean is a `lp.problem.Problem` like any other, so every solver and every bound holds for it
unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats, Hourly, Ints
from headrace.core.components import Converter, Port, System
from headrace.core.errors import InputError
from headrace.plan.analysis.wait_and_see import branch, path_from_root
from headrace.plan.lp.problem import Master, NodeBlock, Problem, Values
from headrace.plan.lp.risk_measure import leaves
from headrace.plan.model.block_builder import ProfileBook
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.promise_check import words_of_broken
from headrace.plan.scenario.parameters import NodeParameters
from headrace.plan.solve.solve import CertifiedPlan

Key = TypeVar("Key")

HOURLY_NUMBERS = (
    *("cost", "upper", "upper_border", "row_entries", "row_rhs", "row_border"),
    *("chain_now", "chain_next", "chain_rhs", "window_entries"),
)
"""The fields of a NodeBlock that are numbers by hour."""

NAMES = ("columns", "rows", "chains", "borders", "windows")
PATTERNS = (
    *("row_entries", "row_border", "chain_now"),
    *("chain_next", "upper_border", "window_entries"),
)
"""The fields of an HourTemplate that are names, and those that are places of numbers."""


@dataclass(frozen=True)
class MeanValue:
    """A mean future as one branch.

    Its columns `there` are the same orders of the root as the tree's columns `here`. broken: what
    becomes of a promise of the study in a plan of the tree, in words; None where none is known.
    """

    problem: Problem
    here: Ints
    there: Ints
    broken: Callable[[CertifiedPlan], str] | None = None


def mean(problem: Problem, here: Ints | None = None) -> MeanValue:
    """The mean of all branches, number by number. here: the orders of the root (default: all
    columns of the root).

    Raises InputError unless all branches have the same nodes, hours, columns and rows.
    """
    ends = leaves(problem)
    branches = [branch(problem, int(leaf)) for leaf in ends]
    probabilities = problem.probability[ends] / problem.probability[ends].sum()
    first = branches[0]
    if any(len(b.nodes) != len(first.nodes) for b in branches):
        raise InputError(
            "the branches of the tree have different numbers of nodes: they have no mean"
        )
    middle = replace(
        first,
        master=_mean_master([b.master for b in branches], probabilities),
        nodes=tuple(
            _mean_block([b.nodes[i] for b in branches], probabilities)
            for i in range(len(first.nodes))
        ),
    )
    here = np.flatnonzero(problem.master.node == 0) if here is None else here
    kept = np.flatnonzero(np.isin(problem.master.node, path_from_root(problem, int(ends[0]))))
    return MeanValue(middle, here, np.searchsorted(kept, here))


def _mean_master(masters: Sequence[Master], probabilities: Floats) -> Master:
    first = masters[0]
    for other in masters[1:]:
        alike = other.matrix.shape == first.matrix.shape and np.array_equal(other.node, first.node)
        if not alike or not np.array_equal(other.unit, first.unit):
            raise InputError("the branches of the tree order different things: they have no mean")
    return replace(
        first,
        cost=_mean_of([m.cost for m in masters], probabilities),
        upper=_mean_of([m.upper for m in masters], probabilities),
        matrix=_mean_matrix([m.matrix for m in masters], probabilities),
        rhs=_mean_of([m.rhs for m in masters], probabilities),
    )


def _mean_of(arrays: Sequence[Floats], probabilities: Floats) -> Floats:
    """Weighted mean of arrays of one shape; infinite where one of them is."""
    return np.asarray(
        sum(p * np.asarray(array, dtype=np.float64) for p, array in zip(probabilities, arrays))
    )


def _mean_matrix(matrices: Sequence[csr_array], probabilities: Floats) -> csr_array:
    found = csr_array(matrices[0].shape)
    for probability, each in zip(probabilities, matrices):
        found = csr_array(found + probability * csr_array(each))
    return found


def _mean_block(blocks: Sequence[NodeBlock], probabilities: Floats) -> NodeBlock:
    first = blocks[0]
    if not all(alike(first, other) for other in blocks[1:]):
        raise InputError(
            f"nodes beside {first.name} have other hours, columns or rows: they have no mean"
        )
    book = ProfileBook(first.hours)
    numbers = {
        name: mean_values([(getattr(b, name), b.profiles) for b in blocks], probabilities, book)
        for name in HOURLY_NUMBERS
    }
    return replace(
        first,
        name=f"mean of {first.name}" if len({b.name for b in blocks}) > 1 else first.name,
        weight=float(probabilities @ [b.weight for b in blocks]),
        weights=_mean_of([b.weights for b in blocks], probabilities),
        profiles=book.rows(),
        window_rhs=tuple(
            _mean_of(parts, probabilities) for parts in zip(*(b.window_rhs for b in blocks))
        ),
        start=_mean_of([b.start for b in blocks], probabilities),
        map=_mean_matrix([b.map for b in blocks], probabilities),
        **numbers,  # type: ignore[arg-type]
    )


def mean_values(
    given: Sequence[tuple[Values, Floats]], probabilities: Floats, book: ProfileBook
) -> Values:
    """Entry by entry, the mean of hourly numbers, each with the profiles it refers to [the entry's
    unit]; unlimited where one of them is. Profiles of the means go into `book`.

    probabilities: of the worlds [1].
    """
    found = []
    for e in range(len(given[0][0].scale)):
        if all(np.isfinite(values.scale[e]) for values, _ in given):
            hourly = _mean_of(
                [values.scale[e] * profiles[values.profile[e]] for values, profiles in given],
                probabilities,
            )
            found.append(book.number(float(hourly[0]) if np.ptp(hourly) == 0 else hourly))
        else:
            found.append((np.inf, 0))
    return Values(
        np.array([scale for scale, _ in found]),
        np.array([profile for _, profile in found], dtype=np.int64),
    )


def alike(a: NodeBlock, b: NodeBlock) -> bool:
    """Whether two nodes have the same hours, the same names and the same places for numbers."""
    mine, theirs = a.template, b.template
    places = [(getattr(mine, name), getattr(theirs, name)) for name in PATTERNS]
    arrays = [
        *((a.next_hour, b.next_hour), (a.window_of, b.window_of), (mine.levels, theirs.levels)),
        *((p.row, q.row) for p, q in places),
        *((p.column, q.column) for p, q in places),
    ]
    return (
        a.hours == b.hours
        and all(getattr(mine, name) == getattr(theirs, name) for name in NAMES)
        and all(np.array_equal(x, y) for x, y in arrays)
    )


def mean_study(formulation: Formulation) -> MeanValue:
    """The mean future of a study: one node a stage or operated year of it, in which every belief is
    its mean over the nodes of that time.

    The blocks themselves are not averaged: a fuel price, a demand, a technology's price has a mean;
    which hours an asset is masked to has none. Every limit of the study holds; one branch has no
    tail, so its mean alone counts.
    """
    whole = formulation.expansion
    stages: dict[float, list[int]] = {}
    for number, node in enumerate(formulation.nodes):
        stages.setdefault(node.start, []).append(number)
    nodes, parameters, time_slices, opens = [], [], [], 0
    for depth, (_, stage) in enumerate(sorted(stages.items())):
        like = formulation.nodes[stage[0]]
        opens = depth if like.decides else opens
        nodes.append(
            replace(
                like,
                name=f"mean{depth:03d}",
                parent=depth - 1,
                probability=1.0,
                label=like.label if depth == 0 else "the mean of all branches",
                opening=-1 if like.decides else opens,
                share=1.0,
                cases={},
                values={},
                growth={},
                blocks={},
            )
        )
        here = [formulation.nodes[n] for n in stage]
        probabilities = np.array([node.probability * node.share for node in here])
        parameters.append(
            _mean_world([formulation.parameters[n] for n in stage], whole.system, probabilities)
        )
        time_slices.append(formulation.time_slices[stage[0]])
    future = formulate(
        replace(
            whole,
            nodes=tuple(nodes),
            time_slices=tuple(time_slices),
            parameters=tuple(parameters),
            risk=None,
        )
    )
    return MeanValue(
        future.problem,
        root_orders_of(formulation),
        root_orders_of(future),
        lambda plan: words_of_broken(formulation, plan.solution),
    )


def root_orders_of(formulation: Formulation) -> Ints:
    """Columns that are orders of the root; its peaks are not decided today."""
    return np.array(
        [i for i, order in enumerate(formulation.orders) if order.date == 0], dtype=np.int64
    )


def mean_parameters(parameters: Sequence[NodeParameters], probabilities: Floats) -> NodeParameters:
    """The mean of what holds at the nodes of one stage, each in its own unit.

    probabilities: of the nodes [1], of any sum. Raises InputError where a demand is given by load
    block at some of the nodes and as a shape at others.
    """
    shares = probabilities / probabilities.sum()
    if any(set(w.blocks) != set(parameters[0].blocks) for w in parameters):
        raise InputError(
            "nodes of one stage give a demand by load block and as a shape: they have no mean"
        )
    return NodeParameters(
        fuel={
            key: sum(p * np.asarray(w.fuel[key]) for p, w in zip(shares, parameters))
            for key in parameters[0].fuel
        },
        capex=_mean_map([w.capex for w in parameters], shares),
        level=_mean_map([w.level for w in parameters], shares),
        price=_mean_map([w.price for w in parameters], shares),
        blocks={
            name: _mean_of([w.blocks[name] for w in parameters], shares)
            for name in parameters[0].blocks
        },
        royalty=_mean_map([w.royalty for w in parameters], shares),
        tariff=parameters[0].tariff,  # the nodes of one stage have the same hours
        learned=parameters[0].learned,  # and learn alike
    )


def _mean_world(
    parameters: Sequence[NodeParameters], system: System, probabilities: Floats
) -> NodeParameters:
    """The mean of what holds, with converters and demands of mean numbers where one is otherwise at
    a node than in the system.
    """
    shares = probabilities / probabilities.sum()
    moved = dict.fromkeys(one for world in parameters for one in world.converters)
    listed = [system.converters[system.converter_numbers[one]] for one in moved]
    asked = [d for d in system.demands if any(d.product in w.demands for w in parameters)]
    return replace(
        mean_parameters(parameters, probabilities),
        converters={
            one.id: _mean_converter([w.converter(one) for w in parameters], shares)
            for one in listed
        },
        demands={
            one.product: replace(
                one, quantity=_mean_hours([w.demand(one).quantity for w in parameters], shares)
            )
            for one in asked
        },
        unburnt=_mean_map([world.unburnt for world in parameters], shares),
    )


def _mean_hours(values: Sequence[Hourly], shares: Floats) -> Hourly:
    return np.asarray(sum(p * np.asarray(value) for p, value in zip(shares, values)))


def _mean_converter(worlds: Sequence[Converter], shares: Floats) -> Converter:
    """A converter of the mean of all that moves by hour."""

    def ports(kind: str) -> tuple[Port, ...]:
        return tuple(
            Port(alike[0].bus, _mean_hours([port.ratio for port in alike], shares))
            for alike in zip(*(getattr(one, kind) for one in worlds))
        )

    return replace(
        worlds[0],
        ports=ports("ports"),
        standing=ports("standing"),
        availability=_mean_hours([one.availability for one in worlds], shares),
        cost=_mean_hours([one.cost for one in worlds], shares),
        at_most=_mean_hours([one.at_most for one in worlds], shares),
    )


def _mean_map(maps: Sequence[Mapping[Key, float]], probabilities: Floats) -> dict[Key, float]:
    """Mean by key; what a world does not name is left at 1 there (a factor nobody has a belief
    about).
    """
    keys = dict.fromkeys(key for each in maps for key in each)
    return {
        key: float(sum(p * each.get(key, 1.0) for p, each in zip(probabilities, maps)))
        for key in keys
    }
