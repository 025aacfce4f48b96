"""The ledger's rows of `headrace verify`: alterations, forged chains, an outside book-keeper,
speed, and kill -9.
"""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from itertools import pairwise
from multiprocessing.synchronize import Barrier
from pathlib import Path

from headrace.verification.registry import CheckOutcome, Skip, check

_OURS = "Headrace's own promise; recomputed here"


def _small_ledger(path: Path) -> None:
    from headrace.rights.generated_studio import generate
    from headrace.rights.ledger import Ledger
    from headrace.rights.royalties.dues import dues, entries
    from headrace.rights.royalties.settlement import settle

    studio = generate(4_000, 400, 20)
    with Ledger.open(path) as ledger:
        for month, rule in enumerate(("pro_rata", "user_centric", "equal_split"), 1):
            settled = settle(studio.uses, rule, studio.fees)  # type: ignore[arg-type]
            ledger.append(
                entries(settled, dues(settled), f"2026-0{month}", f"2026-0{month + 1}-01T00:00:00Z")
            )
        ledger.reverse(5, key="reversal of 5", booked="2026-05-01T00:00:00Z")


@check(
    "rights.ledger.altered",
    what=(
        "cells altered by one bit or number, triggers taken off meanwhile, that verify does not "
        "locate in their entry"
    ),
    unit="work",
    tolerance=0.0,
    source=_OURS,
)
def altered() -> CheckOutcome:
    """Every cell of every fourth entry of a ledger of 64."""
    from headrace.rights.ledger import Breach, verify
    from headrace.verification.ledger_attacks import alter, cells

    with tempfile.TemporaryDirectory() as folder:
        sound, copy = Path(folder) / "sound", Path(folder) / "copy"
        _small_ledger(sound)
        missed = tried = 0
        for cell in cells(sound, every=4):
            shutil.copy(sound, copy)
            alter(copy, cell)
            found = verify(copy)
            missed += not (isinstance(found, Breach) and found.seq == cell.seq)
            tried += 1
    return CheckOutcome(float(missed), 0.0, absolute=True, reason=f"{tried} cells tried")


@check(
    "rights.ledger.published_head",
    what=(
        "entry forged and the whole chain computed again: the entry named by an earlier published "
        "head"
    ),
    unit="1",
    tolerance=0.0,
    source=_OURS,
)
def published_head() -> CheckOutcome:
    """Entry 30 lies in the second month; the head of that month's end is number 42."""
    from headrace.rights.ledger import Breach, Head, Ledger, verify, walk_heads
    from headrace.verification.ledger_attacks import rewrite

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger"
        _small_ledger(path)
        with Ledger.open(path) as ledger:
            heads = list(walk_heads(ledger))
        rewrite(path, 30, "forged")
        alone, against = verify(path), verify(path, heads)
    expected = min(h.seq for h in heads if h.seq >= 30)
    named = against.seq if isinstance(against, Breach) else 0
    return CheckOutcome(
        float(named),
        float(expected),
        reason="alone, the forged chain is sound" if isinstance(alone, Head) else "odd",
    )


@check(
    "rights.ledger.beancount",
    what=(
        "balances of the exported text computed by Beancount, accounts that differ from ours or "
        "errors it reports"
    ),
    unit="work",
    tolerance=0.0,
    source="Beancount 3, its own loader and checks",
)
def beancount() -> CheckOutcome:
    """An independent book-keeper reads our books."""
    try:
        from beancount import loader  # type: ignore[import-not-found,import-untyped,unused-ignore]
        from beancount.core import realization  # type: ignore
    except ImportError:
        raise Skip("beancount is not installed (it comes with the test extra)") from None
    from headrace.rights.ledger import Ledger
    from headrace.rights.ledger.text import export

    with tempfile.TemporaryDirectory() as folder:
        _small_ledger(Path(folder) / "ledger")
        out = io.StringIO()
        with Ledger.open(Path(folder) / "ledger") as ledger:
            export(ledger, out)
            ours = ledger.balances()
    found, errors, _ = loader.load_string(out.getvalue())
    tree = realization.realize(found)  # type: ignore[no-untyped-call,unused-ignore]
    off = len(errors)
    for (account, currency), amount in ours.items():
        account_found = realization.get(tree, account)  # type: ignore[no-untyped-call]
        theirs = account_found.balance.get_currency_units(currency).number
        off += theirs * 1_000_000 != amount
    return CheckOutcome(float(off), 0.0, absolute=True, reason=f"{len(ours)} balances compared")


@check(
    "rights.ledger.durable",
    what=(
        "entries of three postings appended durably in batches of 10,000 (write-ahead log on the "
        "disk at every commit)"
    ),
    unit="entries/s",
    tolerance=0.0,
    source=_OURS + ": at least 20,000",
)
def durable() -> CheckOutcome:
    """Work and disk; the time queued behind other programs of a busy machine is taken off, and
    said.
    """
    from headrace.verification.rights_measurements import append_all, latencies

    alone = [1e3 * one for one in latencies()]
    done = append_all(100_000)
    wall, cpu = done.entries / done.cost.wall_s, done.entries / done.cost.cpu_s
    told = (
        f"{wall:,.0f} by the wall clock with {done.cost.queued_s:.1f} s queued behind other "
        f"programs; {cpu:,.0f} a CPU second; one entry alone takes {alone[len(alone) // 2]:.2f} ms,"
        f" at the 99th of 100 {alone[len(alone) * 99 // 100]:.2f} ms"
    )
    return CheckOutcome(
        done.rate, 20_000.0, deviation=max(0.0, 20_000.0 / done.rate - 1.0), reason=told
    )


@check(
    "rights.ledger.killed",
    what=(
        "1,000 writers killed with SIGKILL at random moments: acknowledged entries lost, half "
        "batches, breaches"
    ),
    unit="work",
    tolerance=0.0,
    source=_OURS + "; SQLite, Atomic Commit (the death of a process, not of the power)",
)
def killed() -> CheckOutcome:
    """Real processes; see ledger/crash.py."""
    from headrace.verification.ledger_crashes import survive

    if not hasattr(os, "fork"):
        raise Skip("this system has no fork")
    with tempfile.TemporaryDirectory() as folder:
        done = survive(Path(folder) / "ledger", 1_000)
    told = (
        f"{done.kills} kills, {done.entries} entries standing, {done.unreported} batches stood "
        f"unreported {' '.join(done.breaches)}"
    )
    return CheckOutcome(
        float(done.lost + done.halves + len(done.breaches)), 0.0, absolute=True, reason=told.strip()
    )


@check(
    "rights.ledger.two_writers",
    what="batches of two processes that append to one file at once, torn apart by the other",
    unit="work",
    tolerance=0.0,
    source=_OURS,
)
def two_writers() -> CheckOutcome:
    """Thirty batches of seven entries each; every batch has to stand in one piece."""
    import multiprocessing

    from headrace.rights.ledger import Ledger

    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "ledger")
        spawn = multiprocessing.get_context("spawn")
        start = spawn.Barrier(2)
        writers = [
            spawn.Process(target=write_batches, args=(path, name, start))
            for name in ("left", "right")
        ]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        with Ledger.open(path) as ledger:
            memos = [item.entry.memo for item in ledger.sealed()]
    pieces = [memos[at : at + 7] for at in range(0, len(memos), 7)]
    torn = sum(len(set(piece)) != 1 for piece in pieces) + abs(len(memos) - 2 * 30 * 7)
    # Had they not met, nothing would have been tried.
    turns = sum(a[0][0] != b[0][0] for a, b in pairwise(pieces))
    torn += turns < 2
    return CheckOutcome(
        float(torn),
        0.0,
        absolute=True,
        reason=f"{len(pieces)} batches, the writers took turns {turns} times",
    )


def write_batches(path: str, name: str, start: Barrier) -> None:
    """What each of the two writers does, once both are ready; the pause between batches lets the
    other in.
    """
    from headrace.rights.ledger import Entry, Ledger, Posting

    lines = (Posting("Expenses:Royalties", "USD", 1), Posting("Liabilities:Holders:N-a", "USD", -1))
    with Ledger.open(path) as ledger:
        start.wait(60)
        for batch in range(30):
            time.sleep(0.003)
            memo = f"{name} {batch}"
            ledger.append(
                [
                    Entry(f"{memo} {i}", "2026-01-31T00:00:00Z", "royalty", memo, lines)
                    for i in range(7)
                ]
            )
