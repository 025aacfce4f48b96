"""`headrace rights`: reading, converting and asking licences from the terminal."""

from __future__ import annotations

import json

import pytest

from headrace.show.cli import main

TERMS = """licences:
- {id: fox, work: Fox, holder: acme, allow: [parody], media: [video], territory: [JP],
   term: 2026-01..2026-12, per_use: 0.01 USD}
"""
FEED = """<rsl xmlns="https://rslstandard.org/rsl"><content url="/news/*"><license>
<permits type="usage">search</permits></license></content></rsl>"""


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "licences.yaml").write_text(TERMS)
    (tmp_path / "license.xml").write_text(FEED)


def run(capsys, *words):
    code = main(["rights", *words])
    return code, capsys.readouterr().out


def test_licences_go_to_odrl_and_back(capsys):
    pytest.importorskip("rdflib")
    code, out = run(capsys, "check", "licences.yaml", "--json")
    told = json.loads(out)
    assert (code, told["licences"], told["works"]) == (0, 1, 1)
    assert run(capsys, "convert", "licences.yaml", "--out", "o.json")[0] == 0
    assert json.loads(run(capsys, "check", "o.json", "--json")[1]) == told
    assert "per_use: 0.01" in run(capsys, "convert", "o.json", "--to", "yaml")[1]
    assert run(capsys, "convert", "o.json", "--to", "xml")[0] == 2
    assert run(capsys, "check", "license.xml")[0] == 2


def test_a_use_is_asked_for(capsys):
    ask = ("ask", "licences.yaml", "Fox", "--medium", "video", "--territory", "JP")
    yes = run(capsys, *ask, "--context", "parody", "--day", "2026-05-01", "--json")
    assert (yes[0], json.loads(yes[1])["licence"]) == (0, "fox")
    code, out = run(capsys, *ask, "--context", "politics", "--day", "2026-05-01")
    assert code == 3
    assert "what is not allowed is denied" in out
    assert run(capsys, *ask, "--day", "soon")[0] == 2


def test_an_rsl_document_is_asked(capsys):
    code, out = run(capsys, "rsl", "license.xml", "--url", "/news/a", "--usage", "search", "--json")
    assert (code, json.loads(out)["licences"][0]["permitted"]) == (0, True)
    assert run(capsys, "rsl", "license.xml", "--url", "/news/a", "--usage", "ai-train")[0] == 3
    assert run(capsys, "rsl", "license.xml", "--url", "/about", "--usage", "search")[0] == 3


def test_a_pool_is_worked_out(capsys, tmp_path):
    (tmp_path / "pool.yaml").write_text(
        "pool: {currency: USD, inputs: {r: 200}, steps: [{name: p, percent: 10, of: r}]}\n"
    )
    code, out = run(capsys, "pool", "pool.yaml", "--day", "2026-01-01")
    assert (code, out.split()[:2]) == (0, ["20.000000", "USD"])
    assert run(capsys, "pool", "pool.yaml", "--day", "x")[0] == 2
