"""What an order is worth: the objective lost when that order alone is forced to zero, as a
certified interval.

With [low, high] around the best plan's value and [low0, high0] around the best one without the
order, the order is worth at least low - high0 and at most high - low0; more options never cost
more, so never less than zero. An interval that reaches zero says that this gap cannot decide the
order.

    1  the plan's own proofs, the order forbidden       a lower end at once, without a solve
    2  every order solved without, at a coarse gap      both ends; as many side by side as there are
       threads
    3  the widest interval (in dollars) solved tighter, or the plan itself where that is what is
       loose, again and again, until every
       half-width is at most a tenth of the value or the time is up
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from headrace.core.errors import Infeasible, StoppedEarly
from headrace.plan.lp.dual_bound import Cut
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.risk_measure import proved as bound
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import ordered
from headrace.plan.solve.proof import with_proof_of
from headrace.plan.solve.solve import CertifiedPlan, Stop, finest, solve, without

LEAST = 1e-3
"""Quantities below this share of the largest order of the same unit are the solver's dust, not
orders.
"""

WIDTH = 0.1
"""Half-width of an interval over its middle at which it is good enough."""

FINEST = 2e-6
"""Gap below which no interval is solved any tighter: what is left then is worth next to nothing
beside the plan.
"""

STEP = 3.0
"""How much tighter each further solve is asked for at least."""


@dataclass(frozen=True)
class OrderValue:
    """The worth of one order [USD], between bounds; other: the best plan without it, None where it
    was not solved.

    high is infinite where only the plan's own proofs were asked; both are where no plan keeps what
    is promised without it.
    """

    order: int
    low: float
    high: float
    other: CertifiedPlan | None

    @property
    def decided(self) -> bool:
        """Whether the order is worth placing for certain."""
        return self.low > 0

    @property
    def narrow(self) -> bool:
        """Whether half of the interval is at most a tenth of its middle."""
        return _narrow(self.low, self.high)


def _narrow(low: float, high: float, width: float = WIDTH) -> bool:
    """Whether half of an interval is small beside its middle; one without an end is not."""
    return bool(np.isfinite(high)) and high - low <= width * (high + low)


@dataclass(frozen=True)
class Valued:
    """The plan, tightened where the intervals asked for it, and the worth of its orders."""

    plan: CertifiedPlan
    values: tuple[OrderValue, ...]


@dataclass(frozen=True)
class ValuationOptions:
    """How orders are valued. gap: of the first solve without each; told: (order, words) before each
    solve.

    near: a plan from which the solves may start (default: the one whose orders are valued). solver:
        how each is solved, but for gap and threads.
    """

    gap: float = 2e-3
    threads: int = 1
    stop: Stop | None = None
    told: Callable[[int, str], None] | None = None
    near: CertifiedPlan | None = None
    solver: SolverOptions = DEFAULTS

    @property
    def over(self) -> bool:
        """Whether time is up."""
        return self.stop is not None and self.stop()

    def say(self, order: int, words: str) -> None:
        """Tell who watches; order -1 is the plan itself."""
        if self.told is not None:
            self.told(order, words)


def root_orders(formulation: Formulation, plan: CertifiedPlan) -> list[int]:
    """Orders of the root that are worth naming, dearest first; what costs nothing comes last."""
    quantity, assets = ordered(formulation, plan.solution), formulation.system.assets
    here = [i for i, order in enumerate(formulation.orders) if order.date == 0 and quantity[i] > 0]
    spent = {i: quantity[i] * assets[formulation.orders[i].asset].price for i in here}
    free = {i: quantity[i] for i in here if assets[formulation.orders[i].asset].price == 0}
    most, largest = max(spent.values(), default=0.0), max(quantity[here], default=0.0)
    named = (i for i in here if spent[i] > LEAST * most or free.get(i, 0.0) > LEAST * largest)
    return sorted(named, key=lambda i: -spent[i])


def value_orders(
    formulation: Formulation,
    plan: CertifiedPlan,
    orders: Sequence[int],
    effort: ValuationOptions,
    known: Sequence[OrderValue] = (),
) -> Valued:
    """The worth of each of `orders`, in that order; what is not reached before time is up has a
    lower end only, or none.

    known: what an earlier call found, from which this one goes on.
    """
    problem, effort = formulation.problem, replace(effort, near=effort.near or plan)
    asked, orders = orders, [n for n in orders if can_be_absent(problem, n)]
    bounds = {
        value.order: value.other
        for value in known
        if value.other is not None and value.order in orders
    }
    bounds |= _each_without(problem, plan, [n for n in orders if n not in bounds], effort)
    pool = [*proofs(plan), *(proof for other in bounds.values() for proof in proofs(other)[-1:])]
    ceilings = {number: proved(without(problem, number), pool) for number in orders}
    bounds = {
        number: replace(other, high=min(other.high, ceilings[number]))
        for number, other in bounds.items()
    }
    best, bounds = _refined(problem, plan, bounds, effort)
    values = []
    for number in asked:
        if number not in orders:
            values.append(OrderValue(number, np.inf, np.inf, None))
        elif (other := bounds.get(number)) is not None:
            values.append(interval(best, number, other))
        elif best.low > ceilings[number]:
            values.append(OrderValue(number, best.low - ceilings[number], np.inf, None))
    return Valued(best, tuple(values))


def can_be_absent(problem: Problem, number: int) -> bool:
    """Whether the limits on orders leave a plan in which one is not placed. All orders may be,
    but for those that a promise of hours asks for (plan/analysis/adequacy.py).
    """
    master = without(problem, number).master
    if np.all(master.rhs >= 0):
        return True
    sides = [(0.0, most) for most in master.upper.tolist()]
    matrix = csr_array(master.matrix).toarray()
    found = linprog(np.zeros(len(sides)), A_ub=matrix, b_ub=master.rhs, bounds=sides)
    return bool(found.status != 2)


def _each_without(
    problem: Problem, plan: CertifiedPlan, orders: Sequence[int], effort: ValuationOptions
) -> dict[int, CertifiedPlan]:
    """The best plan without each order, until time is up: solves side by side share no step, so
    each takes one thread.
    """

    def solved(number: int) -> CertifiedPlan | None:
        if effort.over:
            return None
        effort.say(number, "without it")
        return beside(without(problem, number), effort.gap, replace(effort, threads=1), plan)

    with ThreadPoolExecutor(max(1, effort.threads)) as pool:
        found = list(pool.map(solved, orders))
    return {number: other for number, other in zip(orders, found) if other is not None}


def _refined(
    problem: Problem,
    plan: CertifiedPlan,
    bounds: dict[int, CertifiedPlan],
    effort: ValuationOptions,
) -> tuple[CertifiedPlan, dict[int, CertifiedPlan]]:
    """Solve tighter what makes the relatively widest interval, as long as there is time and
    something to gain.
    """
    best, bounds, least = plan, dict(bounds), max(FINEST, finest(problem, effort.solver))
    asked = dict.fromkeys([-1, *bounds], effort.gap)
    while not effort.over:
        wide = [v for n, o in bounds.items() if not (v := interval(best, n, o)).narrow]
        wide = [v for v in wide if max(asked[v.order], asked[-1]) > least]
        if not wide:
            break
        value = max(wide, key=lambda v: v.high - v.low)
        number = _looser(best, bounds[value.order], value.order, asked, least)
        enough = 0.4 * WIDTH * (value.high + value.low) / max(abs(best.low), 1.0)
        asked[number] = max(least, min(asked[number] / STEP, enough))
        effort.say(number, "once more, tighter")
        found = beside(problem if number < 0 else without(problem, number), asked[number], effort)
        if found is None:
            break
        if number < 0:
            best = tighter(best, found)
        else:
            bounds[number] = tighter(bounds[number], found)
    return best, bounds


def interval(plan: CertifiedPlan, number: int, other: CertifiedPlan) -> OrderValue:
    """The worth of an order between the plan and the best one without it: no less than nothing."""
    least, most = plan.low - other.high, plan.high - other.low
    return OrderValue(number, max(0.0, least), max(0.0, most), other)


def _looser(
    plan: CertifiedPlan, other: CertifiedPlan, number: int, asked: dict[int, float], least: float
) -> int:
    """Which of the two solves an interval owes most of its width to, among those that may still be
    tightened.
    """
    if asked[-1] <= least:
        return number
    return (
        -1 if plan.high - plan.low >= other.high - other.low or asked[number] <= least else number
    )


def beside(
    problem: Problem, gap: float, effort: ValuationOptions, plan: CertifiedPlan | None = None
) -> CertifiedPlan | None:
    """A certified plan of a problem beside the plan's, of whatever gap when time is up; None where
    there is none by then.

    plan: the plan whose order is missing in the problem; the solve ends once the order's interval
        is narrow.
    """
    known = False

    def watch(iteration: int, low: float, high: float) -> None:
        nonlocal known
        known = plan is not None and _narrow(plan.low - high, plan.high - low, 0.9 * WIDTH)

    try:
        return solve(
            problem,
            effort.solver.but(gap=gap, threads=effort.threads),
            stop=lambda: known or effort.over,
            watch=watch,
            near=effort.near,
            proof=plan is None,
        )
    except (StoppedEarly, Infeasible):
        return None


def tighter(one: CertifiedPlan, other: CertifiedPlan) -> CertifiedPlan:
    """Two certified plans of one problem: the better plan under the lower ceiling."""
    better = other if other.low > one.low else one
    proved = other if other.high < one.high else one
    solution = with_proof_of(better.solution, proved.solution)
    done = one.finished or other.finished
    return replace(better, solution=solution, high=proved.high, finished=done)


def proofs(plan: CertifiedPlan) -> tuple[tuple[Cut, ...], ...]:
    """The cuts that a plan's solver left behind, valid for any orders; none where it left none."""
    return tuple(getattr(plan.solution, "pool", ()))


def proved(problem: Problem, pool: Sequence[Sequence[Cut]]) -> float:
    """What no plan of `problem` is worth more than, by proofs found for other orders of the same
    nodes [USD].
    """
    return float(-bound(problem, pool) * MONEY)
