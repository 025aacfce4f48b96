"""The library in a DuckDB file: solved plans by the hash of what they hang on, and every question.

A plan holds for one study with the files it names, box, catalogue and code. `fingerprint` hashes
them; plans of another fingerprint have aged: they stay in the file, are counted, and prove nothing
any more. Back under the old fingerprint they hold again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import duckdb

import headrace
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import regular
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.named_files import file_digests
from headrace.science.world_model.stored import LibraryPoint, WorldShape
from headrace.science.world_model.world_file import OpenWorldFile

AnswerKind = Literal["proved", "solved", "refused", "extrapolation", "too wide"]
ROOMS = ("core", "beliefs", "energy", "compute", "models", "market", "rights", "finance", "plan")
"""Rooms whose code and catalogues a plan hangs on."""

MAGIC = b"DUCK"
"""What stands at byte 8 of a DuckDB file. Of other files, a CSV among them, DuckDB makes a table in
memory, and what is stored there is lost."""

TABLES = """
CREATE TABLE IF NOT EXISTS plans (
    fingerprint VARCHAR, number INTEGER, point DOUBLE[], low DOUBLE, high DOUBLE,
    worth_slopes DOUBLE[], bound_slopes DOUBLE[], orders VARCHAR[], seconds DOUBLE);
CREATE TABLE IF NOT EXISTS shapes (fingerprint VARCHAR PRIMARY KEY, shape VARCHAR);
CREATE TABLE IF NOT EXISTS asked (
    number INTEGER, point DOUBLE[], kind VARCHAR, low DOUBLE, high DOUBLE, why VARCHAR);
"""


@dataclass(frozen=True)
class AskedPoint:
    """A question on the map: the point [own units], how it was answered, between which ends [USD],
    and why not where it was refused.
    """

    point: tuple[float, ...]
    kind: AnswerKind
    low: float | None
    high: float | None
    why: str


@cache
def code_hash(root: Path) -> str:
    """Of everything that turns a study into a plan: code and catalogues of the rooms below. root:
    of the package.
    """
    found = hashlib.sha256()
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(str(path.relative_to(root)).encode())
                found.update(path.read_bytes())
    return found.hexdigest()


def fingerprint(world: OpenWorldFile) -> str:
    """What stored plans hang on: the study's text and the files that it names, what moves in it,
    code and catalogues. Raises InputError for a study that makes no sense.
    """
    box = [
        [each.name, each.low, each.high, each.unit, [[k.key, k.first, k.last] for k in each.keys]]
        for each in world.varied
    ]
    study = study_of(parse_text(world.study_text, world.asked.study))
    named = file_digests(study, world.folder)
    told = json.dumps([world.study_text, named, box, code_hash(Path(headrace.__file__).parent)])
    return hashlib.sha256(told.encode()).hexdigest()


@dataclass(frozen=True)
class PlanLibrary:
    """An open library. plans: those that hold; aged: how many do not any more; dollars are counted
    from the seconds of all plans, aged ones too.
    """

    connection: duckdb.DuckDBPyConnection
    fingerprint: str
    read_only: bool = False

    @property
    def plans(self) -> tuple[LibraryPoint, ...]:
        """The plans that hold, in the order in which they were solved."""
        rows = self.connection.execute(
            "SELECT point, low, high, worth_slopes, bound_slopes, orders, seconds FROM plans "
            "WHERE fingerprint = ? ORDER BY number",
            [self.fingerprint],
        ).fetchall()
        return tuple(
            LibraryPoint(tuple(p), low, high, tuple(w), tuple(b), tuple(o), s)
            for p, low, high, w, b, o, s in rows
        )

    @property
    def shape(self) -> WorldShape | None:
        """What moves what in this world, as it was found once; None where nobody looked yet."""
        rows = self.connection.execute(
            "SELECT shape FROM shapes WHERE fingerprint = ?", [self.fingerprint]
        ).fetchall()
        if not rows:
            return None
        told = json.loads(rows[0][0])
        features = tuple(tuple(one) for one in told["features"])
        order = tuple(tuple(one) for one in told["order"])
        rest = told["whole"], told["risk"], order, tuple(told["rising"])
        return WorldShape(tuple(told["parts"]), features, *rest)

    def keep(self, shape: WorldShape) -> None:
        """Keep what was found of what moves what."""
        self.connection.execute(
            "INSERT OR REPLACE INTO shapes VALUES (?, ?)",
            [self.fingerprint, json.dumps(asdict(shape))],
        )

    @property
    def aged(self) -> int:
        """Plans of another study, box, catalogue or code [1]."""
        (count,) = self.connection.execute(
            "SELECT count(*) FROM plans WHERE fingerprint <> ?", [self.fingerprint]
        ).fetchall()
        return int(count[0])

    @property
    def seconds(self) -> float:
        """Processor time of all solves ever stored here [s]."""
        ((total,),) = self.connection.execute(
            "SELECT coalesce(sum(seconds), 0) FROM plans"
        ).fetchall()
        return float(total)

    def store(self, plan: LibraryPoint) -> None:
        """Keep a plan."""
        self.connection.execute(
            "INSERT INTO plans SELECT ?, (SELECT coalesce(max(number), 0) + 1 FROM plans), "
            "?, ?, ?, ?, ?, ?, ?",
            [
                self.fingerprint,
                list(plan.point),
                plan.low,
                plan.high,
                list(plan.worth_slopes),
                list(plan.bound_slopes),
                list(plan.orders),
                plan.seconds,
            ],
        )

    def note(self, asked: AskedPoint) -> None:
        """Put a question on the map; a library that is only read keeps none."""
        if self.read_only:
            return
        self.connection.execute(
            "INSERT INTO asked SELECT (SELECT coalesce(max(number), 0) + 1 FROM asked), "
            "?, ?, ?, ?, ?",
            [list(asked.point), asked.kind, asked.low, asked.high, asked.why],
        )

    @property
    def map(self) -> tuple[AskedPoint, ...]:
        """All that was asked, in order."""
        rows = self.connection.execute(
            "SELECT point, kind, low, high, why FROM asked ORDER BY number"
        ).fetchall()
        return tuple(AskedPoint(tuple(p), kind, low, high, why) for p, kind, low, high, why in rows)


@contextmanager
def opened(path: Path, world: OpenWorldFile, *, read_only: bool = False) -> Iterator[PlanLibrary]:
    """The library in a file, made where there is none. read_only: nothing is written, not even what
    was asked.

    Raises InputError for a file that is no library or is in use by another process.
    """
    try:
        if path.exists():
            regular(path, expected="a library of plans")  # a pipe would be waited for
        with path.open("rb") as file:
            head = file.read(12)
        if head[8:] != MAGIC:
            found = "is another file than a library of plans"
            raise InputError(InputFault(Place(str(path)), found, "a DuckDB file, or a new name"))
    except FileNotFoundError:
        pass  # it will be made
    except OSError as error:
        found, fix = f"cannot be read: {error.strerror}", "Give another --library."
        raise InputError(InputFault(Place(str(path)), found, "a library of plans", fix)) from None
    try:
        connection = duckdb.connect(str(path), read_only=read_only)
        connection.execute("SELECT fingerprint FROM plans LIMIT 1" if read_only else TABLES)
    except duckdb.Error as error:
        found = f"is no library of plans, or in use: {str(error).splitlines()[0]}"
        raise InputError(InputFault(Place(str(path)), found)) from None
    try:
        yield PlanLibrary(connection, fingerprint(world), read_only)
    finally:
        connection.close()
