"""What reaches the terminal: figures, tables, and errors as help on one screen."""

from __future__ import annotations

import errno
import io
import json

import pytest

from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.show import cli
from headrace.show.cli import output, studies


def test_json_has_no_nan(capsys):
    output.emit({"a": [float("nan"), float("inf"), 1.0], "b": {"c": -float("inf")}, "d": "nan"})
    assert json.loads(capsys.readouterr().out) == {
        "a": [None, None, 1.0],
        "b": {"c": None},
        "d": "nan",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0"),
        (1234567.891, "1,234,568"),
        (12.3456789, "12.3457"),
        (3e-9, "3e-09"),
        (float("nan"), "-"),
        (100.0, "100"),
        (float("inf"), "inf"),
        (-0.5, "-0.5"),
    ],
)
def test_figures_are_short(value, text):
    assert output.figure(value) == text


def test_many_problems_stay_on_one_screen(capsys):
    faults = [InputFault(Place("study.yaml", line), "wrong") for line in range(1, 50)]
    output.fail(InputError(faults), as_json=False)
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == output.MOST_PROBLEMS + 1
    assert "... and 29 more of this kind" in told.err


def test_a_study_no_plan_fits_says_what_clashes_and_what_would_help(capsys):
    error = Infeasible("no plan keeps every limit", ("grid limit",), "0.2 % less availability")
    output.fail(error, as_json=True)
    told = capsys.readouterr()
    assert json.loads(told.out)["cheapest"] == "0.2 % less availability"
    assert "clashes: grid limit" in told.err
    assert "smallest change that helps: 0.2 % less availability" in told.err


def test_a_reader_that_goes_away_is_no_failure(capsys, monkeypatch):
    """`headrace tree | head -1`: rich would end the process with code 1."""

    class Gone(io.StringIO):
        def write(self, text):
            raise BrokenPipeError(errno.EPIPE, "the reader went away")

    screen = output.Screen(file=Gone(), width=80)
    with pytest.raises(BrokenPipeError):
        screen.print("a line")
    monkeypatch.setattr(output, "console", lambda **_: screen)
    monkeypatch.setattr(cli.process, "leave_stdout", lambda: None)
    monkeypatch.setattr(studies, "console", lambda **_: screen)
    assert cli.main(["check", "gas_first"]) == 0


def test_a_pipe_gets_a_fixed_width(capsys):
    output.console.cache_clear()
    try:
        assert output.console().width == output.PLAIN_WIDTH
    finally:
        output.console.cache_clear()
