"""Trees from paths: probabilities, expectations, files, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.beliefs.tree import (
    StagedPaths,
    as_study_nodes,
    branching,
    reduced,
    resampled,
    written_unit,
    written_value,
)
from headrace.beliefs.tree_files import as_csv, read_nodes, read_paths, with_tree
from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.plan.scenario.tree import scenario_tree

STUDY = """\
study: campus
# a remark that stays
money: {year: 2026, discount: 8 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months, 24 months], hours: {blocks: [8760 h]}}
beliefs:
  growth: {about: demand, before: 5 %/a, reveal: 2, cases: {any: {probability: 1, value: 5 %/a}}}

# of the fuels
fuels: {gas: {price: 6 USD/MMBtu, source: "assumption"}}
sites:
  here: {weather: tmy3:723170, build: {engines: {use: gas.engine, at_most: 200 MW}}}
products:
  campus: {kind: electricity, site: here, demand: 100 MW, price: 300 USD/MWh, source: "assumption"}
"""


def paths(seed=0, number=400, stages=3, about=("demand", "fuel:gas")) -> StagedPaths:
    rng = np.random.default_rng(seed)
    walk = 0.2 * rng.standard_normal((number, stages, len(about))).cumsum(axis=1)
    walk[:, 0] = 0.0
    return StagedPaths(about, np.exp(walk) * [1.0, 5.0][: len(about)], np.full(number, 1 / number))


@given(st.integers(0, 1000), st.integers(1, 20))
@settings(max_examples=25, deadline=None)
def test_the_tree_expects_what_the_paths_expect_at_every_stage(seed, leaves):
    sample = paths(seed)
    tree = reduced(sample, leaves, seed)
    assert tree.leaves <= leaves
    for stage in (1, 2, 3):
        level = [node for node in tree.nodes if node.stage == stage]
        assert math.fsum(n.probability for n in level) == pytest.approx(1.0)
        mean = sum(n.probability * np.array(n.values) for n in level)
        assert mean == pytest.approx(sample.values[:, stage - 1].mean(axis=0))
    for place, node in enumerate(tree.nodes):
        below = [n.probability for n in tree.nodes if n.parent == place]
        assert not below or math.fsum(below) == pytest.approx(node.probability)
        assert node.parent < place


def test_more_leaves_keep_more_and_every_path_keeps_all():
    sample = paths(number=60)
    kept = [reduced(sample, leaves, 0).kept for leaves in (1, 4, 12, 60)]
    assert kept[0] == pytest.approx(0.0, abs=1e-12)
    assert kept == sorted(kept)
    line = StagedPaths(sample.about, sample.values[:6], np.full(6, 1 / 6))
    one_step = StagedPaths(line.about, line.values[:, [0, 2]], line.weights)
    assert reduced(one_step, 6, 0).kept == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("leaves", "stages", "told"),
    [(24, 5, (3, 2, 2, 2)), (1, 4, (1, 1, 1)), (7, 2, (7,)), (5, 1, ()), (4, 3, (2, 2))],
)
def test_branching_is_widest_first_and_never_too_wide(leaves, stages, told):
    assert branching(leaves, stages) == told


def test_paths_that_are_all_alike_make_one_branch():
    same = StagedPaths(("demand",), np.ones((50, 3, 1)), np.full(50, 0.02))
    tree = reduced(same, 8, 0)
    assert tree.leaves == 1
    assert {node.values for node in tree.nodes} == {(1.0,)}


def test_a_sample_drawn_again_has_the_same_paths_by_their_weights():
    sample = paths(number=50)
    assert resampled(sample, 0) is sample
    again = resampled(sample, 3)
    known = {tuple(path.ravel()) for path in sample.values}
    assert {tuple(path.ravel()) for path in again.values} < known


@pytest.mark.parametrize("leaves", [0, 51, 5000])
def test_a_number_of_leaves_that_cannot_be_is_refused(leaves):
    with pytest.raises(InputError, match="leaves"):
        reduced(paths(number=50), leaves, 0)


def test_a_study_plans_with_the_tree_and_keeps_its_remarks():
    nodes = as_study_nodes(reduced(paths(), 6, 0))
    text = with_tree(STUDY, "s.yaml", nodes)
    study = study_of(parse_text(text, "s.yaml"))
    assert not study.beliefs
    built = scenario_tree(study)
    assert len(built) == len(nodes)
    assert sum(n.probability for n in built if n.stage == 3) == pytest.approx(1.0)
    leaf = built[-1]
    assert leaf.grown("campus") == pytest.approx(float(nodes[-1].values["demand"]))
    for remark in ("# a remark that stays", "# of the fuels"):
        assert remark in text
    again = with_tree(text, "s.yaml", nodes)  # a former tree is replaced, too
    assert study_of(parse_text(again, "s.yaml")).tree == study.tree
    bare = with_tree(
        STUDY[: STUDY.index("beliefs")] + STUDY[STUDY.index("# of the f") :], "s", nodes
    )
    assert study_of(parse_text(bare, "s")).tree == study.tree


def test_a_tree_comes_back_from_csv(tmp_path):
    nodes = as_study_nodes(reduced(paths(), 6, 0))
    path = tmp_path / "nodes.csv"
    path.write_text(as_csv(nodes), encoding="utf-8")
    again = read_nodes(path)
    assert [n.node for n in again] == [n.node for n in nodes]
    assert [n.values for n in again] == [n.values for n in nodes]
    assert [n.probability for n in again] == pytest.approx([n.probability for n in nodes], abs=1e-9)


PATHS = "path,month,demand,fuel:gas\na,0,1,5\na,60,2,5\nb,0,1,5\nb,60,0.5,20\n"


def test_paths_are_read_at_the_middles_on_straight_lines_of_logarithms(tmp_path):
    file = tmp_path / "paths.csv"
    file.write_text(PATHS, encoding="utf-8")
    found = read_paths(file, [0.0, 30.0, 90.0])
    assert found.about == ("demand", "fuel:gas")
    assert found.values[0, :, 0] == pytest.approx([1.0, 2**0.5, 2.0])
    assert found.values[1, :, 1] == pytest.approx([5.0, 10.0, 20.0])
    assert found.weights.tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (PATHS.replace("fuel:gas", "petrol"), "nothing a belief can be about"),
        (PATHS.replace("month", "day"), "nothing a belief can be about"),
        ("path,month\na,0\n", "a column such as demand"),
        (PATHS + "b,60,1,1\n", "its month is not later"),
        (PATHS + "c,0,-1,1\n", "above 0"),
        (PATHS + "c,0,nan,1\n", "above 0"),
        (PATHS + "c,0,1\n", "3 cells under 4 columns"),
        ("path,month,demand,demand\n", "stands twice"),
        ("path,month,demand\n", "holds no rows"),
    ],
)
def test_paths_that_make_no_sense_are_refused_with_their_row(tmp_path, text, told):
    file = tmp_path / "paths.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_paths(file, [0.0])
    with pytest.raises(InputError, match="no such file"):
        read_paths(tmp_path / "none.csv", [0.0])


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("node,parent,demand\nr,,1\n", "node, parent, probability"),
        ("node,parent,probability,demand\nr,,x,1\n", "above 0"),
        ("node,parent,probability,oil\nr,,1,1\n", "nothing a belief can be about"),
    ],
)
def test_nodes_that_make_no_sense_are_refused(tmp_path, text, told):
    file = tmp_path / "nodes.csv"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=told):
        read_nodes(file)


def test_values_are_written_with_the_unit_a_study_has_for_them():
    assert written_value("demand:chat", 1.25) == "1.25"
    assert written_value("capex:nuclear.smr", 8000.0) == "8000 USD/kW"
    assert written_unit("fuel:gas") == "USD/MMBtu"
