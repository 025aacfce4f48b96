"""`headrace audit`: did money change the recommendation - yes, no, or cannot tell?"""

from __future__ import annotations

import json as jsonlib
import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.cli.output import console, emit

if TYPE_CHECKING:
    from headrace.trust.audit import Design, Verdict
    from headrace.trust.boxes import Command, Endpoint
    from headrace.trust.log import Columns
    from headrace.trust.replay import Replayed

WORDS = {
    "biased": "BIASED",
    "no_bias_above": "NO BIAS ABOVE THE DETECTABLE SIZE",
    "cannot_tell": "CANNOT TELL",
}
_STYLE = {"biased": "bold red", "no_bias_above": "bold green", "cannot_tell": "bold yellow"}


@dataclass(frozen=True)
class LogColumns:
    """Which column of the log plays which part.

    Parameters
    ----------
    query
        Column: the answer an item was shown in.
    rank
        Column: place in the answer, 1 = top, no gaps, no ties.
    paid
        Column: 0/1, whether somebody paid for the item.
    relevance
        Columns an outsider can see of relevance, comma separated. Without any, those called
        relevance... or score... are taken. platform_score
        Columns with the platform's own score from before money came in, comma separated. Only
        declare it if that is what it is. propensity
        Column: probability of paid where it was randomised and logged.
    benchmark
        Relevance columns that measure how strong an unseen driver may be, comma separated; all of
        them if none is named.
    """

    query: str = "query"
    rank: str = "rank"
    paid: str = "paid"
    relevance: str = ""
    platform_score: str = ""
    propensity: str = ""
    benchmark: str = ""


@dataclass(frozen=True)
class ReplayOptions:
    """Replay of a black box instead of a log.

    Parameters
    ----------
    endpoint
        Address of an OpenAI-compatible endpoint to replay ("http://127.0.0.1:8000/v1").
    model
        Name of the model at the endpoint.
    command
        A program to replay: reads one JSON line {"query", "ads", "seed"}, prints its answer.
    queries
        Text file with one query a line.
    brands
        What can be recommended, comma separated; an answer recommends the one it names first.
    advertisers
        Brands whose ads are on, comma separated; makes the test one-sided.
    ads_on
        JSON fields added to a request with ads on.
    ads_off
        JSON fields added to a request with ads off.
    ad_label
        Word that starts the ads below an answer; nothing from there on is read.
    key_variable
        Environment variable that holds the key of the endpoint.
    repeats
        How often each query is asked in each state.
    rate
        Smallest change that matters, as a share of answers.
    seed
        Seed of the order of questions.
    """

    endpoint: str = ""
    model: str = ""
    command: str = ""
    queries: Path | None = None
    brands: str = ""
    advertisers: str = ""
    ads_on: str = '{"ads": true}'
    ads_off: str = '{"ads": false}'
    ad_label: str = ""
    key_variable: str = ""
    repeats: int = 1
    rate: float = 0.01
    seed: int = 0


def audit(
    log: Path | None = None,
    *,
    columns: Annotated[LogColumns, Parameter(name="*")] = LogColumns(),
    replay: Annotated[ReplayOptions, Parameter(name="*")] = ReplayOptions(),
    tolerance: float = math.inf,
    report: Path | None = None,
    strict: bool = False,
    json: bool = False,
) -> int:
    """Did money change the recommendation: yes, no, or cannot tell? Says the smallest detectable
    effect first.

    Parameters
    ----------
    log
        Parquet or CSV log, one row per shown item. Leave it out to replay a box (--endpoint or
        --command). tolerance
        Largest bias that would not matter; a log that cannot see it gets "cannot tell".
    report
        Write a one-page HTML report with pictures (of a log audit).
    strict
        Return 3 unless the answer is "no bias above".
    json
        Print one JSON object, {answer, beta, ci, beta_min, why, unit}, and nothing else on stdout.
    """
    boxes = bool(replay.endpoint) + bool(replay.command)
    if (log is not None) + boxes != 1:
        raise InputError(
            InputFault(
                Place(key="audit"),
                f"{(log is not None) + boxes} things to audit",
                "a log, --endpoint or --command",
            )
        )
    if log is None:
        if report is not None:
            raise InputError(
                InputFault(
                    Place(key="--report"),
                    "a report of a replay",
                    "a log: only its audit has pictures",
                )
            )
        return _replay(replay, strict=strict, json=json)
    return _log(log, columns, tolerance, report, strict=strict, json=json)


def _log(
    log: Path,
    columns: LogColumns,
    tolerance: float,
    report: Path | None,
    *,
    strict: bool,
    json: bool,
) -> int:
    from headrace.trust.audit import audit as audit_log
    from headrace.trust.log_reader import read_log

    table = read_log(log, _columns(columns))

    def before(design: Design) -> None:
        console(stderr=json).print(Text(design.sentence()))

    verdict = audit_log(table, tolerance, before)
    if report is not None:
        from headrace.show.reports.audit import write_report
        from headrace.trust.picture import like_with_like

        write_report(verdict, like_with_like(table), report)
    _tell(verdict, verdict.design.unit, json=json)
    if not json:
        _tell_robustness(verdict)
    return _code(verdict.answer, strict)


def _replay(options: ReplayOptions, *, strict: bool, json: bool) -> int:
    from headrace.trust.replay import first_named, plan_replay, replay

    box = _box(options)
    queries = _queries(options.queries)
    brands = _list(options.brands)
    if not brands:
        raise InputError(
            InputFault(
                Place(key="--brands"), "no brands", "what can be recommended, comma separated"
            )
        )
    plan = plan_replay(queries, options.repeats, options.rate)
    console(stderr=json).print(Text(plan.sentence()))
    found = replay(
        box,
        queries,
        first_named(brands, options.ad_label),
        plan,
        _list(options.advertisers),
        options.seed,
    )
    _tell(found, "share of answers", json=json)
    return _code(found.answer, strict)


def _box(options: ReplayOptions) -> Endpoint | Command:
    from headrace.trust.boxes import Command, Endpoint

    if options.command:
        return Command(options.command)
    return Endpoint(
        options.endpoint,
        options.model,
        on=_fields("--ads-on", options.ads_on),
        off=_fields("--ads-off", options.ads_off),
        key_variable=options.key_variable,
    )


def _fields(key: str, text: str) -> dict[str, object]:
    try:
        fields = jsonlib.loads(text)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise InputError(
            InputFault(Place(key=key), repr(text), 'a JSON object such as {"ads": true}')
        )
    return fields


def _queries(path: Path | None) -> list[str]:
    if path is None:
        raise InputError(
            InputFault(Place(key="--queries"), "no file", "a text file with one query a line")
        )
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(InputFault(Place(str(path)), f"cannot be read: {error}")) from None
    return [line.strip() for line in lines if line.strip()]


def _columns(named: LogColumns) -> Columns:
    from headrace.trust.log import Columns

    return Columns(
        named.query,
        named.rank,
        named.paid,
        _list(named.relevance),
        _list(named.platform_score),
        named.propensity,
        _list(named.benchmark),
    )


def _list(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _tell(found: Verdict | Replayed, unit: str, *, json: bool) -> None:
    if json:
        emit(
            {
                "answer": found.answer,
                "beta": found.beta,
                "ci": found.ci,
                "beta_min": found.beta_min,
                "why": found.why,
                "unit": unit,
            }
        )
        return
    screen = console()
    screen.print(Text(WORDS[found.answer], style=_STYLE[found.answer]))
    screen.print(Text(found.why[:1].upper() + found.why[1:] + "."))
    screen.print(
        Text(
            f"beta {found.beta:.4g}, 95 % interval {found.ci[0]:.4g} to {found.ci[1]:.4g} [{unit}]"
        )
    )


def _tell_robustness(verdict: Verdict) -> None:
    screen, found = console(), verdict.robustness
    agree = sum(one.statistic > verdict.design.critical for one in verdict.curve)
    screen.print(
        Text(
            f"{agree} of {len(verdict.curve)} specifications find that paid items rank higher at the one-sided 5 % level"
        )
    )
    screen.print(
        Text(f"robustness value {found.value:.1%} (lower bound {found.value_of_bound:.1%})")
    )
    for one in found.benchmarks:
        screen.print(
            Text(
                f"  benchmark {one.name}: explains {one.paid_share:.1%} of paid, {one.rank_share:.1%} of rank"
            )
        )


def _code(answer: str, strict: bool) -> int:
    return 3 if strict and answer != "no_bias_above" else 0
