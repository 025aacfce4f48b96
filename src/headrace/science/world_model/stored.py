"""Plans solved at points of the box: what each is worth, what no plan exceeds, and how both move.

    worth(costs)           the plan's own value is affine in the features of costs and probabilities
    bound(right-hand side) what its prices prove is affine in right-hand sides

Features are the things that move costs, and products of those that meet in one number (how likely a
branch is, and what gas costs there). Slopes come from problems written once, with one thing moved
at a time: nothing is solved for them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, product
from pathlib import Path

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.plan.lp.dual_bound import cut, implied_upper
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import NodeBlock, Problem, Solution
from headrace.plan.lp.risk_measure import reweighted, scaled, value, weights
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.solve.proof import Proof, proof_of
from headrace.plan.solve.solve import solve
from headrace.science.discovery.plan_world import PlanQuestion, ordered_names
from headrace.science.discovery.recipe import Varied
from headrace.science.world_model.theorems import (
    MovedPart,
    combined,
    cost_numbers,
    cost_order,
    moved_part,
    on_a_line,
)

ONE_THREAD = SolverOptions(threads=1)
EVEN = 1e-9
STRAIGHT = 1e-7
"""How far a second move may leave the line of the first, relative to the plan's size [1]."""


@dataclass(frozen=True)
class LibraryPoint:
    """A plan solved at a point. point: values of what is varied [own units]; low, high: its worth
    and the bound above all plans there [USD]. worth_slopes: of its worth by each feature of costs,
    bound_slopes: of its proved bound by each thing varied [USD for the whole range]. orders: what
    it orders; seconds: of processor [s].
    """

    point: tuple[float, ...]
    low: float
    high: float
    worth_slopes: tuple[float, ...]
    bound_slopes: tuple[float, ...]
    orders: tuple[str, ...]
    seconds: float


@dataclass(frozen=True)
class WorldShape:
    """What moving each thing changes, and the features of costs as numbers of what is varied.
    order: rows R such that R f <= R g says that no cost is larger at features f than at g; rising:
    things that raise costs and lower none.
    """

    parts: tuple[MovedPart, ...]
    features: tuple[tuple[int, ...], ...]
    whole: bool
    risk: bool
    order: tuple[tuple[float, ...], ...] = ()
    rising: tuple[int, ...] = ()

    def lifted(self, cube: Floats) -> Floats:
        """Features of points of the unit cube [1], shape (point, feature)."""
        columns = [np.prod(cube[:, list(one)], axis=1) for one in self.features]
        return np.column_stack(columns) if columns else np.zeros((len(cube), 0))


@dataclass(frozen=True)
class SolvableWorld:
    """A study with what may move in it. options: of its solves, but for their gap."""

    study_text: str
    folder: Path
    varied: tuple[Varied, ...]
    options: SolverOptions = ONE_THREAD

    def formulated(self, cube: Sequence[float]) -> Formulation:
        """The plan's problem at a point of the unit cube [1]."""
        changes: dict[str, str] = {}
        for each, part in zip(self.varied, cube):
            changes |= each.changes(each.low + float(part) * (each.high - each.low))
        asked = PlanQuestion(self.study_text, self.folder, self.varied)
        return formulate(expand(asked.study(changes), self.folder))

    def corner(self, *moved: int, to: float = 1.0) -> Problem:
        """The problem at the low end of everything, these moved `to` there in the range [1]."""
        cube = [0.0] * len(self.varied)
        for n in moved:
            cube[n] = to
        return self.formulated(cube).problem

    @cached_property
    def ends(self) -> dict[tuple[int, ...], Problem]:
        """Problems at the low end of everything but one thing, or two that move costs."""
        found: dict[tuple[int, ...], Problem] = {(): self.corner()}
        found |= {(n,): self.corner(n) for n in range(len(self.varied))}
        costs = [n for n in range(len(self.varied)) if self._part(found, n) == "costs"]
        return found | {pair: self.corner(*pair) for pair in combinations(costs, 2)}

    def _part(self, found: dict[tuple[int, ...], Problem], n: int) -> MovedPart:
        return moved_part([found[()], found[(n,)]])

    @cached_property
    def shape(self) -> WorldShape:
        """What moves what; nothing is solved. Raises InputError for what no theorem covers."""
        first, parts, problems = self.ends[()], [], []
        for n, each in enumerate(self.varied):
            part = self._part(self.ends, n)
            if part != "neither" and not on_a_line(first, self.corner(n, to=0.5), self.ends[(n,)]):
                part = "neither"
            if part == "neither":
                found = "moves more than costs or more than right-hand sides, or along no line"
                fix = "No theorem holds: leave it out, or ask `headrace whatif` of a single plan."
                problems.append(InputFault(Place(key=f"vary.{each.name}"), found, "", fix))
            parts.append(part)
        if problems:
            raise InputError(problems)
        single = [(n,) for n, part in enumerate(parts) if part == "costs"]
        pairs = [
            pair
            for pair in self.ends
            if len(pair) == 2
            and not combined(first, self.ends[pair[:1]], self.ends[pair[1:]], self.ends[pair])
        ]
        whole, risk = bool(first.master.unit.any()), first.risk is not None
        features = (*single, *pairs)
        return WorldShape(tuple(parts), features, whole, risk, *self._order(features))

    def _order(
        self, features: Sequence[tuple[int, ...]]
    ) -> tuple[tuple[tuple[float, ...], ...], tuple[int, ...]]:
        """The rows that say which costs are larger, and the things that only raise them."""
        base, either = cost_numbers(self.ends[()])
        at = {key: cost_numbers(end)[0] - base for key, end in self.ends.items()}
        moves = np.zeros((len(base), len(features)))
        for column, key in enumerate(features):
            moves[:, column] = at[key]
            if len(key) == 2:
                moves[:, column] -= at[key[:1]] + at[key[1:]]
        order = cost_order(moves, base, either)
        corners = np.array(list(product((0.0, 1.0), repeat=len(self.varied))))
        shape = WorldShape((), tuple(features), whole=False, risk=False)
        rows = np.array(order).reshape(len(order), len(features))
        rising = []
        for (n,) in (key for key in features if len(key) == 1):
            low = corners[corners[:, n] == 0.0]
            high = low.copy()
            high[:, n] = 1.0
            if np.all((shape.lifted(high) - shape.lifted(low)) @ rows.T >= -EVEN):
                rising.append(n)
        return order, tuple(rising)

    def solved(self, cube: Sequence[float], gap: float) -> LibraryPoint:
        """The best plan at a point of the unit cube [1], with its slopes. gap: relative [1].

        Raises Infeasible, also where a promise is broken; InputError where what prices prove does
        not move along a line.
        """
        began, shape = time.process_time(), self.shape
        formulation = self.formulated(cube)
        problem = formulation.problem
        plan = solve(problem, self.options.but(gap=gap), proof=True)
        refuse_broken_promises(formulation, plan.solution)
        high, slopes = plan.high, (0.0,) * len(cube)
        if "right-hand side" in shape.parts and not shape.whole:
            high, slopes = self._bound_slopes(problem, proof_of(problem, plan.solution))
        low = np.array([each.low for each in self.varied])
        span = np.array([each.high for each in self.varied]) - low
        return LibraryPoint(
            tuple((low + np.array(cube) * span).tolist()),
            plan.low,
            high,
            self._worth_slopes(plan.solution) if not shape.risk else (0.0,) * len(shape.features),
            slopes,
            ordered_names(formulation, plan),
            time.process_time() - began,
        )

    def _worth_slopes(self, solution: Solution) -> tuple[float, ...]:
        """Of the plan's worth by each feature [USD for the whole range], by its values at ends."""
        at = {key: -MONEY * value(end, solution) for key, end in self.ends.items()}
        one: dict[tuple[int, ...], float] = {k: at[k] - at[()] for k in at if len(k) == 1}
        return tuple(
            one[key] if len(key) == 1 else at[key] - at[()] - one[key[:1]] - one[key[1:]]
            for key in self.shape.features
        )

    def _bound_slopes(self, problem: Problem, proof: Proof) -> tuple[float, tuple[float, ...]]:
        """What one set of prices proves [USD], and what moving each right-hand side across its
        range does to that [USD]. The cuts that a solver keeps may prove a little more, but do not
        say how they move.
        """
        base, slopes = -MONEY * proved_with(problem, proof), [0.0] * len(self.varied)
        for n, part in enumerate(self.shape.parts):
            if part != "right-hand side":
                continue
            moved = [
                -MONEY * proved_with(moved_by(problem, self.ends[()], self.ends[(n,)], part), proof)
                for part in (0.02, 0.04)
            ]
            if abs(moved[1] - 2 * moved[0] + base) > STRAIGHT * max(abs(base), 1.0):
                found = "what prices prove does not move along a line: no theorem holds"
                raise InputError(InputFault(Place(key=f"vary.{self.varied[n].name}"), found))
            slopes[n] = (moved[1] - base) / 0.04
        return base, tuple(slopes)


def moved_by(problem: Problem, first: Problem, end: Problem, part: float) -> Problem:
    """The problem with its right-hand sides moved `part` of the way [1] from `first` to `end`."""

    def moved(own: Floats, a: Floats, b: Floats) -> Floats:
        step = np.subtract(b, a, out=np.zeros_like(own), where=np.isfinite(b) & np.isfinite(a))
        return np.asarray(own + part * step)

    nodes = []
    for own, a, b in zip(problem.nodes, first.nodes, end.nodes):
        sides = {
            name: replace(
                getattr(own, name),
                scale=moved(*(getattr(each, name).scale for each in (own, a, b))),
            )
            for name in ("row_rhs", "chain_rhs", "upper")
        }
        windows = tuple(moved(*each) for each in zip(own.window_rhs, a.window_rhs, b.window_rhs))
        start = moved(own.start, a.start, b.start)
        block: NodeBlock = replace(own, window_rhs=windows, start=start, **sides)
        nodes.append(block)
    master = replace(
        problem.master,
        rhs=moved(problem.master.rhs, first.master.rhs, end.master.rhs),
        upper=moved(problem.master.upper, first.master.upper, end.master.upper),
    )
    return replace(problem, nodes=tuple(nodes), master=master)


def proved_with(problem: Problem, proof: Proof) -> float:
    """What a set of prices, those of the limits on orders among them, proves of a problem that may
    have other right-hand sides than the one it was found for [kUSD]: affine in them.
    """
    risk, master = problem.risk, problem.master
    w, worse = np.ones(len(problem.nodes)), problem
    if risk is not None:
        w = weights(problem, proof.odds, risk) if len(proof.odds) else w
        worse = reweighted(problem, w)
    cost, constant = worse.master.cost.astype(np.float64).copy(), worse.constant
    own = [cut(block, node) for block, node in zip(problem.nodes, proof.nodes)]
    for block, each in zip(problem.nodes, scaled(own, w)):
        cost += block.map.T @ each.slope
        constant += each.at(block.start)
    reduced: Floats = cost + master.matrix.T @ proof.orders
    with np.errstate(invalid="ignore"):
        earned = np.where(reduced < 0, reduced * implied_upper(master), 0.0)
    return float(constant - float(master.rhs @ proof.orders) + float(earned.sum()))
