"""The load, the fleet and the failures that `headrace fleet` was asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from headrace.core.errors import InputError, InputFault, Place, noting
from headrace.core.quantities import read_quantity
from headrace.core.units import UnitError
from headrace.show.cli.fleet_options import Making, Playing, Promises, Replicas

if TYPE_CHECKING:
    from headrace.models.fleet import Fleet, Outages, ServiceClass, Trace
    from headrace.models.step_time.table import StepTable


def seconds_of(key: str, written: str) -> float:
    """A time as it was written for the option `key` [s]. Raises InputError."""
    expected = "a time, for example `5 min`"
    seconds = figure_of(key, written, "s", expected)
    if seconds < 0:
        raise InputError(InputFault(Place(key=key), f"`{written}` is negative", expected))
    return seconds


def figure_of(key: str, written: str, unit: str, example: str) -> float:
    """What was written for the option `key` in `unit`. Raises InputError."""
    try:
        return read_quantity(written.replace("%", " %") if unit == "1" else written, unit)
    except UnitError as error:
        raise InputError(InputFault(Place(key=key), str(error), example)) from None


def refuse_options(serve: Replicas, promise: Promises, play: Playing, make: Making) -> None:
    """Raises InputError with every option that cannot be read, before a trace is."""
    problems: list[InputFault] = []
    times = {
        "--warm-up": serve.warm_up,
        "--overhead": serve.overhead,
        "--failures": serve.failures,
        "--repair": serve.repair,
        "--at": promise.at,
        "--during": promise.during,
        "--metered": promise.metered,
        "--bucket": play.bucket,
        "--skip": play.skip,
    }
    for key, written in times.items():
        with noting(problems):
            if written:
                seconds_of(key, written)
    with noting(problems):
        if promise.curtail:
            figure_of("--curtail", promise.curtail, "1", "a share, for example `20%`")
    with noting(problems):
        classes_of(promise)
    with noting(problems):
        sized(serve, classes_of(Promises())[0], max(1, serve.replicas))
    if not 0 < play.speed < float("inf"):
        problems.append(InputFault(Place(key="--speed"), f"{play.speed}", "above 0"))
    if not 0 <= make.rate < float("inf"):
        problems.append(InputFault(Place(key="--rate"), f"{make.rate}", "requests/s above 0"))
    if problems:
        raise InputError(list(dict.fromkeys(problems)))


def load_of(trace: Path | None, play: Playing, make: Making) -> Trace:
    """The requests, read or made up, as they are to be played. Raises InputError."""
    from headrace.models.fleet import read_trace
    from headrace.models.fleet.traces.synthetic import SyntheticLoad, synthesise

    rate = make.rate
    if trace is None and rate == 0 and play.users > 0:
        rate = float(play.users)  # in a closed loop requests come when others end, at any rate
    if (trace is None) == (rate == 0):
        found = "a trace and --rate" if trace is not None else "neither a trace nor --rate"
        raise InputError(InputFault(Place(key="TRACE"), found, "one of the two, or --users"))
    if trace is not None:
        names = tuple(name.strip() for name in play.columns.split(",")) if play.columns else ()
        load = read_trace(
            trace,
            drop_empty=play.drop_empty,
            unit=play.unit or None,
            spread=play.spread,
            seed=play.seed,
            columns=names,
            block=play.block,
        )
    else:
        told = (rate, make.requests, make.arrivals, make.cv, make.input, make.output)
        load = synthesise(SyntheticLoad(*told), play.seed)
    if play.speed != 1:
        played = f"{load.source}; played {play.speed:g} times faster"
        load = replace(load, arrival=load.arrival / play.speed, source=played)
    return load.closed(play.users) if play.users else load


def classes_of(promise: Promises) -> tuple[tuple[ServiceClass, ...], tuple[float, ...]]:
    """Service classes as they were asked for, in the order in which they are served, and the share
    of requests in each [1]. Raises InputError.
    """
    from headrace.models.fleet import ServiceClass

    problems: list[InputFault] = []
    times = {"ttft": 0.0, "tpot": 0.0, "patience": float("inf")}
    for name in times:
        with noting(problems):
            if written := getattr(promise, name):
                times[name] = seconds_of(f"--{name}", written)
    general = ServiceClass(
        "all" if not promise.service else "others",
        **times,
        admit_below=promise.refuse_at or float("inf"),
    )
    found, shares = [], []
    for written in promise.service:
        with noting(problems):
            own, share = class_of(written, general)
            found.append(own)
            shares.append(share)
    if problems:
        raise InputError(problems)
    names = [one.name for one in found]
    if twice := sorted({name for name in names if names.count(name) > 1 or name == "others"}):
        words = f"`{twice[0]}`" + (" twice" if twice[0] != "others" else " is all that is left")
        raise InputError(InputFault(Place(key="--class"), words, "a name of its own"))
    left = 1.0 - sum(shares)
    if left < -1e-9 or any(share <= 0 for share in shares):
        words = f"shares that add up to {sum(shares):.0%}"
        raise InputError(InputFault(Place(key="--class"), words, "above 0, at most 100 % together"))
    if left > 1e-9 or not found:
        found.append(general)
        shares.append(left)
    return tuple(found), tuple(shares)


def class_of(written: str, general: ServiceClass) -> tuple[ServiceClass, float]:
    """One class and its share of requests, as written; what is silent is that of `general`."""
    words = written.split()
    example = "a name, a share, then ttft=, tpot=, patience= or refuse_at="
    if len(words) < 2 or not all(word.count("=") == 1 for word in words[2:]):
        raise InputError(InputFault(Place(key="--class"), f"`{written}`", example))
    own: dict[str, float] = {}
    for key, value in (word.split("=") for word in words[2:]):
        if key not in ("ttft", "tpot", "patience", "refuse_at"):
            raise InputError(InputFault(Place(key="--class"), f"`{key}`", example))
        name = "admit_below" if key == "refuse_at" else key
        own[name] = (
            figure_of("--class", value, "1", example)
            if key == "refuse_at"
            else seconds_of("--class", value)
        )
    return (
        replace(general, name=words[0], **own),
        figure_of("--class", words[1], "1", "a share, for example `20%`"),
    )


def classified(load: Trace, shares: tuple[float, ...], seed: int) -> Trace:
    """The same requests drawn into classes by their shares [1]."""
    import numpy as np

    if len(shares) == 1:
        return load
    rng = np.random.default_rng(seed + 1)
    return replace(load, service=rng.choice(len(shares), len(load), p=np.array(shares)))


def without_oversize(load: Trace, fleet: Fleet, play: Playing) -> tuple[Trace, int]:
    """The requests that the fleet can serve at all, and how many are longer than that; all of them
    where the file is to be refused for one. Raises InputError where none is left.
    """
    import numpy as np

    from headrace.models.fleet.to_arrays import longest_request

    most, why = longest_request(fleet)
    long = load.input + load.output > most
    count = int(long.sum())
    if play.oversize == "refuse" or not count:
        return load, 0
    if count == len(load):
        found = f"all {count:,} requests are longer than {most:,} tokens, {why}"
        raise InputError(InputFault(Place(load.name), found, "requests that fit"))
    if load.followers is not None:
        words = "turns longer than a replica holds cannot be left out of sessions"
        raise InputError(InputFault(Place(load.name), words, "whole sessions"))
    note = f"{count:,} requests of more than {most:,} tokens were shed at the door, {why}"
    kept = np.flatnonzero(~long)
    columns = {
        name: getattr(load, name)[kept] for name in ("arrival", "input", "output", "service")
    }
    blocks = load.blocks.of(kept) if load.blocks is not None else None
    lines = load.lines[kept] if load.lines is not None else None
    left = replace(load, **columns, blocks=blocks, lines=lines, notes=(*load.notes, note))
    return left, count


def table_of(name: str) -> StepTable:
    """A shipped step table by its name, or one in a JSON file."""
    from headrace.models.step_time.table import named_table, read_table

    return read_table(Path(name)) if name.endswith(".json") else named_table(name)


def sized(serve: Replicas, classes: tuple[ServiceClass, ...], replicas: int) -> Fleet:
    """The fleet with so many replicas in its (first) pool. Raises InputError."""
    from headrace.models.fleet import Autoscale, Fleet, Pool, Transfer
    from headrace.models.step_time.speculation import Speculation, speculative

    scale = Autoscale("outstanding", serve.outstanding) if serve.outstanding else None
    warm_up, overhead = (
        seconds_of("--warm-up", serve.warm_up),
        seconds_of("--overhead", serve.overhead),
    )
    first = table_of(serve.table)
    second = table_of(serve.decode_table) if serve.decode_table else first
    if serve.proposed:
        how = Speculation(serve.proposed, serve.accepted, serve.draft)
        first, second = speculative(first, how), speculative(second, how)
    elif serve.accepted:
        found = f"{serve.accepted:g} tokens accepted of none proposed"
        raise InputError(InputFault(Place(key="--proposed"), found, "--proposed above 0"))

    def pool(name: Literal["mixed", "prefill", "decode"], table: StepTable, count: int) -> Pool:
        limits = (serve.batch, serve.tokens, serve.kv, warm_up, overhead)
        return Pool(
            name, table, count, name, *limits, autoscale=scale, mixed_steps=serve.mixed_steps
        )

    split = serve.decode_replicas > 0
    if not split and (serve.decode_table or serve.kv_link):
        words = "a second pool's table or link, yet no --decode-replicas"
        raise InputError(InputFault(Place(key="--decode-replicas"), words, "above 0"))
    pools = (
        (pool("prefill", first, replicas), pool("decode", second, serve.decode_replicas))
        if split
        else (pool("mixed", first, replicas),)
    )
    moved = Transfer(per_token=seconds_a_token(serve.kv_link, first)) if serve.kv_link else None
    fleet = Fleet(pools, serve.router, classes, cache_blocks=serve.cache)
    return replace(fleet, transfer=moved) if moved else fleet


def seconds_a_token(link: str, table: StepTable) -> float:
    """Time to move the KV of one token over `link` [s]."""
    from headrace.models.step_time.providers import cache_per_token
    from headrace.models.step_time.roofline import Layout

    speed = figure_of("--kv-link", link, "B/s", "a bandwidth, for example `50 GB/s`")
    if not speed > 0:
        raise InputError(InputFault(Place(key="--kv-link"), f"`{link}`", "above 0"))
    # one copy is sent, however many ranks keep one
    return cache_per_token(table.model, table.precision, Layout()) / speed


def fleet_of(serve: Replicas, classes: tuple[ServiceClass, ...], load: Trace) -> Fleet:
    """The fleet as it was asked for; without a number of replicas, the fewest that keep both
    promises for 99 % of the requests of `load`.
    """
    from headrace.models.fleet.sizing import fewest

    if serve.replicas < 0 or serve.decode_replicas < 0:
        raise InputError(
            InputFault(Place(key="--replicas"), "a negative number of replicas", ">= 0")
        )
    if serve.replicas > 0:
        return sized(serve, classes, serve.replicas)
    if serve.decode_replicas or serve.outstanding:
        raise InputError(
            InputFault(Place(key="--replicas"), "0", "a number, where pools are split or scaled")
        )
    return sized(serve, classes, fewest(load, lambda number: sized(serve, classes, number)))


def asked(
    load: Trace, serve: Replicas, promise: Promises, play: Playing
) -> tuple[Trace, Fleet, int]:
    """The load as it is served, the fleet that serves it, and requests too long for it."""
    classes, shares = classes_of(promise)
    one = sized(serve, classes, 1)
    load, oversize = without_oversize(classified(load, shares, play.seed), one, play)
    return load, fleet_of(serve, classes, load), oversize


def outages_of(serve: Replicas, fleet: Fleet, load: Trace, seed: int) -> Outages:
    """Failures as they were asked for."""
    from headrace.models.fleet.outages import draw_outages
    from headrace.models.fleet.types import NO_OUTAGES

    if not serve.failures:
        return NO_OUTAGES
    between, repair = (
        seconds_of(f"--{name}", getattr(serve, name)) for name in ("failures", "repair")
    )
    return draw_outages(fleet, load.duration, between=between, repair=repair, seed=seed)
