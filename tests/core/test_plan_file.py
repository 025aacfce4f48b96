"""Reading plan.json: a good one whole, a bad one with every problem named and never a traceback."""

from __future__ import annotations

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.errors import InputError

GOOD = toy_plan.plan()


def test_a_good_plan_is_read_whole():
    plan = plan_file.parse(json.dumps(GOOD))
    assert (plan.study, plan.nodes, len(plan.tree), plan.root().id) == ("toy", 13, 13, 0)
    assert plan.orders[0].value_high_usd == 48.2e6
    assert plan.orders[4].decided is None
    assert plan.tree[1].beliefs["demand"].value == "low"
    assert plan.certificate.notes[0].startswith("The bound")
    assert plan.sources[2].value == "none"
    assert plan.prices[0].usd == 91000.0


def test_what_is_optional_may_be_null_or_absent():
    raw = {
        name: GOOD[name]
        for name in ("study", "objective_usd", "nodes", "hours_per_node", "solve_seconds", "tree")
    }
    plan = plan_file.parse(
        json.dumps(
            raw
            | {
                "lower_bound_usd": None,
                "upper_bound_usd": None,
                "gap": None,
                "title": None,
                "orders": None,
            }
        )
    )
    assert plan.gap is None
    assert plan.orders == ()


def test_every_problem_is_named_at_once():
    raw = copy.deepcopy(GOOD)
    raw["orders"][0]["quantity"] = "many"
    raw["tree"][3]["probability"] = None
    raw["flows"] = {"not": "a list"}
    del raw["study"]
    raw["nodes"] = 13.5
    with pytest.raises(InputError) as caught:
        plan_file.parse(json.dumps(raw))
    keys = {problem.where.key for problem in caught.value.problems}
    assert keys == {"orders[0].quantity", "tree[3].probability", "flows", "study", "nodes"}


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", "NaN", '{"study": 1e999}', "[" * 100000]
)
def test_what_is_no_plan_is_bad_input(text):
    with pytest.raises(InputError):
        plan_file.parse(text)


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_numbers_must_be_finite(word):
    text = json.dumps(GOOD).replace("1234000000.0", word, 1)
    with pytest.raises(InputError, match="finite number"):
        plan_file.parse(text)


def test_the_tree_must_be_one():
    for spoil in (
        lambda tree: tree.append(tree[0]),
        lambda tree: tree[2].update(parent=99),
        lambda tree: tree[0].update(parent=1),
        lambda tree: tree[1].update(parent=None),
        lambda tree: tree.clear(),
        lambda tree: tree.pop(),  # the flows of the last node lose it
    ):
        raw = copy.deepcopy(GOOD)
        spoil(raw["tree"])
        with pytest.raises(InputError, match=r"tree|node"):
            plan_file.parse(json.dumps(raw))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["id", "parent", "study", "value"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.sampled_from(sorted(GOOD)), json_values)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_entry_is_read_or_refused(key, value):
    small = {**GOOD, "flows": GOOD["flows"][:3], key: value}
    with suppress(InputError):
        assert plan_file.parse(json.dumps(small)).nodes == small["nodes"]
