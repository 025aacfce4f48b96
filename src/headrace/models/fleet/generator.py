"""Arrivals from the rate laws that ServeGen publishes: per client and ten minutes, a rate and a law
of the gaps.

The published rate of a window is the count of its requests over 600 s, so the count is kept: n
requests, whose n + 1 gaps are drawn from the published law (Gamma or Weibull, its shape as fitted)
and stretched to fill the window. Burstiness within a window, swings over the day and the mixture of
clients are those of the data; lengths are drawn, prompt and answer together, from a trace that the
user names, because the length histograms are published apart.

Source: Xiang et al., "ServeGen", NSDI 2026, and its data (Alibaba, Apache-2.0).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.packed import unpacked
from headrace.models.fleet.types import Trace

WINDOW = 600.0
COLUMNS = ("workload", "client", "t_s", "rate_per_s", "cv", "dist", "shape", "scale")
MOST_BYTES = 1_000_000_000
MOST_REQUESTS = 200_000_000
MOST_PROBLEMS = 20


@dataclass(frozen=True)
class RateLaws:
    """Windows of clients, shape (window,): start [s], requests/s, gap law (True: Weibull, False:
    Gamma) and its shape > 0.
    """

    workload: str
    start: Floats
    rate: Floats
    weibull: NDArray[np.bool_]
    shape: Floats

    def between(self, begin: float, end: float) -> RateLaws:
        """The windows that start from `begin` [s] to before `end` [s], with time 0 at `begin`."""
        keep = (self.start >= begin) & (self.start < end)
        return RateLaws(
            self.workload,
            self.start[keep] - begin,
            self.rate[keep],
            self.weibull[keep],
            self.shape[keep],
        )


def read_laws(path: Path, workload: str) -> RateLaws:
    """Rate laws of one workload from a CSV (or .csv.gz) with the columns workload, client, t_s,
    rate_per_s, cv, dist, shape, scale. Raises InputError for another header, an unknown workload,
    or values that are no law.
    """
    content = unpacked(path, MOST_BYTES, "ServeGen rate laws as CSV")
    try:
        text = io.StringIO(content.decode("utf-8-sig"))
        return _laws(csv.reader(text), path.name, workload)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            InputFault(Place(path.name), f"this is not readable text: {error}")
        ) from None


def _laws(rows: Iterator[list[str]], file: str, workload: str) -> RateLaws:
    header = tuple(next(rows, []))
    if header != COLUMNS:
        raise InputError(
            InputFault(Place(file, 1), f"columns {', '.join(header)[:200]}", ", ".join(COLUMNS))
        )
    found: list[tuple[float, float, bool, float]] = []
    seen: set[str] = set()
    problems: list[InputFault] = []
    for line, row in enumerate(rows, start=2):
        seen.add(row[0] if row else "")
        if row and row[0] == workload:
            law = parse_law(row)
            if law is None:
                problems.append(
                    InputFault(
                        Place(file, line),
                        "not a law",
                        "start, rate >= 0, Gamma or Weibull, shape > 0",
                    )
                )
            else:
                found.append(law)
    if not found and not problems:
        problems.append(
            InputFault(
                Place(file), f"no workload `{workload}`", f"one of {', '.join(sorted(seen))}"
            )
        )
    if problems:
        raise InputError(problems[:MOST_PROBLEMS])
    start, rate, weibull, shape = (np.array(column) for column in zip(*found, strict=True))
    return RateLaws(workload, start, rate, weibull, shape)


def parse_law(row: list[str]) -> tuple[float, float, bool, float] | None:
    """Start [s], rate [1/s], whether Weibull (else Gamma), shape [1]; None where it is no law."""
    try:
        start, rate, shape = float(row[2]), float(row[3]), float(row[6])
    except (ValueError, IndexError):
        return None
    good = (
        0 <= start < np.inf
        and 0 <= rate < np.inf
        and 0 < shape < np.inf
        and row[5] in ("Gamma", "Weibull")
    )
    return (start, rate, row[5] == "Weibull", shape) if good else None


def generate(laws: RateLaws, lengths: Trace, *, scale: float = 1.0, seed: int = 0) -> Trace:
    """A trace that follows `laws`, at `scale` [1] times their rates, with prompt and answer lengths
    drawn from `lengths`.

    Counts that are not whole are rounded up or down at random, so that the mean is kept. Raises
    InputError where nothing, or more than 200 million requests, would come out.
    """
    expected = laws.rate * WINDOW * scale
    if not scale > 0 or not 0.5 <= expected.sum() <= MOST_REQUESTS:
        found = f"{expected.sum():,.0f} requests at scale {scale}"
        raise InputError(
            InputFault(
                Place(laws.workload),
                found,
                f"1 to {MOST_REQUESTS:,}",
                "Choose another span or scale.",
            )
        )
    rng = np.random.default_rng(seed)
    counts = np.floor(expected + rng.random(len(expected))).astype(np.int64)
    arrival = np.sort(draw_arrivals(laws, counts, rng))
    if not len(arrival):
        raise InputError(
            InputFault(Place(laws.workload), "no request came out", "a larger scale or span")
        )
    drawn = rng.integers(0, len(lengths), len(arrival))
    source = (
        f"arrivals: ServeGen {laws.workload} x {scale:g} (Alibaba, Apache-2.0);"
        f" lengths: {lengths.name}, {lengths.source}"
    )
    prompt, answer = lengths.input[drawn], lengths.output[drawn]
    return replace(
        lengths,
        name=f"servegen {laws.workload}",
        source=source,
        arrival=arrival,
        input=prompt,
        output=answer,
        service=np.zeros(len(arrival), np.int64),
        blocks=None,
    )


def draw_arrivals(laws: RateLaws, counts: Ints, rng: np.random.Generator) -> Floats:
    """Times [s] of counts[w] arrivals in each window: n + 1 gaps stretched to its length, the last
    of which is the rest after the last arrival.
    """
    gaps = counts + 1
    window = np.repeat(np.arange(len(counts)), gaps)
    shape = laws.shape[window]
    drawn = np.where(laws.weibull[window], rng.weibull(shape), rng.standard_gamma(shape)) + 1e-12
    ends = np.cumsum(drawn)
    last = np.cumsum(gaps) - 1
    before = np.concatenate([[0.0], ends[last[:-1]]])
    share = (ends - before[window]) / (ends[last] - before)[window]
    # a last gap of next to nothing must not round into the next window
    share = np.minimum(share, 1.0 - 1e-12)
    inside = np.ones(len(drawn), dtype=bool)
    inside[last] = False
    return np.asarray((laws.start[window] + WINDOW * share)[inside], dtype=np.float64)
