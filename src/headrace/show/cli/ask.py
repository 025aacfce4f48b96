"""`headrace ask`: what would the best plan be worth, if? From a library of plans, with a proof."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from headrace.show.cli.output import console, emit, say

if TYPE_CHECKING:
    from headrace.science.world_model.ask import LibraryAnswer


def ask(
    world: Path,
    /,
    *values: str,
    library: Path | None = None,
    fill: int = 0,
    solve: bool = True,
    map: bool = False,
    json: bool = False,
) -> int:
    """What the best plan is worth at a point of a box, between two proved ends.

    Answers from plans that were solved before; one that is too wide is solved and stored.

    Parameters
    ----------
    world
        The world file: a study and the box of what may move in it.
    values
        What moves where: gas=5 or "gas=5 USD/MMBtu"; what is not named is in the middle.
    library
        The DuckDB file of the plans; beside the world file if not given.
    fill
        Solve until so many plans are stored, where answers are widest, before the question.
    solve
        Solve where the answer is wider than the tolerance.
    map
        List what was asked so far, how it was answered, and what solving has cost.
    json
        Print one JSON object and nothing else on stdout.
    """
    from dataclasses import asdict

    from headrace.core.errors import InputError, InputFault, Place
    from headrace.science.world_model.ask import AskedWorld
    from headrace.science.world_model.library import opened
    from headrace.science.world_model.world_file import read_world
    from headrace.show import examples
    from headrace.show.cli.progress import Stop

    problems, named = [], [each.split("=", 1)[0] for each in values]
    for value, name in zip(values, named):
        if "=" not in value:
            problems.append(InputFault(Place(key=value), "names no value", "name=value, gas=5"))
        elif named.count(name) > 1:
            problems.append(InputFault(Place(key=name), f"`{value}`, twice", "one value"))
    if problems:
        raise InputError(problems)
    file = read_world(world, lambda name: examples.named(Path(name)))
    with opened(library or world.with_suffix(".duckdb"), file) as plans:
        asked = AskedWorld(file, plans)
        with Stop().listening() as stop:
            for words in asked.fill(fill, stop=stop):
                say(words, stderr=True)
        if map:
            points = [asdict(one) for one in plans.map]
            names = [each.name for each in file.varied]
            spent = asked.spent
            told = {"varied": names, "asked": points, "spent": spent}
            emit(told) if json else _mapped(names, points, spent)
            return 0
        if fill and not values:
            emit({"spent": asked.spent}) if json else say(asked.spent)
            return 0
        found = asked.ask(dict(each.split("=", 1) for each in values), solve=solve)
    emit(asdict(found)) if json else _told(found)
    return 0


def _told(found: LibraryAnswer) -> None:
    from headrace.show.format import text

    if found.low is not None and found.high is not None:
        gap = "" if found.gap is None else f", {found.gap:.2%} apart"
        say(f"{found.kind}: worth {text.interval(found.low, found.high)}{gap}")
    else:
        say(f"{found.kind}: no number")
    for words in (found.why, found.theorem, ", ".join(found.orders), found.spent):
        if words:
            say(f"  {words}")


def _mapped(names: list[str], points: list[dict[str, object]], spent: str) -> None:
    from headrace.show.cli.output import figure, plain_table

    table = plain_table("What was asked, and how it was answered")
    for name in (*names, "kind", "low [USD]", "high [USD]", "why"):
        table.add_column(name)
    for one in points:
        place = one["point"]
        assert isinstance(place, tuple | list)
        ends = [figure(x if isinstance(x, float) else None) for x in (one["low"], one["high"])]
        table.add_row(*(figure(float(x)) for x in place), str(one["kind"]), *ends, str(one["why"]))
    console().print(table)
    say(spent)
