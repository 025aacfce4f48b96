"""How sure a plan is: bounds, residuals and whole units as they are drawn and tabled."""

from __future__ import annotations

import dataclasses
import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import certificate

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def test_the_certificate_says_what_is_too_large():
    raw = toy_plan.plan()
    raw["certificate"]["max_chain_residual"] = 2e-3
    text = str(certificate.drawing(plan_file.parse(json.dumps(raw))))
    assert "2.0e-03: too large" in text
    assert "too large" not in str(certificate.drawing(PLAN))
    assert "between 1.23 and 1.25 bn USD" in text


def test_the_interval_is_drawn_in_the_middle_of_its_line():
    """Room is 2.2 times the interval, so its half is 1 / 4.4 = 22.73 % on either side of 50 %."""
    told = str(certificate.bounds(PLAN))
    assert "left:27.27%;width:45.45%" in told
    assert "this plan 1.234 bn USD" in told
    assert "no plan above 1.252 bn USD" in told
    assert "gap 1.5 %" in told


def test_a_plan_without_a_bound_says_so():
    bare = dataclasses.replace(PLAN, upper_bound_usd=None)
    assert "No upper bound was certified" in certificate.bounds(bare)


def test_a_risk_adjusted_plan_names_its_measure():
    risk = plan_file.RiskRecord(0.9, 0.3, 2e9, 1e9, 0.5e9)
    plan = dataclasses.replace(PLAN, risk=risk)
    assert f"Both are of the {plan.measure}." in certificate.bounds(plan)
    rows = {row[0]: row[1] for row in certificate.as_table(plan).rows}
    assert (rows["expected NPV"], rows["CVaR"], rows["worst branch"]) == (2e9, 1e9, 0.5e9)
    assert f"objective ({plan.measure})" in rows
    assert "terminal value in the expected NPV" in rows


@pytest.mark.parametrize(
    ("value", "said", "left"),
    [
        (0.0, "exact", 0.0),
        (1e-8, "1.0e-08", 50.0),
        (1e-6, "1.0e-06", 62.5),
        (1.0, "too large", 100),
    ],
)
def test_a_residual_stands_on_a_line_of_sixteen_decades(value, said, left):
    """From 1e-16 to 1: 1e-8 is half way, 1e-6 (what is allowed) ten of sixteen."""
    found = plan_file.Certificate(max_balance_residual=value)
    told = str(certificate.residuals(dataclasses.replace(PLAN, certificate=found)))
    assert said in told
    assert f"left:{left:.4g}%" in told
    assert ("dot bad" in told) == (value > 1e-6)


def test_without_residuals_nothing_is_drawn():
    bare = dataclasses.replace(PLAN, certificate=plan_file.Certificate())
    assert certificate.residuals(bare) == ""
    assert 'class="notes"' not in certificate.drawing(bare)


def test_whole_units_stand_beside_the_straight_line():
    """The plan counts 100 M USD of fuel and 4 of starts; whole units need 103 and 5: 3.8 % more."""
    plant = plan_file.WholeUnits(
        *("new_albany", "engines", "<engines>", 12, 18.0, 100e6, 103e6, 4e6, 5e6)
    )
    plan = dataclasses.replace(PLAN, whole_units=(plant,))
    told = str(certificate.whole_units_table(plan))
    assert "&lt;engines&gt;, New Albany" in told
    assert "12 of 18 MW" in told
    assert "+3.8 %" in told
    rows = {row[0]: row[1] for row in certificate.as_table(plan).rows}
    assert rows["fuel and starts in the plan: <engines>, New Albany"] == 104e6
    assert rows["fuel and starts with whole units: <engines>, New Albany"] == 108e6
    assert certificate.whole_units_table(PLAN) == ""
