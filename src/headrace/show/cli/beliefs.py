"""`headrace forecast` and `headrace score`: what may come, written once, and how it did."""

from __future__ import annotations

import json as json_lib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, figure, plain_table

if TYPE_CHECKING:
    from headrace.beliefs.paths import SeriesForecast
    from headrace.beliefs.scores import ScoredPoint, ScoreSummary

SHIPPED = "backtest"
"""The forecast file that comes along: of 8 October 2025, from what was known on that day."""


def forecast(
    *,
    cutoff: str,
    known: Path | None = None,
    out: Path | None = None,
    months: int = 15,
    draws: int = 10_000,
    seed: int = 0,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Quantiles 5 to 95 of every series of a file of what was known, and hashes of what went in.

    Parameters
    ----------
    cutoff
        The day on which the forecast is made, YYYY-MM-DD; later rows and later priors are refused.
    known
        CSV of what was known: series, date, value, unit, meaning, source, status, and if need be
        censored and class. Without one, what was known on 2025-10-08.
    out
        Write the forecast file (JSON). A file that is there already is not written over.
    months
        Month ends that are forecast.
    draws
        Draws of every series.
    seed
        Seed of the draws; the same inputs give the same bytes.
    report
        Write a page with a fan of every series and 500 draws from its prior.
    json
        Print the forecast file as one JSON object and nothing else on stdout.
    """
    from headrace.beliefs import forecast_file

    made = forecast_file.make(known, cutoff, months, draws, seed)
    day, found, content = made.cutoff, made.series, made.content
    if out is not None:
        forecast_file.write(out, content)
    if report is not None:
        from headrace.show.reports import forecast as page

        page.write(found, day, made.histories, seed, report)
    if json:
        emit(content)
        return 0
    screen = console()
    screen.print(series_table(found, day))
    for one in found:
        for note in one.notes:
            screen.print(Text(f"{one.series}: {note}", style="dim"))
    screen.print(
        Text(f"sha256 {content['sha256']}" + (f", written to {in_one_line(out)}" if out else ""))
    )
    return 0


def series_table(found: Sequence[SeriesForecast], cutoff: date) -> object:
    """A line a series: half a year and a year ahead, median and 80 % interval."""
    table = plain_table(f"Forecast of {cutoff}")
    for name in ("series", "question", "unit", "at", "10 %", "median", "90 %", "draws that count"):
        table.add_column(name, justify="left" if name in ("series", "question", "at") else "right")
    for one in found:
        places = sorted({nearest(one.dates, cutoff, days) for days in (183, 365)})
        for place in places:
            low, middle, high = np.quantile(one.draws[:, place], (0.1, 0.5, 0.9))
            first = place == places[0]
            odds = f"{one.draws[:, place].mean():.0%} likely"
            told = ("", odds, "") if one.kind == "event" else (low, middle, high)
            table.add_row(
                one.series if first else "",
                one.question if first else "",
                one.unit if first else "",
                one.dates[place].isoformat(),
                *(each if isinstance(each, str) else figure(float(each), 3) for each in told),
                f"{one.effective:,.0f} ({one.sampler})" if first else "",
            )
    return table


def nearest(dates: Sequence[date], cutoff: date, days: int) -> int:
    """Place of the date that lies nearest to so many days after the cut-off."""
    return min(range(len(dates)), key=lambda place: abs((dates[place] - cutoff).days - days))


def score(
    forecast: Path | None = None,
    outcomes: Path | None = None,
    /,
    *,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """How a forecast file did against what came: CRPS, log score, coverage, width, and whether it
    beats the last value and a damped trend. Without files: every origin of the public histories
    that come along.

    Parameters
    ----------
    forecast
        A forecast file; "backtest" is the one that comes along, of 2025-10-08.
    outcomes
        CSV of what came, in the columns of a file of what was known. Without one, "backtest" is
        held against what came since, as far as it is known here: beside a one-line rule, with its
        worst misses and the input that would have changed each.
    report
        Write a page of that back-test with the picture of calibration.
    json
        Print {points, summary, verdict} as one JSON object and nothing else on stdout.
    """
    from headrace.beliefs.scores import summary

    if str(forecast) == SHIPPED and outcomes is None:
        return show_back_test(report, json)
    if report is not None:
        fault = "a page is made of the back-test that comes along"
        raise InputError(InputFault(Place(key="--report"), fault, "headrace score backtest"))
    points = scored(forecast, outcomes)
    whole = summary(points)
    if json:
        emit(scores_as_json(points, whole))
        return 0
    screen = console()
    screen.print(score_table(points, rolled=forecast is None))
    for line in verdict_lines(points, whole):
        screen.print(Text(line))
    return 0


def show_back_test(report: Path | None, json: bool) -> int:
    """Print the back-test that comes along, and write its page where one is asked for."""
    from headrace.beliefs import back_test
    from headrace.show.reports import back_test as page

    cutoff, found = back_test.shipped()
    written = None if report is None else page.write(found, cutoff, report)
    if json:
        told = json_lib.loads(json_lib.dumps(asdict(found), default=str))
        emit({"cutoff": cutoff} | told | {"page": None if written is None else str(written)})
        return 0
    screen = console()
    shown = page.points_chart(found).table
    table = plain_table(f"Back-test of {cutoff}")
    for place, name in enumerate(shown.columns):
        table.add_column(name, justify="left" if place < 3 else "right")
    for row in shown.rows:
        table.add_row(
            *("-" if c is None else figure(c, 4) if isinstance(c, float) else str(c) for c in row)
        )
    screen.print(table)
    for line in page.sentences(found):
        screen.print(Text(line))
    if written is not None:
        screen.print(Text(f"Written {written}"))
    return 0


def scored(forecast: Path | None, outcomes: Path | None) -> tuple[ScoredPoint, ...]:
    """The scored points of a file against outcomes, or of every rolling origin where none is given.

    Raises InputError where one of the two is missing, changed or makes no sense.
    """
    from headrace.beliefs import forecast_file
    from headrace.beliefs.history import parse_histories, read_histories
    from headrace.beliefs.scores import rolling, score_file

    folder = files("headrace.beliefs") / "catalogue"
    if forecast is None:
        name = "public_histories.csv"
        return rolling(parse_histories((folder / name).read_text(encoding="utf-8"), name))
    if outcomes is None:
        fault = "a forecast without outcomes"
        raise InputError(InputFault(Place(key="score"), fault, "a CSV of what came"))
    if str(forecast) == SHIPPED and not forecast.exists():
        with as_file(folder / forecast_file.STORED) as path:
            content, stored = forecast_file.read(path)
    else:
        content, stored = forecast_file.read(forecast)
    came = read_histories(outcomes, outcomes=True)
    cutoff = date.fromisoformat(str(content["cutoff"]))
    early = [
        InputFault(Place(outcomes.name, seen.line), f"{seen.date} is not after {cutoff}")
        for history in came.values()
        for seen in history.observations
        if seen.date <= cutoff
    ]
    if early:
        raise InputError(early)
    return score_file(stored, came)


def score_table(points: Sequence[ScoredPoint], *, rolled: bool) -> object:
    """A line a point; of rolling origins a line a series."""
    from headrace.beliefs.scores import summary

    table = plain_table("Rolling origins" if rolled else "Scores")
    if rolled:
        names = ("series", "points", "CRPS", "log score", "80 % coverage", "width", "verdict")
        for name in names:
            table.add_column(name, justify="left" if name in ("series", "verdict") else "right")
        for series in dict.fromkeys(point.series for point in points):
            part = summary([point for point in points if point.series == series])
            table.add_row(
                series,
                str(part.points),
                f"{part.crps:.3f}",
                f"{part.log_score:.2f}",
                f"{part.coverage:.0%}",
                f"x{part.width:.2f}",
                part.verdict,
            )
        return table
    for name in ("series", "question", "at", "came", "median", "80 %", "CRPS", "log score", "base"):
        table.add_column(name, justify="left" if name in ("series", "question") else "right")
    for point in points:
        told = point.score
        base = min((b.crps for b in point.baselines.values()), default=None)
        table.add_row(
            point.series,
            point.question,
            point.at.isoformat(),
            figure(point.value, 4),
            figure(point.median, 4),
            "-" if told is None else "inside" if told.inside else "outside",
            f"Brier {point.brier:.3f}" if told is None else f"{told.crps:.3f}",
            "-" if told is None else f"{told.log_score:.2f}",
            "-" if base is None else f"{base:.3f}",
        )
    return table


def verdict_lines(points: Sequence[ScoredPoint], whole: ScoreSummary) -> list[str]:
    """The means in words: scores, coverage, width, verdict, and the three worst misses."""
    lines = []
    if whole.points:
        lines.append(
            f"{whole.points} points of {whole.series} series: mean CRPS {whole.crps:.3f}, log score"
            f" {whole.log_score:.2f}, 80 % intervals held {whole.coverage:.0%}, their ends"
            f" x{whole.width:.2f} apart (all on the log scale)"
        )
        lines += [
            f"{name}: mean CRPS {crps:.3f}, log score {log:.2f}, 80 % intervals held {held:.0%}"
            for name, (crps, log, held) in whole.baselines.items()
        ]
        lines.append(f"The forecast {whole.verdict}.")
        told_points = [(p, p.score.log_score) for p in points if p.score is not None]
        worst = [p for p, _ in sorted(told_points, key=lambda pair: pair[1])[:3]]
        told = "; ".join(
            f"{p.series} {p.at}: {figure(p.value, 4)} came, {figure(p.median, 4)} was the median"
            for p in worst
        )
        lines.append(f"Worst misses: {told}.")
    events = [point.brier for point in points if point.brier is not None]
    if events:
        lines.append(
            f"{len(events)} events: mean Brier score {np.mean(events):.3f} (even odds 0.25)"
        )
    return lines


def scores_as_json(points: Sequence[ScoredPoint], whole: ScoreSummary) -> dict[str, object]:
    """All points and their means as plain data."""

    def plain(point: ScoredPoint) -> dict[str, object]:
        told = asdict(point)
        told["at"] = point.at.isoformat()
        told["origin"] = point.origin.isoformat() if point.origin else None
        return told

    return {
        "points": [plain(point) for point in points],
        "summary": asdict(whole),
        "verdict": whole.verdict,
    }
