"""The notebook: every answer as it comes, one line each; whoever stops can go on from there.

    question.yaml    the question, byte for byte; frozen.json its hash, that of its study and of the
                     files that the study names
    world.txt        the study or the table, byte for byte
    notebook.jsonl   a line for each answer and each set of candidates
    finding.json, report.html

A line that a crash tore is the last one, and is asked again. Times are kept out of it, so that two
runs of one question write the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.atomic_write import write_error, write_text
from headrace.core.errors import InputError, InputFault, Place, StoppedEarly
from headrace.core.files import folder_lock
from headrace.core.files.inputs import read_text
from headrace.science.discovery.question import FrozenQuestion
from headrace.science.discovery.world import World, WorldAnswer
from headrace.science.laws.expression import LawSum
from headrace.science.laws.file import as_json, from_json

NOTEBOOK, FROZEN, QUESTION, WORLD = "notebook.jsonl", "frozen.json", "question.yaml", "world.txt"
MOST_BYTES = 200_000_000
NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass
class Notebook:
    """A notebook in a folder that is held; `folder` None keeps it in memory."""

    folder: Path | None = None
    answers: dict[str, list[tuple[tuple[float, ...], WorldAnswer]]] = field(default_factory=dict)
    laws: dict[str, tuple[LawSum, ...]] = field(default_factory=dict)

    @property
    def solves(self) -> int:
        """Plans solved so far [1]."""
        return sum(answer.solves for part in self.answers.values() for _, answer in part)

    def asked(
        self, part: str, points: Floats, world: World, stop: Callable[[], bool]
    ) -> tuple[WorldAnswer, ...]:
        """Answers at points [own units], from here as far as they are known, else from the world.

        Raises StoppedEarly when asked to stop, with all answers so far written down; InputError
        where the notebook holds other points.
        """
        known = self.answers.setdefault(part, [])
        for (point, _), wanted in zip(known, points):
            if point != tuple(wanted.tolist()):
                found = f"{part} begins at other points than this version asks"
                fix = "Begin anew with --out."
                raise InputError(InputFault(Place(NOTEBOOK), found, "the same code", fix))
        left = points[len(known) :]
        if len(left) and stop():
            raise StoppedEarly(f"Stopped before {part}.")
        for point, answer in zip(left, world.ask(left)):
            told = tuple(point.tolist())
            self._write({"part": part, "point": told, "answer": answer.as_json()})
            known.append((told, answer))
            if stop() and len(known) < len(points):
                raise StoppedEarly(f"Stopped in {part}, after {len(known)} of {len(points)}.")
        return tuple(answer for _, answer in known[: len(points)])

    def candidates(
        self, name: str, find: Callable[[], tuple[LawSum, ...]], stop: Callable[[], bool]
    ) -> tuple[LawSum, ...]:
        """Laws found once and frozen: from then on what is held out may be asked."""
        if name not in self.laws:
            if stop():
                raise StoppedEarly(f"Stopped before {name}.")
            self.laws[name] = find()
            self._write({"laws": name, "found": [as_json(law) for law in self.laws[name]]})
        return self.laws[name]

    def frozen_laws(self) -> str:
        """Hash of every candidate, in the order found; none where there are none yet."""
        told = [[as_json(law) for law in self.laws[name]] for name in sorted(self.laws)]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest() if told else ""

    def _write(self, line: dict[str, object]) -> None:
        if self.folder is None:
            return
        path = self.folder / NOTEBOOK
        try:
            with path.open("ab") as file:
                file.write((json.dumps(line, allow_nan=False) + "\n").encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise write_error(error, path) from error


@contextmanager
def opened(
    folder: Path, question: FrozenQuestion, world_text: str, named: Mapping[str, str] = NOTHING
) -> Iterator[Notebook]:
    """The notebook of this very question in a folder, new or as far as it came; held meanwhile.
    named: hashes of the files that the study names.

    Raises InputError for a folder of another question, of something else, or one that is in use.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise write_error(error, folder) from error
    with folder_lock.hold(folder):
        frozen = {
            "question_sha256": question.sha256,
            "world_sha256": hashlib.sha256(world_text.encode()).hexdigest(),
        }
        if named:
            files = json.dumps(dict(sorted(named.items())))
            frozen["files_sha256"] = hashlib.sha256(files.encode()).hexdigest()
        told = json.dumps(frozen, indent=1) + "\n"
        path = folder / FROZEN
        if path.exists():
            if read_text(path, MOST_BYTES, encoding="utf-8") != told:
                found = "holds another question, or its study has changed since, or a file of it"
                fix = "A question is frozen before its first solve; give another --out."
                raise InputError(InputFault(Place(str(folder)), found, "the same question", fix))
        else:
            there = {entry.name for entry in folder.iterdir()} - {folder_lock.LOCK_FILE}
            if there:
                found, fix = "is not empty and holds no question", "Give another one with --out."
                raise InputError(InputFault(Place(str(folder)), found, "a new folder", fix))
            write_text(folder / QUESTION, question.text)
            write_text(folder / WORLD, world_text)
            write_text(path, told)
        yield _read(folder)


def _read(folder: Path) -> Notebook:
    notebook = Notebook(folder)
    path = folder / NOTEBOOK
    if not path.exists():
        return notebook
    text = read_text(path, MOST_BYTES, encoding="utf-8")
    whole = text[: text.rfind("\n") + 1]
    for number, line in enumerate(whole.split("\n")[:-1], start=1):
        try:
            told = json.loads(line)
            if "laws" in told:
                notebook.laws[told["laws"]] = tuple(from_json(one) for one in told["found"])
                continue
            point = tuple(float(x) for x in told["point"])
            if not np.all(np.isfinite(point)):
                raise ValueError
            answer = WorldAnswer.from_json(told["answer"])
            notebook.answers.setdefault(told["part"], []).append((point, answer))
        except (ValueError, KeyError, TypeError, RecursionError):
            fault = InputFault(Place(NOTEBOOK, number), "is no line of a notebook")
            raise InputError(fault) from None
    if whole != text:
        write_text(path, whole)
    return notebook
