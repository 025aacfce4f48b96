"""A question to the library: answered with a proof, solved where that is too wide, or refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.science.discovery.box_faults import at
from headrace.science.discovery.design import evenly
from headrace.science.discovery.recipe import number_and_unit
from headrace.science.world_model.bounds import ProvedRange, StoredArrays, proved_range
from headrace.science.world_model.library import AnswerKind, AskedPoint, PlanLibrary
from headrace.science.world_model.stored import LibraryPoint, SolvableWorld, WorldShape
from headrace.science.world_model.theorems import named
from headrace.science.world_model.world_file import OpenWorldFile

SAMPLED = 256
"""Points looked at for the widest answer when a library is filled [1]."""

FULL = "the budget of plans or of dollars is spent"
EDGE = 1e-9
LEFT = -1.0
"""Width of a point that is asked no more; a width is at least 0 [1]."""
ODD = 2654435761
FINE = 0.01
"""Gap of a stored plan, in tolerances of an answer [1]."""


@dataclass(frozen=True)
class LibraryAnswer:
    """What is known of the best plan at a point. kind: "proved" from the library; "solved" and
    stored; "too wide" where the budget is spent; "extrapolation" outside the box, without a number;
    "refused" with the reason. low, high: of its worth [USD]; gap: relative [1]; theorem: why it
    holds; plan: number of the stored plan that counts most; orders: what that one orders.
    """

    point: dict[str, float]
    kind: AnswerKind
    low: float | None
    high: float | None
    gap: float | None
    theorem: str
    plan: int | None = None
    orders: tuple[str, ...] = ()
    why: str = ""
    spent: str = ""


@dataclass
class AskedWorld:
    """A world with its library open. Arrays are made once and again after each solve."""

    file: OpenWorldFile
    library: PlanLibrary
    solvable: SolvableWorld = field(init=False, repr=False)
    shape: WorldShape = field(init=False)
    _arrays: StoredArrays | None = field(default=None, repr=False)
    _orders: tuple[tuple[str, ...], ...] = field(default=(), repr=False)
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        self.solvable = SolvableWorld(self.file.study_text, self.file.folder, self.file.varied)
        known = self.library.shape
        try:
            self.shape = self.solvable.shape if known is None else known
        except InputError as error:
            raise self._at_its_line(error) from None
        if known is None:
            self.library.keep(self.shape)
        self._read()

    def _at_its_line(self, error: InputError) -> InputError:
        """What no theorem covers, at the line of the world file that asks for it; what is wrong
        with a study of the box, at its box.
        """
        place = self.file.document.place
        keys = [tuple(fault.where.key.split(".")) for fault in error.problems]
        if all(len(key) == 2 and key[0] == "vary" for key in keys):
            return InputError(
                replace(fault, where=place(key)) for fault, key in zip(error.problems, keys)
            )
        return at(place(("vary",)), error, "at an end of the box")

    def _read(self) -> None:
        plans = self.library.plans
        self._arrays = StoredArrays.of(self.shape, self.file.varied, plans) if plans else None
        self._orders = tuple(each.orders for each in plans)
        self._seconds = self.library.seconds

    @property
    def count(self) -> int:
        """Plans that hold [1]."""
        return len(self._orders)

    @property
    def dollars(self) -> float:
        """Spent on all solves ever stored here [USD]."""
        return self._seconds / 3600.0 * self.file.asked.budget.price

    @property
    def spent(self) -> str:
        """The budget, shown as spent."""
        budget, aged = self.file.asked.budget, self.library.aged
        told = (
            f"{self.count} of {budget.plans} plans, "
            f"{self.dollars:.4f} of {budget.dollars:g} USD spent"
        )
        return told if not aged else f"{told}; {aged} plans have aged and prove nothing"

    @property
    def full(self) -> bool:
        """Whether nothing more may be solved."""
        budget = self.file.asked.budget
        return self.count >= budget.plans or self.dollars >= budget.dollars

    def place(self, told: Mapping[str, str | float]) -> Floats:
        """A point as it is written, in own units, shape (varied,); what is not written is in the
        middle. Raises InputError for names and units there are not.
        """
        names = [each.name for each in self.file.varied]
        problems, point = [], []
        for name in told:
            if name not in names:
                near = get_close_matches(name, names, 1)
                fix = f"Did you mean `{near[0]}`?" if near else ""
                listed = ", ".join(names)
                problems.append(InputFault(Place(key=name), "does not move here", listed, fix))
        for each in self.file.varied:
            written = told.get(each.name, 0.5 * (each.low + each.high))
            try:
                value, unit, _ = number_and_unit(str(written))
                if not np.isfinite(value) or (unit and unit != each.unit):
                    raise ValueError(f"`{written}` is not in {each.unit}")
                point.append(value)
            except ValueError as error:
                problems.append(InputFault(Place(key=each.name), str(error)))
        if problems:
            raise InputError(problems)
        return np.array(point)

    def ask(self, told: Mapping[str, str | float], *, solve: bool = True) -> LibraryAnswer:
        """The answer at a point: from the library where its gap is within the tolerance, else of a
        solve that is stored. solve: False answers from what is there.
        """
        return self.answer(self.place(told), solve=solve)

    def answer(self, point: Floats, *, solve: bool = True) -> LibraryAnswer:
        """As `ask`, at a point in own units, shape (varied,)."""
        low = np.array([each.low for each in self.file.varied])
        high = np.array([each.high for each in self.file.varied])
        cube = (point - low) / (high - low)
        if np.any(cube < -EDGE) or np.any(cube > 1 + EDGE):
            out = [v.name for v, x in zip(self.file.varied, cube) if not -EDGE <= x <= 1 + EDGE]
            why = f"{', '.join(out)} outside the box: nothing stored says anything there"
            return self._noted(point, ProvedRange(-np.inf, np.inf, -1), "extrapolation", why)
        found = self.proved(cube)
        if gap_of(found) <= self.file.asked.tolerance:
            return self._noted(point, found, "proved")
        if not solve or self.full:
            why = FULL if self.full else "not solved, as asked"
            return self._noted(point, found, "too wide", why)
        try:
            stored = self.solved(cube)
        except Infeasible as error:
            return self._without_plan(point, error)
        self.library.store(stored)
        self._read()
        return self._noted(point, ProvedRange(stored.low, stored.high, self.count - 1), "solved")

    def _point(self, cube: Floats) -> Floats:
        low = np.array([each.low for each in self.file.varied])
        return np.asarray(low + cube * (np.array([each.high for each in self.file.varied]) - low))

    def _without_plan(self, point: Floats, error: Infeasible) -> LibraryAnswer:
        nothing = ProvedRange(-np.inf, np.inf, -1)
        return self._noted(point, nothing, "refused", f"no plan there: {error.message[:200]}")

    def solved(self, cube: Floats) -> LibraryPoint:
        """The plan at a point of the unit cube [1], with a gap that is small beside the tolerance.
        Raises Infeasible.
        """
        return self.solvable.solved(cube.tolist(), FINE * self.file.asked.tolerance)

    def proved(self, cube: Floats) -> ProvedRange:
        """What the library proves at a point of the unit cube [1]."""
        if self._arrays is None:
            return ProvedRange(-np.inf, np.inf, -1)
        return proved_range(self._arrays, cube)

    def _noted(
        self, point: Floats, found: ProvedRange, kind: AnswerKind, why: str = ""
    ) -> LibraryAnswer:
        gap = gap_of(found)
        low, high = (float(x) if np.isfinite(x) else None for x in (found.low, found.high))
        self.library.note(AskedPoint(tuple(point.tolist()), kind, low, high, why))
        names = [each.name for each in self.file.varied]
        theorem = ""
        if kind in ("proved", "too wide"):
            theorem = named(self.shape.parts, whole=self.shape.whole, risk=self.shape.risk)
        elif kind == "solved":
            theorem = "a plan solved at the point itself, with its certificate"
        return LibraryAnswer(
            dict(zip(names, (float(x) for x in point))),
            kind,
            low,
            high,
            float(gap) if np.isfinite(gap) else None,
            theorem,
            found.plan if found.plan >= 0 else None,
            self._orders[found.plan] if found.plan >= 0 else (),
            why,
            self.spent,
        )

    def fill(self, plans: int, *, stop: Callable[[], bool], seed: int = 0) -> Iterator[str]:
        """Solve until so many plans hold or the budget is spent: the corners of what moves costs
        first, right-hand sides at corners in turn, then wherever an answer would be widest. Tells
        each. A point without a plan goes on the map, and is not asked again.
        """
        widest = WidestFirst(evenly(len(self.file.varied), SAMPLED, seed))
        known = np.empty((0, len(self.file.varied)))
        if self._arrays is not None:
            known = self._arrays.points
        first = [c for c in self._corners() if not np.any(np.all(np.abs(known - c) < EDGE, axis=1))]
        while self.count < min(plans, self.file.asked.budget.plans) and not self.full:
            if stop():
                return
            cube = first.pop(0) if first else widest.next(self.proved)
            if cube is None:
                return
            try:
                self.library.store(self.solved(cube))
            except Infeasible as error:
                widest.leave(cube)
                yield self._without_plan(self._point(cube), error).why
                continue
            self._read()
            yield self.spent

    def _corners(self) -> Floats:
        """Corners of the unit cube [1], in the order in which they are stored. Each of right-hand
        sides, and of what moves costs up and down (odds), comes first, with what only raises costs
        at its low end: mixtures of these prove something in the whole box. Then come the other
        corners of costs, right-hand sides in turn.
        """
        costs = [n for n, part in enumerate(self.shape.parts) if part == "costs"]
        sides = [n for n in range(len(self.file.varied)) if n not in costs]
        turned = [n for n in costs if n not in self.shape.rising]
        found = np.vstack([self._crossed(turned, sides), self._crossed(costs, sides)])
        places = np.unique(found, axis=0, return_index=True)[1]
        return found[np.sort(places)]

    def _crossed(self, one: Sequence[int], other: Sequence[int]) -> Floats:
        """Points of which each corner of one group meets a corner of the other, both equally often;
        all else at its low end.
        """
        most = max(len(one), len(other))
        found = np.zeros((2**most, len(self.file.varied)))
        for number in range(2**most):
            mixed = number * ODD % 2**most  # a permutation
            for told, places in ((number, one), (mixed, other)):
                for k, n in enumerate(places):
                    found[number, n] = told >> (most - 1 - k) & 1
        return found


@dataclass
class WidestFirst:
    """Points in the order in which their answers are widest. A plan more never widens an answer, so
    a width from before is an upper bound, and few are worked out anew.
    """

    points: Floats
    widths: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.widths = np.full(len(self.points), np.inf)

    def next(self, proved: Callable[[Floats], ProvedRange]) -> Floats | None:
        """The point whose answer is widest now, None where none is left. proved: what is known at a
        point [1].
        """
        known = np.zeros(len(self.points), dtype=bool)
        while not known[place := int(np.argmax(self.widths))]:
            if self.widths[place] == LEFT:
                return None
            self.widths[place] = gap_of(proved(self.points[place]))
            known[place] = True
        return np.asarray(self.points[place])

    def leave(self, point: Floats) -> None:
        """Ask this point no more: it has no plan."""
        self.widths[np.all(self.points == point, axis=1)] = LEFT


def gap_of(found: ProvedRange) -> float:
    """Width of a range, relative to the larger end [1]; endless where an end is."""
    if not (np.isfinite(found.low) and np.isfinite(found.high)):
        return float("inf")
    return (found.high - found.low) / max(abs(found.low), abs(found.high), 1.0)
