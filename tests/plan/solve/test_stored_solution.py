"""What a finished run keeps of its plan, and when it is not believed."""

from __future__ import annotations

import json
import os

import numpy as np
import pytest
from tests.builders.studies import CAMPUS, PLANT

from headrace.core.arrays import single
from headrace.core.errors import InputError, StoppedEarly
from headrace.core.run_folder import PLAN, STUDY, create, open_run
from headrace.plan import run
from headrace.plan.lp.dual_bound import lower_bound
from headrace.plan.lp.residuals import evaluate
from headrace.plan.lp.scaling import MONEY
from headrace.plan.solve import proof, stored_solution
from headrace.plan.solve.kept_files import SOLUTION
from headrace.plan.solve.proof import proof_of
from headrace.plan.solve.stored_solution import keep_solution, stored_plan


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    folder = tmp_path_factory.mktemp("campus")
    (folder / "study.yaml").write_text(CAMPUS)
    run.plan(folder / "study.yaml", folder / "run", lambda _: None, lambda: False, worth=0.0)
    return folder / "run"


def test_a_finished_plan_comes_back_with_its_value_and_its_limits(root):
    stored = stored_plan(open_run(root))
    again = evaluate(stored.formulation.problem, stored.solution)
    assert -MONEY * again.value == pytest.approx(stored.file.objective_usd, rel=1e-6)
    assert again.residuals.largest < 1e-6
    assert stored.study.study == "campus"


def test_numbers_of_another_study_are_not_believed(root, tmp_path):
    """A study.yaml that was changed after the run."""
    other = create(tmp_path / "run", CAMPUS.replace("at_most: 50 MW", "at_most: 51 MW"))
    for name in (PLAN, SOLUTION):
        other.path(name).write_bytes((root / name).read_bytes())
    with pytest.raises(InputError, match="other numbers than the study gives"):
        stored_plan(other)


@pytest.mark.parametrize("torn", [b"", b"PK\x03\x04 no archive", None])
def test_a_file_that_is_no_solution_is_refused(root, tmp_path, torn):
    other = create(tmp_path / "run", CAMPUS)
    other.path(PLAN).write_bytes((root / PLAN).read_bytes())
    if torn is not None:
        other.path(SOLUTION).write_bytes(torn)
    with pytest.raises(InputError, match="kept no solution" if torn is None else "cannot be read"):
        stored_plan(other)


def test_an_archive_that_unpacks_to_much_more_is_named_before_the_equations_are_written(
    root, tmp_path, monkeypatch
):
    other = create(tmp_path / "run", CAMPUS)
    other.path(PLAN).write_bytes((root / PLAN).read_bytes())
    np.savez_compressed(other.path(SOLUTION), bomb=np.zeros(3_000_000))
    monkeypatch.setattr(stored_solution, "formulate", lambda _: pytest.fail("formulated"))
    with pytest.raises(InputError, match=f"{SOLUTION}: cannot be read.*unpacks to more"):
        stored_plan(other)


def test_arrays_that_lack_one_are_named(root, tmp_path):
    other = create(tmp_path / "run", CAMPUS)
    other.path(PLAN).write_bytes((root / PLAN).read_bytes())
    with np.load(root / SOLUTION) as stored:
        kept = {name: stored[name] for name in stored.files if name != "0.rows"}
    np.savez(other.path(SOLUTION), **kept)
    with pytest.raises(InputError, match=r"cannot be read: .*0\.rows"):
        stored_plan(other)


def test_a_pipe_is_not_waited_for(root, tmp_path):
    other = create(tmp_path / "run", CAMPUS)
    other.path(PLAN).write_bytes((root / PLAN).read_bytes())
    os.mkfifo(other.path(SOLUTION))
    with pytest.raises(InputError, match="is a pipe"):
        stored_plan(other)


def test_an_unfinished_plan_is_no_base(root, tmp_path):
    other = create(tmp_path / "run", CAMPUS)
    told = json.loads((root / PLAN).read_text())
    told["status"] |= {"state": "stopped", "after_seconds": 1.0, "holds": "best so far"}
    other.write(PLAN, json.dumps(told))
    other.path(SOLUTION).write_bytes((root / SOLUTION).read_bytes())
    with pytest.raises(InputError, match="holds no finished plan"):
        stored_plan(other)


def test_what_is_too_large_is_left_out(root, tmp_path, monkeypatch):
    stored = stored_plan(open_run(root))
    other = create(tmp_path / "run", CAMPUS)
    problem = stored.formulation.problem
    monkeypatch.setattr(stored_solution, "MOST_BYTES", 100)
    assert keep_solution(other, problem, stored.solution, proof_of(problem, stored.solution)) == 0
    assert not other.path(SOLUTION).exists()


def test_large_plans_are_kept_in_single_precision_and_prove_as_they_are_kept(
    root, tmp_path, monkeypatch
):
    """A price beyond it is kept at its end; the bound is that of the prices in the file."""
    monkeypatch.setattr(proof, "MOST_DOUBLE", 10)
    stored = stored_plan(open_run(root))
    problem, other = stored.formulation.problem, create(tmp_path / "run", CAMPUS)
    found = proof_of(problem, stored.solution)
    assert keep_solution(other, problem, stored.solution, found) > 0
    other.path(PLAN).write_bytes((root / PLAN).read_bytes())
    with np.load(other.path(SOLUTION)) as arrays:
        assert arrays["0.rows"].dtype == np.float32
    again = stored_plan(other)
    assert lower_bound(problem, again.solution.nodes) == pytest.approx(found.lower, rel=1e-12)
    assert found.lower == pytest.approx(-stored.file.objective_usd / MONEY, rel=1e-6)
    assert np.isfinite(single(np.array([1e300, -1e300]))).all()


def test_a_run_that_is_stopped_keeps_none_and_takes_the_old_one_away(tmp_path):
    (tmp_path / "study.yaml").write_text(PLANT)
    study, folder = tmp_path / "study.yaml", tmp_path / "run"
    run.plan(study, folder, lambda _: None, lambda: False, worth=0.0)
    assert (folder / SOLUTION).is_file()
    assert (folder / STUDY).is_file()
    seen = []
    with pytest.raises(StoppedEarly):
        run.plan(study, folder, seen.append, lambda: any(e.stage == "price" for e in seen))
    stopped = json.loads((folder / PLAN).read_text())["status"]["state"] == "stopped"
    assert stopped != (folder / SOLUTION).is_file()
