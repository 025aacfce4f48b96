"""The bet: what the plan is worth against other ways of deciding, on every branch, and what knowing
would be worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.core.plan_file import (
    Baseline,
    DeepRecord,
    PlanFile,
    Span,
    TerminalValueRecord,
    WholeUnitRecord,
    WithoutYearRecord,
)
from headrace.show.draw import svg
from headrace.show.format import text
from headrace.show.format.chart import Chart
from headrace.show.format.html import Markup, join, tag

FIRST = 3
"""Open questions that are named; plan.json names them all."""


def sentences(plan: PlanFile) -> Iterator[str]:
    """One sentence an answer, and one for what is still open; none where nothing was asked."""
    deep, unit = plan.deep, plan.money.unit
    if deep is None:
        return
    if plan.risk is not None:
        measure = f"{plan.measure}, as in the plan itself"
        yield f"What plans are worth and lose is {measure}; on a single branch it is NPV."
    yield from branches(deep, unit)
    yield from (ending(each, unit) for each in deep.endings)
    yield from (baseline(each, unit) for each in deep.regrets)
    if deep.information is not None:
        known = told(deep.information.perfect_information, unit)
        yield f"To know the branch today would be worth {known} (EVPI)."
        planned = told(deep.information.stochastic_solution, unit)
        if deep.information.breaks:
            yield f"Planning for the mean future is no plan: {deep.information.breaks}."
        else:
            yield f"Planning for the tree instead of the mean future is worth {planned} (VSS)."
    if deep.without_year is not None:
        yield without_year(deep.without_year, unit)
    if deep.whole_units is not None:
        yield whole_units(deep.whole_units, unit)
    yield from deep.notes
    if deep.open:
        first, more = "; ".join(map(text.named, deep.open[:FIRST])), len(deep.open) - FIRST
        rest = f"; and {more} more" if more > 0 else ""
        yield f"Still open after {deep.seconds / 60:.0f} minutes: {first}{rest}."


def told(span: Span | None, unit: str) -> str:
    """An interval in words."""
    return "not known" if span is None else text.interval(span.low_usd, span.high_usd, unit)


def without_year(found: WithoutYearRecord, unit: str) -> str:
    """What would be planned without the year of weather that binds."""
    orders = "; ".join(
        f"{text.quantity(one.without, one.unit)} instead of {text.quantity(one.planned, one.unit)}"
        f" of {text.named(one.title)} at {text.site(one.site)}"
        for one in found.orders[:FIRST]
    )
    rest = f" and order {orders} at once" if orders else " and order the same at once"
    return (
        f"Without {text.named(found.year)}, the year of weather that binds, the best plan would be "
        f"worth {told(found.worth, unit)}{rest}."
    )


def whole_units(found: WholeUnitRecord, unit: str) -> str:
    """What whole units on line cost more, or why it is not known."""
    years = f"{found.nodes} of {found.nodes + found.left} operated years"
    if not found.nodes:
        return (
            f"Whole units on line were counted in none of {found.left} operated years: they have "
            "too many hours, or no operation was found in time."
        )
    return (
        f"With whole units on line and a reserve for a whole one, {years} cost "
        f"{told(found.extra, unit)} more than the plan counts, at its capacities."
    )


def branches(deep: DeepRecord, unit: str) -> Iterator[str]:
    """The worst branch, the best one, and the mean of the worst; nothing where none is known."""
    known = [leaf for leaf in deep.leaves if leaf.npv.low_usd is not None]
    if not known:
        return
    least = min(known, key=lambda leaf: leaf.npv.low_usd or 0.0)
    most = max(known, key=lambda leaf: leaf.npv.low_usd or 0.0)
    where = f"({text.named(least.label)}, {text.percent(least.probability)})"
    worst = f"{told(least.npv, unit)} on the worst branch {where}"
    best = f"{told(most.npv, unit)} on the best ({text.named(most.label)})"
    yield f"The plan is worth {worst} and {best}."
    tail = f"The worst {text.percent(1 - deep.alpha)} of the branches"
    yield f"{tail} are worth {told(deep.cvar, unit)} on average (CVaR)."


def ending(found: TerminalValueRecord, unit: str) -> str:
    """What the best plan is worth where a share of the terminal value counts."""
    part = text.percent(found.share) if found.share else "nothing"
    share = f"Counting {'all' if found.share == 1 else part} of what still stands at the end"
    terminal = f", {text.money(found.terminal_usd, unit)} of it terminal value"
    rest = terminal if found.terminal_usd else ""
    return f"{share}, the best plan is worth {told(found.worth, unit)}{rest}."


def baseline(found: Baseline, unit: str) -> str:
    """What another way of deciding loses, or gains where it may do what the study may not."""
    name, _, how = found.title.partition(": ")
    if found.missing:
        return f"{name} ({how}) was not asked: {found.missing.replace('`', '')}."
    about = "; ".join(part for part in (how, found.about) if part)
    if found.breaks:
        return f"{name} ({about}) is no plan: {found.breaks}."
    lost, worst = found.regret, found.worst()
    low, high = (None, None) if lost is None else (lost.low_usd, lost.high_usd)
    if low is not None and high is not None and high < 0:
        verdict = f"gains {text.interval(-high, -low, unit)}"
    else:
        verdict = f"loses {told(lost, unit)}"
    if worst is not None:
        where = f"on its worst branch ({text.named(worst.label)})"
        verdict = f"{verdict}, {told(worst.regret, unit)} {where}"
    return f"{name} ({about}) {verdict}."


def inner(plan: PlanFile, charts: Sequence[Chart]) -> Markup:
    """The section without its heading: sentences, then each picture under its name."""
    said = tag("ul", *(tag("li", sentence) for sentence in sentences(plan)), class_="notes")
    pictures = (
        join(
            tag("h3", chart.title),
            tag("p", chart.about, class_="about"),
            tag(
                "div",
                svg(chart.figure, chart.title, chart.about),
                id=f"bet-{place}",
                class_="picture",
            ),
        )
        for place, chart in enumerate(charts)
    )
    return join(said, *pictures)
