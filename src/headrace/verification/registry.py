"""The registry behind `headrace verify`: outside results beside ours, each with its deviation and
source.

Each room of the library has a file of its name in `verification/` that registers its checks:

    @check("energy.atb.lcoe", what="ATB 2024 LCOE, worst of 2,448 rows", unit="USD/MWh",
           tolerance=1e-6, source="NREL ATB 2024")
    def atb_lcoe() -> CheckOutcome: ...

A check computes with Headrace and compares with a figure that was published by somebody else. It
returns a `CheckOutcome` (or several, each with its own `id_suffix`), or raises `Skip("why")` where
an extra or data is absent.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

ROOMS = (
    "core",
    "beliefs",
    "energy",
    "compute",
    "models",
    "market",
    "rights",
    "trust",
    "finance",
    "plan",
    "science",
    "show",
)

Status = Literal["pass", "fail", "skip"]


_SEED: ContextVar[int] = ContextVar("seed", default=1)
"""Of the points at which checks ask that leave it to the caller."""


def seed() -> int:
    """The seed that the caller gave, 1 if none."""
    return _SEED.get()


@contextmanager
def seeded(number: int) -> Iterator[None]:
    """Run checks with this seed."""
    token = _SEED.set(number)
    try:
        yield
    finally:
        _SEED.reset(token)


class Skip(Exception):
    """A check cannot run here; the message says why (an extra or a data folder is absent)."""


@dataclass(frozen=True)
class CheckOutcome:
    """Ours beside published. `deviation` is relative unless `absolute`; pass means deviation <=
    tolerance.

    `deviation` may be given where it is not simply the distance of two numbers (a KS distance, a
    count of rows off).
    """

    ours: float
    published: float
    absolute: bool = False
    deviation: float | None = None
    tolerance: float | None = None
    reason: str = ""
    id_suffix: str = ""

    def distance(self) -> float:
        """How far ours is from the published figure [1], or [the row's unit] where `absolute`."""
        if self.deviation is not None:
            return self.deviation
        gap = abs(self.ours - self.published)
        return gap if self.absolute or self.published == 0 else gap / abs(self.published)


@dataclass(frozen=True)
class Row:
    """One line of `headrace verify`; field names are the public JSON contract."""

    id: str
    room: str
    what: str
    ours: float | None
    published: float | None
    unit: str
    deviation: float | None
    tolerance: float
    status: Status
    reason: str
    source: str
    seconds: float

    def as_json(self) -> dict[str, object]:
        """The row as plain data."""
        return asdict(self)


@dataclass(frozen=True)
class Check:
    """A registered check: what it compares, in which unit, to which tolerance, and where the figure
    was published.
    """

    id: str
    what: str
    unit: str
    tolerance: float
    source: str
    run: Callable[[], CheckOutcome | Iterable[CheckOutcome]]

    @property
    def room(self) -> str:
        """The room the check is about."""
        return self.id.split(".", 1)[0]


_REGISTRY: dict[str, Check] = {}


def check(
    id: str, *, what: str, unit: str, tolerance: float, source: str
) -> Callable[
    [Callable[[], CheckOutcome | Iterable[CheckOutcome]]],
    Callable[[], CheckOutcome | Iterable[CheckOutcome]],
]:
    """Register a check under `id` ("room.topic.name"); tolerance: relative [1], or [unit] where its
    outcomes are absolute.

    Raises ValueError for a second check of that id.
    """

    def register(
        run: Callable[[], CheckOutcome | Iterable[CheckOutcome]],
    ) -> Callable[[], CheckOutcome | Iterable[CheckOutcome]]:
        if id in _REGISTRY and _REGISTRY[id].run.__qualname__ != run.__qualname__:
            raise ValueError(f"two checks are called {id}")
        _REGISTRY[id] = Check(id, what, unit, tolerance, source, run)
        return run

    return register


def registered(only: str | None = None) -> tuple[Check, ...]:
    """Every check of the rooms present; `only` keeps rooms ("energy") or id prefixes
    ("energy.atb"), several with commas between. A name that finds nothing makes it empty.
    """
    for room in ROOMS:
        module = f"headrace.verification.{room}"
        if importlib.util.find_spec(module):
            importlib.import_module(module)
    every = sorted(_REGISTRY.values(), key=lambda c: (ROOMS.index(c.room), c.id))
    if only is None:
        return tuple(every)
    found = [
        {c.id for c in every if c.id == name or c.id.startswith(f"{name}.")}
        for name in map(str.strip, only.split(","))
    ]
    return tuple(c for c in every if all(found) and any(c.id in ids for ids in found))


def run(check: Check) -> Iterator[Row]:
    """Run one check. Never raises: an exception inside a check is a failed row that names it."""
    start = time.perf_counter()
    try:
        result = check.run()
        outcomes = (result,) if isinstance(result, CheckOutcome) else tuple(result)
    except Skip as skip:
        yield _row(check, None, "skip", str(skip), time.perf_counter() - start)
        return
    except Exception as error:
        yield _row(
            check, None, "fail", f"{type(error).__name__}: {error}", time.perf_counter() - start
        )
        return
    seconds = (time.perf_counter() - start) / max(1, len(outcomes))
    for outcome in outcomes:
        limit = check.tolerance if outcome.tolerance is None else outcome.tolerance
        distance = outcome.distance()
        good = math.isfinite(distance) and distance <= limit
        yield _row(check, outcome, "pass" if good else "fail", outcome.reason, seconds)


def _row(
    check: Check, outcome: CheckOutcome | None, status: Status, reason: str, seconds: float
) -> Row:
    limit = check.tolerance if outcome is None or outcome.tolerance is None else outcome.tolerance
    return Row(
        id=check.id + (outcome.id_suffix if outcome else ""),
        room=check.room,
        what=check.what,
        ours=outcome.ours if outcome else None,
        published=outcome.published if outcome else None,
        unit=check.unit,
        deviation=outcome.distance() if outcome else None,
        tolerance=limit,
        status=status,
        reason=reason,
        source=check.source,
        seconds=round(seconds, 3),
    )


def data_file(relative: str) -> Path:
    """A file of the validation data folder named by HEADRACE_DATA.

    Raises Skip where it is absent.
    """
    folder = os.environ.get("HEADRACE_DATA")
    if not folder:
        raise Skip(
            "HEADRACE_DATA names no folder; see docs/reference/validation-data.md for the public "
            "sources"
        )
    path = Path(folder) / relative
    if not path.exists():
        raise Skip(f"{relative} is not in the folder named by HEADRACE_DATA")
    return path
