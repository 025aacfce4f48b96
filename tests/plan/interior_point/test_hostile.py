"""Odd plans end with a clear word or a certified optimum, never with a hang."""

import dataclasses
import importlib
import pkgutil
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from numba.core.dispatcher import Dispatcher
from tests.builders.problems import engine, flat, random_problem

from headrace.core.errors import Infeasible, InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan import interior_point
from headrace.plan.interior_point import compile_kernels, solve
from headrace.plan.interior_point.cold_start import make_tree
from headrace.plan.interior_point.driver import WarmStartPolicy
from headrace.plan.interior_point.kernels import entry as compiled
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.options import SolverOptions
from headrace.plan.lp.problem import Values
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate


def with_block(problem, **changes):
    return dataclasses.replace(problem, nodes=(dataclasses.replace(problem.nodes[0], **changes),))


def test_hand_arithmetic():
    """10 MW sold at 5 for two hours, burning at 1, engine at 3 per MW: 2 x 10 x (1 - 5) +
    30 = -50.
    """
    plan = solve(engine(), SolverOptions(gap=1e-7))
    assert plan.upper == pytest.approx(-50.0, rel=1e-6)
    assert plan.lower <= -50.0 + 1e-6
    assert plan.master[0] == pytest.approx(10.0, rel=1e-4)


def test_zero_demand_orders_nothing():
    plan = solve(engine(demand=0.0), SolverOptions(gap=1e-6))
    assert plan.upper == pytest.approx(0.0, abs=1e-4)
    assert plan.master[0] == pytest.approx(0.0, abs=1e-4)


def test_one_hour():
    problem = engine()
    block = problem.nodes[0]
    one = with_block(problem, weights=np.ones(1), next_hour=np.array([0]), profiles=np.ones((1, 1)),
                     window_of=np.zeros((0, 1), dtype=np.int64))  # fmt: skip
    assert block.hours == 2
    assert solve(one, SolverOptions(gap=1e-6)).upper == pytest.approx(-10.0, rel=1e-5)


def test_an_asset_nobody_can_use():
    """An engine that may not be ordered and does not stand: nothing is served."""
    plan = solve(engine(most=0.0), SolverOptions(gap=1e-6))
    assert plan.upper == pytest.approx(0.0, abs=1e-3)


def test_infeasible_is_named():
    with pytest.raises(Infeasible, match="balance"):
        solve(engine(most=2.0, must=7.0), SolverOptions(gap=1e-4))


def test_an_open_column_is_refused():
    """Unlimited demand at a profit and unlimited orders: the message says what to limit."""
    problem = engine(demand=np.inf)
    master = dataclasses.replace(problem.master, upper=np.array([np.inf]))
    with pytest.raises(InputError, match="limit"):
        solve(dataclasses.replace(problem, master=master), SolverOptions(gap=1e-4))


@pytest.mark.parametrize("size", [1e-6, 1e6])
def test_wide_coefficients(size):
    """The same plan in other units of money and of power: the optimum scales with them."""
    problem = engine()
    block = problem.nodes[0]
    scaled = with_block(
        problem,
        cost=Values(block.cost.scale * size, block.cost.profile),
        upper=flat(0.0, 10.0 / size),
    )
    master = dataclasses.replace(
        problem.master, cost=problem.master.cost * size, upper=problem.master.upper / size
    )
    plan = solve(dataclasses.replace(scaled, master=master), SolverOptions(gap=1e-6))
    assert plan.upper == pytest.approx(-50.0, rel=1e-5)


def test_stop_keeps_the_best_and_says_why():
    seen = []
    problem = random_problem(2)
    plan = solve(
        problem, SolverOptions(gap=1e-12), progress=seen.append, stop=lambda: len(seen) >= 1
    )
    assert plan.stopped == "stopped"
    assert plan.lower <= plan.upper
    assert evaluate(problem, plan).value == pytest.approx(plan.upper)


def test_two_threads_do_what_one_does():
    problem = random_problem(14)
    one, two = (
        solve(problem, SolverOptions(gap=1e-6, threads=1)),
        solve(problem, SolverOptions(gap=1e-6, threads=2)),
    )
    assert one.upper == pytest.approx(two.upper, rel=1e-9)
    assert one.iterations == two.iterations


def kernels():
    """Every compiled function of the interior point, by name."""
    found = {}
    for module in pkgutil.walk_packages(interior_point.__path__, f"{interior_point.__name__}."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if isinstance(thing, Dispatcher):
                found[f"{thing.py_func.__module__}.{name}"] = thing
    return found


def test_a_second_study_compiles_nothing():
    """Structure is data: solving random systems or another study adds no compiled signature to any
    kernel.
    """
    known = kernels()
    assert len(known) > 40
    solve(example("gas_first"), SolverOptions(gap=1e-3), series=WarmStartPolicy(keep="numbers"))
    before = {name: len(kernel.signatures) for name, kernel in known.items()}
    assert sum(before.values()) >= 3  # those called from Python; the others are compiled into them
    solve(example("reactor_race"), SolverOptions(gap=1e-3))
    solve(random_problem(21), SolverOptions(gap=1e-3))
    solve(random_problem(33), SolverOptions(gap=1e-3, threads=2))
    assert {name: len(kernel.signatures) for name, kernel in known.items()} == before


def test_the_second_process_is_told_the_types_that_plans_use():
    """Were they others, the kernels would be compiled twice; what it compiles is found again, once,
    on disk.
    """
    problem = random_problem(21)
    solve(problem, SolverOptions(gap=1e-3))
    types = compile_kernels.kernel_types(make_tree(problem, None).nodes[0])
    assert {name: getattr(compiled, name).signatures for name in types} == {
        name: [each] for name, each in types.items()
    }
    assert compile_kernels.on_disk(compiled.assemble)
    other = compile_kernels.second_process({name: types[name] for name in compile_kernels.OTHERS})
    assert other.wait() == 0


def example(name):
    """A shipped study at the hours it asks for."""
    path = Path(str(files("headrace") / "examples" / name / "study.yaml"))
    e = expand(study_of(parse_text(path.read_text(encoding="utf-8"), path.name)), path.parent)
    return formulate(e).problem
