"""Orders now as one sheet: words, worth and time on common scales."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.figures import order_value

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_bars_keep_to_their_scale():
    """Worth 41 to 48.2 on a scale of -2.2 to 433: the band begins at 43.2/435.2 = 9.93 % and is
    7.2/435.2 = 1.65 % wide.
    """
    text = str(order_value.sheet(PLAN.orders))
    assert "left:9.926%;width:1.65%" in text
