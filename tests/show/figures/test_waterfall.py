"""The waterfall of a unit: each step begins where the last one ended."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import waterfall

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_a_waterfall_ends_at_the_sum_of_its_parts():
    """Chat: 0.21 + 0.16 + 0.83 + 0.05 + 0.02 + 0.22 = 1.49; sold for 2.10, 0.61 is left."""
    chart = waterfall.charts(PLAN.costs)[0]
    bars = chart.figure["data"][0]
    assert bars["base"][-2] + bars["x"][-2] == pytest.approx(1.49)
    assert bars["x"][-1] == pytest.approx(1.49)
    assert chart.about == "costs 1.49 USD, sells for 2.1 USD: 0.61 USD left"
    assert [a + b for a, b in zip(bars["base"], bars["x"])][:5] == pytest.approx(bars["base"][1:6])
