"""What a question or a world file asks of a study, held against the study before the first solve:
keys that it has, prices that its plans pay, things that can be ordered there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study
from headrace.core.study_changes import located
from headrace.core.study_reader import parse_text
from headrace.core.study_text import Data
from headrace.core.uncertainty import Capex
from headrace.core.units import Unit
from headrace.plan.analysis.breakeven import breakeven_question
from headrace.plan.model.build_system import expand
from headrace.science.discovery.recipe import Varied

ANYTHING = ("anything", "now")
"""What may be asked of a threshold besides names under `build`."""


def key_faults(
    varied: Sequence[Varied], study_text: str, place: Callable[[str], Place]
) -> Iterator[InputFault]:
    """Keys that the study has not, and keys that two things would move. place: of a thing that is
    varied, by its name.
    """
    data = cast("Data", parse_text(study_text).data)
    moved: dict[str, str] = {}
    for each in varied:
        for key in (one.key for one in each.keys):
            try:
                located(data, key)
            except InputError as error:
                (fault,) = error.problems
                found = f"`{key}` is no key of the study: {fault.found}"
                yield InputFault(place(each.name), found, fault.expected, fault.fix)
            if key in moved:
                found = f"`{key}` is moved by `{moved[key]}` already"
                yield InputFault(place(each.name), found, "one thing for each key")
            moved.setdefault(key, each.name)


def at(place: Place, error: InputError, what: str) -> InputError:
    """What is wrong with a study of the box, told at the line of the file that asks for it. what:
    which study it is, in words.
    """
    return InputError(
        InputFault(
            place,
            f"{what}: {fault.where.key or 'the study'}: {fault.found}",
            fault.expected,
            fault.fix,
        )
        for fault in error.problems
    )


def breakeven_faults(
    study: Study, about: str, unit: str, folder: Path, place: Callable[..., Place]
) -> Iterator[InputFault]:
    """A price that its plans do not pay, or that is told in another unit than it has. unit: of the
    answer; place: of a key of the question.
    """
    try:
        asked = breakeven_question(study, about, folder)
    except InputError as error:
        for fault in error.problems:
            where = place("ask", "breakeven")
            yield InputFault(where, fault.found, fault.expected, fault.fix)
        return
    own = "USD/kW" if isinstance(asked.about, Capex) else "USD/MMBtu"
    if (Unit(unit).dimension, Unit(unit).factor) != (Unit(own).dimension, Unit(own).factor):
        found = f"the break-even of {about} comes in {own}, not in {unit}"
        yield InputFault(place("answer", "unit"), found, own)


def threshold_faults(
    study: Study, of: str, units: tuple[str, str], folder: Path, place: Callable[..., Place]
) -> Iterator[InputFault]:
    """Something that cannot be ordered there, or an answer in another unit than the key that is
    moved. units: of the key, of the answer; place: of a key of the question.
    """
    known = sorted({asset.id.key for asset in expand(study, folder).system.assets} - {""})
    if of not in (*ANYTHING, *known):
        found = f"`{of}` cannot be ordered there"
        expected = f"one of {', '.join((*ANYTHING, *known))}"
        yield InputFault(place("ask", "threshold", "of"), found, expected)
    if units[0] != units[1]:
        found = f"the key is moved in {units[0] or 'no unit'}, the answer told in {units[1]}"
        yield InputFault(place("answer", "unit"), found, units[0])
