"""`headrace replay --paths`: a stored plan on futures that it never saw."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.text import Text

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.printable import in_one_line
from headrace.show.cli.output import console, emit, say
from headrace.show.cli.replay_hours import PowerCut, Which, as_json, simulated

if TYPE_CHECKING:
    from headrace.core.run_folder import RunFolder
    from headrace.show.reports.unseen import ReplayedDay

MOST_DAYS = 100


@dataclass(frozen=True)
class Unseen:
    """Futures that the plan never saw.

    Parameters
    ----------
    paths
        Replay the whole plan on so many unseen paths, beside the plan for the mean: other values of
        what is believed, other weather, outages unit by unit. None: hours request by request.
    foresight
        On how many of them it is asked what knowing the path would be worth.
    days
        Days that are replayed request by request as well.
    years
        Years of weather and outages that are drawn.
    weeks
        Representative weeks of a year in which paths are operated; 0: hours as the study says.
    workers
        Processes; 0 works here.
    """

    paths: int | None = None
    foresight: int = 30
    days: int = 3
    years: int = 8
    weeks: int = 1
    workers: int = 2


def on_unseen_paths(
    run: Path, unseen: Unseen, which: Which, cut: PowerCut, report: Path | None, *, json: bool
) -> int:
    """Replay a run on so many paths, write the page, and tell what came of it."""
    from headrace.core.run_folder import open_run
    from headrace.plan.solve.stored_solution import stored_plan
    from headrace.science.replay.replay import UnseenOptions, replayed
    from headrace.show.cli.progress import Stop
    from headrace.show.reports import unseen as page

    paths = unseen.paths or 0
    options = UnseenOptions(
        paths=paths,
        foresight=min(unseen.foresight, max(0, paths)),
        years=unseen.years,
        weeks=unseen.weeks,
        seed=which.seed,
        workers=unseen.workers,
    )
    faults = options.faults()
    if unseen.days > MOST_DAYS:
        faults.append(InputFault(Place(key="--days"), f"{unseen.days}", f"0 to {MOST_DAYS}"))
    if faults:
        raise InputError(faults)
    folder = open_run(run)
    stored = stored_plan(folder)
    with Stop().listening() as stop:
        found = replayed(
            stored, folder.root, options, stop=stop, told=lambda words: say(words, stderr=True)
        )
    days = sampled_days(folder, unseen.days, which, cut) if found.whole else []
    written = page.write(found, days, stored.file, report or folder.path(page.NAME))
    if json:
        emit(page.as_json(found, days) | {"report": str(written)})
        return 0 if found.whole else 5
    screen = console()
    screen.print(Text(stored.file.title or stored.file.study, style="bold"))
    for line in page.sentences(found, days):
        screen.print(Text(line), soft_wrap=True)
    say(f"Report: {in_one_line(written)}")
    return 0 if found.whole else 5


def sampled_days(folder: RunFolder, count: int, which: Which, cut: PowerCut) -> list[ReplayedDay]:
    """Days of the plan's nodes drawn by the seed, replayed request by request; none where the plan
    serves no tokens.
    """
    from headrace.core.hourly_store import read_hourly, stored_nodes
    from headrace.show.reports.unseen import ReplayedDay

    known, generation = stored_nodes(folder), np.random.default_rng([which.seed, 4])
    found: list[ReplayedDay] = []
    for _ in range(count if known else 0):
        node = int(known[int(generation.integers(len(known)))])
        length = max(1, len(read_hourly(folder, node).weight) // 24)
        day = int(generation.integers(length))
        asked = replace(which, node=node, day=day)
        try:
            _, staged, played = simulated(folder, asked, cut)
        except InputError:
            continue  # a day of which no hour serves tokens
        told = as_json(staged, played)["promises"]
        assert isinstance(told, list)
        words = "; ".join(
            f"{one['statistic']} {one['what']} {1e3 * one['found']:,.0f} of "
            f"{1e3 * one['promised']:,.0f} ms"
            for one in told
        )
        kept = all(one["kept"] for one in told)
        found.append(ReplayedDay(node, day, staged.line.product, kept, words))
    return found
