"""The run folders of one runs folder.

A name is one plain word; neither it nor a link leads out of the folder.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from headrace.core.errors import HeadraceError, InputError, InputFault, Place
from headrace.core.plan_file import PlanFile, read_plan
from headrace.core.run_folder import PLAN, STUDY, RunFolder, open_run
from headrace.core.study_reader import parse_text
from headrace.core.study_text import Path_, leaves
from headrace.show.app.notes import RunNote, read_note
from headrace.show.format import order_sentences
from headrace.show.reports import plan_status

NAME = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"
MOST_RUNS = 500
TOLD_APART = 60  # runs of which it is said what they differ in
MOST_KEYS = 3


@dataclass(frozen=True)
class Headline:
    """A run in one line. changed: time of its last change [s since 1970]; `plan` figures are None
    where there is no plan. unfinished: how it ended where it gives no advice, else empty. note:
        what was written about it; differs: from which run of its study, and in which keys.
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
    note: RunNote = field(default_factory=RunNote)
    differs: str = ""


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
        """Every run, the newest first, at most 500; the newest also say what they differ in."""
        names = [entry.name for entry in self.root.iterdir()] if self.root.is_dir() else []
        found = [headline for name in names if (headline := self.headline(name))]
        newest = sorted(found, key=lambda headline: (-headline.changed, headline.name))[:MOST_RUNS]
        told = []
        for place, headline in enumerate(newest):
            try:
                note = read_note(self.find(headline.name))
                differs = self._differs(newest, place) if place < TOLD_APART else ""
            except (HeadraceError, OSError):
                told.append(headline)  # one of them was deleted since it was listed
                continue
            told.append(replace(headline, note=note, differs=differs))
        return tuple(told)

    def _differs(self, newest: Sequence[Headline], place: int) -> str:
        """The last run before that is of the same study, and which keys differ from it; empty for
        the first.
        """
        own = written(self.find(newest[place].name))
        for before in newest[place + 1 :]:
            other = written(self.find(before.name))
            if own and other and own.get(("study",)) == other.get(("study",)):
                keys = [".".join(map(str, key)) for key in differing(own, other)]
                more = f" and {len(keys) - MOST_KEYS} more" if len(keys) > MOST_KEYS else ""
                return f"{before.name}: {', '.join(keys[:MOST_KEYS]) or 'in nothing'}{more}"
        return ""

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


def written(folder: RunFolder) -> dict[Path_, object]:
    """Every value that the study of a run writes, by its keys; none where it cannot be read."""
    state = (folder.root / STUDY).stat()
    return _written(folder.root, state.st_mtime_ns, state.st_size)


def differing(first: dict[Path_, object], second: dict[Path_, object]) -> tuple[Path_, ...]:
    """Keys that two studies write differently, in the order of the first."""
    every = dict.fromkeys((*first, *second))
    return tuple(key for key in every if first.get(key) != second.get(key))


@lru_cache(maxsize=2 * MOST_RUNS)
def _written(root: Path, changed: int, size: int) -> dict[Path_, object]:
    try:
        return dict(leaves(parse_text(RunFolder(root).read(STUDY), STUDY).data))
    except HeadraceError:
        return {}


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
