"""A forecast file held against what came: every question's log score beside a one-line rule's, how
often which quantile came, and the worst misses with the input that would have changed them.

A miss is what a forecast lost by what came: the logarithm of the density at its own median, less
that at the outcome; of an event, minus the logarithm of the odds it gave to what happened. An input
"would have changed it" if the same forecast made again with that one input read otherwise loses
least: a figure of its row halved or doubled, another class of prior, the last value read a fifth
higher or lower, odds at a tenth to nine tenths.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import as_file, files

import numpy as np

from headrace.beliefs import forecast_file
from headrace.beliefs.forecast_file import LEVELS, StoredSeries
from headrace.beliefs.history import History, parse_histories, read_histories
from headrace.beliefs.paths import joint, one_series
from headrace.beliefs.scores import ScoredPoint, at_date, score, score_file
from headrace.core.arrays import Floats
from headrace.core.catalogue import CatalogueRow, entries
from headrace.core.errors import InputError

OUTCOMES = "outcomes_2025-10-08.csv"
QUESTIONS = (
    *("B1", "B2", "B4", "B5", "B6", "B7", "B8", "B9", "B10"),
    *("B12", "B13", "B14", "B15", "B16", "B17", "B18", "B20", "B21"),
)
"""Questions with an input before the cut-off and an exact outcome; B20 asks two courts."""
RULE_SAYS = {
    "sora_app_alive": 1.0,
    "assistant_ads_started": 0.0,
    "nvidia_letter_signed": 1.0,
    "stargate_10_gw": 1.0,
    "bartz_approved": 1.0,
    "ross_affirmed": 1.0,
    "palisades_power_by_2025-12-31": 1.0,
}
"""What a one-line rule says of events: what was announced comes, what is not there stays away."""
RULE_ODDS = 0.9
"""How sure the rule is [1]; certainty would lose without end where it errs."""
DRAWS = 4000


@dataclass(frozen=True)
class BackTestPoint:
    """One outcome. log_score, base: of the forecast and of the rule [nats]; lost: by what came
    [nats]; rank: share of the forecast below the outcome [1], None of an event.
    """

    point: ScoredPoint
    log_score: float
    base: float
    lost: float
    rank: float | None


@dataclass(frozen=True)
class Miss:
    """A bad miss. input: what would have changed it, "" where nothing here would; log_score: then
    [nats].
    """

    worst: BackTestPoint
    input: str
    log_score: float


@dataclass(frozen=True)
class Slip:
    """A delivery: what stood on a day, and how many days later than on the straight line from what
    was known to what was planned.
    """

    series: str
    at: date
    value: float
    unit: str
    days: float


@dataclass(frozen=True)
class BackTest:
    """All points, questions without an outcome here, the worst misses, late deliveries.

    log_score, base: means over questions, each the mean of its points [nats].
    """

    points: tuple[BackTestPoint, ...]
    open: tuple[str, ...]
    misses: tuple[Miss, ...]
    slips: tuple[Slip, ...]
    log_score: float
    base: float

    @property
    def questions(self) -> int:
        """How many questions have an outcome."""
        return len({one.point.question for one in self.points})

    @property
    def ranks(self) -> tuple[float, ...]:
        """Where outcomes lie in their forecasts, rising [1]."""
        return tuple(sorted(one.rank for one in self.points if one.rank is not None))


def shipped_outcomes() -> dict[str, History]:
    """What came after 2025-10-08, as far as it is known here."""
    text = (files("headrace.beliefs") / "catalogue" / OUTCOMES).read_text(encoding="utf-8")
    return dict(parse_histories(text, OUTCOMES, outcomes=True))


def shipped() -> tuple[str, BackTest]:
    """The cut-off and the back-test of the forecast that comes along."""
    with as_file(files("headrace.beliefs") / "catalogue") as folder:
        content, stored = forecast_file.read(folder / forecast_file.STORED)
        known = read_histories(folder / forecast_file.KNOWN)
    return str(content["cutoff"]), back_test(stored, shipped_outcomes(), known)


def back_test(
    stored: Sequence[StoredSeries],
    outcomes: Mapping[str, History],
    known: Mapping[str, History],
    *,
    worst: int = 3,
    seed: int = 0,
) -> BackTest:
    """Score a forecast file against outcomes. known: what it was made of; worst: how many misses
    are asked which input would have changed them [1].

    Raises InputError for outcomes that are none of the forecast's.
    """
    by_name = {one.series: one for one in stored}
    points = tuple(
        back_test_point(one, by_name[one.series]) for one in score_file(stored, outcomes)
    )
    asked: dict[str, list[BackTestPoint]] = {}
    for one in points:
        asked.setdefault(one.point.question, []).append(one)
    told = [
        (np.mean([p.log_score for p in q]), np.mean([p.base for p in q])) for q in asked.values()
    ]
    left = list[BackTestPoint]()
    for one in sorted(points, key=lambda p: -p.lost):
        if all(one.point.series != other.point.series for other in left):
            left.append(one)
    misses = tuple(what_would_change(one, known, seed) for one in left[:worst])
    means = np.mean(told, axis=0) if told else np.array([np.nan, np.nan])
    missing = tuple(q for q in QUESTIONS if q not in asked)
    slips = tuple(slip for one in points for slip in slips_of(one.point, known))
    return BackTest(points, missing, misses, slips, float(means[0]), float(means[1]))


def back_test_point(one: ScoredPoint, stored: StoredSeries) -> BackTestPoint:
    """A scored outcome beside the rule. Scores in nats."""
    if one.score is None:
        own = math.log(max(one.median if one.value else 1.0 - one.median, 1e-6))
        agrees = RULE_SAYS.get(one.series, 1.0) == one.value
        base = math.log(RULE_ODDS if agrees else 1.0 - RULE_ODDS)
        return BackTestPoint(one, own, base, -own, None)
    quantiles = at_date(stored.dates, stored.quantiles, one.at)
    assert quantiles is not None
    best = score(quantiles, one.median).log_score
    base = one.baselines["last value"].log_score
    rank = float(np.interp(one.value, quantiles, np.array(LEVELS) / 100, left=0.0, right=1.0))
    return BackTestPoint(one, one.score.log_score, base, best - one.score.log_score, rank)


def what_would_change(worst: BackTestPoint, known: Mapping[str, History], seed: int) -> Miss:
    """The input that would have lost least, if it would have lost less."""
    row = entries("beliefs", "targets")[worst.point.series]
    tried = [
        (made, words)
        for words, made in otherwise(row, known, worst.point.at, worst.point.value, seed)
    ]
    best = max(tried, default=(worst.log_score, ""))
    return (
        Miss(worst, best[1], best[0])
        if best[0] > worst.log_score
        else Miss(worst, "", worst.log_score)
    )


def slips_of(point: ScoredPoint, known: Mapping[str, History]) -> Iterator[Slip]:
    """How late an outcome of a plan is; nothing of other series."""
    row = entries("beliefs", "targets").get(point.series)
    if row is None or row.kind != "progress" or point.series not in known:
        return
    last, planned = known[point.series].last, row.value("planned", "1")
    whole = (date.fromisoformat(row.words["planned_at"]) - last.date).days
    due = whole * (point.value - last.value) / (planned - last.value)
    yield Slip(point.series, point.at, point.value, point.unit, (point.at - last.date).days - due)


def otherwise(
    row: CatalogueRow, known: Mapping[str, History], at: date, value: float, seed: int
) -> Iterator[tuple[str, float]]:
    """Every other reading of one input, in words, with the log score that it would have had."""
    if row.kind == "event":
        for odds in (0.1, 0.25, 0.5, 0.75, 0.9):
            words = f"odds of {odds:.0%} instead of {row.value('probability', '1'):.0%}"
            yield words, math.log(odds if value else 1.0 - odds)
        return
    parts = row.words.get("parts", "").split() or [row.key]
    rows = entries("beliefs", "targets")
    for changed in parts:
        for words, other, histories in readings(rows[changed], known):
            chosen = {part: rows[part] for part in parts} | {changed: other}
            found = made_again(chosen, histories, at, seed)
            if found is not None:
                yield words, score(found, value).log_score


def readings(
    row: CatalogueRow, known: Mapping[str, History]
) -> Iterator[tuple[str, CatalogueRow, Mapping[str, History]]]:
    """A row of the record and a known file with one input read otherwise, in words."""
    for name, figure in row.figures.items():
        for factor, word in ((0.5, "half"), (2.0, "twice")):
            if figure.value:
                read = {**row.figures, name: replace(figure, value=figure.value * factor)}
                words = f"`{name}` of {row.key} at {word} of {figure.value:g}"
                yield words, replace(row, figures=read), known
    source = row.words.get("history", row.key)
    if source not in known:
        return
    history = known[source]
    if row.kind == "path":
        for group in entries("beliefs", "classes"):
            if group != (history.group or row.words.get("of", "")):
                bare = {**known, source: replace(history, group="")}
                words = f"the prior of the class `{group}` for {row.key}"
                yield words, replace(row, words={**row.words, "of": group}), bare
    for factor, word in ((0.8, "lower"), (1.2, "higher")):
        last = replace(history.last, value=history.last.value * factor)
        seen = replace(history, observations=(*history.observations[:-1], last))
        words = f"the last value of {source} a fifth {word} than {history.last.value:g}"
        yield words, row, {**known, source: seen}


def made_again(
    rows: Mapping[str, CatalogueRow], known: Mapping[str, History], at: date, seed: int
) -> Floats | None:
    """The forecast made again for one day [unit]; None where prior and history contradict one
    another.
    """
    rng = np.random.default_rng(seed)
    try:
        made = [one_series(key, row, known, (at,), DRAWS, rng) for key, row in rows.items()]
    except InputError:
        return None
    paired = joint(made, seed) if len(made) > 1 else made
    whole = np.prod([one.draws[:, -1] for one in paired], axis=0)
    return np.asarray(np.quantile(whole, np.array(LEVELS) / 100))
