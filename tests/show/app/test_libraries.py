"""Sliders over a library: what is shown is what `ask` proves, and nothing is solved or written."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.builders import tiny_world

pytest.importorskip("fastapi", reason="the extra `app` is not installed")
pytest.importorskip("uvicorn", reason="the extra `app` is not installed")
from tests.builders.app_process import started

from headrace.core.errors import InputError
from headrace.science.world_model.ask import LibraryAnswer
from headrace.show.app import libraries
from headrace.show.app.libraries import StandingLibraries


def told(low, high, kind="proved", why=""):
    gap = None if low is None else 0.01
    return LibraryAnswer({}, kind, low, high, gap, "a theorem", None, (), why)


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    """A folder of work: a library beside the runs folder."""
    work = tmp_path_factory.mktemp("work")
    tiny_world.fill(tiny_world.write(work), 8)
    (work / "runs").mkdir()
    return work


def test_a_difference_lies_between_the_ends_that_are_farthest_apart():
    """A 10 to 12, B 20 to 25: B is worth 8 to 15 more."""
    assert libraries.difference(told(10.0, 12.0), told(20.0, 25.0)) == (8.0, 15.0)
    assert libraries.difference(told(None, None), told(20.0, 25.0)) is None
    assert libraries.difference(told(0.0, 1.0), told(0.0, 2.0)) == (-1.0, 2.0)


def test_a_difference_is_told_in_words_whichever_is_worth_more():
    poor, rich = told(10e6, 12e6), told(20e6, 25e6)
    more = "is worth 8 to 15 M USD more than"
    assert libraries.difference_words(poor, rich) == f"B {more} A."
    assert libraries.difference_words(rich, poor) == f"A {more} B."
    same = libraries.difference_words(told(10e6, 12e6), told(11e6, 13e6))
    assert same.startswith(
        "What is stored does not tell which is worth more: B less A is \u22121 to 3 M USD."
    )
    assert "nothing is known" in libraries.difference_words(poor, told(None, None))


def test_an_answer_without_a_number_says_why():
    words = libraries.answer_words(told(None, None, "extrapolation", "gas outside the box"))
    assert words == "extrapolation: no number. gas outside the box"
    assert libraries.answer_words(told(10e6, 12e6)) == "proved: worth 10 to 12 M USD, 1.00% apart"


def test_points_stand_in_the_address():
    items = [("A.gas", "5"), ("B.gas", "6"), ("B.load", "9 MW")]
    assert libraries.points_of(items) == ({"gas": "5"}, {"gas": "6", "load": "9 MW"})
    assert libraries.points_of([]) == ({}, {})
    for wrong in ([("gas", "5")], [("C.gas", "5")], [("A.", "5")], [("A.gas", "5")] * 2):
        with pytest.raises(InputError, match=r"A\.name=value"):
            libraries.points_of(wrong)


def test_libraries_stand_in_the_runs_folder_or_beside_it(standing, tmp_path):
    assert StandingLibraries(standing / "runs").names == ("world",)
    assert StandingLibraries(tmp_path / "absent" / "runs").names == ()
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/alone.duckdb").write_bytes(b"")  # no world file beside it
    assert StandingLibraries(tmp_path / "runs").names == ()
    with (
        pytest.raises(InputError, match="no library is called 'other'"),
        StandingLibraries(standing / "runs").open("other"),
    ):
        pass


def test_an_aged_library_says_how_to_fill_it_again(standing, tmp_path):
    tiny_world.write(tmp_path)
    (tmp_path / "world.duckdb").write_bytes((standing / "world.duckdb").read_bytes())
    study = tmp_path / "tiny_study.yaml"
    study.write_text(study.read_text().replace("price: 90", "price: 91"))
    with (
        pytest.raises(InputError, match=r"headrace ask world\.yaml --fill 40"),
        StandingLibraries(tmp_path).open("world"),
    ):
        pass


def test_the_page_and_its_data_are_what_the_library_proves(standing):
    before = (standing / "world.duckdb").read_bytes()
    with tiny_world.opened(standing) as asked:
        low, high = (asked.ask({"load": load}, solve=False) for load in ("9", "11"))
    before = (standing / "world.duckdb").read_bytes()
    with started(standing / "runs") as app:
        page = app.ask("/ask").body.decode()
        assert len(re.findall(r'<input type="range"', page)) == 2 * 5
        assert 'aria-label="load at A [MW]"' in page
        assert "/static/ask.js" in page
        address = "/api/libraries/world/answer.json"
        answered = app.ask(f"{address}?A.load=9&B.load=11").json()
        for mine, theirs in zip((low, high), answered["answers"]):
            assert theirs["low"] == pytest.approx(mine.low, rel=1e-9)
            assert theirs["high"] == pytest.approx(mine.high, rel=1e-9)
        assert "8 of 60 plans" in answered["spent"]
        assert "2 too wide" in answered["asked"] or "proved" in answered["asked"]
        outside = app.ask(f"{address}?A.load=99").json()
        assert outside["words"][0].startswith("extrapolation: no number.")
        assert outside["difference"] is None
        for wrong, code in (
            (f"{address}?A.lod=9", 409),
            (f"{address}?load=9", 409),
            ("/api/libraries/none/answer.json", 409),
            ("/api/libraries/..%2Fworld/answer.json", 404),
        ):
            assert app.ask(wrong).status == code, wrong
        told_ = json.loads(app.ask(f"{address}?A.lod=9").body)
        assert "Did you mean `load`?" in told_["message"]
    assert (standing / "world.duckdb").read_bytes() == before


def test_without_a_library_the_page_says_how_to_make_one(tmp_path: Path):
    with started(tmp_path / "runs") as app:
        page = app.ask("/ask").body.decode()
    assert "headrace ask world.yaml --fill 40" in page
    assert "range" not in page
