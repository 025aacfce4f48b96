"""A step of a solution in words: what is known is said, what is not is left empty."""

from __future__ import annotations

from headrace.core.run_folder import Event
from headrace.show.format import progress


def test_cells_say_step_bounds_gap_and_what_is_kept():
    """A step in the middle of its stage: 40 % done, 0.2 between the bounds."""
    event = Event(
        12.34, "solve", iteration=7, done=0.4, lower_usd=1e9, upper_usd=1.2e9, gap=0.2, plan="wait"
    )
    assert progress.cells(event) == (
        *("12.3 s", "solve", "step 7 40%"),
        *("1 bn USD", "1.2 bn USD", "20 %", "wait"),
    )


def test_what_is_not_known_is_empty():
    assert progress.cells(Event(0.0, "read")) == ("0.0 s", "read", "", "", "", "", "")
    assert progress.cells(Event(0.0, "read", "the study", done=1.0))[2] == "the study"


def test_a_line_joins_both_bounds_or_says_the_one_it_has():
    both = progress.line(Event(1.0, "solve", lower_usd=1e6, upper_usd=2e6))
    assert both.endswith("between 1 and 2 M USD")
    one = progress.line(Event(1.0, "solve", upper_usd=2e6))
    assert one.endswith("at most 2 M USD")
    assert progress.line(Event(1.0, "read")).split() == ["1.0", "s", "read"]
