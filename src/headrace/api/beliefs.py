"""What may come, and how well it was said: forecasts and their scores as tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from headrace.api.study import StudyHandle, read
from headrace.api.table import Cell, ResultTable
from headrace.core.errors import InputError, nearest_fault


def forecast(
    known: str | Path | None = None,
    *,
    cutoff: str,
    months: int = 15,
    draws: int = 10_000,
    seed: int = 0,
    out: str | Path | None = None,
) -> ResultTable:
    """Quantiles 5 to 95 of every series of a file of what was known; a row a series and date.

    known: CSV as `headrace forecast` reads it; without one, what was known on 2025-10-08. cutoff:
    the day of the forecast, YYYY-MM-DD. out: a forecast file to write, for `score`.

    Raises InputError for rows that make no sense or are later than the cut-off.
    """
    import numpy as np

    from headrace.beliefs import forecast_file

    made = forecast_file.make(Path(known) if known else None, cutoff, months, draws, seed)
    if out is not None:
        forecast_file.write(Path(out), made.content)
    levels = np.array(forecast_file.LEVELS) / 100
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.series, one.question, one.unit, day.isoformat(), *(float(value) for value in column))
        for one in made.series
        for day, column in zip(one.dates, np.quantile(one.draws, levels, axis=0).T)
    )
    columns = ("series", "question", "unit", "date", *(f"q{n}" for n in forecast_file.LEVELS))
    note = f"sha256 {made.content['sha256']}"
    return ResultTable(columns, rows, title=f"Forecast of {cutoff}", note=note)


@dataclass(frozen=True)
class BranchedStudy:
    """A study with a tree that was made for it. sentences: how much of the paths it keeps and how
    steady it is from seed to seed; figures: the same as numbers.
    """

    study: StudyHandle
    sentences: tuple[str, ...]
    figures: dict[str, object]


TREE_OPTIONS = ("leaves", "draws", "seed", "seeds", "solve")


def tree(
    study: StudyHandle | str | Path,
    *,
    join: Mapping[str, str] | None = None,
    known: str | Path | None = None,
    cutoff: str = "",
    paths: str | Path | None = None,
    nodes: str | Path | None = None,
    **options: int | bool,
) -> BranchedStudy:
    """A study with a scenario tree of joint paths in place of its beliefs.

    join: series by what the study calls it, `{"demand": "users"}`, with `known` and `cutoff` as
    for `forecast`; or paths, or nodes: CSV files as `headrace tree` reads them. options: leaves,
    draws, seed, seeds, solve, as of `headrace tree`.

    Raises InputError for options that do not go together, and for files that make no sense.
    """
    from headrace.show.cli.reduced_tree import replaced
    from headrace.show.cli.tree_options import TreeOptions

    unknown = [name for name in options if name not in TREE_OPTIONS]
    if unknown:
        raise InputError([nearest_fault(name, TREE_OPTIONS, "an option") for name in unknown])
    handle = study if isinstance(study, StudyHandle) else read(study)
    words = tuple(f"{about}={series}" for about, series in (join or {}).items())
    named = {"known": known, "paths": paths, "nodes": nodes}
    files = {name: Path(path) for name, path in named.items() if path is not None}
    given = TreeOptions(join=words, cutoff=cutoff, **files, **options)  # type: ignore[arg-type]
    made = replaced(handle.text, handle.path or handle.folder / "study.yaml", handle.model, given)
    branched = StudyHandle(handle.name, made.text, handle.folder, None, made.study)
    return BranchedStudy(branched, tuple(made.sentences), made.as_json)


def score(forecast: str | Path | None = None, outcomes: str | Path | None = None) -> ResultTable:
    """How a forecast file did against what came, a row a value; the note holds the verdict.

    forecast: a file of `forecast(out=...)`, or "backtest", the one that comes along. Without files:
    every origin of the public histories that come along.

    Raises InputError for a file that was changed, and outcomes in other units or outside the dates.
    """
    from headrace.beliefs.scores import summary
    from headrace.show.cli.beliefs import scored, verdict_lines

    points = scored(
        None if forecast is None else Path(forecast), None if outcomes is None else Path(outcomes)
    )
    bases = list(dict.fromkeys(name for point in points for name in point.baselines))
    rows = tuple(
        (
            point.series,
            point.question,
            point.origin.isoformat() if point.origin else None,
            point.at.isoformat(),
            point.value,
            point.unit,
            point.median,
            point.score.crps if point.score else None,
            point.score.log_score if point.score else None,
            "" if point.score is None else "yes" if point.score.inside else "no",
            point.brier,
            *(point.baselines[b].crps if b in point.baselines else None for b in bases),
        )
        for point in points
    )
    columns = (
        *("series", "question", "origin", "date", "came", "unit", "median", "crps", "log score"),
        *("inside 80 %", "brier", *(f"crps of {base}" for base in bases)),
    )
    note = " ".join(verdict_lines(points, summary(points)))
    return ResultTable(columns, rows, title="Scores", note=note)
