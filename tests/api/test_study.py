"""A study as one holds it: read from anywhere, changed by key, solved as the command line does."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from headrace.api.plan import open_plan
from headrace.api.study import read
from headrace.core.errors import Infeasible, InputError
from headrace.core.plan_file import summary
from headrace.core.run_folder import PLAN, STUDY
from headrace.show.cli import progress
from headrace.show.format.order_sentences import ranked

CAMPUS = Path(__file__).parents[2] / "docs" / "tutorials" / "campus.yaml"
TINY = """
study: tiny
horizon: {start: 2027-01, stages: [12 months], hours: {blocks: [6000 h, 2760 h]}}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh}}
sites: {here: {build: {plant: {use: plant, at_most: 8 MW}}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def test_a_study_is_read_from_wherever_it_stands(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / STUDY).write_text(TINY, encoding="utf-8")
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    ways = (path, str(path), "mine", TINY, read(TINY).data)
    assert all(read(way).model == read(TINY).model for way in ways)
    assert [read(way).name for way in ways] == ["tiny", "tiny", "mine", "tiny", "tiny"]
    assert read("gas_first").model.study == "gas_first"
    flow = "{study: x, horizon: {start: 2027-01, stages: [1 year]}, sites: {a: {}}, products: {p: {"
    flow += "kind: electricity, site: a, demand: 1 MW, price: 1 USD/MWh}}}"
    assert read(flow).name == "x"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("piedmot", "Did you mean `piedmont`"),
        ("absent.yaml", "there is no such file"),
        ("", "is not a file, a folder with a study, or an example"),
        ("study: x\nstes: {}\n", "Did you mean `sites`"),
        ({"study": "x"}, "this key is missing"),
        ({}, "not a mapping|this key is missing"),
    ],
)
def test_what_is_no_study_is_told(source, said):
    with pytest.raises(InputError, match=said):
        read(source)


def test_an_error_quotes_the_line_of_the_study():
    with pytest.raises(InputError) as told:
        read(TINY.replace("10 MW,", "10 apples,"))
    line = TINY.splitlines()[5].replace("10 MW,", "10 apples,")
    assert told.value.__notes__ == [f"    6 | {line}"]
    shown = told.value._render_traceback_()
    assert shown[0].startswith("InputError: study.yaml:6:")
    assert shown[1:] == [f"    6 | {line}"]


def test_but_gives_another_study_and_leaves_the_first():
    study = read(TINY)
    more = study.but({"sites.here.build.plant.at_most": "9 MW"}, name="more room")
    assert study.model == read(TINY).model
    assert more.model.sites["here"].build["plant"].at_most == 9.0
    assert (more.name, more.model.title) == ("more-room", "more room")
    assert more.path is None
    assert study.but({}).model == study.model
    with pytest.raises(InputError, match="Did you mean `at_most`"):
        study.but({"sites.here.build.plant.at_mots": "9 MW"})
    with pytest.raises(InputError, match="3 MW is a power"):
        study.but({"carbon": "3 MW"})


def test_a_difference_is_one_of_meaning():
    study = read(TINY)
    assert len(study.diff(study)) == 0
    same = study.but({"sites.here.build.plant.at_most": "0.008 GW"})
    assert len(study.diff(same)) == 0
    other = study.but({"carbon": "10 USD/t", "horizon.stages": ["12 months", "12 months"]})
    found = {row["key"]: (row["tiny"], row["tiny (other)"]) for row in study.diff(other)}
    assert found == {"carbon": (0.0, "10 USD/t"), "horizon.stages.1": (None, "12 months")}


def test_a_study_is_shown_as_a_card():
    told = read(TINY.replace("study: tiny", "study: tiny\ntitle: '<b>T</b>'"))
    assert "2 load blocks" in repr(told)
    assert "1 representative week" in repr(told.but({"horizon.hours": {"weeks": 1}}))
    assert "3 representative days" in repr(told.but({"horizon.hours": {"days": 3}}))
    assert "&lt;b&gt;T" in told._repr_html_()


def test_check_finds_what_only_the_rooms_know():
    assert read(TINY).check().name == "tiny"
    with pytest.raises(InputError, match="neither a bundled station nor a file") as told:
        read(TINY).but({"sites.here.weather": "nowhere.csv"}).check()
    assert any("nowhere.csv" in note for note in told.value.__notes__)


def test_decisions_are_those_of_the_command_line(tmp_path):
    """The same objective, bounds and orders to the last bit, from another process."""
    plan = read(CAMPUS).solve(out=tmp_path / "api", progress=False)
    words = [sys.executable, "-m", "headrace", "plan", str(CAMPUS), "--out", "cli", "--json"]
    told = json.loads(subprocess.run(words, capture_output=True, check=True).stdout)
    ours = summary(replace(plan.file, orders=ranked(plan.file.orders)))
    for key in ("objective_usd", "lower_bound_usd", "upper_bound_usd", "gap", "orders"):
        assert json.loads(json.dumps(ours[key])) == told[key], key
    assert told["orders"]
    names = {entry.name for entry in (tmp_path / "api").iterdir()}
    assert names == {entry.name for entry in (tmp_path / "cli").iterdir()}
    assert open_plan("api").file == plan.file


def test_a_changed_study_is_solved_in_a_folder_of_its_own():
    """8 MW are allowed of the 10 MW that are asked for; the ninth is worth its price less its
    cost in 8,760 h, and the plan with nine is worth just that more.
    """
    study = read(TINY)
    plan = study.solve(progress=False)
    more = study.but({"sites.here.build.plant.at_most": "9 MW"}).solve(progress=False)
    assert [p.folder.root.as_posix() for p in (plan, more)] == ["runs/tiny", "runs/tiny-2"]
    assert plan.orders["quantity"] == (8.0,)
    assert more.orders["quantity"] == (9.0,)
    gained = more.file.objective_usd - plan.file.objective_usd
    assert plan.worth("here.build.plant.at_most").usd == pytest.approx(gained)
    assert read("runs/tiny-2").model.sites["here"].build["plant"].at_most == 9.0
    assert (plan.folder.root / "report.html").is_file()
    network = plan.to_pypsa("year.nc")
    assert [size for size in network.generators["p_nom"] if abs(size - 8.0) < 1e-5]
    assert Path("year.nc").stat().st_size > 1000
    with pytest.raises(InputError, match="0 to 0"):
        plan.to_pypsa(year=1)
    with pytest.raises(InputError, match=r"a node of `plan\.tree`"):
        plan.to_pypsa(node=9)


def test_what_was_read_is_solved_though_its_file_has_changed_since(tmp_path):
    path = tmp_path / "tiny.yaml"
    path.write_text(TINY, encoding="utf-8")
    study = read(path)
    path.write_text(TINY.replace("8 MW", "5 MW"), encoding="utf-8")
    assert study.solve(progress=False).orders["quantity"] == (8.0,)


def test_a_gap_is_passed_on_and_nonsense_is_refused():
    with pytest.raises(InputError, match="expected above 0"):
        read(TINY).solve(gap=0.0)
    for minutes in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="expected above 0"):
            read(TINY).solve(minutes=minutes)
    assert not Path("runs").exists()


def test_out_of_time_the_plan_so_far_is_returned_without_advice():
    plan = read(TINY).solve(minutes=1e-9, progress=False)
    assert plan.status.state == "stopped"
    assert "no advice yet" in repr(plan)
    assert read(TINY).solve(out=plan.folder.root, progress=False).status.state == "finished"


def test_ctrl_c_keeps_the_best_so_far_and_is_given_back(monkeypatch, capsys):
    before = signal.getsignal(signal.SIGINT)

    @contextmanager
    def interrupting(title):
        yield lambda event: event.stage == "formulate" and os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(progress, "watching", interrupting)
    plan = read(TINY).solve()
    assert plan.status.state == "stopped"
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_solves_without_signals_and_in_silence(capsys):
    found = []
    worker = threading.Thread(
        target=lambda: found.append(read(TINY).solve(out="there", progress=False))
    )
    worker.start()
    worker.join()
    assert found[0].status.state == "finished"
    assert capsys.readouterr() == ("", "")


def test_progress_is_told_on_stderr(capsys):
    read(TINY).solve(out="loud")
    out, err = capsys.readouterr()
    assert out == ""
    assert "formulate" in err


def test_what_cannot_be_kept_is_an_error_and_stays_on_disk():
    broken = read(TINY).but({"products.power.availability": "100 %"})
    with pytest.raises(Infeasible):
        broken.solve(out="none", progress=False)
    assert open_plan("none").status.state == "infeasible"
    assert (Path("none") / PLAN).is_file()


def test_weather_beside_the_first_study_is_found_from_a_run_folder(tmp_path):
    """A changed study is kept in its run folder; the weather file it names by a relative path lies
    where it lay.
    """
    (tmp_path / "mine").mkdir()
    path = tmp_path / "mine" / "s.yaml"
    path.write_text(TINY.replace("here: {build", "here: {weather: w.csv, build"), encoding="utf-8")
    (tmp_path / "mine" / "w.csv").write_text("not weather", encoding="utf-8")
    with pytest.raises(InputError) as told:
        read(path).but({"carbon": "1 USD/t"}).solve(out="moved", progress=False)
    assert "neither a bundled station nor a file" not in str(told.value)
    assert str((tmp_path / "mine" / "w.csv").resolve()) in (tmp_path / "moved" / STUDY).read_text()
