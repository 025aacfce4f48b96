"""Paths around the branches of a tree: what is known is kept, what is drawn lies where it may."""

from __future__ import annotations

import numpy as np
import pytest

from headrace.core.study_reader import parse_text, study_of
from headrace.core.uncertainty import Capex, DemandGrowth, FuelPrice
from headrace.plan.scenario.tree import scenario_tree
from headrace.science.replay.paths import drawn_path

STUDY = """\
study: tiny
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 12 months, 24 months], hours: {blocks: [8760 h]}}
technologies: {t: {capex: 1000 USD/kW, life: 10 years}}
fuels: {gas: {price: 4 USD/MMBtu, co2: 53 kg/MMBtu}}
beliefs:
  demand:
    {about: demand, before: 0 %/a, reveal: 2,
     cases: {low: {probability: 25 %, value: 10 %/a}, high: {probability: 75 %, value: 50 %/a}}}
  gas:
    {about: "fuel:gas", before: 4 USD/MMBtu, reveal: 3,
     cases: {cheap: {probability: 50 %, value: 1 USD/MMBtu},
             fair: {probability: 30 %, value: 4 USD/MMBtu},
             dear: {probability: 20 %, value: 12 USD/MMBtu}}}
  capex:
    {about: "capex:t", before: 1000 USD/kW, reveal: 3,
     cases: {only: {probability: 100 %, value: 900 USD/kW}}}
sites: {here: {build: {plant: {use: t, at_most: 200 MW}}}}
products:
  power: {kind: electricity, site: here, demand: 100 MW, price: 100 USD/MWh}
"""
STUDY_READ = study_of(parse_text(STUDY, "study.yaml"))
NODES = scenario_tree(STUDY_READ)
PATHS = [drawn_path(NODES, 3, 7, number) for number in range(800)]


def test_a_path_is_one_branch_of_its_own():
    for path in PATHS[:50]:
        assert [node.parent for node in path.nodes] == [-1, 0, 1]
        assert [node.stage for node in path.nodes] == [1, 2, 3]
        assert {node.probability for node in path.nodes} == {1.0}
        assert all(NODES[o].parent == (path.like[k - 1] if k else -1)
                   for k, o in enumerate(path.like))  # fmt: skip
        assert path.nodes[0].values == NODES[0].values
        assert all(0 <= year < 3 for year in path.years)


def test_branches_come_as_often_as_they_are_believed():
    """Of 800 paths a quarter has low demand: within three standard deviations of 12."""
    low = sum("low" in path.label for path in PATHS)
    assert abs(low - 200) < 3 * np.sqrt(800 * 0.25 * 0.75)


def test_what_is_drawn_lies_nearer_to_its_case_than_to_any_other():
    """Gas at 1, 4 or 12: half the way to the next is 1.5, 1.5 and 4; 1 goes no lower than 0."""
    ends = {"cheap": (0.0, 2.0), "fair": (2.5, 5.5), "dear": (8.0, 16.0)}
    for case, (low, high) in ends.items():
        drawn = np.array(
            [p.nodes[2].values[FuelPrice("gas")] for p in PATHS if f"gas {case}" in p.label]
        )
        assert low <= drawn.min() < low + 0.1 * (high - low)
        assert high - 0.1 * (high - low) < drawn.max() <= high
        middle, spread = 0.5 * (low + high), (high - low) / np.sqrt(12 * len(drawn))
        assert abs(drawn.mean() - middle) < 3 * spread  # the mean of a case stays what it was


def test_growth_is_drawn_once_and_kept():
    for path in PATHS[:50]:
        second, third = (path.nodes[n].growth[DemandGrowth()] for n in (1, 2))
        assert second == third
        assert second[0] == (0.0, 0.0)  # what held before is known
        believed = 0.1 if "low" in path.label else 0.5
        assert abs(second[1][1] - believed) <= (0.1 if believed == 0.1 else 0.2)


def test_what_has_one_case_is_not_drawn():
    assert {path.nodes[2].values[Capex("t")] for path in PATHS[:50]} == {900.0}


def test_a_path_hangs_on_its_seed_and_number_alone():
    again, other = drawn_path(NODES, 3, 7, 5), drawn_path(NODES, 3, 8, 5)
    assert again == PATHS[5]
    assert other != PATHS[5]


def test_a_written_tree_keeps_ratios_of_what_was_drawn():
    """Where gas is 6 below 4 on the same branch, a draw of 5 becomes 7.5."""
    written = STUDY[: STUDY.index("beliefs:")] + STUDY[STUDY.index("sites:") :]
    tree = """\
tree:
  - {node: a, values: {"fuel:gas": 3 USD/MMBtu}}
  - {node: b, parent: a, probability: 50 %, values: {"fuel:gas": 4 USD/MMBtu}}
  - {node: c, parent: a, probability: 50 %, values: {"fuel:gas": 8 USD/MMBtu}}
  - {node: d, parent: b, values: {"fuel:gas": 6 USD/MMBtu}}
  - {node: e, parent: c, values: {"fuel:gas": 8 USD/MMBtu}}
"""
    nodes = scenario_tree(study_of(parse_text(written + tree, "study.yaml")))
    for number in range(30):
        path = drawn_path(nodes, 1, 1, number)
        second, third = (node.values[FuelPrice("gas")] for node in path.nodes[1:])
        ratio = 1.5 if path.nodes[1].name == "b" else 1.0
        assert third == pytest.approx(ratio * second)
