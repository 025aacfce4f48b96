"""`headrace whatif`: both ends in words and as JSON; what is no change is said."""

from __future__ import annotations

import json
import math

import pytest
from tests.builders.studies import CAMPUS

from headrace.api.plan import open_plan
from headrace.core.errors import InputError
from headrace.plan import run
from headrace.plan.analysis.what_if import WhatIf
from headrace.show.cli import main
from headrace.show.cli.what_if import asked_for, sentences


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("campus")
    (root / "study.yaml").write_text(CAMPUS)
    run.plan(root / "study.yaml", root / "run", lambda _: None, lambda: False, worth=0.0)
    return root / "run"


def test_both_ends_in_words_and_as_json_and_from_python(folder, capsys):
    words = ["whatif", str(folder), "products.chat.price=2 USD/Mtok"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "with the same orders, at most" in told
    assert "The change is worth −" in told
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kind"] == "both"
    assert found["low"] <= found["high"] < found["before"][0]
    assert found["changes"] == {"products.chat.price": "2 USD/Mtok"}
    same = open_plan(folder).whatif({"products.chat.price": "2 USD/Mtok"})
    assert (same.low, same.high) == (found["low"], found["high"])


def test_a_replan_is_told_with_what_it_orders(folder, capsys):
    words = ["whatif", str(folder), "products.chat.price=1.2 USD/Mtok", "--replan"]
    assert main(words) == 0
    assert "Ordered now:" in capsys.readouterr().out
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["width"] <= 1e-3
    plain = json.loads(json.dumps(found["orders"]))
    assert all(one["quantity"] > 0 for one in plain)
    again = open_plan(folder).replan({"products.chat.price": "1.2 USD/Mtok"})
    assert (again.found.low, again.found.high) == (found["low"], found["high"])
    same = ["whatif", str(folder), "products.chat.price=2.2001 USD/Mtok", "--replan"]
    assert main([*same, "--gap", "0.5"]) == 0
    assert "The stored orders are within the gap of the best." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("kind", "said"),
    [("bound", "are none of the changed study: they serve"), ("none", "No plan keeps what")],
)
def test_a_bound_alone_says_why(kind, said):
    found = WhatIf(-math.inf, 5e6, kind, (7e6, 7e6), "they serve 80 % of `power`")
    assert said in " ".join(sentences(found, "USD"))


def test_values_are_read_as_yaml_and_nothing_takes_a_key_out():
    found = asked_for(("a.b=3", "c=400 MW", "d=[1, 2]", "e="))
    assert found == {"a.b": 3, "c": "400 MW", "d": [1, 2], "e": None}


@pytest.mark.parametrize("words", [(), ("limit",), ("=3",)])
def test_what_is_no_change_is_refused(words):
    with pytest.raises(InputError, match="KEY=VALUE"):
        asked_for(words)


def test_an_unknown_key_has_its_nearest_told(folder, capsys):
    assert main(["whatif", str(folder), "products.chat.prices=2 USD/Mtok"]) == 2
    assert "`price`" in capsys.readouterr().err
