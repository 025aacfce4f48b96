"""Forecasts as draws: every series of a known file, and what is made of several of them.

A path has a process of its class; guidance is missed by a lognormal; a plan slips; an event comes
or not; a count is beta-binomial. A product is made draw by draw of its parts, paired by the copula,
so that parts and whole always agree.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from headrace.beliefs.baseline import LEAST_VALUES, damped_trend, last_value
from headrace.beliefs.copula import ranks
from headrace.beliefs.fit import fit
from headrace.beliefs.history import ENOUGH, History, years_between
from headrace.beliefs.priors import WIDE, correlation
from headrace.beliefs.process import simulated
from headrace.core.arrays import Floats
from headrace.core.catalogue import CatalogueRow, entries
from headrace.core.errors import InputError, InputFault, Place

PRIOR_ONLY = "prior only"


@dataclass(frozen=True)
class SeriesForecast:
    """What may become of one series. draws: values [unit], shape (draw, date).

    kind: path, product, guidance, event, count or progress. baselines: draws by name, of the same
    shape. notes: what a reader must know, in sentences. effective: draws that count [1].
    """

    series: str
    kind: str
    unit: str
    dates: tuple[date, ...]
    draws: Floats
    title: str = ""
    question: str = ""
    group: str = WIDE
    sampler: str = ""
    effective: float = 0.0
    notes: tuple[str, ...] = ()
    baselines: Mapping[str, Floats] = field(default_factory=dict)


def month_ends(after: date, months: int) -> tuple[date, ...]:
    """The last days of so many months, beginning with the one that `after` lies in."""
    found, year, month = [], after.year, after.month
    for _ in range(months):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
        found.append(date(year, month, 1) - timedelta(days=1))
    return tuple(day for day in found if day > after)


def forecast(
    histories: Mapping[str, History],
    dates: Sequence[date],
    *,
    number: int,
    seed: int,
) -> tuple[SeriesForecast, ...]:
    """Forecasts of every series, and of the record's targets that can be made of them.

    dates: of paths, rising, after every history. number: of draws. Raises InputError with every
    series that cannot be.
    """
    targets = entries("beliefs", "targets")
    inputs = {
        row.words[word]
        for row in targets.values()
        for word in ("doubling", "history")
        if word in row.words
    }
    names = [name for name in histories if name in targets or name not in inputs]
    names += [
        row.key
        for row in targets.values()
        if row.key not in names and row.words.get("history") in histories
    ]
    made: dict[str, SeriesForecast] = {}
    problems: list[InputFault] = []
    for name in names:
        rng = _own_rng(seed, name)
        row = targets.get(name)
        try:
            made[name] = one_series(name, row, histories, tuple(dates), number, rng)
        except InputError as error:
            problems.extend(error.problems)
    if problems:
        raise InputError(problems)
    for row in targets.values():
        parts = row.words.get("parts", "").split()
        if parts and all(part in made for part in parts):
            made[row.key] = _product(row, [made[part] for part in parts], seed)
    needed = {row.key for row in targets.values() if row.words.get("known") != PRIOR_ONLY}
    if needed <= set(made):
        for row in targets.values():
            if row.words.get("known") == PRIOR_ONLY:
                rng = _own_rng(seed, row.key)
                made[row.key] = replace(
                    one_series(row.key, row, histories, tuple(dates), number, rng),
                    notes=("prior only: nothing of it stands in the known file",),
                )
    return tuple(made.values())


def _own_rng(seed: int, series: str) -> np.random.Generator:
    """Random numbers of a series, the same whatever else stands in the file and in which order."""
    return np.random.default_rng([seed, zlib.crc32(series.encode())])


def one_series(
    name: str,
    row: CatalogueRow | None,
    histories: Mapping[str, History],
    dates: tuple[date, ...],
    number: int,
    rng: np.random.Generator,
) -> SeriesForecast:
    """The forecast of one series by its row of the record, or by its class alone.

    Raises InputError where prior and history contradict one another.
    """
    if row is None or row.kind == "path":
        return _path(name, row, histories, dates, number, rng)
    history = histories.get(row.words.get("history", name))
    at = date.fromisoformat(row.words.get("at", row.words.get("planned_at", "")))
    last = history.last.value if history else 1.0
    unit = history.unit if history else "1"
    when: tuple[date, ...] = (at,)
    if row.kind == "guidance":
        miss = row.value("lean", "1") + row.value("spread", "1") * rng.standard_normal(number)
        draws = (last * np.exp(miss))[:, None]
    elif row.kind == "event":
        come = rng.random(number) < row.value("probability", "1")
        draws = come[:, None].astype(float)
    elif row.kind == "count":
        odds = rng.beta(row.value("a", "1"), row.value("b", "1"), number)
        draws = rng.binomial(round(row.value("of", "1")), odds)[:, None].astype(float)
    elif history is not None:
        began, planned = date.fromisoformat(row.words["began"]), row.value("planned", "1")
        slip = row.value("slip", "1") * np.exp(
            row.value("slip_spread", "1") * rng.standard_normal(number)
        )
        seen, whole = years_between(began, history.last.date), years_between(began, at)
        left = np.maximum(whole * slip - seen, 0.05)
        passed = np.array([years_between(history.last.date, day) for day in dates])
        draws = last + (planned - last) * np.minimum(passed[None, :] / left[:, None], 1.0)
        when = dates
    else:
        raise InputError(InputFault(Place(key=name), "a plan without anything seen of it"))
    baselines = {} if row.kind in ("event", "count") else {"last value": np.full(draws.shape, last)}
    if row.kind in ("guidance", "progress"):
        spread = 0.3 * rng.standard_normal((number, 1))
        baselines = {"last value": np.full(draws.shape, last) * np.exp(spread)}
    notes = () if history is None or not history.bias else (history.bias,)
    words = row.words
    return SeriesForecast(
        name, row.kind, unit, when, draws, row.title, words.get("question", ""),
        WIDE, "prior", float(number), notes, baselines,
    )  # fmt: skip


def _path(
    name: str,
    row: CatalogueRow | None,
    histories: Mapping[str, History],
    dates: tuple[date, ...],
    number: int,
    rng: np.random.Generator,
) -> SeriesForecast:
    words = row.words if row else {}
    history = histories[words.get("history", name)]
    if "history_at" in words:
        at = date.fromisoformat(words["history_at"])
        history = replace(history, observations=(replace(history.last, date=at),))
        dates = tuple(day for day in dates if day > at)
    group = history.group or words.get("of", WIDE)
    ceiling = None
    if row and "ceiling" in row.figures:
        ceiling = row.value("ceiling", "1"), row.value("ceiling_spread", "1")
    start = None
    if "doubling" in words and words["doubling"] in histories:
        start = 365.25 * np.log(2.0) / histories[words["doubling"]].last.value
    found = fit(history, group, rng, number=number, ceiling=ceiling, start=start)
    years = np.array([years_between(history.last.date, day) for day in dates])
    draws = simulated(found.draws, found.state, years, rng, reported=True)
    if row and "cap" in row.figures:
        last = date.fromisoformat(words["cap_until"])
        spread = row.value("cap_spread", "1") * rng.standard_normal(number)
        cap = row.value("cap", "1") * np.exp(spread)
        bound = np.array([day <= last for day in dates])
        draws = np.where(bound[None, :], np.minimum(draws, cap[:, None]), draws)
    baselines = {"last value": last_value(history, years, number, rng)}
    damped = damped_trend(history, years, number, rng)
    notes = [history.bias] if history.bias else []
    if damped is not None:
        baselines["damped trend"] = damped
    elif len(history.observations) >= LEAST_VALUES:
        notes.append("no damped trend beside it: pip install 'headrace[market]'")
    if len(history.observations) < ENOUGH:
        seen = len(history.observations)
        notes.append(f"prior only, or nearly: {seen} seen, {ENOUGH} values begin to say something")
    if group == WIDE:
        notes.append("no class of its own: the widest prior was taken")
    return SeriesForecast(
        name, "path", history.unit, dates, draws, row.title if row else "",
        words.get("question", ""), group, found.sampler, found.effective, tuple(notes), baselines,
    )  # fmt: skip


def _product(row: CatalogueRow, parts: Sequence[SeriesForecast], seed: int) -> SeriesForecast:
    """The product of its parts, draw by draw, on the dates that all have."""
    paired = joint(parts, seed)
    whole = paired[0].draws.copy()
    for part in paired[1:]:
        whole *= part.draws
    last = np.prod([part.baselines["last value"] for part in parts], axis=0)
    return SeriesForecast(
        row.key, "product", row.words["unit"], parts[0].dates, whole, row.title,
        row.words.get("question", ""), WIDE, "product", min(p.effective for p in parts),
        tuple(dict.fromkeys(note for part in parts for note in part.notes)), {"last value": last},
    )  # fmt: skip


def joint(parts: Sequence[SeriesForecast], seed: int) -> tuple[SeriesForecast, ...]:
    """The same forecasts with their draws paired by the record's Gaussian copula, by last value.

    Each keeps its own draws, in another order.
    """
    rng = _own_rng(seed, "copula")
    number = len(parts[0].draws)
    order = ranks("gaussian", correlation(tuple(p.group for p in parts)), number, rng)
    paired = []
    for column, part in enumerate(parts):
        by_rank = np.argsort(part.draws[:, -1], kind="stable")
        paired.append(replace(part, draws=part.draws[by_rank[order[:, column]]]))
    return tuple(paired)
