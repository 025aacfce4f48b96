"""`headrace compare`: the table that the library gives, on the terminal and as JSON."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core.run_folder import PLAN
from headrace.show import cli, comparison


def test_two_run_folders_are_set_beside_each_other(tmp_path, capsys):
    """One MW less of engines, and 60 M USD less committed."""
    toy_plan.write(tmp_path / "a", nodes=0)
    other = toy_plan.write(tmp_path / "b", nodes=0)
    plan = json.loads(other.read(PLAN))
    plan["orders"][0]["quantity"] -= 1.0
    plan["decision"]["committed_usd"] -= 6e7
    plan["status"] |= {"state": "stopped", "after_seconds": 5.0}
    other.write(PLAN, json.dumps(plan))
    assert cli.main(["compare", str(tmp_path / "a"), str(tmp_path / "b"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    rows = {row[0]: row for row in told["rows"]}
    assert rows["order gas engines"][4] == pytest.approx(-1.0)
    assert rows["committed this month"][4] == pytest.approx(-6e7)
    assert told["notes"] == ["b: Stopped after 5 s: no advice yet."]
    assert cli.main(["compare", str(tmp_path / "a"), str(tmp_path / "b")]) == 0
    assert "1.59 bn" in capsys.readouterr().out


def test_cells_are_written_as_amounts():
    assert comparison.shown(1.234e9) == "1.23 bn"
    assert comparison.shown(None) == ""
    assert comparison.shown("finished") == "finished"
