"""Run folders by name: none leads out, a changed plan is read again."""

from __future__ import annotations

import json
import os
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
from headrace.show.app.notes import RunNote, read_note, write_note
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


def of_study(root: Path, name: str, text: str, changed: float) -> None:
    folder = run_folder.create(root / name, text)
    os.utime(folder.root / run_folder.STUDY, (changed, changed))


def test_a_run_says_what_it_differs_in_from_the_one_before(tmp_path):
    of_study(tmp_path, "one", "study: gas\nmoney: {year: 2026}\n", 100.0)
    of_study(tmp_path, "other", "study: sun\n", 200.0)
    of_study(
        tmp_path, "two", "study: gas\nmoney: {year: 2027}\nsites: {a: {b: 1, c: 2, d: 3}}\n", 300.0
    )
    of_study(
        tmp_path,
        "again",
        "study: gas\nmoney: {year: 2027}\nsites: {a: {b: 1, c: 2, d: 3}}\n",
        400.0,
    )
    told = {one.name: one.differs for one in Shelf(tmp_path).headlines()}
    assert told == {
        "one": "",
        "other": "",
        "two": "one: money.year, sites.a.b, sites.a.c and 1 more",
        "again": "two: in nothing",
    }


def test_a_note_is_kept_in_the_run(tmp_path):
    of_study(tmp_path, "one", "study: gas\n", 100.0)
    folder = Shelf(tmp_path).find("one")
    assert read_note(folder) == RunNote()
    write_note(folder, RunNote(name="cheap <gas>", note="what the board saw"))
    (told,) = Shelf(tmp_path).headlines()
    assert told.note == RunNote(name="cheap <gas>", note="what the board saw")
    folder.write("note.json", '{"name": 7}')
    assert "cannot be read" in read_note(folder).note
    (folder.root / "note.json").write_bytes(b"\xff\xfe")
    (told,) = Shelf(tmp_path).headlines()  # the list stands whatever lies there
    assert "cannot be read" in told.note.note
    (folder.root / "note.json").unlink()
    (folder.root / "note.json").symlink_to("/etc/hostname")
    (told,) = Shelf(tmp_path).headlines()
    assert "cannot be read" in told.note.note
