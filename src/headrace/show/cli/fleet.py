"""`headrace fleet`: a trace of requests served by a fleet, request by request."""

from __future__ import annotations

import sys
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.quantities import read_quantity
from headrace.core.units import UnitError
from headrace.show.cli.output import console, emit, plain_table

if TYPE_CHECKING:
    from headrace.models.fleet import Fleet, Replay, ReplayProgress, Summary, Trace

DEFAULT_TABLE = "llama-3.1-8b.h100_sxm.vllm.tp1"


@dataclass(frozen=True)
class Replicas:
    """What serves.

    Parameters
    ----------
    table
        Step table: the name of one that comes with Headrace, or a JSON file.
    replicas
        Replicas of the (first) pool; 0: the fewest with which 99 % of the requests keep both
        promises.
    decode_replicas
        Above 0: the first pool only prefills, and so many replicas of a second pool decode.
    router
        Where a request goes.
    batch
        Most requests that one replica serves at a time.
    tokens
        Most tokens of one step.
    kv
        KV tokens of one replica; 0: what the table says.
    cache
        Prefix blocks that a replica remembers; 0: none. Needs a trace with blocks (Mooncake).
    outstanding
        Above 0: scale the pools so that a replica holds so many requests.
    warm_up
        From asleep to serving, for example "5 min".
    failures
        Mean time between failures of a replica, for example "300 h"; empty: none.
    repair
        Mean time to repair.
    """

    table: str = DEFAULT_TABLE
    replicas: int = 0
    decode_replicas: int = 0
    router: Literal["round_robin", "least_outstanding", "power_of_two", "prefix_aware"] = (
        "least_outstanding"
    )
    batch: int = 256
    tokens: int = 2048
    kv: int = 0
    cache: int = 0
    outstanding: float = 0.0
    warm_up: str = "0 s"
    failures: str = ""
    repair: str = "4 h"


@dataclass(frozen=True)
class Promises:
    """What is promised, and a cut of power.

    Parameters
    ----------
    ttft
        Time to first token that counts as good.
    tpot
        Mean time per further token that counts as good.
    patience
        A request whose turn comes later is dropped; empty: never.
    refuse_at
        A new request is refused where its replica holds so many; 0: never.
    curtail
        Cut the fleet's power by this share for a while, and compare: 0.2 is 20 %.
    at
        When the cut begins, from the start of the trace.
    during
        How long it lasts.
    """

    ttft: str = "2 s"
    tpot: str = "100 ms"
    patience: str = ""
    refuse_at: int = 0
    curtail: float = 0.0
    at: str = "15 min"
    during: str = "15 min"


@dataclass(frozen=True)
class Playing:
    """How the trace is played.

    Parameters
    ----------
    drop_empty
        Leave out requests without prompt or answer instead of refusing the file.
    speed
        Play the trace so many times faster.
    bucket
        Width of a point in the plots.
    seed
        Seed of the power-of-two router and of the failures.
    """

    drop_empty: bool = False
    speed: float = 1.0
    bucket: str = "5 min"
    seed: int = 0


def fleet(
    trace: Path,
    *,
    serve: Annotated[Replicas, Parameter(name="*")] = Replicas(),
    promise: Annotated[Promises, Parameter(name="*")] = Promises(),
    play: Annotated[Playing, Parameter(name="*")] = Playing(),
    report: Path | None = None,
    json: bool = False,
) -> int:
    """Serve a trace of requests on a fleet, request by request: latencies, promises kept, energy,
    fleet-hours.

    Parameters
    ----------
    trace
        Azure, BurstGPT, ServeGen (CSV) or Mooncake (JSONL) trace; may be gzipped.
    report
        Write an HTML report with pictures.
    json
        Print one JSON object and nothing else on stdout.
    """
    from headrace.models.fleet import read_trace

    load = read_trace(trace, drop_empty=play.drop_empty)
    if not 0 < play.speed < float("inf"):
        raise InputError(InputFault(Place(key="--speed"), f"{play.speed}", "above 0"))
    if play.speed != 1:
        played = f"{load.source}; played {play.speed:g} times faster"
        load = replace(load, arrival=load.arrival / play.speed, source=played)
    system = fleet_of(serve, promise, load)
    if promise.curtail:
        return _curtail(load, system, promise, play, report, json=json)
    return _replay(load, system, serve, play, report, json=json)


def seconds_of(key: str, written: str) -> float:
    """A time as it was written for the option `key` [s]. Raises InputError."""
    expected = "a time, for example `5 min`"
    try:
        seconds = read_quantity(written, "s")
    except UnitError as error:
        raise InputError(InputFault(Place(key=key), str(error), expected)) from None
    if seconds < 0:
        raise InputError(InputFault(Place(key=key), f"`{written}` is negative", expected))
    return seconds


def fleet_of(serve: Replicas, promise: Promises, load: Trace) -> Fleet:
    """The fleet as it was asked for; without a number of replicas, the fewest that keep both
    promises for 99 % of the requests of `load`.
    """
    from headrace.models.fleet.sizing import fewest

    if serve.replicas < 0 or serve.decode_replicas < 0:
        raise InputError(
            InputFault(Place(key="--replicas"), "a negative number of replicas", ">= 0")
        )
    if serve.replicas > 0:
        return sized(serve, promise, serve.replicas)
    if serve.decode_replicas or serve.outstanding:
        raise InputError(
            InputFault(Place(key="--replicas"), "0", "a number, where pools are split or scaled")
        )
    return sized(serve, promise, fewest(load, lambda number: sized(serve, promise, number)))


def sized(serve: Replicas, promise: Promises, replicas: int) -> Fleet:
    """The fleet with so many replicas in its (first) pool."""
    from headrace.models.fleet import Autoscale, Fleet, Pool, ServiceClass
    from headrace.models.step_time.table import named_table, read_table

    scale = Autoscale("outstanding", serve.outstanding) if serve.outstanding else None
    own = serve.table.endswith(".json")
    table = read_table(Path(serve.table)) if own else named_table(serve.table)
    warm_up = seconds_of("--warm-up", serve.warm_up)

    def pool(name: Literal["mixed", "prefill", "decode"], count: int) -> Pool:
        return Pool(
            name, table, count, name, serve.batch, serve.tokens, serve.kv, warm_up, autoscale=scale
        )

    split = serve.decode_replicas > 0
    pools = (
        (pool("prefill", replicas), pool("decode", serve.decode_replicas))
        if split
        else (pool("mixed", replicas),)
    )
    one = ServiceClass(
        "all",
        ttft=seconds_of("--ttft", promise.ttft),
        tpot=seconds_of("--tpot", promise.tpot),
        patience=seconds_of("--patience", promise.patience) if promise.patience else float("inf"),
        admit_below=promise.refuse_at or float("inf"),
    )
    return Fleet(pools, serve.router, (one,), cache_blocks=serve.cache)


def _replay(
    load: Trace, system: Fleet, serve: Replicas, play: Playing, report: Path | None, *, json: bool
) -> int:
    from headrace.models.fleet import replay, summarise
    from headrace.models.fleet.outages import draw_outages
    from headrace.models.fleet.types import NO_OUTAGES
    from headrace.show.reports.fleet_replay import sentence, write_replay

    outages = NO_OUTAGES
    if serve.failures:
        between, repair = (
            seconds_of("--failures", serve.failures),
            seconds_of("--repair", serve.repair),
        )
        outages = draw_outages(
            system, load.duration, between=between, repair=repair, seed=play.seed
        )
    width = seconds_of("--bucket", play.bucket)
    begin = time.process_time()
    shown = progress_line if sys.stderr.isatty() else None
    found = replay(load, system, outages=outages, bucket=width, seed=play.seed, progress=shown)
    spent = time.process_time() - begin
    told = summarise(found)
    if report is not None:
        write_replay(found, report)
    if json:
        emit(replay_json(told, found, spent))
        return 0
    screen = console()
    for pool in found.fleet.pools:
        router = found.fleet.router.replace("_", " ")
        screen.print(Text(f"{pool.replicas} x {pool.table.name} ({pool.role}), {router}"))
    screen.print(Text(sentence(told)))
    screen.print(figures_table((("", told),)))
    rate = f"{told.requests / max(spent, 1e-9):,.0f} requests per CPU-s"
    screen.print(Text(f"{found.steps:,} engine steps in {spent:.2f} CPU-s, {rate}", style="dim"))
    if report is not None:
        screen.print(Text(f"Report: {report}"))
    return 0


def _curtail(
    load: Trace, system: Fleet, promise: Promises, play: Playing, report: Path | None, *, json: bool
) -> int:
    from headrace.models.fleet import curtail, summarise
    from headrace.show.reports.fleet_replay import curtailment_sentence, write_curtailment

    begin, seconds = seconds_of("--at", promise.at), seconds_of("--during", promise.during)
    width = seconds_of("--bucket", play.bucket)
    found = curtail(
        load,
        system,
        begin=begin,
        seconds=seconds,
        cut=promise.curtail,
        bucket=width,
        seed=play.seed,
    )
    if report is not None:
        write_curtailment(found, report)
    before, after = summarise(found.base_replay), summarise(found.cut_replay.replay)
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
        }
        emit(told)
        return 0
    screen = console()
    screen.print(Text(words))
    screen.print(figures_table((("as it is", before), ("with the cut", after))))
    if report is not None:
        screen.print(Text(f"Report: {report}"))
    return 0


def progress_line(now: ReplayProgress) -> None:
    """A line on stderr that is written over, for a terminal only."""
    share = now.finished / now.requests
    words = f"{share:6.1%}  {now.finished:,} requests, {now.now / 3600:.2f} h simulated"
    print(f"\r  {words}", end="", file=sys.stderr, flush=True)
    if share >= 1:
        print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)


def replay_json(told: Summary, found: Replay, spent: float) -> dict[str, object]:
    """The contract of `headrace fleet --json`. spent: CPU time [s]."""
    pools = [
        {"name": pool.name, "replicas": pool.replicas, "table": pool.table.name}
        for pool in found.fleet.pools
    ]
    return {
        **asdict(told),
        "pools": pools,
        "trace": found.trace.name,
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
