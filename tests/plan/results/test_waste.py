"""What a plan throws away is told, and nothing else is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.builders.studies import STORED, on_a_circle, solve_system

from headrace.plan.results.waste import words

PAID = STORED.replace("variable: 20", "variable: -20")


def test_a_plan_that_uses_what_it_makes_is_silent() -> None:
    found = solve_system(on_a_circle(PAID, (1.0, 2.0, 1.0)))
    assert list(words(found.formulation, found.plan.solution)) == []


def test_wasted_and_spilled_megawatt_hours_are_added_up() -> None:
    """1 MW wasted and 2 MW spilled in each of three hours that stand for 2,920 h."""
    found = solve_system(on_a_circle(PAID, (1.0, 2.0, 1.0)))
    solution, labels = found.plan.solution, found.formulation.labels[0].columns
    columns = solution.nodes[0].columns.copy()
    for j, label in enumerate(labels):
        if label.kind in ("wasted", "spilled"):
            columns[j] = {"wasted": 1.0, "spilled": 2.0}[label.kind] * np.ones(3)
    nodes = (replace(solution.nodes[0], columns=columns),)
    (told,) = words(found.formulation, replace(solution, nodes=nodes))
    assert told.startswith("26,280 MWh are made at node n000")
