"""The world file: a study, the box of what may move in it, how close an answer has to be, and what
may be spent.

    world: campus
    study: campus.yaml
    vary:
      gas: {key: fuels.gas.price, from: 3 USD/MMBtu, to: 9 USD/MMBtu}
      load: {key: products.campus.demand, from: 80 MW, to: 120 MW}
    tolerance: 1 %
    budget: {plans: 150, dollars: 5, price: 0.05}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from headrace.core.errors import InputError, InputFault
from headrace.core.quantities import read_quantity
from headrace.core.study_reader import Document, text_of
from headrace.science.discovery.box_faults import key_faults
from headrace.science.discovery.question import (
    Name,
    QuestionPart,
    VariedKey,
    mapping_of,
    read_fault,
)
from headrace.science.discovery.recipe import Varied

Part = Annotated[float, BeforeValidator(lambda told: read_quantity(told, "1"))]
MOST_VARIED = 12


class SolveBudget(QuestionPart):
    """What may be spent on a library: plans, and dollars at a price of an hour of processor."""

    plans: int = Field(150, ge=1, le=5000, description="Plans that are stored at most.")
    dollars: float = Field(5.0, ge=0, description="Spent at most on solves [USD].")
    price: float = Field(0.05, ge=0, description="Of an hour of processor [USD/h].")


class WorldFile(QuestionPart):
    """A whole world file."""

    world: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    study: str
    vary: dict[Name, VariedKey] = Field(min_length=1, max_length=MOST_VARIED)
    tolerance: Part = Field(0.01, gt=0, lt=1)
    budget: SolveBudget = SolveBudget()


@dataclass(frozen=True)
class OpenWorldFile:
    """A world file as read: what may move, and the text of its study."""

    asked: WorldFile
    varied: tuple[Varied, ...]
    study_text: str
    folder: Path
    document: Document


def read_world(path: Path, example: Callable[[str], Path | None]) -> OpenWorldFile:
    """The world file at a path. example: where a study that is not beside it stands.

    Raises InputError with every problem at its line.
    """
    document = mapping_of(text_of(path, "a world file"), path.name, "world, study, vary")
    try:
        asked = WorldFile.model_validate(document.data)
    except ValidationError as error:
        raise InputError(read_fault(dict(one), document) for one in error.errors()) from None
    varied, problems = [], []
    for name, each in asked.vary.items():
        try:
            keys = each.keys or {each.key or name: (each.from_, each.to)}
            varied.append(Varied.read(name, each.from_, each.to, keys))
        except ValueError as error:
            problems.append(InputFault(document.place(("vary", name)), str(error)))
    if problems:
        raise InputError(problems)
    where = path.parent / asked.study
    where = where if where.is_file() else example(asked.study) or where
    text = text_of(where)
    faults = [*key_faults(varied, text, lambda name: document.place(("vary", name)))]
    if faults:
        raise InputError(faults)
    return OpenWorldFile(asked, tuple(varied), text, where.parent, document)
