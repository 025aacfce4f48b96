"""What answers a question: the study's own plans, solved, or a table that was brought.

An answer is an interval or several: between its ends the asked value certainly lies. `plan_world`
has the answers from plans; here are the values that pass between it and the rest.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place

MOST_ROWS = 100_000


@dataclass(frozen=True)
class WorldAnswer:
    """What holds at a point. intervals: every value found, each between two certain ends [unit of
    the answer]; why: where there is not exactly one, the reason in words; plan: what the plan
    orders there; solves: plans that were solved for it.
    """

    intervals: tuple[tuple[float, float], ...]
    why: str = ""
    plan: tuple[str, ...] = ()
    solves: int = 0

    @property
    def single(self) -> bool:
        """Whether there is one value."""
        return len(self.intervals) == 1 and not self.why

    @property
    def value(self) -> float:
        """The middle of the one interval [unit of the answer]."""
        low, high = self.intervals[0]
        return 0.5 * (low + high)

    @property
    def slack(self) -> float:
        """Half the width of the one interval [unit of the answer]."""
        low, high = self.intervals[0]
        return 0.5 * (high - low)

    def as_json(self) -> dict[str, object]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, told: object) -> WorldAnswer:
        """What `as_json` wrote. Raises ValueError for anything else."""
        try:
            assert isinstance(told, dict)
            pairs = tuple((float(a), float(b)) for a, b in told["intervals"])
            return cls(pairs, str(told["why"]), tuple(told["plan"]), int(told["solves"]))
        except (AssertionError, KeyError, TypeError, ValueError):
            raise ValueError("this is no answer of a notebook") from None


class World(Protocol):
    """Whoever answers."""

    @property
    def finite(self) -> Floats | None:
        """The points that it can be asked, shape (point, varied); None where it can be asked
        anything.
        """
        ...

    def ask(self, points: Floats) -> Iterator[WorldAnswer]:
        """An answer for each point in order. points: shape (point, varied) [own units]."""
        ...


@dataclass(frozen=True)
class FunctionWorld:
    """A world for tests and checks: a function of the points, with half the width of what it
    knows.
    """

    of: Callable[[Floats], Floats]
    slack: float = 0.0
    finite: Floats | None = None

    def ask(self, points: Floats) -> Iterator[WorldAnswer]:
        """Its value at each point. points: shape (point, varied) [own units]."""
        for value in self.of(points):
            good = bool(np.isfinite(value))
            ends = ((float(value - self.slack), float(value + self.slack)),) if good else ()
            yield WorldAnswer(ends, "" if good else "infeasible", solves=1)


@dataclass(frozen=True)
class TableWorld:
    """A table that was brought: it can be asked its own rows, and a row asked twice is another
    reading of the same thing.
    """

    finite: Floats
    answers: Floats

    def ask(self, points: Floats) -> Iterator[WorldAnswer]:
        """What stands in the row of each point; of rows that are alike, what lies between their
        ends. points: shape (point, varied) [own units].
        """
        for point in points:
            here = self.answers[np.all(self.finite == point, axis=1)]
            if not len(here):
                yield WorldAnswer((), "not in the table")
                continue
            yield WorldAnswer(((float(np.min(here)), float(np.max(here))),))


def table_world(text: str, columns: Sequence[str], answer: str, file: str) -> TableWorld:
    """The table in a CSV text. columns: of what is varied. Raises InputError with every problem."""
    rows = list(csv.reader(io.StringIO(text)))
    head = [name.strip() for name in rows[0]] if rows else []
    problems = [
        InputFault(Place(file, 1), f"there is no column `{name}`", f"one of {', '.join(head)}")
        for name in (*columns, answer)
        if head.count(name) != 1
    ]
    if problems or len(rows) > MOST_ROWS:
        many = [InputFault(Place(file), f"{len(rows):,} rows", f"at most {MOST_ROWS:,}")]
        raise InputError(problems or many)
    places = [head.index(name) for name in (*columns, answer)]
    values = []
    for line, row in enumerate(rows[1:], start=2):
        try:
            told = [float(row[place]) for place in places]
            if not np.all(np.isfinite(told)):
                raise ValueError
            values.append(told)
        except (IndexError, ValueError):
            if any(cell.strip() for cell in row):
                problems.append(InputFault(Place(file, line), "not finite numbers in every column"))
    if not values and not problems:
        problems.append(InputFault(Place(file), "no row", "points and answers"))
    if problems:
        raise InputError(problems[:50])
    table = np.array(values)
    return TableWorld(np.ascontiguousarray(table[:, :-1]), np.ascontiguousarray(table[:, -1]))
