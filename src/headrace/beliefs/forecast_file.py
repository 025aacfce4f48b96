"""The forecast file: quantiles 5 to 95 by series and date, and the hashes of what went in.

Written once, scored later, by anybody: quantiles stand under their level in per cent, so that a
reader needs nothing of ours. Numbers have six significant digits, so that the same inputs give the
same bytes. The file's own hash is of everything else in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.resources import as_file, files
from pathlib import Path
from typing import cast

import numpy as np

from headrace.beliefs.history import History, read_histories
from headrace.beliefs.paths import SeriesForecast, forecast, month_ends
from headrace.beliefs.priors import check_record, record_hash
from headrace.core.arrays import Floats
from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes, read_text

FORMAT = "headrace forecast 1"
KNOWN = "known_2025-10-08.csv"
"""What was known on the day of the back-test that comes along."""
STORED = "backtest_2025-10-08.json"
MOST_MONTHS, MOST_DRAWS = 240, 200_000
LEVELS = tuple(range(5, 100, 5))
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class StoredSeries:
    """One series of a forecast file. quantiles: values [unit] at LEVELS, shape (date, level);
    baselines: the same by name.
    """

    series: str
    kind: str
    unit: str
    question: str
    dates: tuple[date, ...]
    quantiles: Floats
    baselines: dict[str, Floats]
    probability: float | None


@dataclass(frozen=True)
class MadeForecast:
    """What was known, what was forecast of it, and the content of the forecast file."""

    cutoff: date
    histories: Mapping[str, History]
    series: tuple[SeriesForecast, ...]
    content: dict[str, object]


def make(known: Path | None, cutoff: str, months: int, draws: int, seed: int) -> MadeForecast:
    """The forecasts of a file of what was known, and the content of their file.

    known: None for what was known on 2025-10-08. Raises InputError for options and rows that make
    no sense, and for priors after the cut-off.
    """
    try:
        day = date.fromisoformat(cutoff)
    except ValueError:
        fault = InputFault(Place(key="--cutoff"), f"`{cutoff[:20]}` is no date", "YYYY-MM-DD")
        raise InputError(fault) from None
    for key, value, least, most in (
        ("--months", months, 1, MOST_MONTHS),
        ("--draws", draws, 1, MOST_DRAWS),
        ("--seed", seed, 0, 2**31 - 1),
    ):
        if not least <= value <= most:
            raise InputError(InputFault(Place(key=key), f"{value}", f"{least} to {most:,}"))
    check_record(day)
    with as_file(files("headrace.beliefs") / "catalogue" / KNOWN) as shipped:
        path = known or shipped
        histories = read_histories(path, day)
        content = read_bytes(path)
    found = forecast(histories, month_ends(day, months), number=draws, seed=seed)
    return MadeForecast(day, histories, found, as_json(found, day, content, seed, draws))


def as_json(
    made: Sequence[SeriesForecast], cutoff: date, known: bytes, seed: int, number: int
) -> dict[str, object]:
    """The whole file as plain data, its hash included."""
    body: dict[str, object] = {
        "format": FORMAT,
        "cutoff": cutoff.isoformat(),
        "made_of": {
            "known_sha256": hashlib.sha256(known).hexdigest(),
            "priors_sha256": record_hash([one.group for one in made]),
            "seed": seed,
            "draws": number,
            "headrace": version("headrace"),
        },
        "levels_percent": list(LEVELS),
        "series": {one.series: _series(one) for one in made},
    }
    return body | {"sha256": body_hash(body)}


def body_hash(body: dict[str, object]) -> str:
    """SHA-256 of a forecast file's content without its own hash, as hexadecimal text."""
    plain = {key: value for key, value in body.items() if key != "sha256"}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _series(one: SeriesForecast) -> dict[str, object]:
    told: dict[str, object] = {
        "title": one.title,
        "question": one.question,
        "kind": one.kind,
        "class": one.group,
        "unit": one.unit,
        "sampler": one.sampler,
        "draws_that_count": round(one.effective),
        "notes": list(one.notes),
    }
    if one.kind == "event":
        told["probability"] = _rounded(float(one.draws.mean()))
    told["quantiles"] = _quantiles(one.dates, one.draws)
    told["baselines"] = {name: _quantiles(one.dates, d) for name, d in one.baselines.items()}
    return told


def _quantiles(dates: Sequence[date], draws: Floats) -> dict[str, dict[str, float]]:
    table = np.quantile(draws, np.array(LEVELS) / 100, axis=0)
    return {
        day.isoformat(): {str(level): _rounded(float(v)) for level, v in zip(LEVELS, column)}
        for day, column in zip(dates, table.T)
    }


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def write(path: Path, content: dict[str, object]) -> None:
    """Write a forecast file whole. Raises InputError where a file stands there already: forecasts
    are not mended.
    """
    if path.exists():
        fix = "A forecast is written once; give the new one another name."
        raise InputError(InputFault(Place(str(path)), "there is a file already", fix=fix))
    write_text(path, json.dumps(content, indent=1) + "\n")


def read(path: Path) -> tuple[dict[str, object], tuple[StoredSeries, ...]]:
    """A forecast file: its content and its series.

    Raises InputError where there is none, or where it was changed after it was written.
    """
    place = Place(path.name)
    try:
        content = json.loads(read_text(path, MOST_BYTES, "JSON of headrace forecast"))
    except (ValueError, RecursionError):
        found = "this is no forecast file that can be read"
        raise InputError(InputFault(Place(str(path)), found, "JSON of headrace forecast")) from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(InputFault(place, "another format", FORMAT))
    if body_hash(content) != content.get("sha256"):
        found = "the content does not fit its hash: it was changed after it was written"
        raise InputError(
            InputFault(place, found, fix="PointScore the file as it was first written.")
        )
    series = cast("dict[str, dict[str, object]]", content["series"])
    return content, tuple(_stored(name, told) for name, told in series.items())


def _stored(name: str, told: dict[str, object]) -> StoredSeries:
    quantiles = cast("dict[str, dict[str, float]]", told["quantiles"])
    baselines = cast("dict[str, dict[str, dict[str, float]]]", told["baselines"])
    probability = cast("float | None", told.get("probability"))
    return StoredSeries(
        name,
        str(told["kind"]),
        str(told["unit"]),
        str(told["question"]),
        tuple(date.fromisoformat(day) for day in quantiles),
        _table(quantiles),
        {base: _table(table) for base, table in baselines.items()},
        probability,
    )


def _table(quantiles: dict[str, dict[str, float]]) -> Floats:
    return np.array([[row[str(level)] for level in LEVELS] for row in quantiles.values()])
