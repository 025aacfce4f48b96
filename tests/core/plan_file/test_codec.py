"""plan.json written and read: a good one whole, a bad one with every problem named and never a
traceback, an old one with how it seems to have ended.
"""

from __future__ import annotations

import copy
import json
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders import toy_plan
from tests.builders.plan_files import misfits, plan_files

from headrace.core import plan_file, run_folder
from headrace.core.errors import InputError
from headrace.core.json_records import encode
from headrace.core.plan_file.codec import FINISHED_GAP

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


@given(plan_files())
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_what_is_written_is_read_back_and_keeps_the_schema(plan):
    raw = json.loads(json.dumps(encode(plan)))
    assert plan_file.parse(json.dumps(raw)) == plan
    assert list(misfits(plan_file.schema(), raw)) == []


def test_a_stored_plan_is_the_file_that_was_written(tmp_path):
    folder = run_folder.create(tmp_path / "run", "study: toy\n")
    plan = plan_file.parse(json.dumps(GOOD))
    plan_file.write_plan(folder, plan)
    assert plan_file.read_plan(folder) == plan
    assert set(json.loads(folder.read(run_folder.PLAN))) == set(encode(plan))


def test_the_toy_plan_keeps_the_schema_and_a_spoilt_one_does_not():
    schema = plan_file.schema()
    assert list(misfits(schema, GOOD)) == []
    raw = copy.deepcopy(GOOD)
    raw["status"]["state"] = "tired"
    raw["orders"][0]["quantity"] = None
    del raw["nodes"]
    keys = {fault.split(":")[0].split(" ")[0] for fault in misfits(schema, raw)}
    assert keys == {".status.state", ".orders[0].quantity", ".nodes"}


SUMMARY = {
    *("study", "status", "schema_version", "objective_usd", "lower_bound_usd", "upper_bound_usd"),
    *("gap", "nodes", "hours_per_node", "solve_seconds", "terminal_value_usd", "orders"),
    *("certificate", "decision"),
}
ORDER = {
    *("site", "asset", "quantity", "unit", "order_by", "arrives", "value_low_usd"),
    *("value_high_usd", "decided", "flips_at", "cost_usd", "payments", "worth_per_usd", "branches"),
}


def test_the_summary_keeps_the_contract_of_scripts():
    """`plan --json`: the documented fields and nothing of the page; risk, deep answers, unit size
    and the month only where there are some.
    """
    plan = plan_file.parse(json.dumps(GOOD))
    told = plan_file.summary(plan)
    assert set(told) == SUMMARY
    assert all(set(order) == ORDER for order in told["orders"])
    assert set(told["certificate"]) == {
        *("max_balance_residual", "max_chain_residual", "max_money_residual", "notes")
    }
    raw = copy.deepcopy(GOOD)
    raw["risk"] = {n: 1.0 for n in ("alpha", "omega", "expected_usd", "cvar_usd", "worst_usd")}
    raw["deep"] = {"finished": True}
    del raw["decision"]
    raw["orders"][0] |= {"unit_size": 10.0, "month_earlier": {"low_usd": 1.0}}
    told = plan_file.summary(plan_file.parse(json.dumps(raw)))
    assert set(told) == (SUMMARY | {"risk", "deep"}) - {"decision"}
    assert set(told["orders"][0]) == ORDER | {"unit_size", "month_earlier"}


def old(**changes) -> plan_file.PlanFile:
    """A file of before plans said how they ended."""
    raw = {**GOOD, **changes}
    del raw["status"], raw["schema_version"]
    return plan_file.parse(json.dumps(raw))


def test_an_old_file_is_finished_only_where_a_small_gap_is_known():
    plan = old()
    assert (plan.schema_version, plan.status.state, plan.finished) == (0, "finished", True)
    assert (plan.status.weather, plan.status.after_seconds) == ("typical", 81.5)
    assert old(gap=FINISHED_GAP).finished
    for gap in (1.01 * FINISHED_GAP, None):
        told = old(gap=gap).status
        assert (told.state, told.holds) == ("stopped", "best so far")
        assert "before plans said how they ended" in told.why
    assert old(weather=[]).status.weather == "none"


def test_a_file_of_a_newer_headrace_is_refused():
    raw = GOOD | {"schema_version": plan_file.SCHEMA_VERSION + 1}
    with pytest.raises(InputError, match="newer Headrace"):
        plan_file.parse(json.dumps(raw))


def test_only_a_run_without_a_plan_has_no_objective():
    raw = copy.deepcopy(GOOD) | {"objective_usd": None}
    with pytest.raises(InputError, match="where there is a plan"):
        plan_file.parse(json.dumps(raw))
    raw["status"] = {"state": "infeasible", "why": "no room", "holds": "no plan"}
    plan = plan_file.parse(json.dumps(raw))
    assert (plan.objective_usd, plan.finished) == (None, False)
