"""Sliders over a library of plans: two points of its box beside each other, each with what is
proved there, and the difference. Nothing is solved for it, and nothing written.

A library stands where a world file `NAME.yaml` has its plans `NAME.duckdb` beside it, in the runs
folder or beside that (`headrace ask NAME.yaml --fill 40` makes one).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.science.discovery.recipe import Varied
from headrace.science.world_model.ask import AskedWorld, LibraryAnswer
from headrace.science.world_model.library import opened
from headrace.science.world_model.world_file import read_world
from headrace.show import examples
from headrace.show.app.shelf import NAME
from headrace.show.app.views import framed
from headrace.show.format import text as words
from headrace.show.format.html import Markup, scroll_box, tag

STEPS = 100
"""Steps of a slider [1]."""
POINTS = ("A", "B")


@dataclass(frozen=True)
class StandingLibraries:
    """The libraries that stand in a runs folder or beside it."""

    root: Path

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, those of the runs folder first."""
        return tuple(self._files())

    def _files(self) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in (self.root, self.root.resolve().parent):
            for plans in sorted(folder.glob("*.duckdb")) if folder.is_dir() else ():
                world = plans.with_suffix(".yaml")
                if world.is_file() and re.fullmatch(NAME[1:-1], world.stem):
                    found.setdefault(world.stem, world)
        return found

    @contextmanager
    def open(self, name: str) -> Iterator[AskedWorld]:
        """A library by its name, open. Raises InputError where none is called so, or what is wrong
        with it.
        """
        path = self._files().get(name)
        if path is None:
            found = f"no library is called {name[:80]!r}"
            raise InputError(InputFault(Place(key="world"), found, ", ".join(self.names)))
        world = read_world(path, lambda known: examples.named(Path(known)))
        with opened(path.with_suffix(".duckdb"), world, read_only=True) as plans:
            if plans.shape is None:
                found = "has no plan that holds: its study, a catalogue or the code has changed"
                fix = f"Fill it again: headrace ask {path.name} --fill 40"
                raise InputError(InputFault(Place(path.name), found, "", fix))
            yield AskedWorld(world, plans)


def difference(first: LibraryAnswer, second: LibraryAnswer) -> tuple[float, float] | None:
    """Between which bounds the second point is worth more than the first [USD]; None where either
    has no number.
    """
    ends = (first.low, first.high, second.low, second.high)
    if any(end is None for end in ends):
        return None
    low, high, other_low, other_high = (float(end or 0.0) for end in ends)
    return other_low - high, other_high - low


def answer_words(found: LibraryAnswer) -> str:
    """An answer in a line."""
    if found.low is None and found.high is None:
        return f"{found.kind}: no number. {found.why}"
    apart = "" if found.gap is None else f", {found.gap:.2%} apart"
    return f"{found.kind}: worth {words.interval(found.low, found.high)}{apart}"


def difference_words(first: LibraryAnswer, second: LibraryAnswer) -> str:
    """What the second point is worth beside the first, in a line."""
    between = difference(first, second)
    if between is None:
        return "No difference is told: at one of the points nothing is known."
    if between[0] <= 0 <= between[1]:
        told = words.interval(*between)
        return f"What is stored does not tell which is worth more: B less A is {told}."
    more, less = (POINTS[1], POINTS[0]) if between[0] > 0 else POINTS
    ends = between if between[0] > 0 else (-between[1], -between[0])
    return f"{more} is worth {words.interval(*ends)} more than {less}."


def answered(world: AskedWorld, told: Sequence[Mapping[str, str]]) -> dict[str, object]:
    """Two points answered from the library, and told in words: what the page shows."""
    first, second = (world.ask(point, solve=False) for point in told)
    return {
        "answers": [asdict(first), asdict(second)],
        "words": [answer_words(first), answer_words(second)],
        "orders": [_ordered(first), _ordered(second)],
        "why": [first.theorem or first.why, second.theorem or second.why],
        "difference": difference(first, second),
        "difference_words": difference_words(first, second),
        "spent": world.spent,
        "asked": asked_words(world),
    }


def _ordered(found: LibraryAnswer) -> str:
    return f"The plan that counts most orders {', '.join(found.orders)}." if found.orders else ""


def asked_words(world: AskedWorld) -> str:
    """How many questions were answered how, so far."""
    counts = Counter(one.kind for one in world.library.map)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return f"Asked so far: {told}." if told else "Nothing was asked so far."


def points_of(query: Sequence[tuple[str, str]]) -> tuple[dict[str, str], dict[str, str]]:
    """Both points in the items of an address: `A.gas=5`, `B.gas=6`; what is not written stands in
    the middle. Raises InputError for an item that is none.
    """
    found: dict[str, dict[str, str]] = {point: {} for point in POINTS}
    for key, value in query:
        point, _, name = key.partition(".")
        if point not in found or not name or name in found[point]:
            raise InputError(InputFault(Place(key=key[:80]), "", "A.name=value or B.name=value"))
        found[point][name] = value
    return found["A"], found["B"]


def page(names: Sequence[str], world: AskedWorld | None, told: dict[str, object]) -> str:
    """The page of a library; without one, how to make it."""
    if world is None:
        how = (
            "No library of plans stands here. Write a world file, fill it with ",
            tag("code", "headrace ask world.yaml --fill 40"),
            ", and its sliders stand here.",
        )
        intro = tag("header", tag("h1", "Ask"), tag("p", *how, class_="about"), class_="masthead")
        return framed("Ask", "/ask", intro, tag("main"))
    name = world.file.asked.world
    about = "What would the best plan be worth, if? Proved from plans that were solved before."
    intro = tag(
        "header", tag("h1", f"Ask {name}"), tag("p", about, class_="about"), class_="masthead"
    )
    head = tag("tr", *(tag("th", cell, scope="col") for cell in ("what moves", *POINTS)))
    body = [_row(world, each) for each in world.file.varied]
    sliders = tag("table", tag("thead", head), tag("tbody", *body), class_="sliders")
    answers = [_answer(told, place) for place in range(len(POINTS))]
    others = [tag("a", f"Ask {other}", href=f"/ask?world={other}") for other in names[1:]]
    main = tag(
        "main",
        scroll_box("Where the two points stand", sliders, class_="scroll"),
        tag("h2", "What is proved there"),
        *answers,
        tag("p", str(told["difference_words"]), id="difference", role="status", class_="said"),
        tag("p", str(told["spent"]), id="spent", class_="about"),
        tag("p", str(told["asked"]), id="asked", class_="about"),
    )
    return framed("Ask", "/ask", intro, main, scripts=("/static/ask.js",), data=names[0],
                  links=others)  # fmt: skip


def _row(world: AskedWorld, each: Varied) -> Markup:
    middle = 0.5 * (each.low + each.high)
    cells = [
        tag(
            "td",
            tag("input", type="range", min=f"{each.low:.10g}", max=f"{each.high:.10g}",
                step=f"{(each.high - each.low) / STEPS:.10g}", value=f"{middle:.10g}",
                name=f"{point}.{each.name}", data_unit=each.unit,
                aria_label=f"{each.name} at {point} [{each.unit or '1'}]"),
            tag("output", f"{middle:.4g} {each.unit}".strip()),
        )
        for point in POINTS
    ]  # fmt: skip
    keys = ", ".join(key.key for key in each.keys)
    return tag("tr", tag("th", each.name, tag("small", keys), scope="row"), *cells)


def _answer(told: dict[str, object], place: int) -> Markup:
    def at(key: str) -> str:
        listed = told[key]
        assert isinstance(listed, list)
        return str(listed[place])

    point = POINTS[place]
    return tag(
        "section",
        tag("h3", f"At {point}"),
        tag("p", at("words"), id=f"answer-{point}", role="status", class_="said"),
        tag("p", at("orders"), id=f"orders-{point}"),
        tag("p", at("why"), id=f"why-{point}", class_="about"),
    )
