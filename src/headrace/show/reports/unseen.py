"""The page of a plan replayed on paths it never saw: what it earns beside the plan for the mean,
what breaks, what foresight would have been worth, days request by request.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from headrace.core.plan_file import PlanFile
from headrace.science.replay.judge import MeanEstimate, PolicyComparison
from headrace.science.replay.replay import UnseenReplay
from headrace.show.format import text
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.colours import ACCENT
from headrace.show.format.html import tag
from headrace.show.reports import page

NAME = "unseen.html"
BINS = 12
TITLES = {"plan": "the plan", "mean_value": "the plan for the mean"}


@dataclass(frozen=True)
class ReplayedDay:
    """A day of the plan replayed request by request: which, and each promise in words."""

    node: int
    day: int
    product: str
    kept: bool
    told: str


def write(found: UnseenReplay, days: Sequence[ReplayedDay], plan: PlanFile, path: Path) -> Path:
    """Write the page. Raises InputError, DiskFull."""
    subject = f"replayed on {len(found.paths)} paths that the plan never saw"
    title = plan.title or plan.study
    top = page.masthead(subject, title, lede=[f"{told} " for told in sentences(found, days)])
    notes = tag("section", *(tag("p", told, class_="about") for told in meaning(found)))
    return page.write(page.gallery(plan.study, top, charts(found, days), notes), path)


def _about(value: MeanEstimate) -> str:
    """A mean with its band, in words."""
    if not math.isfinite(value.low):
        return text.money(value.mean, "USD")
    ends = text.interval(value.low, value.high)
    return f"{text.money(value.mean, 'USD')} ({ends}, 95 %)"


def sentences(found: UnseenReplay, days: Sequence[ReplayedDay] = ()) -> list[str]:
    """What came of it, in words."""
    if not found.paths:
        return ["Stopped before the first path."]
    told = [f"On {len(found.paths)} unseen paths the plan earns {_about(found.earned('plan'))}."]
    if found.comparison is not None:
        told.append(standing_words(found.comparison, found))
    else:
        told.append(f"There is no plan for the mean to set beside it: {found.missing}.")
    lost = found.regret("plan")
    if lost is not None:
        told.append(
            f"Whoever knew a path from the start would have earned {_about(lost)} more: mean of "
            f"{lost.count} paths on which no promise breaks."
        )
    told += [broken_words(found)]
    if days:
        kept = sum(day.kept for day in days)
        told.append(
            f"Request by request, promises of latency are kept on {kept} of {len(days)} sampled "
            "days."
        )
    if not found.whole:
        told.append(f"Stopped: {found.options.paths - len(found.paths)} paths were not reached.")
    return told


def standing_words(told: PolicyComparison, found: UnseenReplay) -> str:
    """The plan against that for the mean."""
    if told.standing == "not shown to be better":
        words = "it is not shown to be better than the plan for the mean"
    else:
        words = f"it is {told.standing} than the plan for the mean"
    after = found.with_foresight
    later = ""
    if after is not None:
        later = (
            f" Were everything after this month decided in knowledge of the path: "
            f"{after.standing}, by {_about(after.gain)}."
        )
    return (
        f"Path by path {words}: {_about(told.gain)} a path, ahead on {told.ahead:.0%} of them; the "
        f"mean of its worst fifth is {text.money(abs(told.tail), 'USD')} "
        f"{'higher' if told.tail >= 0 else 'lower'}.{later}"
    )


def broken_words(found: UnseenReplay) -> str:
    """Which promise broke, and how often."""
    if not found.promised:
        return "The study promises no share of a product and no hours, so no promise can break."
    parts = []
    for name in found.policies:
        worst = found.breaks(name)
        said = ", ".join(f"{one.promise} on {one.paths}" for one in worst[:3])
        parts.append(f"{TITLES[name]}: {said or 'none'}")
    return f"Promises that break, by paths: {'; '.join(parts)}."


def meaning(found: UnseenReplay) -> list[str]:
    """What was drawn and by which rule, in words."""
    drawn = (
        f"{found.options.years} years of weather and outages are drawn: every day's weather is "
        "that of a day within ten of it, and units fail and come back one by one."
        if found.dated
        else "Hours are load blocks without a date, so weather and outages are not drawn."
    )
    return [
        "A path follows a branch of the tree; what is believed is drawn evenly around the branch's "
        "own values, half the way to the nearest other case to either side.",
        drawn,
        "Orders of this month are those of the plan. Later ones are those that the plan places on "
        "the branch that a path turns out to be on: a rule that looks at nothing unknown. "
        "Operation is at its best in each year.",
        "The plan for the mean orders now what is best for mean beliefs, and decides the rest anew "
        "on the tree. Both meet the same paths.",
    ]


def charts(found: UnseenReplay, days: Sequence[ReplayedDay] = ()) -> list[Chart]:
    """Every answer as a table, what is gained by path as a picture."""
    if not found.paths:
        return []
    return [
        *([gains(found)] if found.comparison is not None else []),
        earned(found),
        by_branch(found),
        breaks(found),
        *([by_day(days)] if days else []),
    ]


def gains(found: UnseenReplay) -> Chart:
    """On how many paths the plan earns so much more than the plan for the mean."""
    first, second = found.policies
    gained = [
        path.outcomes[first].worth.low - path.outcomes[second].worth.low for path in found.paths
    ]
    count, ends = np.histogram(np.array(gained) / 1e6, BINS)
    rows: list[tuple[Cell, ...]] = [
        (float(a), float(b), int(n)) for a, b, n in zip(ends[:-1], ends[1:], count)
    ]
    bars = {
        "type": "bar",
        "name": "paths",
        "x": [text.number(float(end)) for end in ends[:-1]],
        "y": count.tolist(),
        "marker": {"color": ACCENT},
    }
    layout = {
        "height": 300,
        "xaxis": {"title": {"text": "gain over the plan for the mean, from [M USD]"}},
        "yaxis": {"title": {"text": "paths"}},
    }
    about = "Both on the same paths; to the right of 0 the plan earns more."
    told = table(("from [M USD]", "to [M USD]", "paths"), rows)
    return Chart("gains", "Gain by path", told, {"data": [bars], "layout": layout}, about)


def earned(found: UnseenReplay) -> Chart:
    """Means, bands and worst fifths of each policy."""
    rows: list[tuple[Cell, ...]] = []
    for name in found.policies:
        mean = found.earned(name)
        lows = np.sort([path.outcomes[name].worth.low for path in found.paths]) / 1e6
        lost = found.regret(name)
        rows.append(
            (
                TITLES[name],
                mean.mean / 1e6,
                _finite(mean.low),
                _finite(mean.high),
                float(lows[: max(1, round(0.2 * len(lows)))].mean()),
                float(lows[0]),
                None if lost is None else lost.mean / 1e6,
                None if lost is None else _finite(lost.low),
                None if lost is None else _finite(lost.high),
            )
        )
    columns = ("policy", "mean [M USD]", "from", "to", "mean of the worst fifth", "worst path",
               "regret [M USD]", "from", "to")  # fmt: skip
    about = "Ends are of the mean, at 95 %. Regret is against knowing the path from the start."
    return Chart("earned", "What is earned", table(columns, rows), {}, about)


def _finite(value: float) -> float | None:
    return value / 1e6 if math.isfinite(value) else None


def by_branch(found: UnseenReplay) -> Chart:
    """Means by the branch that paths follow."""
    rows: list[tuple[Cell, ...]] = []
    for label in dict.fromkeys(path.label for path in found.paths):
        mine = [path for path in found.paths if path.label == label]
        means = [
            float(np.mean([path.outcomes[name].worth.low for path in mine])) / 1e6
            for name in found.policies
        ]
        rows.append((label, len(mine), *means))
    columns = ("branch", "paths", *(f"{TITLES[name]} [M USD]" for name in found.policies))
    return Chart("branches", "By branch", table(columns, rows), {}, "Means of the paths around it.")


def breaks(found: UnseenReplay) -> Chart:
    """Which promises broke on how many paths."""
    rows: list[tuple[Cell, ...]] = [
        (TITLES[name], one.promise, one.paths, text.percent(one.low), text.percent(one.high))
        for name in found.policies
        for one in found.breaks(name)
    ]
    columns = ("policy", "promise", "paths", "share from", "to")
    about = "Ends of the share of paths at 95 % (Wilson)." if rows else "None broke on any path."
    return Chart("breaks", "Promises that broke", table(columns, rows), {}, about)


def by_day(days: Sequence[ReplayedDay]) -> Chart:
    """Sampled days request by request."""
    rows: list[tuple[Cell, ...]] = [
        (one.node, one.day, one.product, "yes" if one.kept else "no", one.told) for one in days
    ]
    columns = ("node", "day", "product", "kept", "promises")
    about = "Days of the plan's own nodes, replayed through the fleet room."
    return Chart("days", "Sampled days, request by request", table(columns, rows), {}, about)


def as_json(found: UnseenReplay, days: Sequence[ReplayedDay] = ()) -> dict[str, object]:
    """All answers as plain data [USD]; an end that is not known is null."""
    told = found.comparison
    after = found.with_foresight
    return {
        "paths": len(found.paths),
        "asked": found.options.paths,
        "complete": found.whole,
        "seed": found.options.seed,
        "planned_usd": [x if math.isfinite(x) else None for x in found.planned],
        "policies": {
            name: {
                "earned": _as_json(found.earned(name)),
                "regret": _as_json(found.regret(name)),
                "broken": [asdict(one) for one in found.breaks(name)],
            }
            for name in found.policies
        },
        "against_mean_value": None if told is None else _compared(told),
        "against_mean_value_with_foresight": None if after is None else _compared(after),
        "no_mean_value_plan": found.missing,
        "days": [asdict(day) for day in days],
        "outcomes_usd": [
            {
                "branch": path.label,
                **{
                    name: {
                        "low": one.worth.low,
                        "high": one.worth.high,
                        "broken": list(one.broken),
                    }
                    for name, one in path.outcomes.items()
                },
            }
            for path in found.paths
        ],
    }


def _compared(told: PolicyComparison) -> dict[str, object]:
    return {
        "verdict": told.standing,
        "gain": _as_json(told.gain),
        "gain_of_worst_fifth": told.tail,
        "ahead": told.ahead,
        "paths_that_break_a_promise": list(told.broken),
    }


def _as_json(value: MeanEstimate | None) -> Mapping[str, object] | None:
    if value is None:
        return None
    return {
        key: one if not isinstance(one, float) or math.isfinite(one) else None
        for key, one in asdict(value).items()
    }
