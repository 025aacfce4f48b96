"""Gains by branch: up where it gains, down where it loses, as wide as likely."""

from __future__ import annotations

import json
import re

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.core.plan_file import BranchGain
from headrace.show.figures.branch_gains import TALL, strip

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


def test_bars_are_as_tall_as_gains_and_as_wide_as_chances() -> None:
    """Node 4 has 7.5 %, node 8 has 20 %: +10 and -5 of a span of 15."""
    told = str(strip([BranchGain(4, 10.0), BranchGain(8, -5.0)], PLAN))
    bars = [
        {k: float(v) for k, v in re.findall(r'(x|y|width|height)="([\d.e-]+)"', bar)}
        for bar in re.findall(r"<rect [^>]*>", told)
    ]
    assert bars[0]["height"] == pytest.approx(TALL * 10 / 15, rel=1e-3)
    assert bars[1]["height"] == pytest.approx(TALL * 5 / 15, rel=1e-3)
    assert bars[0]["y"] == pytest.approx(0.0, abs=1e-6)
    assert bars[1]["width"] / bars[0]["width"] == pytest.approx(0.2 / 0.075, rel=1e-3)
    assert told.index('class="more"') < told.index('class="less"')
    assert 'aria-label="gains on 1 of 2 branches: −5 to 10 USD"' in told


def test_no_branch_no_picture() -> None:
    assert strip([], PLAN) == ""
    assert strip([BranchGain(999, 1.0)], PLAN) == ""
