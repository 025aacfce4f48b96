"""What may be said of a run that did not finish: no advice, and what is known so far."""

from __future__ import annotations

from headrace.core.plan_file import PlanFile
from headrace.show.format import text


def headline(plan: PlanFile) -> str:
    """How the run ended, "Stopped after 5 s: no advice yet"; empty where it finished."""
    if plan.status.state == "finished":
        return ""
    if plan.status.state == "infeasible":
        return "Infeasible: no plan keeps every limit, so there is no advice"
    seconds = plan.status.after_seconds
    if seconds is None:
        return "Stopped early: no advice yet"
    took = text.number(seconds, 1) if seconds < 1 else f"{seconds:,.0f}"
    return f"Stopped after {took} s: no advice yet"


def known(plan: PlanFile) -> str:
    """What is known of a run that did not finish: the clash, or the bounds around the best plan."""
    status, unit = plan.status, plan.money.unit
    if status.state == "infeasible":
        return status.why.strip()
    told = f"The best plan so far is worth {text.money(plan.objective_usd, unit)}"
    if status.holds == "do nothing":
        told = "Only the plan that orders nothing and serves nothing is known"
    if plan.upper_bound_usd is None:
        told += ", and no bound above it yet"
    else:
        bounds = text.interval(plan.lower_bound_usd, plan.upper_bound_usd, unit, " and ")
        told += f"; the best possible one lies between {bounds}"
        if " and " not in bounds:
            told = told.replace("lies between", "is worth")
    return f"{told}.{f' Why: {status.why}.' if status.why else ''}"


def orders_title(plan: PlanFile) -> str:
    """The heading of its orders: they are advice only where the run finished."""
    if plan.finished:
        return "Orders now"
    return "No orders" if plan.objective_usd is None else "Orders of the best plan so far"
