"""The stand-alone check accepts plans as they were stored, and none that was tampered with."""

from __future__ import annotations

import ast
import io
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.builders.studies import BELIEFS, CAMPUS, PLANT, UNITS
from tests.builders.what_ifs import WEEK, changes

from headrace.core.errors import HeadraceError
from headrace.core.run_folder import PLAN, STUDY, open_run
from headrace.core.study_changes import changed
from headrace.core.study_reader import parse_text
from headrace.core.study_text import yaml_of
from headrace.plan import run
from headrace.plan.solve import certify_run
from headrace.plan.solve.certify_run import check
from headrace.plan.solve.kept_files import CHECK, MODEL, SOLUTION
from headrace.show.cli import main

SOURCE = Path(certify_run.__file__)
RISK = BELIEFS.replace("study: beliefs", "study: b\ngoal: {risk: {alpha: 0.5, omega: 0.4}}")
WHOLE = CAMPUS.replace("at_most: 60 MW", "at_most: 60 MW, unit: 7 MW")


def planned(text, root):
    root.mkdir(exist_ok=True)
    (root / "study.yaml").write_text(text)
    run.plan(root / "study.yaml", root / "run", lambda _: None, lambda: False, worth=2.0)
    return root / "run"


@pytest.fixture(scope="module")
def campus(tmp_path_factory):
    return planned(CAMPUS, tmp_path_factory.mktemp("campus"))


def test_it_is_short_and_needs_numpy_alone():
    text = SOURCE.read_text()
    assert len(text.splitlines()) <= 300
    imported = {
        name.split(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (
            [node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names]
        )
    }
    assert imported - sys.stdlib_module_names == {"numpy"}


@pytest.mark.parametrize("name", [PLAN, MODEL, SOLUTION, "hourly/node=000.parquet"])
def test_a_pipe_in_place_of_a_file_is_not_waited_for(campus, tmp_path, name, capsys):
    root = shutil.copytree(campus, tmp_path / "run")
    (root / name).unlink()
    os.mkfifo(root / name)
    assert main(["certify", str(root), "--alone"]) == (2 if name in (MODEL, SOLUTION) else 3)
    line = [sys.executable, str(root / CHECK)]
    told = subprocess.run(line, capture_output=True, text=True, timeout=60)
    assert told.returncode == 3
    assert "a pipe or device stands in the folder" in told.stdout
    assert ("is a pipe" in capsys.readouterr().err) == (name in (MODEL, SOLUTION))


def test_the_copy_beside_the_run_checks_it_from_any_folder(campus, tmp_path):
    assert (campus / CHECK).read_text() == SOURCE.read_text()
    alone = [sys.executable, "-I", str(campus / CHECK)]
    found = subprocess.run(alone, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert found.stdout.endswith("certified: the plan is what it says\n")


@pytest.mark.parametrize("text", [PLANT, UNITS, RISK, WHOLE])
def test_plans_of_every_kind_are_accepted(text, tmp_path):
    """A plant, relaxed units, a tree with a risk measure, whole orders; the campus is above."""
    said, wrong = check(planned(text, tmp_path / "a"))
    assert not wrong
    assert ("units relaxed" in said[0]) == (text is WHOLE)


@pytest.mark.slow
def test_twenty_plans_are_accepted(tmp_path):
    rng, count = np.random.default_rng(20), 0
    while count < 20:
        text = (CAMPUS, BELIEFS, RISK, WEEK)[count % 4]
        known = text if text is not RISK else BELIEFS
        data = changed(parse_text(text, STUDY).data, changes(known, rng))
        try:
            folder = planned(yaml_of(data, STUDY), tmp_path / str(count))
        except HeadraceError:
            continue  # a change that leaves no study
        assert check(folder)[1] == []
        count += 1


@pytest.mark.parametrize("name", [MODEL, SOLUTION])
def test_a_file_that_unpacks_to_more_than_it_weighs_is_not_read(campus, tmp_path, name):
    """300 MB of zeros take 300 kB on the disk."""
    folder = shutil.copytree(campus, tmp_path / "run")
    np.savez_compressed(folder / name, bomb=np.zeros(3_000_000))
    with pytest.raises(
        ValueError, match=f"{name} holds no arrays.* unpacks to more than it weighs"
    ):
        certify_run.read(folder / name)
    assert main(["certify", str(folder)]) == 3


ARRAY = io.BytesIO()
np.save(ARRAY, np.zeros(3))


@pytest.mark.parametrize("name", [MODEL, SOLUTION])
@pytest.mark.parametrize("torn", [b"", b"PK", ARRAY.getvalue(), "damaged", "other arrays"])
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(campus, tmp_path, name, torn, capsys):
    folder = shutil.copytree(campus, tmp_path / "run")
    if torn == "damaged":  # packed, so that no checksum speaks first
        np.savez_compressed(folder / name, digest=np.random.default_rng(1).normal(size=4000))
        content = bytearray((folder / name).read_bytes())
        content[200:260] = b"\xff" * 60
        (folder / name).write_bytes(content)
    elif torn == "other arrays":
        np.savez(folder / name, names=np.array(["x"]), which=np.array([0]), a0=np.zeros(3))
    else:
        (folder / name).write_bytes(torn)
    assert main(["certify", str(folder), "--alone"]) == 3
    said = capsys.readouterr().out
    assert said.startswith("WRONG: the files cannot be read, or are not of one plan: ")
    assert "Error(" not in said
    assert name in said or torn == "other arrays"
    assert certify_run.main([str(folder)]) == 3


def told(**moves):
    """A plan file that claims something else."""

    def tamper(folder):
        plan = json.loads((folder / PLAN).read_text())
        for key, move in moves.items():
            plan[key] = move(plan[key])
        (folder / PLAN).write_text(json.dumps(plan))

    return tamper


def order(key, move):
    """A plan file with its first order altered."""
    return told(orders=lambda orders: [orders[0] | {key: move(orders[0][key])}, *orders[1:]])


def array(name, key, move):
    """A file of arrays with one of them altered; of the model every name that shares it."""

    def tamper(folder):
        with np.load(folder / name) as stored:
            arrays = {k: stored[k].copy() for k in stored.files}
        at = key
        if name == MODEL:
            names = arrays["names"].tolist()
            at = f"a{arrays['which'][names.index(key)]}"
        arrays[at] = move(arrays[at])
        np.savez(folder / name, **arrays)

    return tamper


def hours(folder):
    next((folder / "hourly").glob("*.parquet")).write_bytes(b"other hours")


def digests(folder):
    path = folder / "hourly" / "digests.json"
    path.write_text(path.read_text().replace("a", "b"))


def torn(folder):
    (folder / SOLUTION).write_bytes((folder / SOLUTION).read_bytes()[:-200])


TAMPERED = {
    "a better objective": told(objective_usd=lambda x: x * 1.001),
    "a worse objective": told(objective_usd=lambda x: x * 0.999),
    "another lower bound": told(lower_bound_usd=lambda x: x - 1e6),
    "a tighter bound": told(upper_bound_usd=lambda x: x * (1 - 1e-5)),
    "a smaller gap": told(gap=lambda x: x + 1e-3),
    "more of an order": order("quantity", lambda x: x * 1.01),
    "an order of another number": order("number", lambda x: x + 1),
    "an order left out": told(orders=lambda orders: orders[1:]),
    "an order twice as large in the solution": array(SOLUTION, "master", lambda m: 2 * m),
    "an order that was not placed": array(SOLUTION, "master", lambda m: m + 1.0),
    "more sold than is made": array(SOLUTION, "0.columns", lambda z: z * 1.001),
    "an hour that runs backwards": array(SOLUTION, "0.columns", lambda z: z - 1.0),
    "prices that prove less": array(SOLUTION, "0.rows", lambda y: 0.9 * y),
    "prices of limits on orders that prove less": array(
        SOLUTION, "master.prices", lambda y: y + 1.0
    ),
    "cheaper orders": array(MODEL, "master.cost", lambda c: 0.99 * c),
    "a milder limit on orders": array(MODEL, "master.rhs", lambda r: r + 1.0),
    "cheaper hours": array(MODEL, "0.cost.scale", lambda c: 0.999 * c),
    "other hours": hours,
    "digests of other hours": digests,
    "a torn file": torn,
}


@pytest.mark.parametrize("tamper", TAMPERED.values(), ids=TAMPERED.keys())
def test_no_tampered_plan_is_accepted(campus, tmp_path, tamper):
    folder = tmp_path / "run"
    shutil.copytree(campus, folder)
    assert check(folder)[1] == []
    tamper(folder)
    assert certify_run.main([str(folder)]) == 3


def test_a_folder_without_a_plan_is_no_verdict(tmp_path):
    assert certify_run.main([str(tmp_path)]) == 2


def test_the_verb_checks_the_study_as_well(campus, tmp_path, capsys):
    """A study.yaml of a cheaper plant: the files agree with each other, the study with none."""
    assert main(["certify", str(campus)]) == 0
    assert "certified" in capsys.readouterr().out
    folder = tmp_path / "run"
    shutil.copytree(campus, folder)
    other = (folder / STUDY).read_text().replace("variable: 5 USD/MWh", "variable: 4 USD/MWh")
    (folder / STUDY).write_text(other)
    assert main(["certify", str(folder), "--alone"]) == 0
    assert main(["certify", str(folder), "--json"]) == 3
    assert "not that of study.yaml" in capsys.readouterr().out


def test_a_run_that_kept_no_problem_is_said(campus, tmp_path, capsys):
    folder = tmp_path / "run"
    shutil.copytree(campus, folder)
    open_run(folder).path(MODEL).unlink()
    assert main(["certify", str(folder)]) == 2
    assert "holds no model.npz" in capsys.readouterr().err
