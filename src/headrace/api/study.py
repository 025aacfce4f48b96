"""`read`, and a study as one holds it: change it, compare it, check it, solve it."""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

from headrace.api.plan import Plan, open_plan
from headrace.api.table import ResultTable
from headrace.core.errors import InputError, InputFault, Place, StoppedEarly, nearest_fault
from headrace.core.run_folder import PLAN, STUDY, Event, create, open_run
from headrace.core.study import Study
from headrace.core.study_changes import Key, changed
from headrace.core.study_reader import parse_text, study_of, text_of
from headrace.core.study_text import Data, anchored, leaves, yaml_of

if TYPE_CHECKING:
    from headrace.api.varied import VariedStudy

MOST_QUOTED = 20
"""Lines of a study that are quoted under an error."""


def read(source: str | Path | Mapping[str, object]) -> StudyHandle:
    """A study: a file, a folder with one, the name of an example, YAML text, or a dict of its keys.

    Raises InputError with every problem found, each with its line.
    """
    if isinstance(source, Mapping):
        return _handle(yaml_of(source, STUDY), Path.cwd(), None)
    if isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        return _handle(source, Path.cwd(), None)
    path = Path(source)
    if path.is_dir():
        path = next((p for p in (path / STUDY, path / f"{path.name}.yaml") if p.is_file()), path)
    if not path.is_file():
        path = _example(source)
    return _handle(text_of(path), path.parent, path)


@dataclass(frozen=True)
class StudyHandle:
    """A study that has been read. It is never changed: `but` gives another one.

    name: of its runs. text: its YAML. folder: where files that it names lie. path: its file, None
    where it stands in none.
    """

    name: str
    text: str
    folder: Path
    path: Path | None
    model: Study

    @property
    def data(self) -> Data:
        """Its keys as they are written, as plain data."""
        return cast("Data", parse_text(self.text, self._file).data)

    def but(self, changes: Mapping[Key, object], *, name: str | None = None) -> StudyHandle:
        """The same study with other values: `{"sites.greensboro.grid.limit": "400 MW"}`.

        A key is written with points, or as a tuple of keys; None takes a key out, so that its
        default holds. name: of the new study, in words.

        Raises InputError with every unknown key and the nearest known one.
        """
        data = changed(self.data, changes)
        if name is not None:
            slug = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-_")[:64]
            data |= {"study": slug or name} | ({} if slug == name else {"title": name})
        return _handle(yaml_of(data, self._file), self.folder, None)

    def diff(self, other: StudyHandle) -> ResultTable:
        """Every key whose meaning differs, as it is written here and in `other`.

        400 MW and 0.4 GW do not differ; what is not written has its default.
        """
        ours, theirs = (dict(leaves(s.model.model_dump(mode="json"))) for s in (self, other))
        written = tuple(dict(leaves(s.data)) for s in (self, other))
        rows = []
        for path in dict.fromkeys((*ours, *theirs)):
            if ours.get(path) != theirs.get(path) or (path in ours) != (path in theirs):
                values = (
                    asked.get(path, meant.get(path))
                    for asked, meant in zip(written, (ours, theirs))
                )
                told = (
                    v if v is None or isinstance(v, str | float | int) else str(v) for v in values
                )
                rows.append((".".join(map(str, path)), *told))
        second = other.name if other.name != self.name else f"{other.name} (other)"
        return ResultTable(("key", self.name, second), tuple(rows))

    def vary(
        self, ranges: Mapping[str, tuple[str, str]], *, cases: int = 50, seed: int = 0
    ) -> VariedStudy:
        """The study solved in many cases: `{"fuels.gas.price": ("3 USD/MMBtu", "9 USD/MMBtu")}`.

        Raises InputError for keys and ranges that make no sense.
        """
        from headrace.api.varied import varied

        with quoting(self.text):
            return varied(self.text, self.folder, ranges, cases, seed)

    def check(self) -> StudyHandle:
        """Read everything that the study names, weather and catalogue rows, without solving it.

        Returns the study. Raises InputError with every problem.
        """
        from headrace.plan.check import checked

        with quoting(self.text):
            checked(self.text, self.path or self.folder / STUDY)
        return self

    def solve(
        self,
        *,
        minutes: float | None = None,
        gap: float | None = None,
        worth: float | None = None,
        out: str | Path | None = None,
        progress: bool = True,
    ) -> Plan:
        """Solve it into a run folder as `headrace plan` does; returns the plan.

        minutes: stop after that time [min]; Ctrl-C stops too. Either way the best plan so far is
        returned with its status "stopped", which gives no advice. gap: between the plan and the
        bound above all plans at which it is done [1]. worth: time for the worth of orders [s],
        instead of 180. out: the run folder, a new one under runs/ if not given. progress: shown on
        stderr.

        Raises InputError, Infeasible; StoppedEarly where there is no plan yet.
        """
        if minutes is not None and not minutes > 0:
            raise InputError(InputFault(Place(key="minutes"), f"{minutes}", "above 0"))
        if gap is not None and not 0 < gap < math.inf:
            raise InputError(InputFault(Place(key="gap"), f"{gap}", "above 0"))
        from headrace.plan.run import plan
        from headrace.show.reports import plan_report
        from headrace.show.run_names import free_folder

        folder = free_folder(Path("runs"), self.name) if out is None else Path(out)
        path = self._source(folder)
        with _heard(self.name, minutes, progress) as (stop, show), quoting(text_of(path)):
            try:
                plan(path, folder, show, stop, gap=gap, worth=worth)
            except StoppedEarly:
                if not (folder / PLAN).is_file():
                    raise
        plan_report.write(open_run(folder))
        return open_plan(folder)

    def __repr__(self) -> str:
        return "\n".join(f"{key:<10}{value}" for key, value in self._card())

    def _repr_html_(self) -> str:
        rows = (f"<tr><th>{escape(k)}</th><td>{escape(v)}</td></tr>" for k, v in self._card())
        return f"<table>{''.join(rows)}</table>"

    @property
    def _file(self) -> str:
        return STUDY if self.path is None else self.path.name

    def _card(self) -> tuple[tuple[str, str], ...]:
        from headrace.show.format import text

        horizon = self.model.horizon
        kept = horizon.hours
        tree = f"a tree of {len(self.model.tree)} nodes" if self.model.tree else "none"
        hours = text.count(len(kept.blocks), "load block") if kept.blocks else "all"
        for length, number in (("week", kept.weeks), ("day", kept.days)):
            hours = text.count(number, f"representative {length}") if number else hours
        return (
            ("study", self.name),
            ("title", self.model.title or "-"),
            ("sites", ", ".join(self.model.sites)),
            ("products", ", ".join(self.model.products)),
            ("beliefs", ", ".join(self.model.beliefs) or tree),
            ("stages", f"{len(horizon.stages)}, {sum(horizon.stages) / 12:g} years"),
            ("hours", hours),
        )

    def _source(self, folder: Path) -> Path:
        """The file that holds this very text: its own, or where it has none (any more) one in the
        run folder.

        There, weather files that it names by a path of its own folder have their full path.
        """
        if self.path is not None and self.path.is_file() and text_of(self.path) == self.text:
            return self.path
        data = self.data
        moved = anchored(data, self.folder)
        text = self.text if moved == data else yaml_of(moved, STUDY)
        return create(folder, text).path(STUDY)


@contextmanager
def quoting(text: str) -> Iterator[None]:
    """Lets an InputError about a study quote the lines of `text` that it is about."""
    try:
        yield
    except InputError as error:
        lines = text.splitlines()
        numbers = {fault.where.line for fault in error.problems if fault.where.file}
        for number in sorted(numbers & set(range(1, len(lines) + 1)))[:MOST_QUOTED]:
            error.add_note(f"{number:>5} | {lines[number - 1]}")
        raise


def _handle(text: str, folder: Path, path: Path | None) -> StudyHandle:
    with quoting(text):
        model = study_of(parse_text(text, STUDY if path is None else path.name))
    example = path is not None and path.name == STUDY
    name = model.study if path is None else path.parent.resolve().name if example else path.stem
    return StudyHandle(name, text, folder, path, model)


def _example(source: str | Path) -> Path:
    """The file of the example called `source`. Raises InputError with the nearest name."""
    from headrace.show import examples

    known = {example.name: example.study for example in examples.every()}
    if str(source) in known:
        return known[str(source)]
    fault = nearest_fault(str(source), tuple(known), "a file, a folder with a study, or an example")
    near = Path(source).suffix in (".yaml", ".yml")
    if near:
        text_of(Path(source))  # raises with the nearest file
    raise InputError(fault)


@contextmanager
def _heard(
    name: str, minutes: float | None, progress: bool
) -> Iterator[tuple[Callable[[], bool], Callable[[Event], None]]]:
    """What asks a solution to stop (the clock, Ctrl-C) and what shows its steps."""
    from headrace.show.cli.progress import Stop, watching

    until = math.inf if minutes is None else time.monotonic() + 60.0 * minutes
    with ExitStack() as stack:
        asked = Stop()
        if threading.current_thread() is threading.main_thread():  # signals reach no other
            stack.enter_context(asked.listening())
        show = stack.enter_context(watching(name)) if progress else _silent
        yield lambda: asked() or time.monotonic() > until, show


def _silent(event: Event) -> None:
    """Shows nothing."""
