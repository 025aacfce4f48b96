"""Write words.md, examples.md and the pages of the catalogue: python
docs/reference/generate_lists.py.

A test holds them fresh.
"""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

from headrace.core.catalogue import Figure, entries
from headrace.show import examples, meaning
from headrace.verification.registry import ROOMS

HERE = Path(__file__).parent
HEADS = {
    "words.md": """\
# Words of the report

`headrace explain WORD` says the same in the terminal. Generated from
`src/headrace/show/meaning.py`.

""",
    "examples.md": """\
# Examples

Studies that come along. `headrace plan NAME` solves one, `headrace examples NAME` copies it here to
start from. Answers and pictures are of plans on one week and one day of each stage, not of every
hour: `docs/pictures.py gallery` makes them.

""",
}

CATALOGUE = """\
# Catalogue: {room}

Every row that a study may name, each figure with its range, status, date and source; `headrace
explain KEY` tells the same. Generated from `src/headrace/{room}/catalogue/`.

"""
FIGURES = """\
| figure | value | range | status | date | source |
| --- | --- | --- | --- | --- | --- |"""


def words() -> str:
    """One line a word."""
    return "".join(f"**{word}**: {told}\n\n" for word, told in sorted(meaning.WORDS.items()))


def gallery() -> str:
    """One section a study, with its picture and its answer; then the folders for other rooms."""
    answers = json.loads((HERE.parent / "assets" / "gallery.json").read_text(encoding="utf-8"))
    told = []
    for one in examples.every():
        told.append(f"## `{one.name}`\n\n{one.about}")
        if one.name in answers:
            picture = f"![Cash by year of {one.name}](../assets/gallery-{one.name}.svg)"
            told.append(f"{answers[one.name]}\n\n{picture}")
    rows = [f"| `{name}` | {about} |" for name, about in examples.ROOMS.items()]
    head = "| folder | what for |\n| --- | --- |"
    return "\n\n".join([*told, "## Folders for rooms without a plan", "\n".join([head, *rows])])


def catalogue(room: str) -> str:
    """One section a row of a room's catalogue: its figures with their sources, and the shipped
    studies that name it.
    """
    texts = {one.name: one.study.read_text(encoding="utf-8") for one in examples.every()}
    told = []
    for table in tables_of(room):
        for key, entry in entries(room, table).items():
            if not entry.figures:
                continue
            shown = entry.words.get("title", "")
            told.append(f"## `{key}`\n\n{f'{shown}. ' if shown else ''}`{table}.yaml`.")
            named = re.compile(rf"(?<![\w.]){re.escape(key)}(?![\w.])")
            if used := [f"`{name}`" for name, text in texts.items() if named.search(text)]:
                told[-1] += f" Named in {', '.join(used)}."
            told.append("\n".join((FIGURES, *map(figure_row, entry.figures.items()))))
    return "\n\n".join(told)


def tables_of(room: str) -> list[str]:
    """Names of the tables of a room's catalogue, without their ending."""
    folder = files(f"headrace.{room}") / "catalogue"
    names = [each.name for each in folder.iterdir()] if folder.is_dir() else []
    return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))


def figure_row(named: tuple[str, Figure]) -> str:
    """A figure as a row of a Markdown table."""
    name, figure = named
    ends = [f"{end:g}" for end in (figure.low, figure.high) if end is not None]
    unit = "" if figure.unit == "1" else figure.unit
    unit = f"{unit}{f' of {figure.money_year}' if figure.money_year else ''}"
    cells = (
        *(name.replace("_", " "), f"{figure.value:g} {unit}".strip(), " to ".join(ends)),
        *(figure.status, figure.date, f"{figure.source} {figure.note}".strip()),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


BODIES = {"words.md": words, "examples.md": gallery}


def pages() -> dict[str, str]:
    """Each page by its name."""
    made = {name: HEADS[name] + body() for name, body in BODIES.items()}
    for room in ROOMS:
        if rows := catalogue(room):
            made[f"catalogue-{room}.md"] = CATALOGUE.format(room=room) + rows
    return {name: f"{body.rstrip()}\n" for name, body in made.items()}


if __name__ == "__main__":
    for name, body in pages().items():
        (HERE / name).write_text(body, encoding="utf-8")
