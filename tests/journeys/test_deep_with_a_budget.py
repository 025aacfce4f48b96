"""A study with a budget, asked deeply: what knowing is worth is known, in the file that is read."""

from __future__ import annotations

import json
from pathlib import Path

from headrace.core.plan_file import read_plan
from headrace.core.run_folder import PLAN, RunFolder
from headrace.plan.run import plan

STUDY = """
study: budget
money: {discount: 5 %/a real}
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: {blocks: [6000 h, 2760 h]}}
technologies:
  plant: {capex: 500 USD/kW, lead: 12 months, life: 4 years}
  quick: {capex: 200 USD/kW, variable: 60 USD/MWh, life: 1 years}
beliefs:
  growth:
    about: demand
    before: 0 %/a
    reveal: 2
    cases: {low: {probability: 60 %, value: -90 %/a}, high: {probability: 40 %, value: 300 %/a}}
sites: {here: {build: {plant: plant, quick: quick}}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 100 USD/MWh}}
limits: {spend: [3000000 USD, 2000000 USD]}
"""


def test_a_budget_leaves_the_value_of_the_stochastic_solution_known(tmp_path: Path) -> None:
    """The mean future keeps the budget too, so its orders can be carried out: EEV is a number, VSS
    lies between two numbers and is not below zero, and nothing is asked of prices that would stand
    in the budget.
    """
    source = tmp_path / "budget.yaml"
    source.write_text(STUDY)
    folder = RunFolder(plan(source, tmp_path / "run", lambda event: None, lambda: False, deep=120))
    written = json.loads(folder.path(PLAN).read_text())
    value = written["deep"]["information"]["stochastic_solution"]
    assert None not in value.values()
    told = read_plan(folder)
    deep = told.deep
    assert deep is not None
    assert deep.finished
    assert deep.notes == ()
    found = deep.information
    assert found is not None
    assert 0.0 <= found.stochastic_solution.low_usd <= found.stochastic_solution.high_usd
    assert found.mean_plan.low_usd <= found.recourse.high_usd
    assert found.recourse.low_usd <= found.wait_and_see.high_usd
    assert all(order.flips_at is None for order in read_plan(folder).orders)
    ends = {node.id for node in told.tree} - {node.parent for node in told.tree}
    assert {leaf.node for leaf in deep.leaves} == ends
