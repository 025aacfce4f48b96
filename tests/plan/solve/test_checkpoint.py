"""A run that was stopped is gone on with: from its iterate, with its plan; what cannot be used is
passed over.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from tests.builders.studies import MIDDLING

from headrace.core.errors import StoppedEarly
from headrace.core.plan_file import read_plan
from headrace.core.run_folder import PLAN, RunFolder, create
from headrace.plan import run
from headrace.plan.interior_point.certified_solution import CertifiedSolution
from headrace.plan.lp.options import SolverOptions
from headrace.plan.model.build_system import expand
from headrace.plan.model.formulate import formulate
from headrace.plan.solve import checkpoint


@pytest.fixture(scope="module")
def problem():
    e = expand(run.study_of(run.parse_text(MIDDLING)))
    return formulate(e).problem


@pytest.fixture(scope="module")
def once(tmp_path_factory):
    """A run that was stopped when its first bounds came."""
    root = tmp_path_factory.mktemp("stopped")
    study = root / "middling.yaml"
    study.write_text(MIDDLING)
    seen = []
    with pytest.raises(StoppedEarly, match="every hour"):
        run.plan(study, root / "run", seen.append, lambda: any(event.iteration for event in seen))
    return root


@pytest.fixture
def stopped(once, tmp_path):
    """The study and a run folder of one's own, as the stopped run left it."""
    shutil.copytree(once, tmp_path / "copy")
    return tmp_path / "copy" / "middling.yaml", RunFolder(tmp_path / "copy" / "run")


def test_the_second_run_goes_on_where_the_first_one_ended(stopped):
    """It needs the rest of the iterations and not all of them; then nothing is left to go
    on from.
    """
    study, folder = stopped
    before, first = read_plan(folder), folder.events()
    assert before.gap > SolverOptions().gap
    reached = max(event.iteration for event in first if event.iteration)
    seen = []
    run.plan(study, folder.root, seen.append, lambda: False)
    after = read_plan(folder)
    assert after.gap <= SolverOptions().gap
    assert not folder.path(checkpoint.PROGRESS).exists()
    assert (
        before.lower_bound_usd
        <= after.lower_bound_usd
        <= after.upper_bound_usd
        <= before.upper_bound_usd
    )
    assert f"from iteration {reached}" in next(
        event.message for event in seen if event.stage == "resume"
    )
    counted = [event.iteration for event in seen if event.iteration]
    assert reached < min(counted) <= max(counted) <= reached + 12
    assert [event.stage for event in folder.events()].count("expand") == 2


def test_stopped_while_orders_are_valued_it_iterates_no_more_for_the_plan(stopped):
    study, folder = stopped
    seen = []
    with pytest.raises(StoppedEarly, match="orders valued"):
        run.plan(
            study, folder.root, seen.append, lambda: any(event.stage == "price" for event in seen)
        )
    before, first = read_plan(folder), len(seen)
    assert before.gap <= SolverOptions().gap
    run.plan(study, folder.root, seen.append, lambda: False)
    after = read_plan(folder)
    assert after.lower_bound_usd == pytest.approx(before.lower_bound_usd, rel=1e-9)
    assert not any(event.iteration for event in seen[first:])
    assert all(order.value_low_usd is not None for order in after.orders)


@pytest.mark.parametrize("when", ["solve", "price"])
def test_a_careful_plan_goes_on_as_well(when, tmp_path):
    """Risk has no iterate to go on from: it begins anew beside the stored plan, and not at all
    where that was finished.
    """
    study = tmp_path / "careful.yaml"
    study.write_text(
        MIDDLING.replace("horizon:", "goal: {risk: {alpha: 0.7, omega: 0.5}}\nhorizon:")
    )
    seen = []
    with pytest.raises(StoppedEarly, match="every hour"):
        run.plan(
            study,
            tmp_path / "run",
            seen.append,
            lambda: any(e.stage == when and (e.iteration or when == "price") for e in seen),
        )
    before, first = read_plan(RunFolder(tmp_path / "run")), len(seen)
    run.plan(study, tmp_path / "run", seen.append, lambda: False)
    after = read_plan(RunFolder(tmp_path / "run"))
    assert before.lower_bound_usd <= after.lower_bound_usd * (1 + 1e-9)
    assert after.lower_bound_usd <= after.upper_bound_usd
    assert after.gap <= 2 * SolverOptions().gap
    assert any(event.iteration for event in seen[first:]) == (when == "solve")
    assert after.risk.worst_usd <= after.risk.cvar_usd <= after.objective_usd


def test_stopped_again_at_once_it_still_has_its_plan(stopped):
    study, folder = stopped
    before = read_plan(folder).lower_bound_usd
    with pytest.raises(StoppedEarly, match="earlier run"):
        run.plan(study, folder.root, lambda event: None, lambda: True)
    assert read_plan(folder).lower_bound_usd == pytest.approx(before, rel=1e-9)


def test_a_stop_before_anything_was_found_leaves_an_earlier_plan_alone(stopped):
    study, folder = stopped
    before = folder.read(PLAN)
    checkpoint.forget(folder)
    with pytest.raises(StoppedEarly, match="of an earlier run stands"):
        run.plan(study, folder.root, lambda event: None, lambda: True)
    assert folder.read(PLAN) == before


def test_what_was_kept_is_proved_anew(stopped, problem):
    """Value and bound come from the stored numbers, not from a stored claim; other numbers of the
    problem use nothing of it.
    """
    _, folder = stopped
    found = checkpoint.recall(folder, problem)
    assert found is not None
    assert not found.finished
    assert found.plan.low <= found.plan.high
    assert found.plan.evaluation.residuals.largest < 1e-6
    dearer = replace(problem, master=replace(problem.master, cost=problem.master.cost * 1.0001))
    assert checkpoint.recall(folder, dearer) is None
    again = checkpoint.better(
        found, replace(found.plan, low=found.plan.low - 1.0, high=found.plan.high - 1.0)
    )
    assert (again.low, again.high) == (found.plan.low, found.plan.high - 1.0)


@pytest.mark.parametrize("cut", [0, 10, 1000, 100_000, -1])
def test_a_torn_file_is_passed_over(stopped, problem, tmp_path, cut):
    _, folder = stopped
    other = create(tmp_path / "run", MIDDLING)
    other.path(checkpoint.PROGRESS).write_bytes(folder.path(checkpoint.PROGRESS).read_bytes()[:cut])
    assert checkpoint.recall(other, problem) is None


def test_a_plan_that_breaks_its_limits_is_passed_over(stopped, problem, tmp_path):
    """Somebody changed the stored plan: more is served than is made."""
    _, folder = stopped
    other = create(tmp_path / "run", MIDDLING)
    with np.load(folder.path(checkpoint.PROGRESS)) as stored:
        arrays = {name: stored[name] for name in stored.files}
    np.savez(other.path(checkpoint.PROGRESS), **(arrays | {"0.columns": arrays["0.columns"] * 2.0}))
    assert checkpoint.recall(other, problem) is None
    np.savez(
        other.path(checkpoint.PROGRESS), **(arrays | {"0.columns": arrays["0.columns"][:, :-1]})
    )
    assert checkpoint.recall(other, problem) is None


def test_what_is_too_large_is_not_kept(stopped, problem, tmp_path, monkeypatch):
    """First the iterate goes, then all of it: a folder never grows beyond its limit."""
    _, folder = stopped
    found = checkpoint.recall(folder, problem)
    other = create(tmp_path / "run", MIDDLING)
    whole = checkpoint.remember(other, problem, found.plan.solution, found.plan.finished)
    monkeypatch.setattr(checkpoint, "MOST_BYTES", whole - 1_000_000)
    assert 0 < checkpoint.remember(other, problem, found.plan.solution, found.plan.finished) < whole
    again = checkpoint.recall(other, problem)
    assert again is not None
    assert isinstance(again.plan.solution, CertifiedSolution)
    assert again.plan.solution.memory is None
    monkeypatch.setattr(checkpoint, "MOST_BYTES", 1000)
    assert checkpoint.remember(other, problem, found.plan.solution, found.plan.finished) == 0


KILLED = """
import os, signal, sys
from pathlib import Path
from headrace.plan import run
from headrace.plan.solve import checkpoint

remember, solve = checkpoint.remember, checkpoint.solve

def soon(folder, problem, kept, options, **heard):
    return solve(folder, problem, kept, options.but(checkpoint_seconds=0.0), **heard)

def remembered(*told):
    written = remember(*told)
    os.kill(os.getpid(), signal.SIGKILL)
    return written

checkpoint.remember, checkpoint.solve = remembered, soon
folder = Path(sys.argv[1])
run.plan(folder / "middling.yaml", folder / "run", lambda event: None, lambda: False)
"""


def test_killed_while_it_iterates_it_goes_on_from_what_was_left(tmp_path):
    """No signal is heard and no plan was saved: the second run begins with the plan and the iterate
    of the checkpoint and ends at its gap.
    """
    study = tmp_path / "middling.yaml"
    study.write_text(MIDDLING)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == -9
    folder, seen = RunFolder(tmp_path / "run"), []
    assert folder.path(checkpoint.PROGRESS).is_file()
    assert not folder.path(PLAN).exists()
    run.plan(study, folder.root, seen.append, lambda: False)
    told = next(event.message for event in seen if event.stage == "resume")
    reached = int(told.removeprefix("from iteration ").split()[0])
    assert reached > 0
    assert min(event.iteration for event in seen if event.iteration) > reached
    assert read_plan(folder).gap <= SolverOptions().gap
    assert not folder.path(checkpoint.PROGRESS).exists()


def test_a_run_left_behind_takes_no_better_plan_away(stopped, problem):
    """What a second run reaches on its way is worth less at first: the checkpoint stays."""
    _, folder = stopped
    kept = checkpoint.recall(folder, problem)
    assert kept is not None
    before, left = folder.path(checkpoint.PROGRESS).read_bytes(), []
    worse = replace(kept, plan=replace(kept.plan, low=kept.plan.high + 1.0))
    checkpoint.solve(
        folder,
        problem,
        worse,
        SolverOptions(checkpoint_seconds=0.0),
        stop=lambda: left.append(folder.path(checkpoint.PROGRESS).read_bytes()) or len(left) > 2,
        watch=lambda *_: None,
    )
    assert all(each == before for each in left)


def test_the_same_study_is_the_same_problem_in_every_process():
    """Whatever order the interpreter's sets have: the digest of the embedded study does
    not change.
    """
    code = (
        "from headrace.plan import run\n"
        "from headrace.plan.solve import checkpoint\n"
        "from headrace.plan.model.build_system import expand\n"
        "from headrace.plan.model.formulate import formulate\n"
        "e = expand(run.study_of(run.parse_text(run.embedded())))\n"
        "print(checkpoint.digest(formulate(e).problem))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1
