"""What every option of every verb must be, said in one place: a number that is finite, not negative
and not beyond sense; a name that a file can have.

A verb that allows more says so at its option (`Annotated[float, Parameter(validator=...)]`).
"""

from __future__ import annotations

import math
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

from headrace.core.units import LARGEST

MOST_OF_A_NAME = 255
"""Bytes of one part of a path: what file systems hold."""
MOST_OF_A_TEXT = 100_000
MOST_SHOWN = 40


def sound(kind: object, value: object) -> None:
    """Raise ValueError for what no option can be; the parser says of which option it is."""
    if isinstance(value, int | float):
        _number(value)
    elif isinstance(value, Path):
        _path(value)
    elif isinstance(value, str) and len(value) > MOST_OF_A_TEXT:
        raise ValueError(f"it has {len(value):,} characters; at most {MOST_OF_A_TEXT:,}.")
    elif isinstance(value, list | tuple):
        for each in value:
            sound(kind, each)
    elif is_dataclass(value):
        _group(value)


def signed(kind: object, value: object) -> None:
    """As `sound`, of a number that may be negative."""
    sound(kind, abs(value) if isinstance(value, int | float) else value)


def or_endless(kind: object, value: object) -> None:
    """As `sound`, of a number that may also be infinite: no limit at all."""
    if value != math.inf:
        sound(kind, value)


def percent(kind: object, value: object) -> None:
    """As `sound`, of a share in percent: at most 100."""
    sound(kind, value)
    if isinstance(value, int | float) and value > 100:
        raise ValueError("it is a share in percent: at most 100.")


def _number(value: float) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{value} is not a finite number.")
    if value < 0:
        raise ValueError("it is negative; zero or more is expected.")
    if value > LARGEST:
        raise ValueError(f"it is larger than anything here can be: at most {LARGEST:g}.")


def _group(options: object) -> None:
    """As `signed`, of options that a verb holds together: the parser asks about the group alone.
    What may not be negative there, the verb says with all else that is wrong with them.

    What is as the verb gives it is sound, and an option with a validator of its own was asked.
    """
    hints = get_type_hints(type(options), include_extras=True)
    for option in fields(options):  # type: ignore[arg-type]
        value = getattr(options, option.name)
        own = getattr(hints[option.name], "__metadata__", ())
        if value == option.default or any(getattr(each, "validator", ()) for each in own):
            continue
        try:
            signed(hints[option.name], value)
        except ValueError as error:
            name = next((n for each in own for n in getattr(each, "name", ())), None)
            raise ValueError(f"{name or '--' + option.name.replace('_', '-')}: {error}") from None


def _path(value: Path) -> None:
    text = str(value)
    if "\0" in text:
        raise ValueError("the name holds the character 0, which no file can have.")
    longest = max((len(part.encode("utf-8", "surrogateescape")) for part in value.parts), default=0)
    if longest > MOST_OF_A_NAME:
        shown = f"{value.name[:MOST_SHOWN]}..."
        raise ValueError(
            f"a part of the name has {longest:,} bytes; at most {MOST_OF_A_NAME}. ({shown})"
        )
