"""The app on a folder of runs, started once for the tests of a file."""

from __future__ import annotations

import pytest
from tests.builders import toy_plan
from tests.builders.app_process import started

from headrace.core import run_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("app") / "runs"
    toy = toy_plan.write(root / "toy", nodes=2)
    toy.write(run_folder.REPORT, "<!doctype html><p>the report")
    (root / "notes").mkdir()
    (root / "outside").symlink_to(root.parent)
    run_folder.create(root / "torn", "study: torn\n").write(run_folder.PLAN, "{")
    return root


@pytest.fixture(scope="module")
def app(folder):
    pytest.importorskip("uvicorn", reason="the extra `app` is not installed")
    with started(folder) as running:
        yield running
