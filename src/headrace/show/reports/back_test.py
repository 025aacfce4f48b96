"""The back-test on one page: questions beside a one-line rule, calibration, the worst misses."""

from __future__ import annotations

from pathlib import Path

from headrace.beliefs.back_test import BackTest
from headrace.show.format import plot
from headrace.show.format.chart import Cell, Chart, table
from headrace.show.format.colours import ACCENT, QUIET
from headrace.show.format.html import tag
from headrace.show.format.text import number
from headrace.show.reports import page


def sentences(found: BackTest) -> list[str]:
    """What came of it, in words."""
    better = "better" if found.log_score > found.base else "not better"
    told = [
        f"{found.questions} questions with an outcome: mean log score {found.log_score:.2f}, of a "
        f"one-line rule {found.base:.2f}; {better}.",
        "No outcome here: " + ", ".join(found.open) + ".",
    ]
    for miss in found.misses:
        point = miss.worst.point
        words = (
            f"{miss.input} would have made it {miss.log_score:.2f}"
            if miss.input
            else "no input here would have changed it"
        )
        told.append(
            f"Miss: {point.series} {point.at}: {number(point.value)} came, {number(point.median)} "
            f"was said (log score {miss.worst.log_score:.2f}); {words}."
        )
    for slip in found.slips:
        told.append(
            f"Delivery: {number(slip.value)} {slip.unit} of {slip.series} stood on {slip.at}, "
            f"{slip.days:.0f} days later than on the straight line of the plan."
        )
    return told


def charts(found: BackTest) -> list[Chart]:
    """The points, and the picture of calibration."""
    return [points_chart(found), calibration(found)]


def points_chart(found: BackTest) -> Chart:
    """Every point beside the rule."""
    rows: list[tuple[Cell, ...]] = [
        (
            one.point.question,
            one.point.series,
            one.point.at.isoformat(),
            one.point.value,
            round(one.point.median, 4),
            round(one.log_score, 3),
            round(one.base, 3),
            None if one.rank is None else round(one.rank, 3),
        )
        for one in found.points
    ]
    names = ("question", "series", "at", "came", "said", "log score", "rule", "rank")
    about = (
        "Log score in nats, higher is better; on the log scale of values. The rule is the last"
        " value with its own spread, and for events what was announced, at nine to one. Rank: the"
        " share of the forecast below what came."
    )
    return Chart("points", "What came, and what had been said", table(names, rows), about=about)


def calibration(found: BackTest) -> Chart:
    """Share of outcomes at or below each rank; on the diagonal where the forecast is calibrated."""
    ranks, count = found.ranks, len(found.ranks)
    shares = [(place + 1) / count for place in range(count)]
    lines = [
        plot.line("calibrated", [0.0, 1.0], [0.0, 1.0], QUIET),
        plot.line("outcomes", list(ranks), shares, ACCENT, markers=True),
    ]
    figure = plot.figure(lines, "rank of what came", "share of outcomes", 300)
    inside = sum(0.1 <= rank <= 0.9 for rank in ranks)
    about = (
        f"{inside} of {count} outcomes lie in the 80 % intervals; {count} points lean on one"
        " another and say little of a share. Above the diagonal outcomes were lower than said."
    )
    rows = list(zip(ranks, shares))
    return Chart("calibration", "Calibration", table(("rank", "share"), rows), figure, about)


def write(found: BackTest, cutoff: str, path: Path) -> Path:
    """Write the page; complete or not at all. Raises InputError, DiskFull."""
    top = page.masthead(
        f"back-test of {cutoff}", "What was said, and what came", lede=sentences(found)[:1]
    )
    notes = tag("ul", *(tag("li", line) for line in sentences(found)[1:]))
    return page.write(page.gallery(f"Back-test {cutoff}", top, charts(found), notes), path)
