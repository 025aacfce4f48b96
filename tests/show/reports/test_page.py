"""The report as text: the same run gives the same bytes, nothing of a study becomes markup, nothing
is loaded.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file, run_folder
from headrace.show import cli
from headrace.show.figures import certificate, order_value, scenario_tree, waterfall
from headrace.show.format.html import join, tag
from headrace.show.reports import page, plan_page

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_the_same_run_gives_the_same_bytes(folder):
    first = page.write(folder).read_bytes()
    assert page.write(folder).read_bytes() == first
    assert len(first) < 6e6


def test_nothing_is_loaded(folder):
    text = page.build(folder)
    without_data = re.sub(r'<script type="text/plain".*?</script>', "", text, flags=re.S)
    assert not re.search(r"""(src|href)=["'](?!#|data:)""", without_data)
    assert not re.search(r"https?://", without_data)
    assert "@import" not in without_data


def test_no_name_of_a_study_becomes_markup(tmp_path):
    evil = '</script><img src=x onerror="alert(1)">'
    raw = (
        json.dumps(toy_plan.plan())
        .replace("demand low", json.dumps(evil)[1:-1])
        .replace("gas engines", json.dumps(evil)[1:-1])
    )
    folder = run_folder.create(tmp_path / "run", "study: evil\n")
    folder.write(run_folder.PLAN, raw)
    text = page.build(folder)
    assert "<img" not in text
    assert "&lt;img" in text
    assert text.count("</script>") == 5


def test_the_verb_writes_it(folder, tmp_path, capsys):
    assert cli.main(["report", str(folder.root), "--out", str(tmp_path / "x.html"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["bytes"] == (tmp_path / "x.html").stat().st_size
    assert cli.main(["report", str(tmp_path)]) == 2
    assert "run folder" in capsys.readouterr().err


def test_an_empty_plan_has_a_page_too():
    raw = {
        name: toy_plan.plan()[name]
        for name in ("study", "status", "objective_usd", "nodes", "hours_per_node", "solve_seconds")
    }
    bare = plan_file.parse(
        json.dumps(
            raw
            | {
                "tree": [
                    {"id": 0, "parent": None, "probability": 1.0, "start": "soon", "months": 0}
                ]
            }
        )
    )
    text = str(join(*plan_page.report_body(bare, ())))
    assert "Place no order now" in text
    assert "No upper bound was certified" in text


def test_a_tree_of_many_leaves_keeps_its_parents_amid_their_children():
    tree = [{"id": 0, "parent": None, "probability": 1.0, "start": "2027-01", "months": 12}]
    tree += [
        {"id": i, "parent": 0, "probability": 1 / 300, "start": "2028-01", "months": 12}
        for i in range(1, 301)
    ]
    raw = toy_plan.plan() | {"tree": tree, "flows": [], "nodes": 301}
    plan = plan_file.parse(json.dumps(raw))
    boxes = scenario_tree.layout(plan, dict.fromkeys(range(301), 5.0))
    middles = [boxes[i].middle for i in range(1, 301)]
    assert middles == sorted(middles)
    assert boxes[0].middle == pytest.approx((middles[0] + middles[-1]) / 2)
    assert all(b - a >= 5 for a, b in pairwise(middles))
    assert boxes[0].right <= boxes[1].left


def test_a_label_says_only_what_is_new():
    root = plan_file.NodeRecord(0, None, 1.0, "2027-01", 6, "today's beliefs")
    first = plan_file.NodeRecord(1, 0, 0.6, "2028-01", 6, "demand steady")
    second = plan_file.NodeRecord(2, 1, 0.3, "2029-01", 6, "demand steady, gas_price high")
    third = plan_file.NodeRecord(3, 2, 0.3, "2030-01", 6, "demand steady, gas_price high")
    tree = {node.id: node for node in (root, first, second, third)}
    assert [scenario_tree.own_words(node, tree) for node in tree.values()] == [
        "today's beliefs",
        "demand steady",
        "gas price high",
        "",
    ]
    assert scenario_tree.path_words(second, tree) == "demand steady, gas price high"
    assert scenario_tree.path_words(third, tree) == "demand steady, gas price high, from 2030-01"
    assert scenario_tree.path_words(root, tree) == "today's beliefs"


def test_boxes_of_one_stage_never_overlap():
    for family in scenario_tree.families(PLAN):
        totals = {node.id: sum(scenario_tree.stack(node, family).values()) for node in PLAN.tree}
        boxes = scenario_tree.layout(
            PLAN, {i: 90 * total / max(totals.values()) for i, total in totals.items()}
        )
        for left in {box.left for box in boxes.values()}:
            column = sorted((b for b in boxes.values() if b.left == left), key=lambda b: b.middle)
            assert all(
                a.middle + a.slot / 2 <= b.middle - b.slot / 2 + 1e-6 for a, b in pairwise(column)
            )


def test_a_waterfall_ends_at_the_sum_of_its_parts():
    """Chat: 0.21 + 0.16 + 0.83 + 0.05 + 0.02 + 0.22 = 1.49; sold for 2.10, 0.61 is left."""
    chart = waterfall.charts(PLAN.costs)[0]
    bars = chart.figure["data"][0]
    assert bars["base"][-2] + bars["x"][-2] == pytest.approx(1.49)
    assert bars["x"][-1] == pytest.approx(1.49)
    assert chart.about == "costs 1.49 USD, sells for 2.1 USD: 0.61 USD left"
    assert [a + b for a, b in zip(bars["base"], bars["x"])][:5] == pytest.approx(bars["base"][1:6])


def test_the_certificate_says_what_is_too_large():
    raw = toy_plan.plan()
    raw["certificate"]["max_chain_residual"] = 2e-3
    text = str(certificate.drawing(plan_file.parse(json.dumps(raw))))
    assert "2.0e-03: too large" in text
    assert "too large" not in str(certificate.drawing(PLAN))
    assert "between 1.23 and 1.25 bn USD" in text


def test_bars_keep_to_their_scale():
    """Worth 41 to 48.2 on a scale of -2.2 to 433: the band begins at 43.2/435.2 = 9.93 % and is
    7.2/435.2 = 1.65 % wide.
    """
    text = str(order_value.sheet(PLAN.orders))
    assert "left:9.926%;width:1.65%" in text


def test_text_is_escaped_and_attributes_too():
    assert tag("p", "<b>", title='"') == '<p title="&quot;">&lt;b&gt;</p>'
    assert tag("p", tag("b", "x"), hidden=True, id=None) == "<p hidden><b>x</b></p>"
