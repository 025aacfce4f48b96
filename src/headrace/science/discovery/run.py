"""A question from end to end in a folder: its world, its notebook, what it came to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, StoppedEarly
from headrace.core.files.inputs import read_text
from headrace.core.study_reader import text_of
from headrace.plan.model.build_system import expand
from headrace.plan.model.named_files import file_digests
from headrace.science.discovery import plan_world
from headrace.science.discovery.box_faults import (
    at,
    breakeven_faults,
    key_faults,
    threshold_faults,
)
from headrace.science.discovery.discover import Search, discover
from headrace.science.discovery.finding import Finding
from headrace.science.discovery.notebook import Notebook, opened
from headrace.science.discovery.proposer import TRANSCRIPT, Proposer
from headrace.science.discovery.question import FrozenQuestion
from headrace.science.discovery.recipe import Varied
from headrace.science.discovery.world import World, table_world
from headrace.science.laws.search import apart

FINDING = "finding.json"
MAKERS = ("headrace", "numpy", "scipy", "highspy", "pyoperon", "SALib")
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class OpenedWorld:
    """Who answers a question, the text of the study or table it is made of, and the hashes of the
    files that the study names.
    """

    world: World
    text: str
    close: Callable[[], None]
    named: Mapping[str, str] = field(default_factory=dict)


def world_of(question: FrozenQuestion, study: Path, workers: int = 2) -> OpenedWorld:
    """The world of a question. study: the file of its study; workers: processes that solve.

    Raises InputError for a study or a table that cannot be read, keys that the study has not, and a
    question that cannot be asked of it.
    """
    asked = question.asked
    if asked.table:
        path = question.folder / asked.table
        if path.resolve().parent != question.folder.resolve():
            fault = InputFault(
                question.place("table"), f"`{asked.table}`", "a file beside this one"
            )
            raise InputError(fault)
        text = read_text(path, MOST_BYTES, encoding="utf-8")
        names = [each.name for each in question.varied]
        return OpenedWorld(table_world(text, names, asked.ask.column, path.name), text, _nothing)
    text = text_of(study)
    threshold = _threshold(question, text)
    about = plan_world.PlanQuestion(
        text, study.parent, question.varied, asked.ask.breakeven, threshold
    )
    plans = plan_world.PlanWorld(about, workers)
    return OpenedWorld(plans, text, plans.close, _named_files(question, about))


def _threshold(question: FrozenQuestion, study_text: str) -> plan_world.AdvantageOf | None:
    """What is asked of a threshold; raises InputError for keys that the study has not."""
    faults = [*key_faults(question.varied, study_text, lambda name: question.place("vary", name))]
    t, place = question.asked.ask.threshold, question.place("ask", "threshold")
    found = None
    if t is not None:
        try:
            keys = t.keys or {t.key: (t.from_, t.to)}
            moved = Varied.read(question.answer.name, t.from_, t.to, keys)
            faults += key_faults((moved,), study_text, lambda name: place)
            found = plan_world.AdvantageOf(t.of, moved, t.scan)
        except ValueError as error:
            faults.append(InputFault(place, str(error)))
    if faults:
        raise InputError(faults)
    return found


def _named_files(question: FrozenQuestion, about: plan_world.PlanQuestion) -> dict[str, str]:
    """Hashes of the files that the study names; raises InputError for a study at the lower ends of
    the box that makes no sense, or cannot be asked this.
    """
    first: dict[str, str] = {}
    for each in question.varied:
        first |= each.changes(each.low)
    try:
        study = about.study(first)
        expand(study, about.folder)
        named = file_digests(study, about.folder)
    except InputError as error:
        raise at(question.place("vary"), error, "at the lower ends") from None
    unit, asked = question.answer.unit, about.threshold
    if asked is None:
        faults = [*breakeven_faults(study, about.about, unit, about.folder, question.place)]
    else:
        units = asked.moved.unit, unit
        faults = [*threshold_faults(study, asked.what, units, about.folder, question.place)]
    if faults:
        raise InputError(faults)
    return named


def _nothing() -> None:
    """A table has nothing to close."""


def answer(
    question: FrozenQuestion,
    opened_world: OpenedWorld,
    folder: Path,
    *,
    stop: Callable[[], bool],
    told: Callable[[Finding, Notebook], None],
    search: Search = apart,
    proposer: Proposer | None = None,
) -> Finding:
    """The finding of a question, its notebook and finding.json in `folder`; told of every step.
    proposer: proposes further candidates, none if not given.

    A stop is no error: the finding then says how far it came, and the same call goes on from there.
    Raises InputError where the folder holds another question, HeadraceError without pyoperon.
    """
    found = Finding(question)
    with opened(folder, question, opened_world.text, opened_world.named) as notebook:
        try:
            for found in discover(
                question,
                opened_world.world,
                notebook,
                stop=stop,
                search=search,
                propose=None if proposer is None else partial(proposer.proposals, folder=folder),
                hashes=hashes(question, folder),
            ):
                told(found, notebook)
        except StoppedEarly as stopped:
            found = replace(found, why=stopped.message, solves=notebook.solves)
        said = folder / TRANSCRIPT
        if said.is_file():
            digest = hashlib.sha256(said.read_bytes()).hexdigest()
            found = replace(found, hashes=(*found.hashes, ("transcript of the proposer", digest)))
        found = replace(found, hashes=(*found.hashes, ("candidates", notebook.frozen_laws())))
        text = json.dumps(found.as_json(), allow_nan=False, ensure_ascii=False, indent=1)
        write_text(folder / FINDING, f"{text}\n")
    return found


def hashes(question: FrozenQuestion, folder: Path) -> dict[str, str]:
    """What the answer hangs on: hashes of question and world, versions of what works it out."""
    frozen = json.loads(read_text(folder / "frozen.json", MOST_BYTES, encoding="utf-8"))
    found = {name: str(value) for name, value in frozen.items()}
    for name in MAKERS:
        try:
            found[f"{name} version"] = version(name)
        except PackageNotFoundError:
            found[f"{name} version"] = "not installed"
    return found
