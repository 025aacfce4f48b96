"""The events of a run as server-sent events: what events.jsonl holds, line by line, until the
solution ends.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict

from headrace.core.run_folder import RunFolder
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving
from headrace.show.format.progress import cells

PAUSE = 0.25  # between two looks at the file [s]
STILL_HERE = 60  # looks without news after which a comment keeps the line open


def listed(store: Shelf, solving: Solving) -> list[dict[str, object]]:
    """Every run with its state, and the newest step of those that are being solved, whoever solves
    them.
    """
    told: list[dict[str, object]] = []
    for headline in store.headlines():
        state, words = solving.state(headline.name), ""
        if state in ("solving", "stopping") and (steps := store.find(headline.name).events()):
            words = " ".join(filter(None, cells(steps[-1])[:3]))
        row = {"run": headline.name, "state": state or "", "words": words}
        told.append({**row, "changed": str(headline.changed)})
    return told


async def stream(
    folder: RunFolder, solving: Solving, skip: int, closing: Callable[[], bool]
) -> AsyncIterator[str]:
    """Events after the first `skip`, then one "end" with the state and, where it failed, the
    reason. Ends when the app closes.
    """
    quiet = 0
    while not closing():
        # The state is asked first: what the child wrote before its end is then surely read below.
        state = solving.state(folder.root.name)
        news = (await asyncio.to_thread(folder.events))[skip:]
        for event in news:
            skip += 1
            yield message("step", {**asdict(event), "cells": cells(event)}, skip)
        if state not in ("solving", "stopping"):
            yield message(
                "end", {"state": state or "told", "words": solving.words(folder.root.name)}, skip
            )
            return
        quiet = 0 if news else quiet + 1
        if quiet % STILL_HERE == STILL_HERE - 1:
            yield ": still here\n\n"
        await asyncio.sleep(PAUSE)


def message(kind: str, told: dict[str, object], number: int) -> str:
    """One server-sent event; JSON holds no raw line break, so it is one data line."""
    return f"id: {number}\nevent: {kind}\ndata: {json.dumps(told, allow_nan=False)}\n\n"
