"""A cheap start: the same tree on a few representative days, prolonged to all hours.

Days are picked evenly over the year plus the days with the highest and lowest hour of each profile;
every day of the year is mapped to its nearest pick. Tree, orders and prices then start near their
places and the full run needs about half its iterations. Stopping the coarse run early matters: its
targets must stay larger than its errors.
"""

from __future__ import annotations

import dataclasses
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

    def hours(self) -> Ints:
        """Hours of the picked days."""
        return np.asarray((self.picked[:, None] * DAY + np.arange(DAY)).ravel())

    def back(self) -> Ints:
        """For every hour of the year its hour in the coarse year."""
        return np.asarray((self.nearest[:, None] * DAY + np.arange(DAY)).ravel())


def coarse_start(measure: Measure, tree: Tree) -> int:
    """Put the tree at a prolonged coarse point; returns the number of coarse iterations, 0 when it
    does not apply.
    """
    problem, options = measure.iterated, tree.options
    days = _days(problem, options)
    small = representative(problem, options, days)
    if small is None:
        return 0
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
    back = [days[id(block.profiles)].back() for block in problem.nodes]
    tree.each(lambda n, node: _prolong(rough.nodes[n], node, back[n]))
    return done


def _days(problem: Problem, options: SolverOptions) -> dict[int, PickedDays]:
    """Representative days of every set of profiles in the tree."""
    days: dict[int, PickedDays] = {}
    for block in problem.nodes:
        if _daily(block, options.coarse_years) and id(block.profiles) not in days:
            days[id(block.profiles)] = pick_days(block.profiles, options.coarse_days)
    return days


def representative(
    problem: Problem, options: SolverOptions, days: dict[int, PickedDays] | None = None
) -> Problem | None:
    """The same plan on representative days; None where years are short, broken, or have windows
    without a likeness.
    """
    if not all(_daily(block, options.coarse_years) for block in problem.nodes):
        return None
    known = _days(problem, options) if days is None else days
    return dataclasses.replace(
        problem,
        nodes=tuple(coarse_block(block, known[id(block.profiles)]) for block in problem.nodes),
    )


def _daily(block: NodeBlock, least: int) -> bool:
    """Whether the year is one circle of whole days, long enough, with windows of whole days or
    inside one day.
    """
    if block.hours % DAY or block.hours < least * DAY or block.next_hour[-1] != 0:
        return False
    if (
        not np.array_equal(block.next_hour[:-1], np.arange(1, block.hours))
        or np.ptp(block.weights) > 0
    ):
        return False
    return all(
        _window_kind(where, len(rhs)) != "" for where, rhs in zip(block.window_of, block.window_rhs)
    )


def _window_kind(where: Ints, count: int) -> str:
    """'day' when every window lies inside one day, 'year' when there is one, '' for what has no
    coarse likeness.
    """
    if count == 1:
        return "year"
    day = np.arange(len(where)) // DAY
    inside = where >= 0
    low, high = np.full(count, len(where)), np.full(count, -1)
    np.minimum.at(low, where[inside], day[inside])
    np.maximum.at(high, where[inside], day[inside])
    return "day" if (high <= low).all() else ""


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


def coarse_block(block: NodeBlock, days: PickedDays) -> NodeBlock:
    """The node on the picked days: its weight grows, windows of a year shrink with the hours."""
    at = days.hours()
    ratio = block.hours / len(at)
    window_of, window_rhs = [], []
    share = np.ones(len(block.window_of))
    for f, (where, rhs) in enumerate(zip(block.window_of, block.window_rhs)):
        if _window_kind(where, len(rhs)) == "year":
            share[f] = 1.0 / ratio
            window_of.append(where[at])
            window_rhs.append(rhs * share[f])
        else:
            kept, position = np.unique(where[at], return_inverse=True)
            shift = int((kept < 0).any())
            window_of.append(np.asarray(position).ravel() - shift)
            window_rhs.append(rhs[kept[shift:]])
    return dataclasses.replace(
        block,
        weight=block.weight * ratio,
        weights=block.weights[at],
        next_hour=np.roll(np.arange(len(at)), -1),
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
