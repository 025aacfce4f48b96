"""`headrace fleet`: requests served by a fleet, one by one."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from headrace.core.printable import in_one_line
from headrace.show.cli.fleet_options import (
    MADE,
    PLAYED,
    PROMISED,
    SERVING,
    Making,
    Playing,
    Promises,
    Replicas,
)
from headrace.show.cli.fleet_setup import (
    asked,
    figure_of,
    load_of,
    outages_of,
    refuse_options,
    seconds_of,
)
from headrace.show.cli.output import console, emit, plain_table

if TYPE_CHECKING:
    from headrace.models.fleet import Fleet, Outages, Replay, ReplayProgress, Summary, Trace


def fleet(
    trace: Path | None = None,
    *,
    serve: Annotated[Replicas, Parameter(name="*")] = SERVING,
    promise: Annotated[Promises, Parameter(name="*")] = PROMISED,
    play: Annotated[Playing, Parameter(name="*")] = PLAYED,
    make: Annotated[Making, Parameter(name="*")] = MADE,
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Serve requests on a fleet, one by one: latencies, promises kept, energy, fleet-hours.

    Parameters
    ----------
    trace
        Azure, BurstGPT, ServeGen, Vidur (CSV), Mooncake or Qwen-Bailian (JSONL) trace, or a CSV of
        your own; may be gzipped. Without one, requests are made up at `--rate`.
    report
        Write an HTML report with pictures.
    json
        Print one JSON object and nothing else on stdout.
    """
    refuse_options(serve, promise, play, make)
    load, system, oversize = asked(load_of(trace, play, make), serve, promise, play)
    outages = outages_of(serve, system, load, play.seed)
    if promise.curtail:
        return _curtail(load, system, promise, play, outages, report, json=json)
    return _replay(load, system, play, outages, report, oversize=oversize, json=json)


def _replay(
    load: Trace,
    system: Fleet,
    play: Playing,
    outages: Outages,
    report: Path | None,
    *,
    oversize: int,
    json: bool,
) -> int:
    from headrace.models.fleet import replay, summarise
    from headrace.models.fleet.simulator import load_kernel
    from headrace.models.fleet.size import refuse_too_large
    from headrace.show.reports.fleet_replay import sentence, write_replay

    width, skip = seconds_of("--bucket", play.bucket), seconds_of("--skip", play.skip)
    refuse_too_large(load, system, width)  # before the kernel, which may take its time to compile
    load_kernel(system)
    begin = time.process_time()
    shown = progress_line if sys.stderr.isatty() else None
    found = replay(load, system, outages=outages, bucket=width, seed=play.seed, progress=shown)
    spent = time.process_time() - begin
    told = summarise(found, after=skip)
    if report is not None:
        write_replay(found, report)
    if json:
        emit(replay_json(told, found, spent, oversize))
        return 0
    screen = console()
    for pool in found.fleet.pools:
        router = found.fleet.router.replace("_", " ")
        screen.print(Text(f"{pool.replicas} x {pool.table.name} ({pool.role}), {router}"))
    screen.print(Text(sentence(told)))
    screen.print(figures_table((("", told),)))
    rate = f"{len(found.trace) / max(spent, 1e-9):,.0f} requests per CPU-s"
    words = f"{found.steps:,} engine steps in {1e3 * spent:,.1f} CPU-ms, {rate}"
    screen.print(Text(words, style="dim"))
    for note in load.notes:
        screen.print(Text(f"Note: {note}"))
    if report is not None:
        screen.print(Text(f"Report: {in_one_line(report)}"))
    return 0


def _curtail(
    load: Trace,
    system: Fleet,
    promise: Promises,
    play: Playing,
    outages: Outages,
    report: Path | None,
    *,
    json: bool,
) -> int:
    from headrace.models.fleet import curtail, summarise
    from headrace.models.fleet.power_cap import uncapped
    from headrace.show.reports.fleet_replay import curtailment_sentence, write_curtailment

    found = curtail(
        load,
        system,
        begin=seconds_of("--at", promise.at),
        seconds=seconds_of("--during", promise.during),
        cut=figure_of("--curtail", promise.curtail, "1", "a share, for example `20%`"),
        plan=uncapped(system, outages),
        metered=seconds_of("--metered", promise.metered),
        seed=play.seed,
    )
    skip = seconds_of("--skip", play.skip)
    if report is not None:
        write_curtailment(found, report, seconds_of("--bucket", play.bucket))
    before = summarise(found.base_replay, after=skip)
    after = summarise(found.cut_replay.replay, after=skip)
    words = curtailment_sentence(found)
    if json:
        told: dict[str, object] = {
            "window_s": list(found.window),
            "cap_w": found.cap,
            "drawn_w": found.drawn,
            "worst_ratio": found.cut_replay.worst,
            "sentence": words,
            "base": asdict(before),
            "cut": asdict(after),
            "notes": list(load.notes),
        }
        emit(told)
        return 0
    screen = console()
    screen.print(Text(words))
    screen.print(figures_table((("as it is", before), ("with the cut", after))))
    for note in load.notes:
        screen.print(Text(f"Note: {note}"))
    if report is not None:
        screen.print(Text(f"Report: {in_one_line(report)}"))
    return 0


def progress_line(now: ReplayProgress) -> None:
    """A line on stderr that is written over, for a terminal only."""
    share = now.finished / now.requests
    words = f"{share:6.1%}  {now.finished:,} requests, {now.now / 3600:.2f} h simulated"
    print(f"\r  {words}", end="", file=sys.stderr, flush=True)
    if share >= 1:
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)


def replay_json(told: Summary, found: Replay, spent: float, oversize: int = 0) -> dict[str, object]:
    """The contract of `headrace fleet --json`. spent: CPU time of the replay, loading the simulator
    left out [s]; oversize: requests shed because nothing could hold them.
    """
    pools = [
        {"name": pool.name, "replicas": pool.replicas, "table": pool.table.name}
        for pool in found.fleet.pools
    ]
    return {
        **asdict(told),
        "pools": pools,
        "trace": found.trace.name,
        "notes": list(found.trace.notes),
        "dropped_rows": found.trace.dropped,
        "oversize": oversize,
        "events": found.events,
        "steps": found.steps,
        "cpu_s": spent,
    }


def figures_table(columns: tuple[tuple[str, Summary], ...]) -> Table:
    """The figures of one or several replays, side by side."""
    from headrace.show.reports.fleet_replay import rows_of

    table = plain_table(show_header=len(columns) > 1)
    table.add_column("")
    for name, _ in columns:
        table.add_column(name, justify="right")
    told = [rows_of(summary) for _, summary in columns]
    for at, (name, _) in enumerate(told[0]):
        table.add_row(name, *(each[at][1] for each in told))
    return table
