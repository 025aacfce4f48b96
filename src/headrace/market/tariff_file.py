"""The tariff file: one YAML with who the users are, what a use costs, and what is asked of it.

Four parts, each may be left out: `users` (tariffs beside the best there can be), `public` (what
public points say of the break-even cost of a clip), `off_peak` (prices by deadline) and
`experiment` (how many people a price experiment needs). Every
number is written with its unit, every problem is told at its line.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.quantities import read_quantity
from headrace.core.study_reader import Document, document, parse_text
from headrace.market.clips import ClipTariff, ClipUsers, Moment, grid_of_users
from headrace.market.experiments import ExperimentSize, least_change, people_an_arm
from headrace.market.off_peak import WorkDay
from headrace.market.shape import hourly
from headrace.market.tariffs import PeopleSpread


def _in(unit: str) -> BeforeValidator:
    return BeforeValidator(lambda written: read_quantity(written, unit))


UsePrice = Annotated[float, _in("USD/clip"), Field(ge=0)]
Uses = Annotated[float, _in("clip"), Field(gt=0)]
Money = Annotated[float, _in("USD"), Field(ge=0)]
Part = Annotated[float, _in("1"), Field(ge=0, le=1)]


class TariffPart(BaseModel):
    """Base of every part of a tariff file: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UsesSpread(TariffPart):
    """How much people want in a period: lognormal with median and spread, or Pareto with least and
    exponent.
    """

    median: Uses | None = None
    spread: Annotated[float, Field(gt=0, le=5)] | None = None
    least: Uses | None = None
    exponent: Annotated[float, Field(gt=0)] | None = None


class WorthSpread(TariffPart):
    """What a first use is worth to people: lognormal."""

    median: UsePrice
    spread: Annotated[float, Field(gt=0, le=5)]


class UsersPart(TariffPart):
    """Who the users are, and which tariffs are compared on them. creators: of what users and
    advertisers pay, the share of those who made what is used.
    """

    wanted: UsesSpread
    worth: WorthSpread
    parts: int = Field(8, ge=2, le=12)
    packs: int = Field(3, ge=1, le=4)
    free_cap: Uses | None = None
    ads: UsePrice = 0.0
    creators: Part = 0.0
    source: str


class SeenTariff(TariffPart):
    """What was asked for clips: so many free a day, and the price of a further one; creators: of
    what is paid, the share of those who made the clips.
    """

    free: Annotated[float, _in("clip"), Field(ge=0)] = 0.0
    price: UsePrice | None = None
    ads: UsePrice = 0.0
    creators: Part = 0.0


class Known(TariffPart):
    """A public point between two ends."""

    between: tuple[str, str]
    source: str


class PublicPart(TariffPart):
    """Public points, and the grid of possible users over which nothing else is known."""

    seen: SeenTariff
    points: dict[Literal["spend", "clips", "back30", "payers"], Known]
    costs: tuple[UsePrice, UsePrice]
    fixed: Money = 0.0
    worth: tuple[UsePrice, UsePrice] = (0.005, 5.0)
    pace: tuple[Uses, Uses] = (0.1, 200.0)
    tariffs: dict[str, SeenTariff] = {}


class OffPeakPart(TariffPart):
    """A day of work, what it costs by hour, and how users answer prices by deadline."""

    wanted: Uses
    shape: str = "flat"
    base: UsePrice
    sun: Annotated[float, _in("1"), Field(ge=0, lt=1)] = 0.0
    rise: Annotated[float, _in("1"), Field(gt=0)]
    price: UsePrice
    elasticity: Annotated[float, Field(ge=0)]
    window: int = Field(ge=1, le=23)
    may_wait: Part = 1.0
    source: str


class ExperimentPart(TariffPart):
    """A price experiment in two arms: which change of the churn rate is to be seen, or how many
    people an arm has. power, error: chance to see it, and of a false alarm.
    """

    churn: Annotated[float, _in("1"), Field(gt=0, lt=1)]
    change: Annotated[float, _in("1"), Field(gt=-1, lt=1)] | None = None
    people: int | None = Field(None, ge=10, le=10**12)
    power: Annotated[float, _in("1"), Field(gt=0, lt=1)] = 0.8
    error: Annotated[float, _in("1"), Field(gt=0, lt=1)] = 0.05


class PlanPart(TariffPart):
    """What uses take of a product of a study, whose plan says what they cost."""

    product: str
    people: Annotated[float, _in("user"), Field(gt=0)]
    per_use: str


class TariffFile(TariffPart):
    """A whole tariff file."""

    tariff: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")
    title: str = ""
    cost: UsePrice | None = None
    users: UsersPart | None = None
    public: PublicPart | None = None
    off_peak: OffPeakPart | None = None
    experiment: ExperimentPart | None = None
    plan: PlanPart | None = None


LEAST_CHANGE = 1e-6
"""Smallest change of a churn rate that an experiment is sized for [1]."""
MOMENT_UNITS = {"spend": "USD", "clips": "clip", "back30": "1", "payers": "1"}


def read_tariff(path: Path) -> TariffFile:
    """The tariff file at a path. Raises InputError with every problem at its line."""
    return _checked(document(path))


def parse_tariff(text: str, file: str = "tariff.yaml") -> TariffFile:
    """The tariff file in a text. Raises InputError as read_tariff."""
    return _checked(parse_text(text, file))


@contextmanager
def told_at_its_line(path: Path, part: str) -> Iterator[None]:
    """What is wrong with a part of the tariff file at `path` gets the line of its key; what a room
    behind it calls by another name, that of the part.
    """
    try:
        yield
    except InputError as error:
        written = document(path)
        raise InputError(
            one if one.where.file else replace(one, where=_place_of(one.where, written, part))
            for one in error.problems
        ) from None


def _place_of(where: Place, written: Document, part: str) -> Place:
    named = tuple(where.key.split("."))
    inside = named if named[0] in TariffFile.model_fields else (part, *named)
    known = max((n for n in range(len(inside) + 1) if inside[:n] in written.places), default=0)
    return written.place(inside if known > 1 else inside[: max(known, 1)])


def _checked(written: Document) -> TariffFile:
    if not isinstance(written.data, dict):
        fault = InputFault(written.place(()), "the document is not a mapping", "keys: tariff, ...")
        raise InputError(fault)
    try:
        found = TariffFile.model_validate(written.data)
    except ValidationError as error:
        raise InputError(_fault(dict(one), written) for one in error.errors()) from None
    told = [InputFault(written.place(path), *words) for path, words in _inconsistent(found)]
    if told:
        raise InputError(told)
    return found


def _fault(one: dict[str, object], written: Document) -> InputFault:
    path = tuple(step for step in one["loc"] if step != "[key]")  # type: ignore[attr-defined]
    place = written.place(path)
    if one["type"] == "extra_forbidden":
        parts: list[type[TariffPart]] = [TariffFile, *TariffPart.__subclasses__()]
        known = [name for part in parts for name in part.model_fields]
        near = get_close_matches(str(path[-1]), known, n=1)
        return InputFault(
            place, "not a known key", fix=f"Did you mean `{near[0]}`?" if near else ""
        )
    if one["type"] == "missing":
        return InputFault(place, f"`{path[-1]}` is missing")
    return InputFault(place, str(one["msg"]).removeprefix("Value error, "))


def _inconsistent(found: TariffFile) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    told: list[tuple[tuple[str, ...], tuple[str, str]]] = []
    if not (found.users or found.public or found.off_peak or found.experiment):
        told.append((("tariff",), ("nothing is asked", "users, public, off_peak or experiment")))
    if found.users and not found.cost:
        told.append((("cost",), ("no cost of a use above 0", "for example `0.26 USD/clip`")))
    if found.users:
        told += _wanted_faults(found.users.wanted)
    if found.public:
        for name, ends in (
            ("costs", found.public.costs),
            ("worth", found.public.worth),
            ("pace", found.public.pace),
        ):
            if not 0 < ends[0] <= ends[1]:
                told.append((("public", name), (f"{ends[0]:g} to {ends[1]:g}", "0 < from <= to")))
        if not found.public.points:
            told.append((("public", "points"), ("no public point", "spend, clips, back30, payers")))
    if found.experiment:
        told += _experiment_faults(found.experiment)
    if found.off_peak and found.off_peak.price <= 0:
        told.append((("off_peak", "price"), ("a price of 0", "above 0")))
    return told


def _experiment_faults(one: ExperimentPart) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    """An experiment that is told by neither of its ends, by both, or that nobody can see."""
    where = ("experiment", "change")
    if (one.change is None) == (one.people is None):
        words = ("not one of `change` and `people`", "what is to be seen, or by how many")
        return [(("experiment",), words)]
    if one.change is None:
        return []
    if abs(one.change) < LEAST_CHANGE:
        return [(where, (f"a change of {one.change:g}", f"{LEAST_CHANGE:g} or more, up or down"))]
    if not 0 < one.churn + one.change < 1:
        found = f"a churn of {one.churn:.4g} that becomes {one.churn + one.change:.4g}"
        return [(where, (found, "between 0 and 1 in both arms"))]
    return []


def _wanted_faults(w: UsesSpread) -> list[tuple[tuple[str, ...], tuple[str, str]]]:
    """Use that is told by no distribution, or by two, or has no mean."""
    log, tail = (w.median, w.spread), (w.least, w.exponent)
    where = ("users", "wanted")
    if (None in log) == (None in tail) or (any(log) and any(tail)):
        found = "neither median and spread nor least and exponent"
        return [(where, (found, "one pair of them"))]
    if w.exponent is not None and w.exponent <= 1:
        found = f"a Pareto exponent of {w.exponent:g}: its mean is infinite"
        return [((*where, "exponent"), (found, "above 1, or a lognormal"))]
    return []


def wanted_of(users: UsersPart) -> PeopleSpread:
    """How much is wanted, as a distribution."""
    w = users.wanted
    if w.median is not None and w.spread is not None:
        return PeopleSpread("lognormal", w.median, w.spread)
    return PeopleSpread("pareto", w.least or 0.0, w.exponent or 0.0)


def experiment_of(part: ExperimentPart) -> ExperimentSize:
    """How large the experiment is. Raises InputError for a changed rate that is none."""
    chances = {"power": part.power, "error": part.error}
    if part.people is not None:
        change = least_change(part.churn, part.people, **chances)
        return ExperimentSize(part.churn, change, part.people, **chances)
    change = part.change or 0.0
    people = people_an_arm(part.churn, change, **chances)
    return ExperimentSize(part.churn, change, people, **chances)


def public_of(
    part: PublicPart,
) -> tuple[ClipUsers, ClipTariff, tuple[Moment, ...], tuple[ClipTariff, ...]]:
    """The grid of users, the tariff that was seen, the moments, and all tariffs that are asked for.

    Raises InputError for public points in other units or with ends the wrong way round.
    """
    moments, problems = [], []
    for name, known in part.points.items():
        try:
            low, high = (read_quantity(text, MOMENT_UNITS[name]) for text in known.between)
        except ValueError as error:
            problems.append(InputFault(Place(key=f"public.points.{name}"), str(error)))
            continue
        if not 0 <= low <= high:
            found = f"{low:g} to {high:g}"
            problems.append(InputFault(Place(key=f"public.points.{name}"), found, "from <= to"))
        moments.append(Moment(name, low, high, known.source))
    if problems:
        raise InputError(problems)
    users = grid_of_users(
        np.geomspace(*part.worth, 13).tolist(),
        np.geomspace(*part.pace, 14).tolist(),
        [1, 2, 7, 30, 90, 180],
    )
    seen = _clip_tariff("as it was", part.seen)
    asked = tuple(_clip_tariff(name, each) for name, each in part.tariffs.items())
    return users, seen, tuple(moments), (seen, *asked)


def _clip_tariff(name: str, part: SeenTariff) -> ClipTariff:
    price = math.inf if part.price is None else part.price
    return ClipTariff(name, part.free, price, part.ads, part.creators)


def day_of(part: OffPeakPart) -> WorkDay:
    """The day of an off-peak part: wanted by hour follows the shape, the sun lowers the base price
    around noon, and the marginal cost rises by `rise` of the base from no load to the mean load.

    Raises InputError for a shape that the catalogue does not have.
    """
    try:
        day = hourly(part.shape, 0)[:24]
    except InputError as error:
        where = Place(key="off_peak.shape")
        raise InputError(replace(one, where=where) for one in error.problems) from None
    wanted = part.wanted * day / day.sum()
    sun = np.maximum(0.0, np.cos(2 * np.pi * (np.arange(24) - 12) / 24))
    return WorkDay(
        wanted,
        part.window,
        part.base * (1 - part.sun * sun),
        part.base * part.rise / float(wanted.mean()),
        part.price,
        part.elasticity,
        part.may_wait,
    )
