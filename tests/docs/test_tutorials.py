"""The tutorials are programs, and they run: in a folder of their own, one after the other."""

from __future__ import annotations

import ast
import runpy
import sys

import pytest
from tests.builders.documents import DOCS

TUTORIALS = DOCS / "tutorials"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tutorials")


def run(name, folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [name])
    runpy.run_path(str(TUTORIALS / f"{name}.py"), run_name="__main__")


def test_a_grid_limit_is_changed_and_then_its_plan_read(folder, monkeypatch, capsys):
    """The limit binds: the larger right is worth more, and one MW of it has a price."""
    run("change_a_grid_limit", folder, monkeypatch)
    told = capsys.readouterr().out
    assert "sites.greensboro.grid.limit  80 MW" in told
    assert "Plans compared" in told
    assert "one more MW of grid right" in told
    run("read_a_stored_plan", folder, monkeypatch)
    told = capsys.readouterr().out
    assert told.startswith("finished - load blocks")
    assert "report: campus.html" in told
    assert (folder / "orders.csv").read_text(encoding="utf-8").startswith("site,order,asset")
    assert (folder / "campus.html").is_file()


@pytest.mark.parametrize("path", sorted(TUTORIALS.glob("*.py")), ids=lambda path: path.stem)
def test_a_tutorial_needs_the_public_names_alone(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    from_us = [
        name.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
        if "headrace" in (name.name, getattr(node, "module", None))
    ]
    assert from_us == ["headrace"]
    assert len([line for line in path.read_text(encoding="utf-8").splitlines() if line]) < 30
