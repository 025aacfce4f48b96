"""`headrace fleet`: a trace of requests served by a fleet, request by request."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.units import UnitError, parse
from headrace.show.cli.output import console, emit

if TYPE_CHECKING:
    from headrace.models.fleet import Curtailment, Fleet, Replay, ReplayProgress, Summary, Trace
    from headrace.models.step_time.table import StepTable

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
        promises. decode_replicas
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

    load = _faster(read_trace(trace, drop_empty=play.drop_empty), play.speed)
    system = _fleet(serve, promise, load)
    if promise.curtail:
        return _curtail(load, system, promise, play, report, json=json)
    return _replay(load, system, serve, play, report, json=json)


def _faster(load: Trace, speed: float) -> Trace:
    from dataclasses import replace

    if not 0 < speed < float("inf"):
        raise InputError(InputFault(Place(key="--speed"), f"{speed}", "above 0"))
    return (
        load
        if speed == 1
        else replace(
            load,
            arrival=load.arrival / speed,
            source=f"{load.source}; played {speed:g} times faster",
        )
    )


def _seconds(key: str, written: str) -> float:
    try:
        return parse(written, "s")
    except UnitError as error:
        raise InputError(
            InputFault(Place(key=key), str(error), "a time, for example `5 min`")
        ) from None


def _table(name: str) -> StepTable:
    from headrace.models.step_time.table import named_table, read_table

    return read_table(Path(name)) if name.endswith(".json") else named_table(name)


def _fleet(serve: Replicas, promise: Promises, load: Trace) -> Fleet:
    from headrace.models.fleet.sizing import fewest

    if serve.replicas < 0 or serve.decode_replicas < 0:
        raise InputError(
            InputFault(Place(key="--replicas"), "a negative number of replicas", ">= 0")
        )
    if serve.replicas > 0:
        return _with(serve, promise, serve.replicas)
    if serve.decode_replicas or serve.outstanding:
        raise InputError(
            InputFault(Place(key="--replicas"), "0", "a number, where pools are split or scaled")
        )
    return _with(serve, promise, fewest(load, lambda number: _with(serve, promise, number)))


def _with(serve: Replicas, promise: Promises, replicas: int) -> Fleet:
    from headrace.models.fleet import Autoscale, Fleet, Pool, ServiceClass

    scale = Autoscale("outstanding", serve.outstanding) if serve.outstanding else None
    table, warm_up = _table(serve.table), _seconds("--warm-up", serve.warm_up)

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
        ttft=_seconds("--ttft", promise.ttft),
        tpot=_seconds("--tpot", promise.tpot),
        patience=_seconds("--patience", promise.patience) if promise.patience else float("inf"),
        admit_below=promise.refuse_at or float("inf"),
    )
    return Fleet(pools, serve.router, (one,), cache_blocks=serve.cache)


def _replay(
    load: Trace, system: Fleet, serve: Replicas, play: Playing, report: Path | None, *, json: bool
) -> int:
    from headrace.models.fleet import replay, summarise
    from headrace.models.fleet.outages import draw_outages
    from headrace.models.fleet.types import NO_OUTAGES

    outages = NO_OUTAGES
    if serve.failures:
        between, repair = _seconds("--failures", serve.failures), _seconds("--repair", serve.repair)
        outages = draw_outages(
            system, load.duration, between=between, repair=repair, seed=play.seed
        )
    width = _seconds("--bucket", play.bucket)
    begin = time.process_time()
    found = replay(
        load, system, outages=outages, bucket=width, seed=play.seed, progress=_progress()
    )
    spent = time.process_time() - begin
    told = summarise(found)
    if report is not None:
        from headrace.show.reports.fleet_replay import write_replay

        write_replay(found, report)
    emit(_json(told, found, spent)) if json else _show(told, found, spent, report)
    return 0


def _curtail(
    load: Trace, system: Fleet, promise: Promises, play: Playing, report: Path | None, *, json: bool
) -> int:
    from headrace.models.fleet import curtail, summarise
    from headrace.show.reports.fleet_replay import curtailment_sentence, write_curtailment

    begin, seconds = _seconds("--at", promise.at), _seconds("--during", promise.during)
    width = _seconds("--bucket", play.bucket)
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
    if json:
        emit(_curtail_json(found))
        return 0
    console().print(Text(curtailment_sentence(found)))
    console().print(
        _figures(
            (
                ("as it is", summarise(found.base_replay)),
                ("with the cut", summarise(found.cut_replay.replay)),
            )
        )
    )
    _said(report)
    return 0


def _progress() -> Callable[[ReplayProgress], None] | None:
    """A line on stderr that is written over, in a terminal only."""
    if not sys.stderr.isatty():
        return None

    def tell(now: ReplayProgress) -> None:
        share = now.finished / now.requests
        print(
            f"\r  {share:6.1%}  {now.finished:,} requests, {now.now / 3600:.2f} h simulated",
            end="",
            file=sys.stderr,
            flush=True,
        )
        if share >= 1:
            print("\r" + " " * 70 + "\r", end="", file=sys.stderr, flush=True)

    return tell


def _json(told: Summary, found: Replay, spent: float) -> dict[str, object]:
    pools = [
        {"name": pool.name, "replicas": pool.replicas, "table": pool.table.name}
        for pool in found.fleet.pools
    ]
    facts = {
        "pools": pools,
        "trace": found.trace.name,
        "events": found.events,
        "steps": found.steps,
        "cpu_s": spent,
    }
    return {**asdict(told), **facts}


def _curtail_json(found: Curtailment) -> dict[str, object]:
    from headrace.models.fleet import summarise
    from headrace.show.reports.fleet_replay import curtailment_sentence

    return {
        "window_s": list(found.window),
        "cap_w": found.cap,
        "drawn_w": found.drawn,
        "worst_ratio": found.cut_replay.worst,
        "sentence": curtailment_sentence(found),
        "base": asdict(summarise(found.base_replay)),
        "cut": asdict(summarise(found.cut_replay.replay)),
    }


def _show(told: Summary, found: Replay, spent: float, report: Path | None) -> None:
    from headrace.show.reports.fleet_replay import sentence

    for pool in found.fleet.pools:
        console().print(
            Text(
                f"{pool.replicas} x {pool.table.name} ({pool.role}), {found.fleet.router.replace('_', ' ')}"
            )
        )
    console().print(Text(sentence(told)))
    console().print(_figures((("", told),)))
    rate = told.requests / max(spent, 1e-9)
    console().print(
        Text(
            f"{found.steps:,} engine steps in {spent:.2f} CPU-s, {rate:,.0f} requests per CPU-s",
            style="dim",
        )
    )
    _said(report)


def _figures(columns: tuple[tuple[str, Summary], ...]) -> Table:
    from headrace.show.reports.fleet_replay import rows_of

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), show_header=len(columns) > 1)
    table.add_column("")
    for name, _ in columns:
        table.add_column(name, justify="right")
    told = [rows_of(summary) for _, summary in columns]
    for at, (name, _) in enumerate(told[0]):
        table.add_row(name, *(each[at][1] for each in told))
    return table


def _said(report: Path | None) -> None:
    if report is not None:
        console().print(Text(f"Report: {report}"))
