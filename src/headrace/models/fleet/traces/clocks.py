"""When a request arrives: numbers in a unit, or dates in a time zone; and what looks doubtful.

Dates may end in Z or an offset; all become UTC. A number that is a moment of our time in another
unit than the format's is refused. What is merely odd (bursts at whole ticks, very few or very many
requests a second) is said.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place

Unit = Literal["s", "ms", "us", "ns"]
SECONDS: dict[Unit, float] = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9}
_EPOCH = (7.0e8, 5.0e9)
"""Seconds since 1970 that count as a moment of our time: 1992 to 2128."""
_DATE = re.compile(
    r"(?P<day>(?:19[7-9]\d|2[01]\d{2})-\d{2}-\d{2})"
    r"(?:[T ](?P<clock>\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*"
    r"(?P<zone>Z|UTC|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?"
)
_TICK = 0.1
"""Stamps that are multiples of this many seconds or more are called coarse."""
MOST_PROBLEMS = 20


def dates(words: Sequence[str], lines: Ints, file: str) -> Floats:
    """Seconds since the earliest of these dates [s]; numpy keeps nanoseconds, so that 100 ns of the
    Azure logs are not lost in a float. Raises InputError for what is no date, and where only some
    rows name a zone.
    """
    found = [_DATE.fullmatch(word) for word in words]
    problems = [
        InputFault(
            Place(file, int(line), key="timestamp"),
            f"`{word[:40]}` is no timestamp",
            "YYYY-MM-DD HH:MM:SS.fffffff, with or without +hh:mm",
        )
        for word, match, line in zip(words, found, lines)
        if match is None
    ]
    zones = [match["zone"] for match in found if match is not None]
    bare = [zone is None for zone in zones]
    if not problems and any(bare) and not all(bare):
        place = Place(file, int(lines[bare.index(not bare[0])]), key="timestamp")
        mixed = f"{sum(bare):,} of {len(bare):,} rows name no time zone, the others do"
        problems.append(InputFault(place, mixed, "a zone in all rows or in none"))
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    try:
        stamps = [
            np.datetime64(f"{m['day']}T{(m['clock'] or '00:00').replace(',', '.')}", "ns")
            for m in found
            if m is not None
        ]
    except ValueError as error:
        raise InputError(InputFault(Place(file, key="timestamp"), f"{error}")) from None
    moments = np.array(stamps, dtype="datetime64[ns]") - np.array(
        [offset_of(zone) for zone in zones], dtype="timedelta64[s]"
    )
    return (moments - moments.min()).astype(np.int64) / 1e9 if len(moments) else np.zeros(0)


def offset_of(zone: str | None) -> int:
    """Seconds that a zone's clock is ahead of UTC."""
    if zone is None or zone in ("Z", "UTC"):
        return 0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60)


def seconds(values: Floats, unit: Unit | None, usual: Unit, lines: Ints, file: str) -> Floats:
    """Numbers in `unit`, or, where the user named none, in the format's `usual` one, as seconds
    since the first [s]. Raises InputError for negative ones, and where they look like moments in
    another unit.
    """
    if (values < 0).any():
        place = Place(file, int(lines[np.argmax(values < 0)]), key="timestamp")
        raise InputError(InputFault(place, "a negative timestamp", "times >= 0"))
    if unit is None and len(values) and np.isfinite(values[0]):
        for other, length in SECONDS.items():
            if other != usual and _EPOCH[0] <= values[0] * length <= _EPOCH[1]:
                moment = np.datetime64(int(values[0] * length), "s")
                raise InputError(
                    InputFault(
                        Place(file, key="timestamp"),
                        f"{values[0]:.0f} would be {moment} in {other}, yet this format counts in "
                        f"{usual}",
                        f"seconds from the start, or an epoch in {usual}",
                        f"Say `--unit {other}` (or `--unit {usual}` if it is meant so).",
                    )
                )
    first = values[0] if len(values) and np.isfinite(values[0]) else 0.0
    return (values - first) * SECONDS[unit or usual]


def refuse_fractions(values: Floats, file: str) -> None:
    """Raise InputError where stamps of a format of whole milliseconds have fractions: most are
    seconds.
    """
    odd = np.flatnonzero(np.isfinite(values) & (values != np.rint(values)))
    if len(odd):
        raise InputError(
            InputFault(
                Place(file, key="timestamp"),
                f"`{values[odd[0]]:g}`: this format counts whole milliseconds, yet "
                f"{len(odd):,} of {len(values):,} stamps have fractions",
                "whole milliseconds",
                "Say `--unit s` where they are seconds, `--unit ms` where they are not.",
            )
        )


def doubts(arrival: Floats, named: bool) -> list[str]:
    """What is odd about rising arrival times [s], in sentences; named: the user named the unit."""
    found, count, span = [], len(arrival), float(arrival[-1]) if len(arrival) else 0.0
    tick = tick_of(arrival)
    sharing = count - len(np.unique(arrival))
    if tick >= _TICK and sharing > 0.1 * count:
        found.append(
            f"{sharing:,} of {count:,} requests share their time stamp with an earlier one (stamps "
            f"are multiples of {tick:g} s): bursts that were none make waits longer. `--spread` "
            "draws them within the tick."
        )
    if not named and count > 2 and span > 0:
        rate = (count - 1) / span
        if rate > 500:
            found.append(
                f"{rate:,.0f} requests a second: if the stamps are in a longer unit, say `--unit`."
            )
        if rate < 0.002 and tick >= 1:
            found.append(
                f"one request in {1 / rate:,.0f} s: if the stamps are in a shorter unit, say "
                "`--unit ms`."
            )
    return found


def tick_of(arrival: Floats) -> float:
    """The longest time [s] of which all arrivals are multiples, to a microsecond; 0 for one."""
    if len(arrival) < 2 or arrival[-1] > 9e12:
        return 0.0
    return float(np.gcd.reduce(np.rint(arrival * 1e6).astype(np.int64))) / 1e6


def spread_within_tick(arrival: Floats, seed: int) -> Floats:
    """Arrivals [s] drawn evenly within their tick, in the order in which they stand; the first
    stays at 0.
    """
    tick = tick_of(arrival)
    drawn = arrival + np.random.default_rng(seed).uniform(0.0, tick, len(arrival))
    return np.asarray(np.sort(drawn) - drawn.min())
