"""The options of a solve: what a study may ask for, what the log says, and that they are heeded."""

import ast
import dataclasses
import inspect
from itertools import pairwise

import pytest
from pydantic import ValidationError
from tests.builders.problems import random_problem

from headrace.core.errors import StoppedEarly
from headrace.core.study import Solver, explain
from headrace.plan.interior_point import solve as interior
from headrace.plan.lp import options as module
from headrace.plan.lp.options import DEFAULTS, SolverOptions
from headrace.plan.solve.solve import finest, solve


def test_a_study_that_says_nothing_gets_the_defaults():
    """Each number stands in the study's part and in the options: they must be the same."""
    assert SolverOptions.of(Solver()) == DEFAULTS


def test_what_a_study_asks_for_arrives():
    """Half a minute is 30 s; the rest of the options stays as it is."""
    asked = Solver(gap="0.1 %", method="highs", threads=3, time_limit="0.5 min", step=0.9)
    assert SolverOptions.of(asked) == DEFAULTS.but(
        gap=1e-3, method="highs", threads=3, seconds=30.0, step=0.9
    )


@pytest.mark.parametrize(
    "wrong", [{"gap": "0 %"}, {"step": 1.0}, {"threads": 0}, {"method": "magic"}, {"most": 3}]
)
def test_a_study_cannot_ask_for_nonsense(wrong):
    with pytest.raises(ValidationError):
        Solver(**wrong)


def test_explain_knows_the_solver():
    assert "default 0.0001" in explain("solver.gap")
    assert "best plan so far" in explain("solver.time_limit")


def test_the_log_line_says_gap_threads_and_what_is_not_a_default():
    assert DEFAULTS.words == "gap 0.0001, 2 threads"
    changed = DEFAULTS.but(gap=1e-3, method="interior", centring=(1e-5, 0.5))
    assert changed.words == "gap 0.001, 2 threads, method interior, centring (1e-05, 0.5)"


def test_every_option_says_its_unit_and_meaning():
    """A docstring stands under each field and names its unit in brackets, but for the method."""
    tree = ast.parse(inspect.getsource(module))
    (body,) = (n.body for n in tree.body if getattr(n, "name", "") == "SolverOptions")
    said = {
        field.target.id: text.value.value
        for field, text in pairwise(body)
        if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr)
    }
    assert set(said) == {field.name for field in dataclasses.fields(SolverOptions)}
    assert [name for name, text in said.items() if "[" not in text] == ["method"]


def test_the_method_is_heeded():
    problem = random_problem(3)
    found = {m: solve(problem, SolverOptions(method=m)) for m in ("auto", "interior", "highs")}
    assert found["interior"].solution.solver == "interior"
    assert found["highs"].solution.solver == found["auto"].solution.solver != "interior"
    assert found["interior"].low == pytest.approx(found["highs"].low, rel=2e-4)
    few = solve(problem, SolverOptions(highs_columns=0))
    assert few.solution.solver == "interior"


def test_the_finest_gap_is_that_of_the_search_where_there_is_one():
    whole, plain = random_problem(3, units=True), random_problem(3)
    searched = SolverOptions(method="interior", integer_gap=5e-3)
    assert finest(whole, searched) == 5e-3
    assert finest(whole) == finest(plain, searched) == 0.0


def test_no_time_is_no_plan_or_a_plan_that_is_not_finished():
    problem = random_problem(3)
    try:
        plan = solve(problem, SolverOptions(method="interior", gap=1e-9, seconds=0.0))
    except StoppedEarly:
        return
    assert not plan.finished


def test_iterations_are_bounded_and_the_reason_is_told():
    """Two iterations certify nothing; without the rescue by HiGHS the solve says so."""
    options = SolverOptions(iterations=2, rescue_columns=0)
    with pytest.raises(StoppedEarly, match="within 2 iterations"):
        interior(random_problem(3), options)
    assert interior(random_problem(3), options.but(rescue_columns=10**6)).gap <= 1e-4


@pytest.mark.parametrize(
    "changes", [{"truncated": 0.0, "truncated_start": 0.0}, {"step": 0.9}, {"corrector_bound": 1.0}]
)
def test_other_steps_find_the_same_plan(changes):
    """The textbook step rule, a shorter step and a timid corrector end at the same optimum."""
    problem = random_problem(12)
    usual, other = (interior(problem, SolverOptions(gap=1e-6, **more)) for more in ({}, changes))
    assert other.upper == pytest.approx(usual.upper, rel=3e-6, abs=1e-6)
