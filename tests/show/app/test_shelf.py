"""Run folders by name: none leads out, a changed plan is read again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import toy_plan

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")


from headrace.core import run_folder
from headrace.core.errors import InputError
from headrace.show.app import shelf
from headrace.show.app.shelf import Shelf


@given(st.text(max_size=30))
def test_any_name_is_found_inside_or_refused(name):
    root = Path(__file__).parent
    try:
        found = Shelf(root).find(name)
    except InputError:
        return
    assert found.root.parent == root


def test_a_plan_that_changes_is_read_again(tmp_path):
    folder = toy_plan.write(tmp_path / "toy", nodes=1)
    first = shelf.plan_of(folder)
    assert shelf.plan_of(folder) is first
    raw = toy_plan.plan() | {"title": "another title"}
    folder.write(run_folder.PLAN, json.dumps(raw))
    assert shelf.plan_of(folder).title == "another title"
    assert Shelf(tmp_path).headlines()[0].title == "another title"
