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
    return "Orders now" if plan.finished else "No advice"


def strip(plan: PlanFile) -> tuple[str, ...]:
    """What has to be known before any number is read: how the run ended, which hours and weather
    were planned, and of which problem the gap is.
    """
    status = plan.status
    told = [headline(plan) or f"Finished in {plan.solve_seconds:,.0f} s"]
    few = status.hours_kept not in ("", "every hour")
    if few:
        told.append(f"only {status.hours_kept}: {plan.hours_per_node:,} hours stand for a year")
    elif status.hours_kept:
        told.append(f"every hour of {text.count(plan.nodes, 'node')}")
    kinds = {"typical": "weather of a typical year", "actual": "weather of actual years"}
    if status.weather in kinds:
        told.append(kinds[status.weather])
    if plan.gap is not None and status.gap_of is not None:
        of = {
            "full hours": "of the whole problem",
            "kept hours": "of the smaller problem with these hours, not of the whole year",
            "relaxed units": "of a problem in which units on line are not whole",
        }
        told.append(f"gap {text.percent(plan.gap)} {of[status.gap_of]}")
    if dates := [source.date for source in plan.sources if source.date[:4].isdigit()]:
        told.append(f"sources up to {max(dates)}")
    made = plan.provenance
    if made.planned:
        told.append(
            f"planned {made.planned} by Headrace {made.version}, study {made.study_sha256[:8]}"
        )
    return tuple(told)
