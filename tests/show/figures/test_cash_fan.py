"""Cash by year: paths add up, the mean is the mean, and the deepest point is found."""

from __future__ import annotations

import dataclasses
import json
import math

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.errors import InputError
from headrace.show.figures import cash_fan

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def test_the_mean_is_that_of_the_branches() -> None:
    mean = cash_fan.net(cash_fan.years_of(PLAN))
    branches = [
        (leaf.probability, cash_fan.net(cash_fan.years_of(PLAN, leaf.id)))
        for leaf in cash_fan.leaves(PLAN)
    ]
    assert math.fsum(p for p, _ in branches) == pytest.approx(1.0)
    for year, usd in mean.items():
        assert math.fsum(p * one.get(year, 0.0) for p, one in branches) == pytest.approx(usd)


def test_the_deepest_end_of_a_year() -> None:
    """-3, then -5, then +9: 8 are in at the end of the second year."""
    assert cash_fan.peak_funding({2027: -3.0, 2028: -5.0, 2029: 9.0}) == (8.0, 2028)
    assert cash_fan.peak_funding({2027: 1.0, 2028: 2.0}) == (0.0, 2027)
    assert cash_fan.peak_funding({}) == (0.0, 0)


def test_the_picture_has_a_line_a_branch_and_its_numbers() -> None:
    found = cash_fan.chart(PLAN)
    assert found is not None
    assert len(found.figure["data"]) == 9 + 1
    assert cash_fan.drawing(found).count("<path") == 10
    told = {(row[0], row[1]): row[2] for row in found.table.rows}
    mean = cash_fan.net(cash_fan.years_of(PLAN))
    assert told["mean", 2028] == mean[2028]
    assert "no year ends with more paid than earned" in found.about
    assert "Undiscounted" in found.about


def test_a_file_of_before_has_no_picture_and_no_node_is_guessed() -> None:
    bare = tuple(dataclasses.replace(node, years=()) for node in PLAN.tree)
    assert cash_fan.chart(dataclasses.replace(PLAN, tree=bare)) is None
    with pytest.raises(InputError, match="a node of the tree"):
        cash_fan.path(PLAN, 77)
