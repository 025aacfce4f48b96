"""The tutorials are programs, and they run: in a folder of their own, one after the other."""

from __future__ import annotations

import ast
import re
import runpy
import sys

import pytest
from tests.builders.documents import DOCS

from headrace.show.format import text

TUTORIALS = DOCS / "tutorials"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("tutorials")


def run(name, folder, monkeypatch, *arguments):
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", [name, *arguments])
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


def test_a_decision_in_ten_lines_and_a_margin_from_the_file_alone(folder, monkeypatch, capsys):
    """The margin that the script recomputes is the one that the report tells."""
    run("a_decision_in_ten_lines", folder, monkeypatch)
    told = capsys.readouterr().out
    for words in ("Orders now", "cost [USD]", "worst_branch [USD]", "Cash by year", "committed"):
        assert words in told
    for name in ("cash.svg", "chain.svg"):
        assert (folder / name).read_text(encoding="utf-8").startswith("<svg ")
    newest = max((folder / "runs").iterdir(), key=lambda path: path.stat().st_mtime)
    run("recompute_a_margin", folder, monkeypatch, str(newest), "power")
    brings, costs, left = re.findall(r"[\d.]+", capsys.readouterr().out)
    page = (newest / "report.html").read_text(encoding="utf-8")
    for figure in (brings, costs, left):
        assert f"{text.money(float(figure))}" in page


def test_things_are_looked_up(folder, monkeypatch, capsys):
    run("look_things_up", folder, monkeypatch)
    told = capsys.readouterr().out
    for words in ("gas_first", "heat_rate", "[MW]", "What the whole plan loses", "6 MW is a power"):
        assert words in told


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
    assert from_us in (["headrace"], [])
    assert len([line for line in path.read_text(encoding="utf-8").splitlines() if line]) < 30
