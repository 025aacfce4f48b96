"""HTML by hand: escaped texts, attributes, cells."""

from __future__ import annotations

import json

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file
from headrace.show.format.html import tag

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_text_is_escaped_and_attributes_too():
    assert tag("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert tag("p", tag("b", "x"), hidden=True, id=None) == "<p hidden><b>x</b></p>"
