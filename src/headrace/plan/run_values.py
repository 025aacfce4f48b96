"""The worth of orders within a run: solved beside the plan as long as there is time, and told step
by step.
"""

from __future__ import annotations

import time

from headrace.core.errors import StoppedEarly
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.decision.alternatives import Alternatives, solve_alternatives
from headrace.plan.results.order_value import (
    OrderValue,
    ValuationOptions,
    Valued,
    root_orders,
    value_orders,
)
from headrace.plan.run_in_progress import RunInProgress
from headrace.plan.solve.interrupt import patiently
from headrace.plan.solve.solve import CertifiedPlan, Stop

VALUED = 3e-4
"""Gap of each plan without one order at first; both are tightened where an order's interval asks
for it.
"""


def plans_without_orders(
    run: RunInProgress, formulation: Formulation, found: CertifiedPlan, stop: Stop, seconds: float
) -> Alternatives:
    """The plans without any order, in at most `seconds` [s]."""
    until = time.perf_counter() + seconds

    def enough() -> bool:
        return stop() or time.perf_counter() > until

    def told(_: int, words: str) -> None:
        if not run.ended:
            run.say("price", f"the plan {words}", done=0.0)

    effort = ValuationOptions(VALUED, run.options.threads, enough, told, found, run.options)
    try:
        return patiently(lambda: solve_alternatives(formulation, found, effort), stop)
    except StoppedEarly:
        run.ended = True
        return Alternatives()


def value_root_orders(
    run: RunInProgress,
    formulation: Formulation,
    found: CertifiedPlan,
    stop: Stop,
    seconds: float,
    known: tuple[OrderValue, ...] = (),
    near: CertifiedPlan | None = None,
) -> Valued:
    """The worth of each order of the root, in at most `seconds` [s]. known: what an earlier call
    found; near: where the solves may start (default: the plan found).
    """
    numbers = root_orders(formulation, found)
    until = time.perf_counter() + seconds

    def on_value(number: int, words: str) -> None:
        if run.ended:
            return
        if number < 0:
            run.say("price", f"the plan {words}")
            return
        order = formulation.system.assets[formulation.orders[number].asset]
        done = numbers.index(number) / len(numbers) if words.startswith("without") else None
        run.say(
            "price",
            f"the plan without {order.title} at {order.site}{', tighter' if done is None else ''}",
            done=done,
        )

    def enough() -> bool:
        return stop() or time.perf_counter() > until

    def valued() -> Valued:
        return value_orders(
            formulation,
            found,
            numbers,
            ValuationOptions(VALUED, run.options.threads, enough, on_value, near, run.options),
            known,
        )

    try:
        return patiently(valued, stop)
    except StoppedEarly:
        run.ended = True
        return Valued(found, known)
