"""What moving a number changes in the plan's problem, and what may be proved of it.

    costs           only what things cost, or how likely a branch is
    right-hand side only limits: demands, room, what stands
    neither         efficiencies, profiles, a discount rate, lead times: no theorem holds

Let V be what the best plan is worth. In costs and probabilities V is a maximum of affine
functions, one a plan: a stored plan, re-costed, is a lower bound, and a mixture of the values at
mixed costs is an upper one. In right-hand sides V is a minimum of affine functions, one a set of
prices: stored prices are an upper bound, and a mixture of plans is a plan. Where both move, prices
and plans are mixed at once (`bounds`). What is proved at lower costs holds at higher ones, for
nothing is done less than not at all: mixtures need not meet the costs asked, only not exceed them.

Sources: Gal & Nedoma, Multiparametric linear programming, Management Science 18 (1972); Bertsimas &
Tsitsiklis, Introduction to Linear Optimization (1997), chapter 5; convexity of the Lagrangian dual
in prices and costs together: Boyd & Vandenberghe, Convex Optimization (2004), 5.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Literal

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Flags, Floats
from headrace.plan.lp.problem import Problem

MovedPart = Literal["costs", "right-hand side", "neither"]

COSTS = ("cost", "weight", "constant", "spent", "probability")
SIDES = ("row_rhs", "chain_rhs", "window_rhs", "upper", "start", "rhs")
NAMES = ("name",)
MOST_ORDER_ROWS = 120
ALIKE = 1e-12
"""Relative difference that is rounding [1]; bounds are widened by a thousand times as much."""


def moved_part(problems: Sequence[Problem]) -> MovedPart:
    """What differs between problems in which one thing was moved."""
    first = problems[0]
    found: set[str] = set()
    for other in problems[1:]:
        if len(other.nodes) != len(first.nodes):
            return "neither"
        found |= _differing(first, other, ("nodes", "master"))
        found |= _differing(first.master, other.master, ("columns", "rows"))
        for a, b in zip(first.nodes, other.nodes):
            found |= _differing(a, b, NAMES)
    if not found - set(COSTS):
        return "costs"
    return "right-hand side" if not found - set(SIDES) else "neither"


def _differing(a: object, b: object, apart: tuple[str, ...]) -> set[str]:
    return {
        each.name
        for each in fields(a)  # type: ignore[arg-type]
        if each.name not in apart and not _same(getattr(a, each.name), getattr(b, each.name))
    }


def _same(a: object, b: object) -> bool:
    if isinstance(a, csr_array) and isinstance(b, csr_array):
        return a.shape == b.shape and _same(a.toarray(), b.toarray())
    if isinstance(a, np.ndarray) and isinstance(b, np.ndarray):
        return a.shape == b.shape and bool(np.allclose(a, b, rtol=ALIKE, atol=0.01 * ALIKE))
    if hasattr(a, "__dataclass_fields__"):
        return type(a) is type(b) and not _differing(a, b, ())
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b))
    return bool(a == b)


def on_a_line(first: Problem, middle: Problem, end: Problem) -> bool:
    """Whether every number of the middle problem lies half way between those of the ends."""
    return all(_alike(2 * m, a + b) for a, m, b in zip(*map(numbers, (first, middle, end))))


def combined(first: Problem, one: Problem, other: Problem, both: Problem) -> bool:
    """Whether moving two things does to every number what moving each of them does, added."""
    return all(_alike(a + d, b + c) for a, b, c, d in zip(*map(numbers, (first, one, other, both))))


def numbers(problem: Problem) -> list[Floats]:
    """The numbers of a problem that costs and right-hand sides are made of [its own units]; a
    node's costs are told in money of the plan.
    """
    found = [problem.master.cost, problem.master.rhs, problem.master.upper]
    found.append(np.array([problem.constant]))
    for block in problem.nodes:
        found += [block.weight * block.cost.scale, block.start, *block.window_rhs]
        found += [block.row_rhs.scale, block.chain_rhs.scale, block.upper.scale]
    return [np.where(np.isfinite(each), each, 0.0) for each in found]


def cost_numbers(problem: Problem) -> tuple[Floats, Flags]:
    """The numbers of a problem that costs are made of [money of the plan], and which of them count
    with either sign: those that a profile multiplies which is somewhere below 0.
    """
    found, either = [problem.master.cost, np.array([problem.constant])], list[Flags]()
    either += [np.zeros(len(each), dtype=bool) for each in found]
    for block in problem.nodes:
        found.append(block.weight * block.cost.scale)
        either.append(block.profiles.min(axis=1, initial=0.0)[block.cost.profile] < 0.0)
    return np.concatenate(found), np.concatenate(either)


def cost_order(moves: Floats, numbers: Floats, either: Flags) -> tuple[tuple[float, ...], ...]:
    """Rows R of features f such that R f <= R g says that no cost is larger at f than at g. Columns
    are at least 0, so what is proved at lower costs holds at higher ones.

    moves: of each number of the costs by each feature, shape (number, feature); numbers, either: as
    `cost_numbers` has them. Where there are too many different rows, costs have to be equal.
    """
    size = np.max(np.abs(moves), axis=1, initial=0.0)
    kept = size > 1e-10 * np.abs(numbers) + 1e-14 * float(np.max(np.abs(numbers), initial=0.0))
    rows = moves[kept] / size[kept, None]
    rows = np.vstack([rows, -rows[either[kept]]]).round(8) + 0.0  # -0 and 0 are alike
    found = np.unique(rows, axis=0)
    if len(found) > MOST_ORDER_ROWS:
        found = np.vstack([np.eye(moves.shape[1]), -np.eye(moves.shape[1])])
    return tuple(tuple(float(x) for x in row) for row in found)


def _alike(a: Floats, b: Floats) -> bool:
    size = float(np.max(np.abs(a), initial=0.0))
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-9, atol=1e-11 * size))


def named(parts: Sequence[MovedPart], *, whole: bool, risk: bool) -> str:
    """The theorem behind an answer, in words. whole: some orders are whole; risk: CVaR counts."""
    costs, sides = "costs" in parts, "right-hand side" in parts
    if risk:
        return (
            "with CVaR the worth is not convex in costs: only plans stored at the point itself, or "
            "prices moved along right-hand sides, say anything"
        )
    if whole:
        return (
            "whole orders: a stored plan re-costed is still a plan, and the worth still convex in "
            "costs; nothing is mixed across right-hand sides"
        )
    if costs and sides:
        return (
            "below: a mixture of stored plans, re-costed, is a plan; above: a mixture of stored "
            "prices proves a bound at the mixed costs (weak duality)"
        )
    if sides:
        return "above: stored prices (concave in right-hand sides); below: mixtures of plans"
    return "below: stored plans re-costed; above: the worth is convex in costs and probabilities"
