"""How sure a plan is: bounds, residuals and whole units as they are drawn and tabled."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import certificate

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_the_certificate_says_what_is_too_large():
    raw = toy_plan.plan()
    raw["certificate"]["max_chain_residual"] = 2e-3
    text = str(certificate.drawing(plan_file.parse(json.dumps(raw))))
    assert "2.0e-03: too large" in text
    assert "too large" not in str(certificate.drawing(PLAN))
    assert "between 1.23 and 1.25 bn USD" in text
