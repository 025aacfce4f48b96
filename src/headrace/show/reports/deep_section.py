"""The bet: what the plan is worth against other ways of deciding, on every branch, and what knowing
would be worth.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from headrace.core.plan_file import (
    Baseline,
    DeepRecord,
    InformationRecord,
    PlanFile,
    Span,
    TerminalValueRecord,
)
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
        yield f"What plans are worth and lose is {plan.measure}, as in the plan itself; on a single branch it is NPV."
    yield from _branches(deep, unit)
    yield from (_ending(ending, unit) for ending in deep.endings)
    yield from (_baseline(baseline, unit) for baseline in deep.regrets)
    if deep.information is not None:
        yield from _knowing(deep.information, unit)
    yield from deep.notes
    if deep.open:
        first, more = deep.open[:FIRST], len(deep.open) - FIRST
        rest = f"; and {more} more" if more > 0 else ""
        yield f"Still open after {deep.seconds / 60:.0f} minutes: {'; '.join(text.named(q) for q in first)}{rest}."


def told(span: Span | None, unit: str) -> str:
    """An interval in words."""
    return "not known" if span is None else text.interval(span.low_usd, span.high_usd, unit)


def _branches(deep: DeepRecord, unit: str) -> Iterator[str]:
    known = [leaf for leaf in deep.leaves if leaf.npv.low_usd is not None]
    if not known:
        return
    least = min(known, key=lambda leaf: leaf.npv.low_usd or 0.0)
    most = max(known, key=lambda leaf: leaf.npv.low_usd or 0.0)
    worst = f"{told(least.npv, unit)} on the worst branch ({text.named(least.label)}, {text.percent(least.probability)})"
    yield f"The plan is worth {worst} and {told(most.npv, unit)} on the best ({text.named(most.label)})."
    yield f"The worst {text.percent(1 - deep.alpha)} of the branches are worth {told(deep.cvar, unit)} on average (CVaR)."


def _ending(ending: TerminalValueRecord, unit: str) -> str:
    counted = (
        "all" if ending.share == 1 else text.percent(ending.share) if ending.share else "nothing"
    )
    share = f"Counting {counted} of what still stands at the end"
    rest = (
        f", {text.money(ending.terminal_usd, unit)} of it terminal value"
        if ending.terminal_usd
        else ""
    )
    return f"{share}, the best plan is worth {told(ending.worth, unit)}{rest}."


def _baseline(baseline: Baseline, unit: str) -> str:
    name, _, how = baseline.title.partition(": ")
    if baseline.missing:
        return f"{name} ({how}) was not asked: {baseline.missing.replace('`', '')}."
    worst = baseline.worst()
    branch = (
        ""
        if worst is None
        else f", {told(worst.regret, unit)} on its worst branch ({text.named(worst.label)})"
    )
    about = "; ".join(part for part in (how, baseline.about) if part)
    return f"{name} ({about}) {_loses(baseline.regret, unit)}{branch}."


def _loses(lost: Span | None, unit: str) -> str:
    """A loss that is certain, one that is not, or a gain (only where a baseline may do what the
    study may not).
    """
    if (
        lost is not None
        and lost.low_usd is not None
        and lost.high_usd is not None
        and lost.high_usd < 0
    ):
        return f"gains {text.interval(-lost.high_usd, -lost.low_usd, unit)}"
    return f"loses {told(lost, unit)}"


def _knowing(found: InformationRecord, unit: str) -> Iterator[str]:
    yield f"To know the branch today would be worth {told(found.perfect_information, unit)} (EVPI)."
    yield f"Planning for the tree instead of the mean future is worth {told(found.stochastic_solution, unit)} (VSS)."


def inner(plan: PlanFile, charts: Sequence[Chart]) -> Markup:
    """The section without its heading: sentences, then each picture under its name."""
    said = tag("ul", *(tag("li", sentence) for sentence in sentences(plan)), class_="notes")
    pictures = (
        join(
            tag("h3", chart.title),
            tag("p", chart.about, class_="about"),
            tag("div", id=f"bet-{place}", class_="picture"),
        )
        for place, chart in enumerate(charts)
    )
    return join(said, *pictures)
