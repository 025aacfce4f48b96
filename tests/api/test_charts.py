"""The pictures of a plan: SVG that stands alone, with its numbers; none of an unfinished plan."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
from tests.builders import toy_plan

from headrace.api.plan import open_plan
from headrace.core.errors import HeadraceError, InputError
from headrace.core.run_folder import PLAN


@pytest.fixture
def plan(tmp_path):
    toy_plan.write(tmp_path / "toy", nodes=0)
    return open_plan(tmp_path / "toy")


def test_pictures_stand_alone_and_hold_their_numbers(plan, tmp_path):
    for picture in (plan.charts.cash(), plan.charts.chain(), plan.charts.cost("chat")):
        tree = ElementTree.fromstring(picture.svg)
        assert tree.tag == "{http://www.w3.org/2000/svg}svg"
        assert len(picture.table) > 3
        assert picture.about in picture._repr_html_().replace("&amp;", "&")
        assert repr(picture).startswith(picture.title)
    path = plan.charts.chain(node=3, view="money").save(tmp_path / "chain.svg")
    assert path.read_text(encoding="utf-8").startswith("<svg ")
    rows = plan.charts.cash().save(tmp_path / "cash.csv").read_text(encoding="utf-8")
    assert rows.startswith("branch,year,")


def test_what_is_not_there_is_told_with_the_nearest(plan):
    with pytest.raises(InputError, match="Did you mean `chat`"):
        plan.charts.cost("chatt")
    with pytest.raises(InputError, match="is not a node"):
        plan.charts.chain(node=99)
    with pytest.raises(InputError, match="Did you mean `money`"):
        plan.charts.chain(view="mony")
    with pytest.raises(InputError, match="form of a picture"):
        plan.charts.cash().save("cash.pdf")


def test_an_unfinished_plan_has_no_picture(plan):
    told = json.loads(plan.folder.read(PLAN))
    told["status"] |= {"state": "stopped", "after_seconds": 5.0}
    plan.folder.write(PLAN, json.dumps(told))
    with pytest.raises(HeadraceError, match="no advice yet"):
        open_plan(plan.folder.root).charts.cash()
