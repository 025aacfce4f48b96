"""The question file: what is asked of which study, over which box, and when a law counts.

Frozen before the first solve: its bytes are copied into the notebook's folder and hashed, and a
later run there refuses another text. Every problem is told at its line; nothing in it is code.

    question: reactor_capex
    study: reactor.yaml
    ask: {breakeven: "capex:reactor"}
    answer: {name: capex, unit: USD/kW}
    vary:
      gas: {key: fuels.gas.price, from: 3 USD/MMBtu, to: 12 USD/MMBtu}
    inputs:
      fuel_cost: {product: [gas, 6.168 MMBtu/MWh], in: USD/MWh}
    null_law: {ratio: [fuel_cost, recovery]}
    tolerance: 2 %
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.quantities import read_quantity
from headrace.core.study_reader import Document, parse_text, text_of
from headrace.science.discovery.recipe import Recipe, Varied, written
from headrace.science.laws.unit_check import Quantity, known_unit

Part = Annotated[float, BeforeValidator(lambda told: read_quantity(told, "1"))]
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
MOST_INPUTS = 8
LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}
"""What pydantic calls a limit, in words."""


class QuestionPart(BaseModel):
    """Base of every part of a question file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class VariedKey(QuestionPart):
    """One thing that is varied: keys of the study that move together, each from one value to
    another. `key` with from and to, or `keys` with two values each and from and to of its own.
    """

    key: str = ""
    keys: dict[str, tuple[str, str]] = {}
    from_: str = Field(alias="from")
    to: str


class Threshold(QuestionPart):
    """A key of the study that is moved until the advantage of something begins.

    of: `anything` (over ordering nothing), `now` (over ordering nothing at the root), or the name
    of what may be built at a site. scan: points at which the advantage is looked at first; every
    change of it is a crossing.
    """

    key: str = ""
    keys: dict[str, tuple[str, str]] = {}
    from_: str = Field(alias="from")
    to: str
    of: str = "anything"
    scan: int = Field(5, ge=3, le=41)


class AskedOf(QuestionPart):
    """What is asked at a point: a break-even price, a threshold, or a column of a table."""

    breakeven: str = ""
    threshold: Threshold | None = None
    column: str = ""


class Budget(QuestionPart):
    """How many points are asked in each part. training: to search laws on, of which `ties` where
    stored plans tie; held_out: to choose among laws; falsify: against the law in its box; beyond:
    outside of it.
    """

    screening: int = Field(2, ge=0, le=50)
    training: int = Field(60, ge=8, le=2000)
    ties: int = Field(12, ge=0, le=500)
    held_out: int = Field(40, ge=8, le=2000)
    falsify: int = Field(60, ge=0, le=5000)
    beyond: int = Field(20, ge=0, le=2000)


class QuestionFile(QuestionPart):
    """A whole question file. study: a file beside it or the name of an example; table: instead, a
    CSV with a column for each thing varied and one for the answer.
    """

    question: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    title: str = ""
    study: str = ""
    table: str = ""
    ask: AskedOf
    answer: dict[str, str]
    vary: dict[Name, VariedKey] = Field(min_length=1, max_length=MOST_INPUTS)
    inputs: dict[Name, object] = {}
    null_law: object = None
    null_says: str = ""
    tolerance: Part = Field(0.02, gt=0, lt=1)
    confidence: Part = Field(0.95, gt=0, lt=1)
    beyond: Part = Field(0.25, ge=0, le=1)
    symbols: list[str] = Field([], max_length=3)
    seed: int = Field(1, ge=0, le=1_000_000)
    budget: Budget = Budget()
    source: str = ""


class FrozenQuestion(QuestionPart):
    """A question with the bytes it was read from. sha256: of the text, and of the study's text."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)
    text: str
    file: str = "question.yaml"
    asked: QuestionFile
    folder: Path
    varied: tuple[Varied, ...]
    inputs: tuple[Recipe, ...]
    null_law: Recipe | None

    def place(self, *path: str) -> Place:
        """Where a key of the question stands in its file."""
        return parse_text(self.text, self.file).place(path)

    @property
    def sha256(self) -> str:
        """Of the question's text."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def answer(self) -> Quantity:
        """What is asked for, and its unit."""
        return Quantity(self.asked.answer["name"], self.asked.answer["unit"])

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The inputs of laws, in order."""
        return tuple(each.quantity for each in self.inputs)


def read_question(path: Path) -> FrozenQuestion:
    """The question file at a path. Raises InputError with every problem at its line."""
    return parse_question(text_of(path, "a question file"), path.parent, path.name)


def parse_question(text: str, folder: Path, file: str = "question.yaml") -> FrozenQuestion:
    """The question in a text; files that it names stand in `folder`. Raises InputError as above."""
    document = mapping_of(text, file, "question, study, ask, answer, vary")
    try:
        asked = QuestionFile.model_validate(document.data)
    except ValidationError as error:
        raise InputError(read_fault(dict(one), document) for one in error.errors()) from None
    problems = [InputFault(document.place(path), *words) for path, words in _inconsistent(asked)]
    varied, recipes, null = [], [], None
    for name, each in asked.vary.items():
        try:
            keys = each.keys or {each.key or name: (each.from_, each.to)}
            varied.append(Varied.read(name, each.from_, each.to, keys))
        except ValueError as error:
            problems.append(InputFault(document.place(("vary", name)), str(error)))
    known = {one.name: one.quantity for one in varied}
    for name, told in (asked.inputs or dict.fromkeys(known)).items():
        try:
            recipe = written(name, name if told is None else told, known)
            recipes.append(recipe)
            known[name] = recipe.quantity
        except ValueError as error:
            problems.append(InputFault(document.place(("inputs", name)), str(error)))
    if asked.null_law is not None and not problems:
        try:
            null = written(asked.answer["name"], asked.null_law, known, asked.answer["unit"])
        except ValueError as error:
            problems.append(InputFault(document.place(("null_law",)), str(error)))
    if problems:
        raise InputError(problems)
    return FrozenQuestion(
        text=text,
        file=file,
        asked=asked,
        folder=folder,
        varied=tuple(varied),
        inputs=tuple(recipes),
        null_law=null,
    )


def mapping_of(text: str, file: str, keys: str) -> Document:
    """The document in a text whose top is a mapping. keys: what it holds, in words. Raises
    InputError for a text that is empty or something else.
    """
    if not text.strip():
        raise InputError(InputFault(Place(file, 1), "the file is empty", keys))
    document = parse_text(text, file)
    if not isinstance(document.data, dict):
        raise InputError(InputFault(document.place(()), "the document is not a mapping", keys))
    return document


def read_fault(one: dict[str, object], document: Document) -> InputFault:
    """What pydantic says of a key, at its line, with the nearest key there is."""
    path = tuple(step for step in one["loc"] if step != "[key]")  # type: ignore[attr-defined]
    place = document.place(path)
    if one["type"] == "extra_forbidden":
        parts: list[type[QuestionPart]] = [QuestionFile, *QuestionPart.__subclasses__()]
        known = [f.alias or name for part in parts for name, f in part.model_fields.items()]
        near = get_close_matches(str(path[-1]), known, n=1)
        fix = f"Did you mean `{near[0]}`?" if near else ""
        return InputFault(place, "not a known key", fix=fix)
    if one["type"] == "missing":
        return InputFault(place, f"`{path[-1]}` is missing", "this key")
    told, limits = str(one.get("input"))[:80], cast("Mapping[str, object]", one.get("ctx") or {})
    for name, words in LIMITS.items():
        if name in limits and isinstance(one.get("input"), int | float | str):
            return InputFault(place, told, f"{words} {limits[name]}")
    if one["type"] in ("too_short", "too_long"):
        count = f"{limits.get('actual_length')} of them"
        end = "at least" if one["type"] == "too_short" else "at most"
        few = limits.get("min_length", limits.get("max_length"))
        return InputFault(place, count, f"{end} {few}")
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))


def _inconsistent(asked: QuestionFile) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    told: list[tuple[tuple[str, ...], tuple[str, str]]] = []
    if bool(asked.study) == bool(asked.table):
        told.append((("study",), ("neither or both of study and table", "one of them")))
    kinds = [asked.ask.breakeven, asked.ask.threshold, asked.ask.column]
    if sum(map(bool, kinds)) != 1:
        told.append((("ask",), ("not one thing", "breakeven, threshold or column")))
    elif bool(asked.ask.column) != bool(asked.table):
        told.append((("ask",), ("a column without a table, or the other way round", "both")))
    if set(asked.answer) != {"name", "unit"}:
        told.append((("answer",), (", ".join(sorted(asked.answer)), "name and unit")))
    elif wrong := known_unit(asked.answer["unit"]):
        told.append((("answer", "unit"), (wrong, "a unit")))
    for symbol in asked.symbols:
        if symbol not in ("exp", "log", "sqrt"):
            told.append((("symbols",), (f"`{symbol}`", "exp, log or sqrt")))
    if asked.budget.ties > asked.budget.training // 2:
        told.append((("budget", "ties"), (f"{asked.budget.ties}", "at most half of training")))
    return told
