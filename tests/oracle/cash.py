"""`limits.cash` written a second time: cash at every year's end and after what its first day asks,
on every branch, straight over the hours' own columns.

Only stages of at most a year are covered, so that a node is an operated year.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
from tests.oracle.discounting import mean_factor, months_worth
from tests.oracle.plain_study import Line, NotCovered
from tests.oracle.scenario_tree import path
from tests.oracle.units import MONTHS_PER_YEAR

if TYPE_CHECKING:
    from tests.oracle.formulation import Formulation

LEAST_COST = 1e-4
"""What a line costs the goal at least, a year, as `docs/reference/meanings.md` says."""
DRAWN = 1e6
"""Dollars of a unit of what is drawn: a hundredth of a percent of one dollar, beside a year's
charge on a megawatt, is less than a solver tells from zero, and what nobody needs would be drawn.
"""


def limit_cash(built: Formulation) -> None:
    """Rows and columns of cash; nothing where the study does not limit it."""
    cash, nodes = built.study.cash, built.nodes
    if cash is None:
        return
    if max(node.months for node in nodes) > MONTHS_PER_YEAR:
        raise NotCovered("limits.cash with stages of more than a year")
    hours = _of_hours(built)
    drawn: dict[tuple[str, int | None], int] = {
        (name, n): _draw(built, line, n)
        for name, line in cash.lines.items()
        for n in range(len(nodes))
        if _open(built, line, n)
    }
    for number in range(len(nodes)):
        _year(built, number, hours, drawn)
        above = nodes[number].parent
        for name, line in cash.lines.items():
            both = (name, number) in drawn and (name, above) in drawn
            if line.kind == "equity" and both:
                columns = np.array([drawn[name, above], drawn[name, number]])
                built.program.add_window(columns, np.array([1.0, -1.0]), 0.0)


def _year(
    built: Formulation,
    number: int,
    hours: list[dict[int, float]],
    drawn: dict[tuple[str, int | None], int],
) -> None:
    """The two rows of one node."""
    cash = built.study.cash
    assert cash is not None
    paid: dict[int, float] = defaultdict(float)
    for name in cash.lines:
        if (name, number) in drawn:
            paid[drawn[name, number]] -= DRAWN
    room = cash.opening - cash.least
    for n in sorted(path(built.nodes, number)):
        first, later, standing = _of_orders(built, n)
        for column, usd in first.items():
            paid[column] += usd
        if n == number and any(usd > 0 for usd in first.values()):
            _row(built, paid, room)
        for column, usd in (*later.items(), *hours[n].items()):
            paid[column] += usd
        for name, line in cash.lines.items():
            if line.kind == "debt" and (name, n) in drawn:
                paid[drawn[name, n]] += DRAWN * line.cost * built.nodes[n].months / MONTHS_PER_YEAR
        room -= standing
    _row(built, paid, room)


def _row(built: Formulation, paid: dict[int, float], room: float) -> None:
    """What is paid, in thousands."""
    columns = np.array(list(paid), dtype=np.int64)
    if len(columns):
        built.program.add_window(columns, np.array(list(paid.values())) / 1e3, room / 1e3)
    elif room < 0:
        built.program.add_window(built.program.add_columns(1, 0), 1.0, room)  # nothing can be done


def _open(built: Formulation, line: Line, n: int) -> bool:
    node = built.nodes[n]
    return line.since <= node.begin + 1e-6 and node.end <= line.until + 1e-6


def _draw(built: Formulation, line: Line, n: int) -> int:
    """The column of what stands drawn in a node [MUSD]."""
    rate, node = built.study.rate, built.nodes[n]
    beyond = max(line.cost - rate, LEAST_COST) / MONTHS_PER_YEAR
    worth = -beyond * months_worth(rate, node.begin, node.end)
    return int(built.program.add_columns(1, n, DRAWN * worth, line.limit / DRAWN)[0])


def _of_hours(built: Formulation) -> list[dict[int, float]]:
    """What the columns of each node's hours pay, undiscounted."""
    value, at = np.concatenate(built.program.value), np.concatenate(built.program.node)
    orders = {one.column for many in built.vintages.values() for one in many}
    found: list[dict[int, float]] = [{} for _ in built.nodes]
    for column in np.flatnonzero(value).tolist():
        if column not in orders:
            node = built.nodes[int(at[column])]
            today = mean_factor(built.study.rate, node.begin, node.end)
            found[int(at[column])][column] = -float(value[column]) / today
    return found


def _of_orders(built: Formulation, n: int) -> tuple[dict[int, float], dict[int, float], float]:
    """What orders ask of a node on its first day and later, and what stands for certain."""
    node = built.nodes[n]
    first: dict[int, float] = defaultdict(float)
    later: dict[int, float] = defaultdict(float)
    certain = 0.0
    for key, asset in built.assets.items():
        listed = asset.price
        for one in built.standing(key, n):
            for after, usd in asset.payments:
                month = one.date + after
                if node.begin - 1e-6 <= month < node.end - 1e-6:
                    dearer = one.price / listed if listed > 0 else 1.0
                    (first if month <= node.begin + 1e-6 else later)[one.column] += usd * dearer
            works = max(0.0, min(one.end, node.end) - max(one.begin, node.begin))
            later[one.column] += asset.fixed * works / MONTHS_PER_YEAR
        stands = max(0.0, min(asset.stands_until, node.end) - node.begin)
        certain += asset.stands * asset.fixed * stands / MONTHS_PER_YEAR
    return first, later, certain
