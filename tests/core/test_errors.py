"""What a user reads of an error: where, what was found, what was expected, and the way out."""

from __future__ import annotations

import pytest

from headrace.core import errors
from headrace.core.errors import Infeasible, InputError, InputFault, Place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place(), "input"),
        (Place("study.yaml"), "study.yaml"),
        (Place("study.yaml", 7), "study.yaml:7"),
        (Place("study.yaml", 7, 33, "sites.a"), "study.yaml:7:33  sites.a"),
        (Place(key="sites.a"), "input  sites.a"),
    ],
)
def test_a_place_reads_like_a_compilers(place, text):
    assert str(place) == text


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (InputFault(Place("a"), "is odd"), "a: is odd."),
        (InputFault(Place("a"), "is odd", "an even one"), "a: is odd; expected an even one."),
        (InputFault(Place("a"), "is odd", fix="Try 2."), "a: is odd. Try 2."),
        (InputFault(Place("a"), "why?"), "a: why?"),
    ],
)
def test_a_fault_is_one_sentence_and_a_way_out(fault, text):
    assert str(fault) == text


def test_all_problems_are_carried_at_once():
    told = InputError(InputFault(Place(key=key), "is odd") for key in "ab")
    assert told.message == "input  a: is odd.\ninput  b: is odd."
    assert [problem.where.key for problem in told.problems] == ["a", "b"]
    assert InputError("no").problems == (InputFault(Place(), "no"),)


def test_each_error_has_the_exit_code_of_its_branch_of_the_tree():
    codes = {
        "HeadraceError": 1,
        "InputError": 2,
        "LawBroken": 3,
        "Infeasible": 4,
        "StoppedEarly": 5,
        "DiskFull": 5,
        "OutOfMemory": 5,
    }
    assert {name: getattr(errors, name).exit_code for name in codes} == codes
    assert all(issubclass(getattr(errors, name), errors.HeadraceError) for name in codes)
    assert [line.split()[1] for line in errors.__doc__.split("\n") if "(exit" in line] == [
        name for name in codes if name != "HeadraceError"
    ]


def test_an_infeasible_plan_names_what_clashes():
    told = Infeasible("No plan.", ("grid.limit", "availability"), "10 MW more grid")
    assert (told.clashes, told.cheapest) == (("grid.limit", "availability"), "10 MW more grid")


def test_a_notebook_shows_what_is_wrong_and_not_our_traceback():
    """IPython calls `_render_traceback_` of an error that has it, and prints these lines."""
    told = InputError(InputFault(Place("study.yaml", 3, 1, "carbon"), "is odd"))
    assert told._render_traceback_() == ["InputError: study.yaml:3:1  carbon: is odd."]
    told.add_note("    3 | carbon: odd")
    assert told._render_traceback_()[1:] == ["    3 | carbon: odd"]
    assert Infeasible("no way")._render_traceback_() == ["Infeasible: no way"]
