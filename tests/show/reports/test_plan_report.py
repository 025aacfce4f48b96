"""The report as text: the same run gives the same bytes, nothing of a study becomes markup, nothing
is loaded.
"""

from __future__ import annotations

import json
import re

import pytest
from tests.builders import toy_plan

from headrace.core import plan_file, run_folder
from headrace.show import cli
from headrace.show.format.html import join
from headrace.show.reports import plan_page, plan_report

PLAN = plan_file.parse(json.dumps(toy_plan.plan()))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return toy_plan.write(tmp_path_factory.mktemp("report") / "run", nodes=1)


def test_the_same_run_gives_the_same_bytes(folder):
    first = plan_report.write(folder).read_bytes()
    assert plan_report.write(folder).read_bytes() == first
    assert len(first) < 6e6


def test_nothing_is_loaded(folder):
    text = plan_report.build(folder)
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
    text = plan_report.build(folder)
    assert "<img" not in text
    assert "&lt;img" in text
    assert text.count("</script>") == 6


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
    text = str(join(*plan_page.plan_body(bare)))
    assert "Place no order now" in text
    assert "No upper bound was certified" in text
