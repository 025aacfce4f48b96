"""What reaches the terminal: tables for people, one JSON object for scripts, errors as help.

A name, a title or a file's text may hold characters that move the cursor, colour what follows or
ring; whatever is shown passes `printable` here, and none of it is read as markup.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable
from functools import cache

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from headrace.core.errors import HeadraceError, Infeasible, InputError
from headrace.core.printable import printable
from headrace.show.format.json_text import error_as_json, finite

PLAIN_WIDTH = 140
MOST_PROBLEMS = 20
MOST_CHARACTERS = 1500
"""Of one problem: no name fills a screen."""


def say(text: object, *, stderr: bool = False) -> None:
    """Print words on stdout or stderr at once, as they may reach a terminal."""
    print(printable(str(text)), file=sys.stderr if stderr else sys.stdout, flush=True)


class Screen(Console):
    """A console of which no text is markup and every text is printable."""

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """The segments of anything shown; what is data in them is printable."""
        for segment in super().render(renderable, options):
            kept = segment.control or segment.text == "\r"  # to write over one's own line
            yield segment if kept else segment._replace(text=printable(segment.text))

    def on_broken_pipe(self) -> None:
        """Leave it to whoever runs the verb that its reader went away: rich would end the process
        with code 1.
        """
        raise BrokenPipeError


@cache
def console(*, stderr: bool = False) -> Screen:
    """The console of stdout or stderr; a pipe gets a fixed width, so that the same run prints the
    same text.
    """
    stream = sys.stderr if stderr else sys.stdout
    return Screen(
        stderr=stderr,
        markup=False,
        emoji=False,
        width=None if stream.isatty() else PLAIN_WIDTH,
        highlight=False,
        soft_wrap=not stream.isatty(),
    )


def plain_table(title: str | None = None, *, show_header: bool = True) -> Table:
    """A table without lines, as every verb prints it."""
    return Table(
        title=title,
        title_justify="left",
        title_style="bold",
        box=None,
        pad_edge=False,
        padding=(0, 2, 0, 0),
        show_header=show_header,
    )


def emit(value: object) -> None:
    """Print one JSON object on stdout, on one line."""
    print(json.dumps(finite(value), allow_nan=False), flush=True)


def fail(error: HeadraceError, *, as_json: bool) -> None:
    """Print an error as help on stderr, one screen at most; and as one JSON object on stdout."""
    if as_json:
        emit(error_as_json(error))
    screen = console(stderr=True)
    lines = (
        [str(p) for p in error.problems]
        if isinstance(error, InputError)
        else error.message.splitlines() or [error.message]
    )
    for line in lines[:MOST_PROBLEMS]:
        shown = line if len(line) <= MOST_CHARACTERS else f"{line[:MOST_CHARACTERS]}..."
        screen.print(Text("error ", style="bold red") + Text(shown))
    if len(lines) > MOST_PROBLEMS:
        screen.print(Text(f"... and {len(lines) - MOST_PROBLEMS} more of this kind"))
    if isinstance(error, Infeasible):
        for clash in error.clashes:
            screen.print(Text(f"  clashes: {clash}"))
        if error.cheapest:
            screen.print(Text(f"  smallest change that helps: {error.cheapest}"))


def figure(value: float | None, digits: int = 6) -> str:
    """A number for a table cell, in the unit of its column [any]: thousands apart, at most `digits`
    significant ones, a dash for none.
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
