"""A cheap start: the same tree on a few representative days, prolonged to all hours.

Days are picked evenly over the year plus the days with the highest and lowest hour of each
profile; every day of the year is mapped to its nearest pick. A year may be of several circles
(seasons), each of which keeps some of its days; hours after the last whole day of a circle are all
kept, and so are nodes that are short or have no likeness. Tree, orders and prices then start near
their places and the full run needs about half its iterations. Stopping the coarse run early
matters: its targets must stay larger than its errors.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.cold_start import cold_start, make_tree
from headrace.plan.interior_point.master_system import MasterState
from headrace.plan.interior_point.node import NodeArrays
from headrace.plan.interior_point.objective import Measure
from headrace.plan.interior_point.predictor_corrector import Tree, iterate
from headrace.plan.interior_point.starting_point import fill_missing
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import NodeBlock, Problem

DAY = 24
"""Hours of a day [h]."""


@dataclass(frozen=True)
class PickedDays:
    """Picked days, and for every day of the year the position of its pick."""

    picked: Ints
    nearest: Ints


@dataclass(frozen=True)
class PickedHours:
    """hours: those picked of a node, ascending; back: for every hour of the node its place among
    them, shape (hour,).
    """

    hours: Ints
    back: Ints


def coarse_start(measure: Measure, tree: Tree) -> int:
    """Put the tree at a prolonged coarse point; returns the number of coarse iterations, 0 when it
    does not apply.
    """
    problem, options = measure.iterated, tree.options
    picked = picked_hours(problem, options)
    if not picked:
        return 0
    small = on_picked_hours(problem, picked)
    rough = make_tree(small, tree.pool, options=options)
    rough.share = sum(b.hours for b in small.nodes) / sum(b.hours for b in problem.nodes)
    cold_start(measure, rough)
    try:
        done = iterate_until_rough(problem, rough)
    except FloatingPointError:
        return 0
    if done >= options.coarse_iterations:
        return 0
    tree.products = ()
    tree.master = MasterState(*(values.copy() for values in vars(rough.master).values()))
    tree.each(lambda n, node: _prolong(rough.nodes[n], node, picked[n].back))
    return done


def representative(problem: Problem, options: SolverOptions) -> Problem | None:
    """The same plan on representative days; None where that leaves more than half of the hours."""
    picked = picked_hours(problem, options)
    return on_picked_hours(problem, picked) if picked else None


def on_picked_hours(problem: Problem, picked: Sequence[PickedHours]) -> Problem:
    """The same plan on the hours picked of each node."""
    nodes = tuple(coarse_block(block, hours) for block, hours in zip(problem.nodes, picked))
    return dataclasses.replace(problem, nodes=nodes)


def picked_hours(problem: Problem, options: SolverOptions) -> tuple[PickedHours, ...]:
    """Hours picked of every node, all of those that have no likeness; none at all where more than
    half of the hours are left.
    """
    known: dict[tuple[int, bytes, bytes], PickedHours] = {}
    found = []
    for block in problem.nodes:
        days = _days_of(block, options.coarse_years)
        key = (id(block.profiles), days.tobytes(), block.next_hour.tobytes())
        if key not in known:
            known[key] = _pick_hours(block, days, options.coarse_days)
        found.append(known[key])
    left = sum(len(each.hours) for each in found)
    return tuple(found) if 2 * left <= sum(b.hours for b in problem.nodes) else ()


def _days_of(block: NodeBlock, least: int) -> Ints:
    """First hours of the node's whole days, counted from the first hour of each circle; none where
    there are fewer than `least`, or where hours have no likeness: unequal weights, circles that are
    no stretches, windows that are neither of the year nor inside one day.
    """
    none = np.zeros(0, dtype=np.int64)
    ends = np.flatnonzero(block.next_hour != np.arange(1, block.hours + 1))
    starts = np.concatenate([[0], ends[:-1] + 1])
    if not np.array_equal(block.next_hour[ends], starts) or np.ptp(block.weights) > 0:
        return none
    first = np.concatenate([np.arange(a, b + 2 - DAY, DAY) for a, b in zip(starts, ends)])
    day = np.full(block.hours, -1)
    day[_hours_of(first)] = np.repeat(np.arange(len(first)), DAY)
    alone = np.flatnonzero(day < 0)
    day[alone] = len(first) + np.arange(len(alone))
    kinds = [
        _window_kind(where, len(rhs), day) for where, rhs in zip(block.window_of, block.window_rhs)
    ]
    return first if len(first) >= least and all(kinds) else none


def _hours_of(first: Ints) -> Ints:
    """All hours of days that begin at these."""
    return np.asarray((first[:, None] + np.arange(DAY)).ravel())


def _window_kind(where: Ints, count: int, day: Ints) -> str:
    """'day' when every window lies inside one day, 'year' when there is one, '' for what has no
    coarse likeness. day: of each hour, shape (hour,).
    """
    if count == 1:
        return "year"
    inside = where >= 0
    low, high = np.full(count, len(where)), np.full(count, -1)
    np.minimum.at(low, where[inside], day[inside])
    np.maximum.at(high, where[inside], day[inside])
    return "day" if (high <= low).all() else ""


def _pick_hours(block: NodeBlock, first: Ints, count: int) -> PickedHours:
    """About `count` of the days that begin at `first`, one of each circle at least, and every hour
    outside them.
    """
    kept, source = np.ones(block.hours, dtype=bool), np.arange(block.hours)
    if len(first):
        days = pick_days(block.profiles[:, _hours_of(first)], count)
        ends = np.flatnonzero(block.next_hour <= np.arange(block.hours))
        _, leading = np.unique(np.searchsorted(ends, first), return_index=True)
        kept[_hours_of(first)] = False
        kept[_hours_of(first[np.union1d(days.picked, leading)])] = True
        like = first[days.picked[days.nearest]]
        source[_hours_of(first)] = _hours_of(like)
        source[kept] = np.flatnonzero(kept)
    return PickedHours(np.flatnonzero(kept), (np.cumsum(kept) - 1)[source])


def pick_days(profiles: Floats, count: int) -> PickedDays:
    """Evenly spread days, the days of the extremes, and the nearest pick of every day. profiles:
    [1], shape (profile, hour); count: days asked for [1].
    """
    days = profiles.shape[1] // DAY
    rows = [row.reshape(days, DAY) for row in profiles if np.ptp(row) > 0]
    picks = set(np.linspace(0, days - 1, count - 1).round().astype(int).tolist())
    for row in rows:
        picks.add(int(row.max(axis=1).argmax()))
    if len(rows) > 1:
        load = np.prod([np.abs(row).max(axis=1) / np.abs(row).max() for row in rows], axis=0)
        picks.add(int(load.argmax()))
    picked = np.array(sorted(picks), dtype=np.int64)
    if not rows:
        return PickedDays(picked, np.arange(days) % len(picked))
    feature = np.concatenate([(row - row.mean()) / row.std() for row in rows], axis=1)
    known = feature[picked]
    # the day's own square is the same for every pick
    distance = (known**2).sum(axis=1) - 2.0 * feature @ known.T
    return PickedDays(picked, distance.argmin(axis=1))


def coarse_block(block: NodeBlock, picked: PickedHours) -> NodeBlock:
    """The node on the picked hours: its weight grows, windows of a year shrink with the hours."""
    at = picked.hours
    ratio = block.hours / len(at)
    if ratio == 1.0:
        return block
    window_of, window_rhs = [], []
    share = np.ones(len(block.window_of))
    for f, (where, rhs) in enumerate(zip(block.window_of, block.window_rhs)):
        if len(rhs) == 1:
            share[f] = 1.0 / ratio
            window_of.append(where[at])
            window_rhs.append(rhs * share[f])
        else:
            kept, position = np.unique(where[at], return_inverse=True)
            shift = int((kept < 0).any())
            window_of.append(np.asarray(position).ravel() - shift)
            window_rhs.append(rhs[kept[shift:]])
    # in a circle of its own each hour is followed by the next that is kept, the last by the first
    place = np.full(block.hours, -1)
    place[at] = np.arange(len(at))
    ends = np.flatnonzero(block.next_hour <= np.arange(block.hours))
    following = np.arange(1, len(at) + 1)
    for a, b in zip(block.next_hour[ends], ends):
        inside = place[a : b + 1][place[a : b + 1] >= 0]
        following[inside[-1]] = inside[0]
    return dataclasses.replace(
        block,
        weight=block.weight * ratio,
        weights=block.weights[at],
        next_hour=following,
        profiles=np.ascontiguousarray(block.profiles[:, at]),
        window_of=np.array(window_of, dtype=np.int64).reshape(len(block.window_of), len(at)),
        window_rhs=tuple(window_rhs),
        window_border=block.window_border * share[block.template.window_border.row],
    )


def iterate_until_rough(problem: Problem, rough: Tree) -> int:
    """Iterate until products are a third of the cost and the residuals fell by 5 and 20."""
    first_dual = first_left = None
    left = 1.0
    for done in range(1, rough.options.coarse_iterations + 1):
        report = iterate(rough)
        first_dual = report.dual_residual if first_dual is None else first_dual
        first_left = 1.0 if first_left is None else first_left
        left *= 1.0 - report.primal_step
        value = 1.0 + abs(report.value + problem.constant)
        if (
            report.products < rough.options.coarse_products * value
            and left < 0.2
            and report.dual_residual < 0.05 * first_dual
        ):
            return done
    return rough.options.coarse_iterations


def _prolong(small: NodeArrays, node: NodeArrays, back: Ints) -> None:
    """Copy a coarse node to all hours; prices shrink with the weight of an hour."""
    coarse, state, ratio = small.state, node.state, small.block.hours / node.block.hours
    columns = _match(small.reduced.columns, node.reduced.columns)
    rows = _match(small.reduced.rows, node.reduced.rows)
    closed = node.reduced.hours.upper_at >= 0
    slack = small.reduced.hours.upper_at[columns[closed]]
    for to, source, pick in (
        (state.column, coarse.column, columns),
        (state.upper_slack, coarse.upper_slack, slack),
        (state.row_slack, coarse.row_slack, rows),
    ):
        _repeat(to, source, pick, back, 1.0)
    for to, source, pick in (
        (state.column_dual, coarse.column_dual, columns),
        (state.upper_dual, coarse.upper_dual, slack),
        (state.row_dual, coarse.row_dual, rows),
    ):
        _repeat(to, source, pick, back, ratio)
    prolong_windows(small, node, back, ratio)
    fill_missing(node)


def _repeat(to: Floats, source: Floats, pick: Ints, back: Ints, ratio: float) -> None:
    """to[i] = ratio * source[pick[i]] with every hour from its hour in the coarse year."""
    for row, each in zip(to, source[pick] * ratio):
        each.take(back, out=row, mode="clip")  # "raise" would copy once more


def _match(small: Ints, full: Ints) -> Ints:
    """Position in the coarse node of every item of the full one (the nearest when it was reduced
    away there).
    """
    if np.all(np.diff(small) > 0):
        return np.minimum(np.searchsorted(small, full), len(small) - 1)
    at = {int(item): i for i, item in enumerate(small)}
    return np.array([at.get(int(item), 0) for item in full], dtype=np.int64)


def prolong_windows(small: NodeArrays, node: NodeArrays, back: Ints, ratio: float) -> None:
    """Windows inside days copy their day's; windows of the year scale with the hours. ratio: hours
    of the coarse year per hour of the full one [1].
    """
    fine, rough = node.reduced.hours, small.reduced.hours
    for row_fine, row_rough in zip(fine.window_at, rough.window_at):
        inside = np.flatnonzero(row_fine >= 0)
        source = row_rough[back[inside]]
        known = source >= 0
        to, from_ = row_fine[inside][known], source[known]
        year = np.ptp(row_fine[inside]) == 0 if len(inside) else False
        node.state.window_slack[to] = small.state.window_slack[from_] / (ratio if year else 1.0)
        node.state.window_dual[to] = small.state.window_dual[from_] * ratio
