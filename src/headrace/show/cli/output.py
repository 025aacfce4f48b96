"""What reaches the terminal: tables for people, one JSON object for scripts, errors as help."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping, Sequence
from functools import cache

from rich.console import Console
from rich.text import Text

from headrace.core.errors import HeadraceError, Infeasible, InputError

PLAIN_WIDTH = 140
MOST_PROBLEMS = 20


@cache
def console(*, stderr: bool = False) -> Console:
    """The console of stdout or stderr; a pipe gets a fixed width, so that the same run prints the
    same text.
    """
    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        width=None if stream.isatty() else PLAIN_WIDTH,
        highlight=False,
        soft_wrap=not stream.isatty(),
    )


def finite(value: object) -> object:
    """The same value with NaN and infinities as None: JSON has no word for them."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): finite(entry) for key, entry in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [finite(entry) for entry in value]
    return value


def emit(value: object) -> None:
    """Print one JSON object on stdout, on one line."""
    print(json.dumps(finite(value), allow_nan=False), flush=True)


def error_as_json(error: HeadraceError) -> dict[str, object]:
    """What `--json` prints instead of a result."""
    told: dict[str, object] = {
        "error": type(error).__name__,
        "exit_code": error.exit_code,
        "message": error.message,
    }
    if isinstance(error, InputError):
        told["problems"] = [
            {
                "file": p.where.file,
                "line": p.where.line,
                "column": p.where.column,
                "key": p.where.key,
                "found": p.found,
                "expected": p.expected,
                "fix": p.fix,
            }
            for p in error.problems
        ]
    if isinstance(error, Infeasible):
        told |= {"clashes": list(error.clashes), "cheapest": error.cheapest}
    return told


def complain(error: HeadraceError) -> None:
    """Print an error as help on stderr: one screen at most."""
    screen = console(stderr=True)
    lines = (
        [str(p) for p in error.problems]
        if isinstance(error, InputError)
        else error.message.splitlines() or [error.message]
    )
    for line in lines[:MOST_PROBLEMS]:
        screen.print(Text("error ", style="bold red") + Text(line))
    if len(lines) > MOST_PROBLEMS:
        screen.print(Text(f"... and {len(lines) - MOST_PROBLEMS} more of this kind"))
    if isinstance(error, Infeasible):
        for clash in error.clashes:
            screen.print(Text(f"  clashes: {clash}"))
        if error.cheapest:
            screen.print(Text(f"  smallest change that helps: {error.cheapest}"))


def figure(value: float | None, digits: int = 6) -> str:
    """A number for a table cell: thousands apart, at most `digits` significant ones, a dash for
    none.
    """
    if value is None or not math.isfinite(value):
        return "-" if value is None or math.isnan(value) else str(value)
    if value == 0:
        return "0"
    size = abs(value)
    if size < 1e-3 or size >= 1e15:
        return f"{value:.{min(digits, 4)}g}"
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
