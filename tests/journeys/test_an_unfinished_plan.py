"""Whoever meets a run that was stopped or has no plan is never advised: in the terminal, in the
report, in the app's list.
"""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys

import pytest
from tests.builders import toy_plan
from tests.builders.studies import MIDDLING

import headrace as hr
from headrace.core import run_folder
from headrace.core.plan_file import read_plan
from headrace.show import cli
from headrace.show.app.run_pages import runs
from headrace.show.app.shelf import Shelf
from headrace.show.cli import results

ENDS = {
    "stopped": (
        {"state": "stopped", "after_seconds": 5.2, "holds": "best so far"},
        "Stopped after 5 s: no advice yet",
        "lies between 1.23 and 1.25 bn USD",
    ),
    "idle": (
        {"state": "stopped", "after_seconds": 2.0, "holds": "do nothing"},
        "Stopped after 2 s: no advice yet",
        "Only the plan that orders nothing and serves nothing is known",
    ),
    "infeasible": (
        {"state": "infeasible", "why": "`chat` cannot be served.", "holds": "no plan"},
        "Infeasible: no plan keeps every limit, so there is no advice",
        "`chat` cannot be served.",
    ),
}


@pytest.fixture(params=ENDS)
def met(request, tmp_path):
    """A run folder whose run did not finish, and what must be said of it."""
    status, headline, known = ENDS[request.param]
    raw = toy_plan.plan() | {"status": status}
    if status["holds"] == "no plan":
        raw |= {"objective_usd": None, "orders": []}
    folder = run_folder.create(tmp_path / "runs" / "toy", "study: toy\n")
    folder.write(run_folder.PLAN, json.dumps(raw))
    return folder, headline, known


ADVICE = re.compile(
    r"Orders now|to place now|No order now|Place no order now|Order (\d|nothing)|Commit \d"
)


def test_the_terminal_gives_no_advice(met, capsys):
    folder, headline, known = met
    results.show(read_plan(folder), folder.root)
    said = capsys.readouterr().out
    assert headline in said
    assert known in said
    assert not ADVICE.search(said)


def test_the_report_gives_no_advice(met, capsys):
    folder, headline, known = met
    assert cli.main(["report", str(folder.root)]) == 0
    page = (folder.root / run_folder.REPORT).read_text()
    header = page[page.index("<header") : page.index("</header>")]
    assert headline in header
    assert known in header
    assert not ADVICE.search(page)


def test_the_list_of_the_app_gives_no_advice(met):
    folder, headline, _ = met
    (told,) = Shelf(folder.root.parent).headlines()
    assert (told.unfinished, told.first) == (headline, "")
    page = runs([told], {"toy": None}, "runs")
    assert headline in page
    assert not ADVICE.search(page)


def test_scripts_are_told_how_it_ended(met):
    folder, _, _ = met
    told = results.as_json(read_plan(folder))
    assert told["status"]["state"] in ("stopped", "infeasible")
    assert told["orders"] == []


def test_the_library_gives_no_advice(met):
    folder, headline, _ = met
    plan = hr.open(folder.root)
    assert len(plan.orders) == 0
    for told in (repr(plan), plan._repr_html_(), repr(plan.orders), repr(plan.capacity)):
        assert headline in told
        assert not ADVICE.search(told)


@pytest.fixture(scope="module")
def cut_short(tmp_path_factory):
    """What `headrace plan` printed and wrote that was stopped before its first plan."""
    folder = tmp_path_factory.mktemp("cut")
    (folder / "study.yaml").write_text(MIDDLING)
    command = [sys.executable, "-m", "headrace", "plan", "study.yaml", "--out", "run"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=folder, **pipes) as process:
        for line in process.stderr:
            if "the plan that does nothing is kept" in line:
                process.send_signal(signal.SIGTERM)
                break
        said, _ = process.communicate(timeout=120)
    return process.returncode, said, folder / "run"


def test_a_run_that_is_really_stopped_advises_nowhere(cut_short):
    code, said, run = cut_short
    assert code == 5
    assert "no advice yet" in said
    assert not ADVICE.search(said)
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "no advice yet" in page
    assert not ADVICE.search(page)
    assert len(hr.open(run).orders) == 0


@pytest.mark.browser
def test_its_report_in_a_browser_advises_nothing_either(cut_short, page):
    page.goto(f"file://{cut_short[2]}/report.html")
    page.wait_for_selector("html[data-ready=yes]")
    seen = page.locator("body").inner_text()
    assert "no advice yet" in seen
    assert not ADVICE.search(seen)


def test_a_finished_run_advises_as_before(tmp_path, capsys):
    folder = toy_plan.write(tmp_path / "runs" / "toy", nodes=1)
    results.show(read_plan(folder), folder.root)
    assert "Orders now" in capsys.readouterr().out
    (told,) = Shelf(folder.root.parent).headlines()
    assert told.first.startswith("Order ")
    assert told.unfinished == ""


def test_the_schema_of_the_plan_file_is_printed(capsys):
    assert cli.main(["schema", "--plan"]) == 0
    assert json.loads(capsys.readouterr().out)["$ref"] == "#/$defs/PlanFile"
    assert cli.main(["schema"]) == 0
    assert "study" in json.loads(capsys.readouterr().out)["properties"]
