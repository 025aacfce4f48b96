"""`headrace tree`: the scenario tree of a study in the terminal, without solving anything."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.scenario.tree import scenario_tree
from headrace.show import cli
from headrace.show.cli import tree as verb

BRANCHED = """
study: small
title: "Small: two beliefs"
horizon: {start: 2027-01, stages: [6 months, 18 months, 36 months]}
fuels: {gas: {price: 4.5 USD/MMBtu}}
technologies: {plant: {capex: 300 USD/kW, heat_rate: 7 MMBtu/MWh, fuel: gas}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
beliefs:
  growth:
    about: demand
    before: 40 %/a
    reveal: 2
    cases: {low: {probability: 40 %, value: 0 %/a}, high: {probability: 60 %, value: 80 %/a}}
  gas_price:
    about: fuel:gas
    before: 4.5 USD/MMBtu
    reveal: 3
    cases:
      cheap: {probability: 50 %, value: 3 USD/MMBtu}
      dear: {probability: 50 %, value: 9 USD/MMBtu}
"""
WRITTEN = """
study: written
horizon: {start: 2027-01, stages: [12 months, 12 months]}
technologies: {plant: {capex: 300 USD/kW, variable: 10 USD/MWh}}
sites: {here: {build: {plant: plant}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
tree:
  - {node: now}
  - {node: boom, parent: now, probability: 70 %, values: {demand: 2}}
  - {node: bust, parent: now, probability: 30 %}
"""


@pytest.fixture
def study(tmp_path):
    path = tmp_path / "study.yaml"
    path.write_text(BRANCHED, encoding="utf-8")
    return path


def told(capsys, *words):
    code = cli.main(["tree", *map(str, words)])
    return code, capsys.readouterr().out


def test_json_holds_every_node(study, capsys):
    """2 cases of growth after half a year, 2 of gas after two years: 1 + 2 + 4 nodes, 4 branches of
    0.4 x 0.5 and 0.6 x 0.5.
    """
    code, out = told(capsys, study, "--json")
    found = json.loads(out)
    assert (code, out.count("\n")) == (0, 1)
    assert (found["study"], found["start"], found["leaves"]) == ("small", "2027-01", 4)
    assert [node["parent"] for node in found["nodes"]] == [None, 0, 0, 1, 1, 2, 2]
    assert [node["start"] for node in found["nodes"]] == [
        *("2027-01", "2027-07", "2027-07"),
        *["2029-01"] * 4,
    ]
    assert [node["probability"] for node in found["nodes"]] == pytest.approx(
        [1.0, 0.4, 0.6, 0.2, 0.2, 0.3, 0.3]
    )
    root, last = found["nodes"][0]["beliefs"], found["nodes"][-1]
    assert root["demand growth"] == {"value": 0.4, "unit": "1/year"}
    assert root["fuel:gas"] == {"value": 4.5, "unit": "USD/MMBtu"}
    assert last["cases"] == {"growth": "high", "gas_price": "dear"}
    assert last["beliefs"]["fuel:gas"]["value"] == 9.0
    assert last["beliefs"]["demand growth"]["value"] == pytest.approx(0.8)


def test_the_drawing_says_only_what_is_new(study, capsys):
    code, out = told(capsys, study)
    lines = out.splitlines()
    assert code == 0
    assert lines[0].rstrip() == "Small: two beliefs: 7 nodes, 4 branches, 5 years from 2027-01"
    assert len(lines) == 8
    assert "2027-01 6 months  100 %  today's beliefs" in lines[1]
    assert "fuel of gas 4.5 USD/MMBtu, demand growth 40 % a year" in lines[1]
    low = next(line for line in lines if "growth low" in line)
    assert "2027-07 18 months   40 %  growth low  demand growth 0 % a year" in low
    assert "fuel" not in low
    assert sum("gas price dear  fuel of gas 9 USD/MMBtu" in line for line in lines) == 2
    assert sum(line.lstrip("\N{BOX DRAWINGS LIGHT VERTICAL} ")[:1] in "├└" for line in lines) >= 6


def test_a_written_tree_keeps_its_own_names(tmp_path, capsys):
    path = tmp_path / "study.yaml"
    path.write_text(WRITTEN, encoding="utf-8")
    code, out = told(capsys, path)
    assert code == 0
    assert "100 %  now" in out
    assert "70 %  boom  demand 2" in out
    assert "30 %  bust" in out


def test_a_large_tree_is_cut_and_says_so(study, capsys, monkeypatch):
    monkeypatch.setattr(verb, "MOST_NODES", 3)
    _, out = told(capsys, study)
    assert "7 nodes" in out
    assert "... and 4 more nodes" in out
    assert "gas price" not in out


def test_without_a_study_it_is_the_one_that_comes_along(capsys):
    code, out = told(capsys)
    assert code == 0
    assert out.startswith("Piedmont")


def test_a_wrong_study_is_bad_input(tmp_path, capsys):
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(BRANCHED.replace("reveal: 3", "reveal: 9"), encoding="utf-8")
    assert cli.main(["tree", str(wrong)]) == 2
    assert "wrong.yaml" in capsys.readouterr().err
    assert cli.main(["tree", str(tmp_path / "absent.yaml")]) == 2


def test_probabilities_of_the_leaves_are_one():
    nodes = scenario_tree(study_of(parse_text(BRANCHED, "study.yaml")))
    assert sum(node.probability for node in verb.leaves(nodes)) == pytest.approx(1.0)


def test_nothing_that_solves_is_loaded(study):
    code = (
        "import sys; from headrace.show.cli import main; main(['tree', sys.argv[1]]);"
        "print(sorted({'numba', 'highspy', 'scipy', 'pvlib'} & set(sys.modules)), file=sys.stderr)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, str(study)], capture_output=True, text=True, check=True
    )
    assert found.stderr.strip() == "[]"
