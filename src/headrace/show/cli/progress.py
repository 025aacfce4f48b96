"""What a person sees while a plan is solved, and how they stop it.

In a terminal a table that stays in place; elsewhere plain lines, first every second, then every 5,
then every 30. Ctrl-C and SIGTERM ask the solution to stop: the last finished plan is kept. A second
Ctrl-C stops at once.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from headrace.core.run_folder import Event
from headrace.show.cli.output import console, plain_table, say
from headrace.show.format.progress import cells, line

KEPT_LINES = 12
WARNING = "warning"
NARROW = 110
"""Letters of a screen below which bounds have no columns of their own."""


def rhythm(seconds: float) -> float:
    """How long to wait between two lines [s] after `seconds` of work [s]: 1, then 5, then 30."""
    return 1.0 if seconds < 10 else 5.0 if seconds < 120 else 30.0


TWICE = 0.5
"""Time within which a second signal is the first one again [s]."""


class Stop:
    """Asks for a stop: `stop()` is true once a signal came. A second signal interrupts at once."""

    def __init__(self) -> None:
        self.asked = False
        self.since = 0.0

    def __call__(self) -> bool:
        """Whether a stop was asked for."""
        return self.asked

    def handle(self, number: int, frame: FrameType | None) -> None:
        """The signal handler."""
        now = time.monotonic()
        if self.asked and now - self.since < TWICE:
            return  # `timeout` sends one signal twice: to the process, and to its group
        if self.asked:
            raise KeyboardInterrupt
        self.asked, self.since = True, now
        say("\nStopping: the last finished plan is kept. Once more to stop at once.", stderr=True)

    @contextmanager
    def listening(self) -> Iterator[Stop]:
        """Hear Ctrl-C, SIGTERM and a lost terminal while the block runs; what was there before is
        put back.
        """
        heard = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self.handle) for number in heard}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@contextmanager
def watching(title: str) -> Iterator[Callable[[Event], None]]:
    """A sink for events that shows them on stderr until the block ends."""
    screen = console(stderr=True)
    if not screen.is_terminal:
        yield Lines(title).show
        return
    board = Board(title)
    with Live(board.fitting(screen), console=screen, refresh_per_second=4) as live:

        def show(event: Event) -> None:
            board.add(event)
            live.update(board.fitting(screen))

        yield show


class Lines:
    """Plain lines on stderr: every new stage, finished plan and warning at once, the steps between
    in the 1, 5, 30 s rhythm.
    """

    def __init__(self, title: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.title, self.clock, self.start = title, clock, clock()
        self.last, self.stage, self.plan = -1e9, "", None if title else ""

    def show(self, event: Event) -> None:
        """Print the event if its time has come."""
        now = self.clock()
        other = event.stage != self.stage or event.plan != self.plan
        news = other or event.stage == WARNING
        if not news and now - self.last < rhythm(now - self.start):
            return
        self.last, self.stage, self.plan = now, event.stage, event.plan
        say(line(event), stderr=True)


class Board:
    """The table in place: one row per stage, finished plan and warning, the newest steps below."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.events: list[Event] = []

    def add(self, event: Event) -> None:
        """Take an event; steps of one stage replace each other, but for warnings."""
        same = (
            self.events
            and event.stage != WARNING
            and (self.events[-1].stage, self.events[-1].plan)
            == (
                event.stage,
                event.plan,
            )
        )
        if same:
            self.events[-1] = event
        else:
            self.events.append(event)

    def fitting(self, screen: Console) -> Table:
        """The table with as many of the newest rows as the screen has lines for."""
        narrow, many = screen.width < NARROW, min(len(self.events), KEPT_LINES)
        while many > 1:
            told = self.table(many, narrow=narrow)
            if len(screen.render_lines(told)) <= screen.height - 1:
                return told
            many -= 1
        return self.table(1, narrow=narrow)

    def table(self, many: int = KEPT_LINES, *, narrow: bool = False) -> Table:
        """The newest rows; on a narrow screen bounds and gap stand in the column of the step."""
        table = plain_table(self.title)
        table.add_column("time", justify="right", style="dim", no_wrap=True)
        for name in ("stage", "step"):
            table.add_column(name)
        for name in () if narrow else ("lower", "upper", "gap"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("kept if stopped now")
        for event in self.events[-many:]:
            when, stage, step, low, high, gap, kept = cells(event)
            if narrow:
                ends = f"{low} to {high}" if low and high else low or high
                more = ", ".join(part for part in (ends, f"gap {gap}" if gap else "") if part)
                row = [when, stage, " ".join(part for part in (step, more) if part), kept]
            else:
                row = [when, stage, step, low, high, gap, kept]
            table.add_row(*map(Text, row))
        return table
