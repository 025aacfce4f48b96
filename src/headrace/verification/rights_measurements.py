"""The measurements that `headrace verify` and the benchmarks share, each in a fresh process so that
memory is its own.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class MeasuredCost:
    """What a measurement cost: CPU and wall seconds of the measured part, the peak memory of its
    process [GB], and `queued_s`.

    queued_s: the part of the wall seconds in which the process was ready to run and other programs
        held the processors (Linux schedstat; 0 where the system does not tell).
    """

    cpu_s: float
    wall_s: float
    peak_gb: float
    queued_s: float


@dataclass(frozen=True)
class Settled:
    """All four rules on one studio: uses, micro-units lost or found (0 if every one is conserved),
    seconds by rule, cost.
    """

    uses: int
    lost: int
    by_rule: tuple[tuple[str, float], ...]
    cost: MeasuredCost


@dataclass(frozen=True)
class Appends:
    """Durable appends: entries, postings, and the cost."""

    entries: int
    postings: int
    cost: MeasuredCost

    @property
    def rate(self) -> float:
        """Entries [1/s] of work and disk: time queued behind other programs is taken off the
        wall clock.
        """
        return self.entries / (self.cost.wall_s - self.cost.queued_s)


def settle_all(uses: int = 5_000_000, users: int = 300_000, holders: int = 2_000) -> Settled:
    """Generate a studio and settle it under the four rules.

    Generation is not in the cost, but in the peak memory it is.
    """
    done: Settled = _fresh(_settle_all, uses, users, holders)
    return done


def append_all(entries: int = 200_000, batch: int = 10_000) -> Appends:
    """Append entries of three postings in batches, each on the disk before the next begins."""
    done: Appends = _fresh(_append_all, entries, batch)
    return done


def latencies(entries: int = 200) -> list[float]:
    """What each of so many entries takes, appended alone and on the disk before the next [s],
    shortest first.
    """
    from headrace.rights.ledger import Entry, Ledger, Posting

    lines = (Posting("Assets:Bank", "USD", -1), Posting("Expenses:Royalties", "USD", 1))
    found = []
    with tempfile.TemporaryDirectory() as folder, Ledger.open(Path(folder) / "ledger") as ledger:
        for number in range(entries):
            begin = time.perf_counter()
            ledger.append([Entry(f"e{number}", "2026-01-31T00:00:00Z", "royalty", "", lines)])
            found.append(time.perf_counter() - begin)
    return sorted(found)


def _fresh(work: Callable[..., Any], *arguments: int) -> Any:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, arguments)


def _settle_all(uses: int, users: int, holders: int) -> Settled:
    from headrace.rights.generated_studio import generate
    from headrace.rights.royalties.settlement import RULES, settle

    studio = generate(uses, users, holders)
    lost, by_rule = 0, []
    with _Watch() as watch:
        for rule in RULES:
            start = time.process_time()
            done = settle(studio.uses, rule, studio.fees)
            by_rule.append((rule, time.process_time() - start))
            whole = int(studio.uses.price.sum()) if rule == "per_use" else int(studio.fees.sum())
            by_work = int(done.pair_earned.sum())
            lost += abs(whole - int(done.earned.sum()) - done.undistributed) + abs(
                by_work - int(done.earned.sum())
            )
    return Settled(uses, lost, tuple(by_rule), watch.cost())


def _append_all(count: int, batch: int) -> Appends:
    from headrace.rights.ledger import Entry, Ledger, Posting

    entries = [
        Entry(
            f"2026-01:user_centric:holder-{i}",
            "2026-02-01T00:00:00Z",
            "settlement",
            f"2026-01 holder-{i}",
            (
                Posting("Expenses:Royalties", "USD", 1_000_000 + i),
                Posting(f"Liabilities:Holders:N-holder-2d-{i % 2000}", "USD", -900_000 - i),
                Posting("Liabilities:Disputed:N-all", "USD", -100_000),
            ),
        )
        for i in range(count)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        Ledger.open(Path(folder) / "rights.ledger") as ledger,
        _Watch() as watch,
    ):
        for at in range(0, count, batch):
            ledger.append(entries[at : at + batch])
    return Appends(count, 3 * count, watch.cost())


class _Watch:
    """Counts CPU and wall seconds of a block."""

    def __enter__(self) -> _Watch:
        self._start = time.process_time(), time.perf_counter(), _queued()
        return self

    def __exit__(self, *error: object) -> None:
        ends = time.process_time(), time.perf_counter(), _queued()
        self._spent = [end - start for start, end in zip(self._start, ends)]

    def cost(self) -> MeasuredCost:
        cpu, wall, queued = self._spent
        return MeasuredCost(cpu, wall, _peak_gb(), queued)


def _queued() -> float:
    """Seconds this thread has waited for a processor so far."""
    try:
        return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def _peak_gb() -> float:
    """Peak resident memory of this process [GB]; NaN where the system does not tell (Windows)."""
    try:
        import resource
    except ImportError:
        return float("nan")
    unit = 1.0 if sys.platform == "darwin" else 1024.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
