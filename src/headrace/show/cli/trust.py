"""`headrace audit`: did money change the recommendation - yes, no, or cannot tell?"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.show.cli.boxes import NO_BOX, ReplayOptions, names_in
from headrace.show.cli.filing import (
    NOT_FILED,
    FilingOptions,
    choices_of,
    file_dossier,
    planned,
    register_plan,
    replay_filed,
)
from headrace.show.cli.options import or_endless
from headrace.show.cli.output import console, emit

if TYPE_CHECKING:
    from headrace.trust.audit import Verdict
    from headrace.trust.design import Design
    from headrace.trust.log import Columns
    from headrace.trust.replay import Replayed

WORDS = {
    "biased": "BIASED",
    "ranks_higher": "PAID RANKS HIGHER, UNLESS A STRONG UNSEEN CAUSE EXPLAINS IT",
    "no_bias_above": "NO BIAS ABOVE THE DETECTABLE SIZE",
    "cannot_tell": "CANNOT TELL",
}
_STYLE = {
    "biased": "bold red",
    "ranks_higher": "bold magenta",
    "no_bias_above": "bold green",
    "cannot_tell": "bold yellow",
}

KEYS = ("answer", "beta", "ci", "beta_min", "why")


@dataclass(frozen=True)
class LogColumns:
    """Which column of the log plays which part.

    Parameters
    ----------
    query
        Column: the answer an item was shown in.
    rank
        Column: place in the answer, 1 = top, no gaps, no ties (but see --scraped).
    paid
        Column: 0/1, whether somebody paid for the item. Several, comma separated (own brand,
        fulfilment, ads): each gets a verdict with the others held equal.
    relevance
        Columns an outsider can see of relevance, comma separated. Without any, those called
        relevance... or score... are taken.
    platform_score
        Columns with the platform's own score from before money came in, comma separated. Whether
        it ranks is tested; a score that does not is read as one more proxy.
    propensity
        Column: probability of paid where it was randomised and logged.
    benchmark
        Relevance columns that measure how strong an unseen driver may be, comma separated; all of
        them if none is named.
    score_is_complete
        Somebody vouches that nothing but chance ranks beside the platform's score.
    amounts
        Those of --paid that are amounts (spend) and not 0/1, comma separated.
    slot
        Column: the part of the page (organic, carousel); items are ranked within their part.
    by
        Column whose values get a verdict each (market, device), at most 20 of them.
    scraped
        The log is a scrape: gaps are closed, items that share a place take the middle, an empty
        rank is below what was shown, an empty relevance is held equal as such. All is told.
    """

    query: str = "query"
    rank: str = "rank"
    paid: str = "paid"
    relevance: str = ""
    platform_score: str = ""
    propensity: str = ""
    benchmark: str = ""
    score_is_complete: bool = False
    amounts: str = ""
    slot: str = ""
    by: str = ""
    scraped: bool = False

    def named(self) -> Columns:
        """The parts as the auditor wants them."""
        from headrace.trust.log import Columns

        paid, *also = names_in(self.paid) or ("paid",)
        return Columns(
            self.query,
            self.rank,
            paid,
            names_in(self.relevance),
            names_in(self.platform_score),
            self.propensity,
            names_in(self.benchmark),
            self.score_is_complete,
            tuple(also),
            names_in(self.amounts),
            self.slot,
            self.by,
            self.scraped,
        )


def audit(
    log: Path | None = None,
    *,
    columns: Annotated[LogColumns, Parameter(name="*")] = LogColumns(),
    replay: Annotated[ReplayOptions, Parameter(name="*")] = NO_BOX,
    filing: Annotated[FilingOptions, Parameter(name="*")] = NOT_FILED,
    tolerance: Annotated[float, Parameter(validator=or_endless)] = math.inf,
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
        --command).
    tolerance
        Largest bias that would not matter, in the unit of the effect [places, or the column's];
        a log that cannot see it gets "cannot tell".
    report
        Write a one-page HTML report with pictures (of a log audit).
    strict
        Return 3 unless the answer is "no bias above".
    json
        Print one JSON object, {answer, beta, ci, beta_min, why, unit, ...}, and nothing else on
        stdout.
    """
    if filing.plan is not None:
        columns, replay, tolerance = as_planned(filing.plan, columns, replay, tolerance)
    if filing.register is not None:
        if log is not None:
            expected = "a plan before the data: leave the log out"
            raise InputError(InputFault(Place(key="--register"), "a log beside it", expected))
        if replay.endpoint or replay.command:
            register_plan(filing, "replay", replay, tolerance)
        else:
            register_plan(filing, "log", columns, tolerance)
        return 0
    things = (log is not None) + bool(replay.endpoint) + bool(replay.command)
    if things != 1:
        expected = "a log, --endpoint or --command"
        raise InputError(InputFault(Place(key="audit"), f"{things} things to audit", expected))
    if log is None and report is not None:
        expected = "a log: only its audit has pictures"
        raise InputError(InputFault(Place(key="--report"), "a report of a replay", expected))
    found: Verdict | Replayed
    if log is None:
        replayed, unit = replay_filed(replay, filing, quiet=json), "share of answers"
        if replayed is None:
            return 0
        found, more = replayed, details_of(replayed)
    else:
        found = audit_log(log, columns, tolerance, report, filing, quiet=json)
        unit, more = found.design.unit, sensitivity_of(found)
    if json:
        emit({key: getattr(found, key) for key in KEYS} | {"unit": unit} | more)
    else:
        show(found, unit)
    return 3 if strict and found.answer != "no_bias_above" else 0


def audit_log(
    log: object,
    columns: LogColumns,
    tolerance: float = math.inf,
    report: Path | None = None,
    filing: FilingOptions = NOT_FILED,
    *,
    quiet: bool,
) -> Verdict:
    """The verdict on a log, said after the smallest detectable effect.

    log: a file, a data frame, an Arrow table, or columns by name. tolerance: the largest bias that
    would not matter [unit of the effect].
    """
    from headrace.show.reports import audit as page
    from headrace.trust.dossier.evidence import of_file, of_log
    from headrace.trust.log_reader import read_log, read_table
    from headrace.trust.picture import like_with_like
    from headrace.trust.treatments import audit_all

    named = columns.named()
    table = read_log(log, named) if isinstance(log, Path) else read_table(log, named)

    def before(name: str, design: Design) -> None:
        head = f"{name}: " if name else ""
        console(stderr=quiet).print(Text(head + design.sentence()))

    verdict = audit_all(table, tolerance, before)
    likes = like_with_like(table)
    if report is not None:
        page.write(verdict, likes, report)
    if filing.dossier is not None:
        evidence = of_file(log) if isinstance(log, Path) else of_log(table)
        file_dossier(filing, verdict, choices_of(columns), [evidence], likes)
    return verdict


def as_planned(
    path: Path, columns: LogColumns, replay: ReplayOptions, tolerance: float
) -> tuple[LogColumns, ReplayOptions, float]:
    """The choices that a registered plan says. tolerance: [unit of the effect].

    Raises InputError for a choice made otherwise on the command line.
    """
    from headrace.trust.dossier.plan import read_plan

    plan = read_plan(path)
    if plan.kind == "replay":
        return columns, planned(plan, replay, str(path)), tolerance
    said = math.inf if plan.tolerance is None else plan.tolerance
    if tolerance not in (math.inf, said):
        found, expected = f"{tolerance:g}", f"{said:g}, as planned"
        raise InputError(InputFault(Place(str(path), key="tolerance"), found, expected))
    return planned(plan, columns, str(path)), replay, said


def sensitivity_of(verdict: Verdict) -> dict[str, object]:
    """What stands between the effect and a cause that was not seen, as plain data."""
    found = verdict.robustness
    return {
        "basis": verdict.design.basis,
        "slack": verdict.design.slack,
        "largest": verdict.design.largest,
        "robustness_value": found.value,
        "robustness_value_at_5_percent": found.value_of_bound,
        "needed": {one.name: one.times for one in found.needed},
        "remarks": list(verdict.design.remarks),
        "parts": [
            {"name": part.name, "unit": part.verdict.design.unit}
            | {key: getattr(part.verdict, key) for key in KEYS}
            for part in verdict.parts
        ],
        "p_equal": verdict.p_equal,
    }


def details_of(found: Replayed) -> dict[str, object]:
    """What a replay found beside its answer, as plain data."""
    return {
        "deterministic": found.deterministic,
        "flips": found.flips,
        "pairs": found.plan.pairs,
        "p_value": found.p_value,
        "remarks": list(found.remarks),
        "personas": [asdict(one) for one in found.personas],
    }


def show(found: Verdict | Replayed, unit: str) -> None:
    """Print the answer, why, and the effect with its interval; of a log also how robust it is."""
    from headrace.trust.audit import Verdict

    screen = console()
    screen.print(Text(WORDS[found.answer], style=_STYLE[found.answer]))
    screen.print(Text(found.why[:1].upper() + found.why[1:] + "."))
    ends = f"95 % interval {found.ci[0]:.4g} to {found.ci[1]:.4g} [{unit}]"
    screen.print(Text(f"beta {found.beta:.4g}, {ends}"))
    if not isinstance(found, Verdict):
        for text in found.remarks:
            screen.print(Text(f"  {text}"))
        for one in found.personas:
            flips = f"{one.flips:,} of {one.pairs:,} pairs changed"
            screen.print(Text(f"  as {one.persona!r}: {flips}"))
        return
    if found.parts:
        show_parts(found)
    robustness = found.robustness
    agree = sum(one.statistic > found.design.critical for one in found.curve)
    many = f"{agree} of {len(found.curve)} specifications"
    screen.print(Text(f"{many} find that paid items rank higher at the one-sided 5 % level"))
    value = f"{robustness.value:.1%} (at two-sided 5 %: {robustness.value_of_bound:.1%})"
    screen.print(Text(f"robustness value {value}"))
    told = robustness.needed if robustness.value_of_bound > 0 else ()
    needed = {one.name: one.words() for one in told}
    for each in robustness.benchmarks:
        explains = f"explains {each.paid_share:.1%} of paid, {each.rank_share:.1%} of rank"
        driver = f"; needed: a cause {needed[each.name]}" if each.name in needed else ""
        screen.print(Text(f"  benchmark {each.name}: {explains}{driver}"))


def show_parts(found: Verdict) -> None:
    """Print a paragraph for each thing that is paid for, or for each group."""
    screen = console()
    for part in found.parts:
        one = part.verdict
        size = f"{one.design.size(one.beta)}, 95 % interval {one.ci[0]:.3g} to {one.ci[1]:.3g}"
        screen.print(Text(f"  {part.name}: {WORDS[one.answer]} ({size})", style=_STYLE[one.answer]))
        screen.print(Text(f"    {one.why}"))
    if found.p_equal is not None:
        text = f"  effects as different as these, if all were the same: p = {found.p_equal:.2g}"
        screen.print(Text(text))
