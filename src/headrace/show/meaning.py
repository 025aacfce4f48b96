"""What a key of a study, a row of the catalogue, or a word of the report means."""

from __future__ import annotations

from difflib import get_close_matches
from importlib.resources import files

from headrace.core import study
from headrace.core.catalogue import CatalogueRow, entries
from headrace.core.errors import InputError, InputFault, Place
from headrace.show.format import text

ROOMS = ("beliefs", "energy", "compute", "models", "market", "finance", "rights")
"""Rooms with a catalogue."""
WORDS = {
    "worth": "What the whole plan loses when an order alone is forbidden, as an interval [USD,"
    " discounted to the horizon's start]: at least its lower end, at most its upper end.",
    "decided": "An order is decided where its worth is above 0 at this gap, given these beliefs; it"
    " is undecided where the interval holds 0.",
    "gap": "How far the plan is from the best possible at most, as a share of the larger of all"
    " that is earned and all that is paid, both discounted. The strip of a report says of which"
    " problem.",
    "committed": "All payments for the orders of this month together, undiscounted, whenever due.",
    "levelised": "Discounted dollars over discounted units, mean over the branches: one number for"
    " cost, one for price, to be set against each other.",
    "branch": "A path from the root of the scenario tree to a leaf, with a probability.",
    "npv": "Net present value: all cash discounted at the study's real rate, and terminal value.",
    "terminal value": "What still stands at the horizon's end: its unexpired annuity, or its resale"
    " where that is less.",
    "evpi": "What knowing the branch today would be worth: the mean of the best plans made for each"
    " branch alone, less the plan's worth.",
    "vss": "What planning for the tree is worth against planning for the mean future.",
    "cvar": "The mean of the worst 1 - alpha of the branches, by probability.",
    "regret": "What another way of deciding loses against the plan.",
    "residual": "By how much an equation of the plan is off, relative to its largest term.",
    "shadow price": "What one more unit of a limit is worth, for small changes.",
}  # fmt: skip


def explain(key: str) -> str:
    """The meaning in words; of a catalogue row every figure with its source.

    Raises InputError with the nearest key, row or word.
    """
    if (word := WORDS.get(key.lower().replace("_", " "))) is not None:
        return f"{key}: {word}"
    found = [(place, row) for place, row in rows() if row.key == key]
    if found:
        return "\n".join(_told(place, row) for place, row in found)
    try:
        return study.explain(key)
    except InputError as error:
        known = [*WORDS, *dict.fromkeys(row.key for _, row in rows())]
        if near := get_close_matches(key, known, n=1, cutoff=0.75):
            fault = InputFault(Place(key=key), f"`{key}` is not known", fix=f"Try `{near[0]}`.")
            raise InputError(fault) from None
        raise error from None


def rows() -> list[tuple[str, CatalogueRow]]:
    """Every catalogue row with the table it stands in, "energy/gas". An accelerator has a row in
    two: what it is, and how it can be had.
    """
    tables = (
        (room, path.name.removesuffix(".yaml"))
        for room in ROOMS
        for path in sorted((files("headrace") / room / "catalogue").iterdir(), key=str)
        if path.name.endswith(".yaml")
    )
    return [
        (f"{room}/{table}", row) for room, table in tables for row in entries(room, table).values()
    ]


def _told(place: str, row: CatalogueRow) -> str:
    """A row in lines: its title, then each figure with range, status, date and source."""
    lines = [f"{row.key} ({place}): {row.title}"]
    for name, figure in row.figures.items():
        value = text.measured(figure.value, figure.unit)
        ends = [text.number(v) if isinstance(v, float) else v for v in (figure.low, figure.high)]
        span = f" ({ends[0]} to {ends[1]})" if all(ends) else ""
        source = ", ".join(part for part in (figure.status, figure.date, figure.source) if part)
        lines.append(f"  {name.replace('_', ' ')}: {value}{span}; {source}")
    return "\n".join(lines)
