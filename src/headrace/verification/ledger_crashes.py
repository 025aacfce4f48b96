"""Kill writers with SIGKILL at random moments and look at what is left.

Each round forks a real process that appends batches and reports every acknowledged one through a
pipe; the parent kills it after a random time, opens the file again (which runs SQLite's recovery)
and checks that

- everything acknowledged stands (nothing lost),
- every batch that stands is whole (never half a batch, so never half an entry),
- the chain verifies from the last head on, and the whole file at the end.

This is the death of a process at any moment. Power loss is another matter: it rests on the disk
honouring the fsync that every commit makes, and is not tested here.
"""

from __future__ import annotations

import os
import random
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from headrace.rights.ledger.audit import verify
from headrace.rights.ledger.book import Ledger
from headrace.rights.ledger.words import Breach, Entry, Head, Posting

_BATCH = 12
_LONGEST = 0.012  # seconds a writer may live once it is ready


@dataclass(frozen=True)
class Survival:
    """What was left after the kills: rounds, entries standing, acknowledged entries lost, half
    batches, breaches named.

    `unreported` counts the rounds whose last batch stood although its writer died before it could
    say so.
    """

    kills: int
    entries: int
    lost: int
    halves: int
    breaches: tuple[str, ...]
    unreported: int
    seconds: float


def survive(path: Path, kills: int, seed: int = 0) -> Survival:
    """Kill `kills` writers on the ledger at `path`, one after the other.

    Needs os.fork (not on Windows).
    """
    start = time.perf_counter()
    draw = random.Random(seed)
    with Ledger.open(path) as ledger:
        head = ledger.head()
    lost = halves = unreported = 0
    breaches: list[str] = []
    for number in range(kills):
        before = head
        acknowledged = _one_life(path, number, draw)
        found = verify(path, since=before)
        if isinstance(found, Breach):
            breaches.append(f"kill {number}: entry {found.seq}: {found.what}")
            break
        head = found
        lost += max(0, acknowledged - head.seq)
        halves += _halves(path, before)
        unreported += head.seq > max(acknowledged, before.seq)
    whole = verify(path, [head])
    if isinstance(whole, Breach):
        breaches.append(f"at the end: entry {whole.seq}: {whole.what}")
    return Survival(
        kills, head.seq, lost, halves, tuple(breaches), unreported, time.perf_counter() - start
    )


def _one_life(path: Path, number: int, draw: random.Random) -> int:
    """Fork a writer, kill it; returns the number of the last entry it acknowledged, or 0."""
    patience = draw.uniform(0.0, _LONGEST)
    # One in ten dies while still opening the file, two before a first batch is sure to stand, seven
    # in full flow.
    stage = draw.choices((0, 1, 2), (1, 2, 7))[0]
    seed = draw.getrandbits(32)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _write_until_killed(path, number, seed, writing)
    os.close(writing)
    first = b"".join(os.read(reading, 1) for _ in range(stage))
    time.sleep(patience)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    parts = [first]
    while part := os.read(reading, 65536):
        parts.append(part)
    os.close(reading)
    said = b"".join(parts).decode()
    whole = [line for line in said.split("\n")[:-1] if line]
    return int(whole[-1]) if whole else 0


def _write_until_killed(path: Path, number: int, seed: int, pipe: int) -> None:
    """The child's whole life. Never returns; never runs the parent's exit handlers."""
    try:
        draw = random.Random(seed)
        ledger = Ledger.open(path)
        # Small checkpoints in every second life, so that kills fall into them too.
        ledger.connection.execute(f"PRAGMA wal_autocheckpoint = {4 if number % 2 else 1000}")
        os.write(pipe, b"\n")
        for batch in range(1_000_000):
            head = ledger.append(_batch(number, batch, draw.randint(1, _BATCH))).head
            os.write(pipe, f"{head.seq}\n".encode())
    finally:
        os._exit(1)


def _batch(number: int, batch: int, size: int) -> list[Entry]:
    return [
        Entry(
            key=f"{number}/{batch}/{i}",
            booked="2026-01-31T00:00:00Z",
            kind=f"{i + 1} of {size}",
            memo="x" * (37 * i % 400),
            postings=(
                Posting("Expenses:Royalties", "USD", 1 + i),
                Posting("Liabilities:Holders:N-a", "USD", -1 - i),
            ),
        )
        for i in range(size)
    ]


def _halves(path: Path, since: Head) -> int:
    """Batches after `since` that do not stand whole: their kinds must count 1 of n ... n of n."""
    expected, size, broken = 1, 0, 0
    with Ledger.open(path, create=False) as ledger:
        for item in ledger.sealed(first=since.seq + 1):
            place, of = (int(word) for word in item.entry.kind.split(" of "))
            broken += place != expected or (place > 1 and of != size)
            expected, size = (1 if place == of else place + 1), of
    return broken + (expected != 1)
