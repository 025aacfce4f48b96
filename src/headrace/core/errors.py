"""The tree of errors. A user sees one clear message per problem, all problems at once.

HeadraceError                  anything the user can do something about
├── InputError       (exit 2)  what was written cannot be read or does not make sense
├── LawBroken        (exit 3)  a promised law, check or outside result does not hold
├── Infeasible       (exit 4)  no plan keeps every limit; says which limits clash
└── StoppedEarly     (exit 5)  stopped by the user or the clock; the best so far is saved
    ├── DiskFull     (exit 5)  no room left for a file; what was saved before is whole
    └── OutOfMemory  (exit 5)  the machine has no more; what was saved before is whole
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from headrace.core.printable import in_one_line


@dataclass(frozen=True, order=True)
class Place:
    """Where in the user's files something stands.

    Lines and columns count from 1; 0 means unknown. key: what it is about, in words; path: the same
    as the keys of the study on the way to it, where it is a place of one.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    path: tuple[str | int, ...] = ()

    @classmethod
    def of(cls, *path: str | int) -> Place:
        """The place of a study at the end of these keys."""
        return cls(key=".".join(map(str, path)), path=path)

    def __str__(self) -> str:
        spot = ":".join([self.file or "input", *(str(n) for n in (self.line, self.column) if n)])
        return f"{spot}  {self.key}" if self.key else spot


@dataclass(frozen=True)
class InputFault:
    """One thing that is wrong: where, what was found, what was expected, and the likely fix. As
    words it is one line, whatever the names in it hold.
    """

    where: Place
    found: str
    expected: str = ""
    fix: str = ""

    def __str__(self) -> str:
        text = f"{self.where}: {self.found}"
        if self.expected:
            text = f"{text.removesuffix('.')}; expected {self.expected}"
        text += "." if not text.endswith((".", "?", "!")) else ""
        return in_one_line(f"{text} {self.fix}".rstrip())


def nearest_fault(found: str, known: Sequence[str], what: str) -> InputFault:
    """That `found` is not `what` ("a column"), with the nearest known name or all of them."""
    from difflib import get_close_matches

    near = get_close_matches(found, known, n=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known) or 'none'}."
    return InputFault(Place(), f"`{found}` is not {what}", fix=fix)


class HeadraceError(Exception):
    """Anything the user can do something about. `exit_code` is what the command line returns."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def _render_traceback_(self) -> list[str]:
        """What IPython and Jupyter show instead of a traceback: what is wrong and the lines of the
        study that it is about. The way through our code is no help to a user.
        """
        notes: list[str] = getattr(self, "__notes__", [])
        return [f"{type(self).__name__}: {self.message}", *notes]


class InputError(HeadraceError):
    """Input that cannot be read or does not make sense; carries every problem found, not only the
    first.
    """

    exit_code = 2

    def __init__(self, problems: Iterable[InputFault] | InputFault | str) -> None:
        if isinstance(problems, str):
            problems = InputFault(Place(), problems)
        if isinstance(problems, InputFault):
            problems = (problems,)
        self.problems: tuple[InputFault, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


@contextmanager
def noting(problems: list[InputFault]) -> Iterator[None]:
    """Goes on after a block that finds faults and adds them to `problems`, so that whoever asked
    hears of them with all others.
    """
    try:
        yield
    except InputError as error:
        problems += error.problems


class LawBroken(HeadraceError):
    """A promised law, check or outside result does not hold."""

    exit_code = 3


class Infeasible(HeadraceError):
    """No plan keeps every limit.

    `clashes` names the limits, `cheapest` the smallest relaxation that helps.
    """

    exit_code = 4

    def __init__(self, message: str, clashes: tuple[str, ...] = (), cheapest: str = "") -> None:
        super().__init__(message)
        self.clashes = clashes
        self.cheapest = cheapest


class StoppedEarly(HeadraceError):
    """Stopped by the user or the clock; the best result so far has been saved."""

    exit_code = 5


class DiskFull(StoppedEarly):
    """There is no room left for a file; whatever was saved before is whole."""


class OutOfMemory(StoppedEarly):
    """There is no memory left; whatever was saved before is whole."""
