"""Progress: lines in the 1, 5, 30 s rhythm, a table in place, signals that ask to stop."""

from __future__ import annotations

import io
import os
import signal

import pytest
from rich.console import Console

from headrace.core.run_folder import Event
from headrace.show.cli import progress


def test_lines_keep_the_rhythm_and_never_swallow_news(capsys):
    """Events every 0.5 s for 400 s; lines 1 s apart to 10 s, 5 s to 120 s, 30 s after: 10 + 22 +
    10, give or take one each.
    """
    now = [0.0]
    lines = progress.Lines("toy", clock=lambda: now[0])
    for step in range(800):
        now[0] = step / 2
        lines.show(Event(now[0], "solve", iteration=step))
    assert 40 <= len(capsys.readouterr().err.splitlines()) <= 45
    lines.show(Event(now[0], "evaluate", "all hours"))
    lines.show(Event(now[0], "evaluate", "all hours", plan="reduced hours"))
    assert "kept: reduced hours" in capsys.readouterr().err.splitlines()[1]


def test_every_warning_is_told_however_fast_they_come(capsys):
    """Three within a millisecond: three lines, and three rows of the table."""
    told = [Event(0.001 * n, "warning", f"warning {n}") for n in range(3)]
    lines, board = progress.Lines("toy", clock=lambda: 0.0), progress.Board("toy")
    for event in told:
        lines.show(event)
        board.add(event)
    printed = capsys.readouterr().err
    assert all(f"warning {n}" in printed for n in range(3))
    assert board.events == told


def test_a_line_says_bounds_gap_and_what_is_kept():
    told = progress.line(
        Event(
            12.5, "solve", iteration=7, lower_usd=1.0e9, upper_usd=1.2e9, gap=0.2, plan="do nothing"
        )
    )
    assert all(
        part in told
        for part in (
            "12.5 s",
            "step 7",
            "between 1.0 and 1.2 bn USD",
            "gap 20 %",
            "kept: do nothing",
        )
    )
    assert "between" not in progress.line(Event(1.0, "solve", lower_usd=1e9))


def test_the_board_keeps_one_row_per_stage_and_finished_plan():
    board = progress.Board("toy")
    for event in (
        Event(0, "read"),
        Event(1, "solve", iteration=1),
        Event(2, "solve", iteration=2),
        Event(3, "solve", plan="reduced"),
    ):
        board.add(event)
    screen = Console(file=io.StringIO(), width=120)
    screen.print(board.table())
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    assert board.table().row_count == 3
    assert "step 2" in text
    assert "step 1" not in text


@pytest.mark.parametrize(("width", "height"), [(80, 24), (80, 10), (140, 24)])
def test_the_newest_step_is_always_on_the_screen(width, height):
    """A run of many stages at 80 x 24: the oldest rows go, never the newest."""
    board = progress.Board("piedmont")
    long = "the plan without AI hall: direct liquid cooling, chillers for hot hours at greensboro"
    for place in range(20):
        board.add(Event(10.0 * place, f"stage{place}", long, lower_usd=1e9, upper_usd=1.1e9))
        screen = Console(file=io.StringIO(), width=width, height=height)
        screen.print(board.fitting(screen))
        text = screen.file.getvalue()
        assert f"stage{place}" in text
        assert len(text.splitlines()) <= height - 1
        assert "bn USD" in text


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_asks_to_stop_and_a_second_one_interrupts(number, capsys, monkeypatch):
    monkeypatch.setattr(progress, "TWICE", 0.0)  # a person takes longer
    before = signal.getsignal(number)
    with progress.Stop().listening() as stop:
        assert not stop()
        os.kill(os.getpid(), number)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
    assert signal.getsignal(number) == before
    assert "last finished plan is kept" in capsys.readouterr().err


def test_one_signal_that_comes_twice_is_one(monkeypatch, capsys):
    """`timeout` sends it to the process and to its group: a second one at once is the first."""
    now = iter([10.0, 10.1, 12.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(now))
    stop = progress.Stop()
    stop.handle(15, None)
    stop.handle(15, None)
    assert stop()
    with pytest.raises(KeyboardInterrupt):
        stop.handle(15, None)
    assert capsys.readouterr().err.count("Stopping") == 1
