"""The run folders of one runs folder.

A name is one plain word; neither it nor a link leads out of the folder.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from headrace.core.errors import HeadraceError, InputError, InputFault, Place
from headrace.core.plan_file import PlanFile, read_plan
from headrace.core.run_folder import PLAN, STUDY, RunFolder, open_run
from headrace.show.format import order_sentences
from headrace.show.reports import plan_status

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
MOST_RUNS = 500


@dataclass(frozen=True)
class Headline:
    """A run in one line. changed: time of its last change [s since 1970]; `plan` figures are None
    where there is no plan. unfinished: how it ended where it gives no advice, else empty.
    """

    name: str
    changed: float
    title: str = ""
    objective_usd: float | None = None
    gap: float | None = None
    orders: int | None = None
    first: str = ""
    broken: str = ""
    unfinished: str = ""


@dataclass(frozen=True)
class Shelf:
    """The folder that holds the run folders; it may not exist yet."""

    root: Path

    def find(self, name: str) -> RunFolder:
        """The run folder of that name.

        Raises InputError where there is none, or where the name or a link leads out.
        """
        if not re.fullmatch(NAME[1:-1], name):
            raise InputError(
                InputFault(Place(str(self.root)), f"{name[:80]!r} is not the name of a run")
            )
        path = self.root / name
        if path.resolve().parent != self.root.resolve():
            raise InputError(
                InputFault(
                    Place(str(self.root)),
                    f"{name} leads out of the runs folder",
                    "a folder inside it",
                )
            )
        return open_run(path)

    def headlines(self) -> tuple[Headline, ...]:
        """Every run, the newest first, at most 500."""
        names = [entry.name for entry in self.root.iterdir()] if self.root.is_dir() else []
        found = [headline for name in names if (headline := self.headline(name))]
        newest = sorted(found, key=lambda headline: (-headline.changed, headline.name))
        return tuple(newest[:MOST_RUNS])

    def headline(self, name: str) -> Headline | None:
        """A run in one line; None for a folder or file that is no run."""
        try:
            folder = self.find(name)
        except InputError:
            return None  # some other folder, or a link that leads out
        plan = folder.root / PLAN
        if not plan.is_file():
            return Headline(name, (folder.root / STUDY).stat().st_mtime)
        try:
            return _summary(folder.root, *_stamp(folder))
        except HeadraceError as error:
            return Headline(name, plan.stat().st_mtime, broken=error.message.splitlines()[0])


def plan_of(folder: RunFolder) -> PlanFile:
    """The stored plan, kept in memory until its file changes. Raises InputError."""
    folder.read(PLAN) if not (folder.root / PLAN).is_file() else None
    return _plan(folder.root, *_stamp(folder))


def stamp(folder: RunFolder) -> str:
    """A word that changes when the plan does."""
    return "-".join(map(str, _stamp(folder)))


def _stamp(folder: RunFolder) -> tuple[int, int]:
    state = (folder.root / PLAN).stat()
    return state.st_mtime_ns, state.st_size


@lru_cache(maxsize=4)
def _plan(root: Path, changed: int, size: int) -> PlanFile:
    return read_plan(RunFolder(root))


@lru_cache(maxsize=2 * MOST_RUNS)
def _summary(root: Path, changed: int, size: int) -> Headline:
    plan = read_plan(RunFolder(root))
    found = order_sentences.ranked(plan.orders)
    first = ""
    if found and plan.finished:
        first = order_sentences.sentence(found[0], plan.money.unit).what
    return Headline(
        root.name,
        changed / 1e9,
        plan.title or plan.study,
        plan.objective_usd,
        plan.gap,
        len(found),
        first,
        unfinished=plan_status.headline(plan),
    )
