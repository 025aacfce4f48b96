"""The tree of a study: probabilities, what is known when, growth by hand."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.nouns import node
from tests.builders.studies import BELIEFS, WRITTEN_TREE, study

from headrace.core.study import TreeNode
from headrace.core.uncertainty import DemandGrowth, FuelPrice
from headrace.plan.scenario.tree import parents_first, path_to_root, scenario_tree


def test_a_belief_branches_where_it_is_revealed() -> None:
    """Growth is known from stage 2 on, gas from stage 3: 1 + 2 + 4 nodes."""
    nodes = scenario_tree(study(BELIEFS))
    assert [n.stage for n in nodes] == [1, 2, 2, 3, 3, 3, 3]
    assert [n.parent for n in nodes] == [-1, 0, 0, 1, 1, 2, 2]
    assert [n.probability for n in nodes] == pytest.approx([1, 0.6, 0.4, 0.3, 0.3, 0.2, 0.2])
    assert [(n.start, n.end) for n in nodes[:4]] == [(0, 12), (12, 24), (12, 24), (24, 48)]
    assert nodes[0].label == "today's beliefs"
    assert nodes[4].cases == {"growth": "steady", "gas": "dear"}


def test_before_it_is_revealed_a_belief_is_what_was_written_before() -> None:
    nodes = scenario_tree(study(BELIEFS))
    gas = FuelPrice("gas")
    assert [n.values[gas] for n in nodes] == [4.5, 4.5, 4.5, 3.0, 9.0, 3.0, 9.0]


def test_growth_by_hand() -> None:
    """40 %/a until month 12, then 10 %/a in the steady case: in the middle of the second year
    1.4 x 1.1^0.5.
    """
    nodes = scenario_tree(study(BELIEFS))
    assert nodes[0].grown("power") == pytest.approx(1.4**0.5)
    assert nodes[1].grown("power") == pytest.approx(1.4 * 1.1**0.5)
    assert nodes[2].grown("power") == pytest.approx(1.4 * 1.7**0.5)


def test_a_case_that_cannot_come_makes_no_node() -> None:
    text = BELIEFS.replace("60 %", "100 %").replace("40 %, value: 70", "0 %, value: 70")
    assert [n.probability for n in scenario_tree(study(text))] == pytest.approx([1, 1, 0.5, 0.5])


def test_the_growth_of_one_product_goes_before_that_of_all() -> None:
    one = node(
        months=24.0,
        growth={DemandGrowth(): ((0.0, 0.5),), DemandGrowth("chat"): ((0.0, 0.2),)},
    )
    assert one.grown("chat") == pytest.approx(1.2)
    assert one.grown("video") == pytest.approx(1.5)


def test_a_written_factor_is_the_demand_itself() -> None:
    one = node(values={DemandGrowth("chat"): 3.0, DemandGrowth(): 2.0})
    assert (one.grown("chat"), one.grown("video")) == (3.0, 2.0)


def test_a_tree_as_it_is_written() -> None:
    """`boom` has 30 %, and what it does not say holds as above it."""
    nodes = scenario_tree(study(WRITTEN_TREE))
    assert [n.name for n in nodes] == ["now", "boom", "bust"]
    assert [n.probability for n in nodes] == pytest.approx([1.0, 0.3, 0.7])
    assert nodes[0].values[FuelPrice("gas")] == nodes[2].values[FuelPrice("gas")] == 4.0
    assert nodes[1].values[FuelPrice("gas")] == 8.0
    assert nodes[1].blocks["power"] == (20.0,)
    assert nodes[1].years == 1.0


def test_the_path_to_the_root() -> None:
    nodes = scenario_tree(study(BELIEFS))
    assert path_to_root(nodes, 6) == [6, 2, 0]
    assert path_to_root(nodes, 0) == [0]


@given(st.permutations([("a", ""), ("b", "a"), ("c", "a"), ("d", "c"), ("e", "d")]))
def test_parents_come_first_in_whatever_order_they_are_written(
    written: list[tuple[str, str]],
) -> None:
    nodes = [TreeNode(node=name, parent=parent) for name, parent in written]
    ordered = [n.node for n in parents_first(nodes)]
    assert sorted(ordered) == list("abcde")
    assert all(ordered.index(p) < ordered.index(n) for n, p in written if p)


@given(st.lists(st.integers(1, 99), min_size=1, max_size=3))
@settings(max_examples=15, deadline=None)
def test_the_probabilities_of_a_stage_add_up_to_one(chances: list[int]) -> None:
    """Beliefs of two cases each, revealed one after another."""
    beliefs = "".join(
        f'  b{i}: {{about: "fuel:f{i}", before: 1 USD/MMBtu, reveal: {min(i + 2, 3)}, cases: '
        f"{{x: {{probability: {c} %, value: 1 USD/MMBtu}}, "
        f"y: {{probability: {100 - c} %, value: 2 USD/MMBtu}}}}}}\n"
        for i, c in enumerate(chances)
    )
    fuels = "".join(f"  f{i}: {{price: 1 USD/MMBtu}}\n" for i in range(len(chances)))
    head = BELIEFS.split("beliefs:")[0]
    nodes = scenario_tree(
        study(
            f"{head}beliefs:\n{beliefs}fuels:\n{fuels}{BELIEFS.partition('sites:')[1]}"
            f"{BELIEFS.partition('sites:')[2]}"
        )
    )
    for stage in (1, 2, 3):
        assert sum(n.probability for n in nodes if n.stage == stage) == pytest.approx(1.0)
    assert max(n.probability for n in nodes if n.stage == 3) <= prod([1.0]) + 1e-12
