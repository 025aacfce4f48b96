"""A proposer behind a stub endpoint: its forms are candidates like others, and judge nothing."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.science.discovery.discover import discover
from headrace.science.discovery.notebook import Notebook
from headrace.science.discovery.proposer import TRANSCRIPT, Proposer, as_law, laws_of
from headrace.science.discovery.question import parse_question
from headrace.science.discovery.run import OpenedWorld, answer
from headrace.science.discovery.world import FunctionWorld
from headrace.show.cli import main

pytest.importorskip("SALib")
TEXT = """\
question: planted
study: gas_first
ask: {breakeven: "capex:x"}
answer: {name: cost, unit: USD/MWh}
vary:
  a: {key: k.a, from: 1 USD/MWh, to: 3 USD/MWh}
  b: {key: k.b, from: 1 USD/MWh, to: 3 USD/MWh}
  c: {key: k.c, from: 20 %, to: 90 %}
null_law: {sum: [a, b]}
budget: {screening: 2, training: 24, ties: 0, held_out: 20, falsify: 60, beyond: 12}
"""
QUESTION = parse_question(TEXT, Path())
RIGHT = {"ratio": [{"sum": ["a", {"product": [2, "b"]}]}, "c"]}
WRONG = {"product": ["a", "b"]}


def truth(points):
    return (points[:, 0] + 2 * points[:, 1]) / (points[:, 2] / 100)


def nothing(inputs, answers, seed, options):
    return ()


class _Model(BaseHTTPRequestHandler):
    asked: ClassVar[list[dict]] = []

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append(body | {"key": self.headers.get("Authorization", "")})
        told = {
            "good": f"Here: {json.dumps([WRONG, RIGHT, 'nobody', {'sum': ['a']}])} as you asked.",
            "wrong": json.dumps([WRONG]),
            "prose": "I believe that cost is a law of nature; verdict: law, error 0 %.",
        }[body["model"]]
        reply = json.dumps({"choices": [{"message": {"content": told}}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_):
        pass


@pytest.fixture
def address():
    _Model.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Model)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def found_by(proposer, folder, search=nothing):
    world = OpenedWorld(FunctionWorld(truth), "study: planted\n", lambda: None)
    return answer(
        QUESTION, world, folder, stop=lambda: False, told=lambda *_: None, search=search,
        proposer=proposer,
    )  # fmt: skip


def test_a_good_proposal_becomes_a_law_by_the_same_judgement(address, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_KEY", "not to be kept")
    found = found_by(Proposer(address, "good", "MY_KEY"), tmp_path / "n")
    assert found.verdict == "law"
    assert found.law_error < 1e-9
    assert found.falsified == 60
    (asked,) = _Model.asked
    assert asked["key"] == "Bearer not to be kept"
    assert "ads" not in asked
    said = (tmp_path / "n" / TRANSCRIPT).read_text()
    assert "not to be kept" not in said
    told = json.loads(said)
    assert told["asked"] == asked["messages"][0]["content"]
    assert json.loads(told["answer"][6:-14])[1] == RIGHT
    assert [fate.split(":")[0] for fate in told["forms"]] == [
        "a candidate", "a candidate", "not taken", "not taken",
    ]  # fmt: skip
    assert any(name == "transcript of the proposer" for name, _ in found.hashes)


def test_it_is_asked_before_anything_is_held_out_and_once(address, tmp_path):
    folder = tmp_path / "n"
    found_by(Proposer(address, "good"), folder)
    lines = [json.loads(line) for line in (folder / "notebook.jsonl").read_text().splitlines()]
    place = next(n for n, line in enumerate(lines) if "laws" in line)
    assert all(line["part"] != "held out" for line in lines[:place])
    held = {tuple(line["point"]) for line in lines[place:] if line.get("part") == "held out"}
    shown = _Model.asked[0]["messages"][0]["content"]
    assert not any(f"{point[0]:.4g}, {point[1]:.4g}" in shown for point in held)
    again = found_by(Proposer(address, "good"), folder)  # from the notebook
    assert again.verdict == "law"
    assert len(_Model.asked) == 1


def test_a_wrong_proposal_dies_and_counts_as_a_hypothesis(address, tmp_path):
    found = found_by(Proposer(address, "wrong"), tmp_path / "n")
    assert found.verdict == "no law"
    (hypothesis,) = found.hypotheses
    assert hypothesis.fate.startswith("units")


def test_what_it_says_of_its_own_laws_is_not_listened_to(address, tmp_path):
    found = found_by(Proposer(address, "prose"), tmp_path / "n")
    assert found.verdict == "no law"
    assert not found.hypotheses
    told = json.loads((tmp_path / "n" / TRANSCRIPT).read_text())
    assert told["forms"] == ["no JSON list in the answer"]


@pytest.mark.slow
def test_an_endpoint_that_is_not_there_proposes_nothing(tmp_path):
    found = found_by(Proposer("http://127.0.0.1:9/v1", "good"), tmp_path / "n")
    assert found.verdict == "no law"
    assert "no answer" in json.loads((tmp_path / "n" / TRANSCRIPT).read_text())["failed"]


def test_it_is_off_unless_asked_for(tmp_path):
    found_by(None, tmp_path / "n")
    assert not (tmp_path / "n" / TRANSCRIPT).exists()
    steps = discover(QUESTION, FunctionWorld(truth), Notebook(), stop=lambda: False, search=nothing)
    assert [*steps][-1].verdict == "no law"


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        ("z", "no input"),
        (True, "not a name"),
        (None, "not a name"),
        ({"exp": ["a", "b"]}, "one of"),
        ({"sum": "a"}, "takes a list"),
        ({"sum": ["a"]}, "takes a list"),
        ({"sum": ["a", "b"], "ratio": ["a", "b"]}, "one of"),
        ({"sum": ["a"] * 9}, "takes a list"),
        (float("nan"), "not a name"),
    ],
)
def test_bad_forms_are_told_apart(told, wrong):
    with pytest.raises(ValueError, match=wrong):
        as_law(told, ["a", "b"])


def test_deep_and_endless_forms_are_not_taken():
    deep = "a"
    for _ in range(12):
        deep = {"sum": [deep, "a"]}
    x = np.linspace(1.0, 2.0, 10)[:, None]
    told = [deep, {"ratio": [1, {"difference": ["a", "a"]}]}, *["a"] * 20]
    found, fates = laws_of(json.dumps(told), ["a"], x, 3 * x[:, 0])
    assert len(found) == 1
    assert found[0](x) == pytest.approx(3 * x[:, 0])  # numbers are fitted
    assert "deeper" in fates[0]
    assert fates[1].startswith("not taken")
    assert fates[-1] == "14 more were not read"
    assert laws_of("[" * 100_000, ["a"], x, x[:, 0]) == ((), ["no JSON list in the answer"])


def test_options_that_make_no_sense(capsys):
    assert main(["discover", "clip_cost", "--proposer", "http://127.0.0.1:8000/v1"]) == 2
    assert "--proposer" in capsys.readouterr().err
    assert main(
        ["discover", "clip_cost", "--proposer", "file:///etc", "--proposer-model", "m"]
    ) == 2  # fmt: skip
    assert "http" in capsys.readouterr().err
    with pytest.raises(InputError, match="http or https"):
        Proposer("nowhere", "m")
