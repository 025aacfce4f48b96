"""Results and errors as JSON: no NaN, every problem with its place and its fix."""

from __future__ import annotations

import json
import math

from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import Infeasible, InputError, InputFault, Place
from headrace.show.format.json_text import error_as_json, finite

VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(max_size=3), inner)),
    max_leaves=20,
)


@given(VALUES)
def test_any_result_is_json_and_only_what_is_not_finite_is_lost(value):
    told = finite(value)
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    if isinstance(value, float):
        assert told == (value if math.isfinite(value) else None)
    if isinstance(value, list):
        assert len(told) == len(value)


def test_every_problem_has_its_place_and_its_fix():
    fault = InputFault(Place("study.yaml", 7, 33, "sites.a"), "wrong", "right", "Write right.")
    told = error_as_json(InputError([fault, InputFault(Place("x"), "absent")]))
    assert (told["error"], told["exit_code"]) == ("InputError", 2)
    assert told["problems"][0] == {
        "file": "study.yaml",
        "line": 7,
        "column": 33,
        "key": "sites.a",
        "found": "wrong",
        "expected": "right",
        "fix": "Write right.",
    }
    assert told["problems"][1]["found"] == "absent"


def test_limits_that_clash_are_named():
    told = error_as_json(Infeasible("no plan", ("grid limit", "availability"), "0.2 % less"))
    assert told["exit_code"] == 4
    assert told["clashes"] == ["grid limit", "availability"]
    assert told["cheapest"] == "0.2 % less"
    assert "problems" not in told
