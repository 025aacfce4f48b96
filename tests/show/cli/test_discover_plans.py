"""`headrace discover` on plans of a small study, from question to report: the same bytes again, a
stop at half time that goes on to the same end, and answers that are no number.

Laws are handed to the search, so that what is looked at is the loop around it; the search itself is
tested in `tests/science/laws`, and from end to end in `headrace verify --only science`.
"""

from __future__ import annotations

import json
from contextlib import contextmanager

import pytest
from tests.science.discovery.test_plan_world import STUDY

from headrace.science.discovery import run as running
from headrace.science.laws import expression as e
from headrace.show import cli
from headrace.show.cli.progress import Stop

pytest.importorskip("SALib")
QUESTION = """\
question: small
title: "At what price does a reactor win?"
study: small_study.yaml
ask: {breakeven: "capex:reactor"}
answer: {name: capex, unit: USD/kW}
vary:
  burnt: {key: technologies.plant.variable, from: 20 USD/MWh, to: 60 USD/MWh}
  plant: {key: technologies.plant.capex, from: 800 USD/kW, to: 1200 USD/kW}
inputs:
  saved: {product: [{difference: [burnt, 5 USD/MWh]}, 1 years], in: USD/kW}
  plant: plant
tolerance: 1 %
budget: {screening: 2, training: 12, ties: 2, held_out: 8, falsify: 12, beyond: 4}
"""
FILES = ("notebook.jsonl", "finding.json", "report.html", "frozen.json", "question.yaml")


def found(inputs, answers, seed, options):
    """A constant, and the plant's capex with what a year saves, times years as the first training
    point has them.
    """
    if inputs.shape[1] != 2:
        return ()
    years = float((answers[0] - inputs[0, 1]) / inputs[0, 0])
    return (e.number(3000.0), e.added(e.one_input(1), e.one_input(0, years)))


def written(folder):
    (folder / "small_study.yaml").write_text(STUDY)
    (folder / "small.yaml").write_text(QUESTION)
    return folder


@pytest.fixture(autouse=True)
def search(monkeypatch):
    monkeypatch.setattr(running.answer, "__kwdefaults__", {"search": found, "proposer": None})


@pytest.fixture
def folder(tmp_path):
    return written(tmp_path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A whole run, in `out`."""
    here = written(tmp_path_factory.mktemp("whole"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(running.answer, "__kwdefaults__", {"search": found, "proposer": None})
        asked(here, "out")
    return here / "out"


def asked(folder, out, *, question="small.yaml", code=0):
    words = ["discover", str(folder / question), "--out", str(folder / out), "--workers", "0"]
    assert cli.main(words) == code
    return json.loads((folder / out / "finding.json").read_text())


def stopped_after(monkeypatch, answers: int) -> None:
    """Ctrl-C when so many answers stand in the notebook."""
    left = iter([False] * answers)

    @contextmanager
    def listening(self):
        yield lambda: next(left, True)

    monkeypatch.setattr(Stop, "listening", listening)


def test_a_law_of_plans_is_found_from_end_to_end_and_again_to_the_same_bytes(folder, whole, capsys):
    """A reactor wins where its capex is below the plant's and what a year's full load saves, times
    discounted years: ten of them at 5 %, 7.72 at their ends and 8.11 at their beginnings.
    """
    told = asked(folder, "again")
    assert told["verdict"] == "law"
    years, rest = told["law"].split(" saved + ")
    assert rest == "plant"
    assert 7.72 < float(years) < 8.11
    assert told["law_error"] < 1e-6
    assert told["falsified"] == 12
    assert told["solves"] > 100
    assert "it survived 12 solves that sought where it is worst" in capsys.readouterr().out
    for name in FILES:
        assert (whole / name).read_bytes() == (folder / "again" / name).read_bytes(), name


def test_a_stop_at_half_time_leaves_a_report_and_goes_on_to_the_same_end(
    folder, whole, capsys, monkeypatch
):
    """Of the 46 answers of the whole run 23 are there: the report says how far it came, the
    notebook holds each, and the same command goes on without asking one of them again.
    """
    every = (whole / "notebook.jsonl").read_text().splitlines()
    with monkeypatch.context() as patched:
        stopped_after(patched, len(every) // 2)
        told = asked(folder, "parts", code=5)
    assert told["verdict"] == "stopped"
    report = (folder / "parts/report.html").read_text()
    assert "Stopped" in report
    assert "At what price does a reactor win?" in report
    lines = (folder / "parts/notebook.jsonl").read_text().splitlines()
    assert lines == every[: len(lines)]
    assert 0.3 < len(lines) / len(every) < 0.7
    asked(folder, "parts")
    for name in FILES:
        assert (whole / name).read_bytes() == (folder / "parts" / name).read_bytes(), name
    capsys.readouterr()


def test_a_file_of_the_study_that_changed_is_not_gone_on_with(folder, capsys, monkeypatch):
    """The demand stands in a table beside the study; half the answers would be of another one."""
    own = STUDY.replace("demand: 10 MW", "demand: load.csv").replace(
        "hours: {blocks: [6000 h, 2760 h]}", "hours: {days: 1}"
    )
    (folder / "small_study.yaml").write_text(own)
    (folder / "load.csv").write_text("load [MW]\n" + "10\n" * 8760)
    with monkeypatch.context() as patched:
        stopped_after(patched, 1)
        first = asked(folder, "out", code=5)
    assert "files_sha256" in first["hashes"]
    (folder / "load.csv").write_text("load [MW]\n" + "11\n" * 8760)
    words = ["discover", str(folder / "small.yaml"), "--out", str(folder / "out"), "--workers", "0"]
    assert cli.main(words) == 2
    assert "has changed since, or a file of it" in capsys.readouterr().err


def test_two_crossings_are_both_listed(folder, capsys):
    """The price of power rises from below the reactor's cost while the plant's fuel falls from dear
    to nothing: the reactor pays in between alone, so every point has two answers and none is taken
    for the answer.
    """
    (folder / "two.yaml").write_text(
        QUESTION.replace("question: small", "question: two")
        .replace(
            '{breakeven: "capex:reactor"}',
            "{threshold: {of: reactor, scan: 5, from: 0 %, to: 100 %, keys: {"
            "products.power.price: [10 USD/MWh, 210 USD/MWh], "
            "technologies.plant.variable: [200 USD/MWh, 0 USD/MWh]}}}",
        )
        .replace("{name: capex, unit: USD/kW}", '{name: part, unit: "%"}')
        .replace(
            "burnt: {key: technologies.plant.variable, from: 20 USD/MWh, to: 60 USD/MWh}",
            "burnt: {key: technologies.reactor.variable, from: 4 USD/MWh, to: 6 USD/MWh}",
        )
        .replace("screening: 2, training: 12, ties: 2", "screening: 0, training: 8, ties: 0")
    )
    told = asked(folder, "out", question="two.yaml")
    assert told["verdict"] == "refused"
    assert "only 0 points have one answer" in told["why"]
    assert len(told["crossings"]) >= 8
    for _, (first, second) in told["crossings"]:
        assert 0 < first < second < 100
    report = (folder / "out/report.html").read_text()
    assert "2 crossings" in report
    capsys.readouterr()


def test_a_region_without_a_plan_is_mapped_and_not_averaged(folder, capsys):
    """Every hour of up to 300 MW is promised, and 200 MW may be built: above, there is no plan. The
    law is sought where there is one, and the rest is told as a region.
    """
    promised = STUDY.replace("price: 200", "availability: 100 %, price: 200")
    (folder / "small_study.yaml").write_text(promised)
    (folder / "map.yaml").write_text(
        QUESTION.replace(
            "  plant: {key: technologies.plant.capex, from: 800 USD/kW, to: 1200 USD/kW}\n",
            "  load: {key: products.power.demand, from: 100 MW, to: 300 MW}\n",
        )
        .replace("  plant: plant\n", "  load: load\n")
        .replace("screening: 2, training: 12, ties: 2", "screening: 2, training: 24, ties: 0")
    )
    told = asked(folder, "out", question="map.yaml")
    without = [point for point, why in told["unanswered"] if why.startswith("infeasible")]
    assert without
    assert min(load for _, load in without) > 200
    assert "load is at least" in told["unanswered_region"]
    edge = float(told["unanswered_region"].split("load is at least ")[1].split()[0])
    assert 185 < edge < 215
    report = (folder / "out/report.html").read_text()
    assert "no plan keeps every limit" in report
    capsys.readouterr()


def test_a_gap_larger_than_the_effect_is_refused(folder, capsys):
    """How much may be built moves nothing: a price is known to a bracket, and laws are not sought
    in its noise.
    """
    (folder / "none.yaml").write_text(
        threshold_without_effect().replace("question: small", "question: none")
    )
    told = asked(folder, "out", question="none.yaml")
    assert told["verdict"] == "refused"
    assert "the gap is larger than the effect" in told["why"]
    assert told["hypotheses"] == []
    assert "Refused: answers are known to" in capsys.readouterr().out


def threshold_without_effect() -> str:
    return (
        QUESTION.split("vary:")[0]
        .replace(
            '{breakeven: "capex:reactor"}',
            "{threshold: {of: anything, scan: 3, from: 5 USD/MWh, to: 105 USD/MWh, "
            "key: products.power.price}}",
        )
        .replace("unit: USD/kW", "unit: USD/MWh")
        + "vary:\n  room: {key: sites.here.build.plant.at_most, from: 100 MW, to: 150 MW}\n"
        "tolerance: 1 %\nbudget: {screening: 0, training: 8, ties: 0, held_out: 8, falsify: 0}\n"
    )
