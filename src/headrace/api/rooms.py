"""Rooms alone, without a plan: a serving fleet, a month of royalties, an audit of rankings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from headrace.api.table import ResultTable
from headrace.core.errors import InputError, InputFault, Place, nearest_fault

if TYPE_CHECKING:
    from headrace.models.fleet import Summary
    from headrace.trust.audit import Verdict

Option = str | int | float | bool | tuple[str, ...]
Options = TypeVar("Options")


def fleet(trace: str | Path | None = None, **options: Option) -> Summary:
    """Serve requests on a fleet, one by one: latencies, promises kept, energy.

    trace: a file of requests; none: they are made up (`rate=10.0`, `input="lognormal 600 0.8"`).
    options: those of `headrace fleet` with their defaults: `replicas=4`, `ttft="2 s"`,
    `router="prefix_aware"`, `failures="300 h"`, `speed=2.0`, `unit="ms"`, ...

    Raises InputError for a bad trace and for an unknown option with the nearest one.
    """
    from headrace.models.fleet import replay, summarise
    from headrace.show.cli.fleet_options import Making, Playing, Promises, Replicas
    from headrace.show.cli.fleet_setup import (
        asked,
        load_of,
        outages_of,
        refuse_options,
        seconds_of,
    )

    checked_options(options, Replicas(), Promises(), Playing(), Making())
    serve, promise = given_options(Replicas(), options), given_options(Promises(), options)
    play, make = given_options(Playing(), options), given_options(Making(), options)
    if promise.curtail:
        fault = "a cut of power is `headrace fleet --curtail`"
        raise InputError(InputFault(Place(key="curtail"), fault, "no such option here"))
    refuse_options(serve, promise, play, make)
    requests = load_of(Path(trace) if trace is not None else None, play, make)
    load, system, _ = asked(requests, serve, promise, play)
    outages, width = outages_of(serve, system, load, play.seed), seconds_of("bucket", play.bucket)
    found = replay(load, system, outages=outages, bucket=width, seed=play.seed)
    return summarise(found, after=seconds_of("skip", play.skip))


def size(**options: Option | Path) -> ResultTable:
    """How many accelerators carry so many requests a second, and USD a million tokens: one row for
    each accelerator that can serve, the cheapest first.

    options: those of `headrace size` with their defaults: `model="Qwen/Qwen3-32B"`,
    `accelerator=("h100", "b200")`, `rate=10.0`, `isl=1000`, `osl=300`, `cached="40%"`,
    `ttft="2 s"`, `tpot="50 ms"`, `one_server=True`, `study=Path("study.yaml")`, ...

    Raises InputError for an unknown option with the nearest one and for what cannot be, Infeasible
    where nothing keeps the promise.
    """
    from headrace.finance.serving_fleet import layout_words
    from headrace.finance.serving_fleet import options as sized
    from headrace.show.cli.size_options import ASKED, HARDWARE
    from headrace.show.cli.size_setup import question_of

    checked_options(options, ASKED, HARDWARE)
    if isinstance(options.get("accelerator"), str):
        options["accelerator"] = (str(options["accelerator"]),)
    if isinstance(options.get("study"), str):
        options["study"] = Path(str(options["study"]))
    found = sized(question_of(given_options(ASKED, options), given_options(HARDWARE, options)))
    columns = {
        "accelerator": "", "accelerators": "", "low": "", "high": "", "replicas": "", "readers": "",
        "layout": "", "carried": "requests/s", "power": "kW", "hour": "USD/accelerator-h",
        "input": "USD/Mtok", "cached": "USD/Mtok", "output": "USD/Mtok", "output_low": "USD/Mtok",
        "output_high": "USD/Mtok",
    }  # fmt: skip
    rows = [
        (
            *(o.name, o.fleet.accelerators, o.fleet.accelerators_low, o.fleet.accelerators_high),
            *(o.fleet.replicas, o.fleet.readers, layout_words(o.fleet.point), o.fleet.carried),
            *(o.fleet.power, o.hour.total, o.cost.input, o.cost.cached, o.cost.output),
            *(o.cost_low, o.cost_high),
        )
        for o in found
    ]
    note = " ".join(f"{o.name}: {remark}" for o in found for remark in o.remarks)
    return ResultTable(tuple(columns), tuple(rows), tuple(columns.values()), "Fleets", note)


@dataclass(frozen=True)
class SettledMonth:
    """A settled month: `dues` by holder, `works` by holder and work, amounts in main units of the
    currency; `refused` rows of the log with their reasons. figures: sums and counts.
    """

    dues: ResultTable
    works: ResultTable
    refused: ResultTable
    figures: dict[str, object]


def settle(
    folder: str | Path, *, rule: str = "user_centric", period: str = "2026-01"
) -> SettledMonth:
    """Turn a month's log of uses into what each holder is due; nothing is written.

    folder: holds licences.yaml, uses, fees and if need be accounts; "studio" is the example. rule:
    user_centric, pro_rata, equal_split or per_use. period: the month, YYYY-MM.

    Raises InputError with every problem of the files.
    """
    from importlib.resources import as_file, files

    from headrace.rights.royalties import statements
    from headrace.rights.royalties.dues import dues
    from headrace.rights.royalties.period import checked_rule, settle_folder
    from headrace.show.cli.rights import as_json

    chosen, own = checked_rule(rule), Path(folder)
    if own == Path("studio") and not own.is_dir():
        with as_file(files("headrace") / "examples" / "studio") as bundled:
            done = settle_folder(bundled, period, chosen)
    else:
        done = settle_folder(own, period, chosen)
    rows = dues(done.chosen, done.accounts)
    told = statements.statements(done.chosen, rows, done.name)
    columns = ("row", "id", "kind", "reason")
    refused = tuple((row.row, row.id, row.kind, row.reason) for row in done.refused)
    return SettledMonth(
        ResultTable(statements.DUE_COLUMNS, tuple(map(tuple, told.dues)), title="Dues"),
        ResultTable(statements.WORK_COLUMNS, tuple(map(tuple, told.works)), title="Works"),
        ResultTable(columns, refused, title="Refused rows"),
        as_json(done, rows),
    )


def audit(
    log: object,
    *,
    tolerance: float = math.inf,
    plan: str | Path | None = None,
    dossier: str | Path | None = None,
    **columns: str | bool,
) -> Verdict:
    """Did money change the ranking: `answer` is "biased", "ranks_higher", "no_bias_above" or
    "cannot_tell". The smallest detectable effect is said first, on stderr.

    log: a Parquet or CSV file, a data frame (pandas, polars), an Arrow table, or columns by name;
    one row per shown item. tolerance: largest bias that would not matter [unit of the effect].
    columns: which column plays which part, as in `headrace audit`: `rank="place"`,
    `relevance="score_a,score_b"`, `paid="own_brand,spend"`, `scraped=True`, ... plan: a plan that
    `headrace audit --register` wrote. dossier: folder for the page to file.

    Raises InputError with every reason why the log cannot be audited.
    """
    from headrace.show.cli.boxes import NO_BOX
    from headrace.show.cli.filing import FilingOptions
    from headrace.show.cli.trust import LogColumns, as_planned, audit_log

    checked_options(columns, LogColumns())
    named = given_options(LogColumns(), columns)
    own, folder = (None if one is None else Path(one) for one in (plan, dossier))
    if own is not None:
        named, _, tolerance = as_planned(own, named, NO_BOX, tolerance)
    given = Path(log) if isinstance(log, str | Path) else log
    filing = FilingOptions(plan=own, dossier=folder)
    return audit_log(given, named, tolerance, None, filing, quiet=True)


def checked_options(options: Mapping[str, object], *groups: object) -> None:
    """Raise InputError for options that no group has, each with the nearest one."""
    known = tuple(field.name for group in groups for field in fields(cast("Any", group)))
    problems = [nearest_fault(name, known, "an option") for name in options if name not in known]
    if problems:
        raise InputError(problems)


def given_options(group: Options, options: Mapping[str, object]) -> Options:
    """The group with those of the options that belong to it."""
    told = {f.name for f in fields(cast("Any", group))} & set(options)
    made: Options = replace(cast("Any", group), **{name: options[name] for name in told})
    return made


def tariff(file: str | Path | None = None, *, cost: str = "") -> ResultTable:
    """Tariffs beside the best that any menu could earn, as `headrace tariff` compares them; the
    note holds what public points decide, how prices by deadline settle and how many people a price
    experiment needs.

    file: a tariff file; without one the example "clips". cost: another cost of a use, with unit.

    Raises InputError with every problem of the file.
    """
    from headrace.show.cli.tariff import answered_file, comparison_lines, off_peak_lines

    found = answered_file(Path(file) if file is not None else None, cost)
    columns = (
        "tariff",
        "profit",
        "surplus",
        "welfare",
        "share of the best",
        "users",
        "use",
        "terms",
    )
    units = ("", "USD/person", "USD/person", "USD/person", "1", "1", "use/person", "")
    lines = [] if found.comparison is None else comparison_lines(found.comparison)
    lines += [] if found.public is None else list(found.public.sentences)
    lines += [] if found.off_peak is None else off_peak_lines(found.off_peak)
    lines += [] if found.experiment is None else [found.experiment.sentence]
    rows = () if found.comparison is None else found.comparison.rows
    told = tuple(
        (r.name, r.profit, r.surplus, r.welfare, r.share, r.buyers, r.use, r.terms) for r in rows
    )
    return ResultTable(columns, told, units, title=found.file.tariff, note=" ".join(lines))


def integrate(layers: str | Path | None = None, *, out: str | Path | None = None) -> ResultTable:
    """Make or buy, layer by layer, as `headrace integrate` asks it: a row a layer with what it
    brings between bounds (its Shapley value), alone, and whether that is shown to matter.

    layers: a layers file; without one the example "integrate_or_buy". out: the folder in which
    solved worlds are kept, runs/NAME-integrate if not given; what is there is not solved again.

    Raises InputError with every problem of the file.
    """
    from headrace.show.cli.integrate import answered, question_of
    from headrace.show.reports.integration import sentences

    question = question_of(None if layers is None else Path(layers))
    name = f"{question.file.integrate}-integrate"
    found = answered(question, Path("runs") / name if out is None else Path(out), quiet=True)
    columns = ("layer", "low", "high", "alone_low", "alone_high", "matters", "made")
    alone = found.alone or {}
    rows = tuple(
        (s.player, s.low, s.high, *alone[s.player], s.matters, s.player in found.makes)
        for s in found.shares
    )
    units = ("", *("USD",) * 4, "", "")
    return ResultTable(columns, rows, units, question.file.title, " ".join(sentences(found)))
