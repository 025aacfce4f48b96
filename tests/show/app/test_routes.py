"""The app over HTTP: what it shows equals the plan, what writes needs the token."""

from __future__ import annotations

import json
import re
import shutil

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from tests.builders import toy_plan
from tests.builders.app_process import ONE_HOUR

from headrace.core import plan_file, run_folder
from headrace.core.hourly_store import read_hourly
from headrace.show.format import downsample
from headrace.show.reports import page as skeleton
from headrace.show.reports import plan_data, plan_report


def test_runs_are_listed_and_other_folders_are_not(app):
    page = app.ask("/").body.decode()
    assert 'href="/runs/toy"' in page
    assert "torn" in page
    assert "is not JSON" in page
    assert "/runs/notes" not in page
    assert "/runs/outside" not in page


def test_the_plan_is_the_page_of_the_report(app, folder):
    """The same HTML from the masthead to the sources, the same script files, the same data for
    them.
    """
    page = app.ask("/runs/toy").body.decode()
    told = plan_report.build(run_folder.RunFolder(folder / "toy"))
    main = re.search(r"<header class=\"masthead\">.*</main>", told, re.S)[0]
    assert re.sub(r'<p class="note">For \d+ nodes this file.*?</p>', "", main) in page
    for name in ("charts.js", "hours.js", "plan.js", "page.css"):
        assert app.ask(f"/static/{name}").body.decode() == skeleton.static(name)
    plan = plan_file.read_plan(run_folder.RunFolder(folder / "toy"))
    assert app.ask("/runs/toy/sheet.json").json() == json.loads(json.dumps(plan_data.sheet(plan)))


def test_hours_of_a_node_arrive_at_every_level(app, folder):
    told = app.ask("/runs/toy/nodes/0.json").json()
    bus = next(
        b for b in told["dispatch"] if b["site"] == "greensboro" and "electricity" in b["name"]
    )
    assert set(bus["levels"]) == {"24", "6", "1"}
    hours = downsample.decode(bus["levels"]["1"])
    stored = [
        s
        for s in read_hourly(run_folder.RunFolder(folder / "toy"), 0).series
        if s.site == "greensboro" and s.bus == "electricity"
    ]
    supply = sum(s.values.clip(0) for s in stored)
    assert hours[-1] == pytest.approx(supply, abs=supply.max() / downsample.RESOLUTION + 1e-9)
    assert told["sankey"]
    assert app.ask("/runs/toy/nodes/12.json").json()["dispatch"] == []
    assert app.ask("/runs/toy/nodes/99.json").status == 404


def test_no_page_carries_inline_script_and_every_answer_the_policy(app):
    for path in (
        "/",
        "/runs/toy",
        "/study",
        "/sources",
        "/study?run=toy",
        "/nowhere",
        "/static/study.js",
    ):
        answer = app.ask(path, headers={"Accept": "text/html"})
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "access-control-allow-origin" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"
        if answer.headers["content-type"].startswith("text/html"):
            page = answer.body.decode()
            assert not re.search(r"<script(?![^>]*\ssrc=\"/static/)", page)
            assert not re.search(r"\son\w+=", page)
            assert not re.search(r"""(?:src|href)=["'](?:https?:)?//""", page)


def test_the_host_must_be_ours(app):
    """Against DNS rebinding: another name that points to this machine is not answered, whatever it
    asks for.
    """
    for host in (
        "evil.example",
        f"evil.example:{app.port}",
        "127.0.0.1",
        "127.0.0.1:1",
        f"127.0.0.1:{app.port}.evil.example",
        "",
    ):
        assert app.ask("/", headers={"Host": host}).status == 421
    assert app.ask("/", headers={"Host": f"LOCALHOST:{app.port}"}).status == 200


@pytest.mark.parametrize("path", ["/api/check", "/api/solve", "/api/runs/toy/cancel", "/nowhere"])
def test_what_writes_needs_the_token(app, folder, path):
    before = sorted(folder.iterdir())
    body = {"study": ONE_HOUR}
    for token in (
        {},
        {"X-Headrace-Token": ""},
        {"X-Headrace-Token": app.token[:-1]},
        {"X-Headrace-Token": "\xe9"},
    ):
        assert app.ask(path, "POST", body, token).status == 403
    foreign = {"X-Headrace-Token": app.token, "Origin": "http://evil.example"}
    assert app.ask(path, "POST", body, foreign).status == 403
    assert app.ask(path, "OPTIONS", headers={"Origin": "http://evil.example"}).status == 403
    assert sorted(folder.iterdir()) == before


def test_no_page_tells_the_token(app):
    for path in ("/", "/runs/toy", "/study", "/sources", "/api/openapi.json", "/static/token.js"):
        assert app.token not in app.ask(path).body.decode()


@pytest.mark.parametrize(
    "name",
    [
        "..",
        "%2e%2e",
        "..%2f..",
        "outside",
        "toy%2f..",
        "a%00b",
        "%2fetc",
        "notes",
        ".check",
        "x" * 300,
    ],
)
def test_no_name_leads_out_of_the_runs_folder(app, name):
    for path in (
        f"/runs/{name}",
        f"/runs/{name}/sheet.json",
        f"/runs/{name}/report.html",
        f"/study?run={name}",
        f"/runs/{name}/events",
    ):
        assert app.ask(path).status == 404, path
    assert app.ask(f"/static/{name}").status == 404


def test_the_report_is_taken_along_not_shown(app):
    answer = app.ask("/runs/toy/report.html")
    assert answer.headers["content-disposition"] == 'attachment; filename="toy.html"'
    assert answer.body == b"<!doctype html><p>the report"


def test_a_study_is_checked_with_every_problem_at_its_line(app):
    assert app.post("/api/check", {"study": ONE_HOUR}).json() == {"ok": True, "study": "algebra"}
    wrong = ONE_HOUR.replace("fixed: 20", "fixd: 20").replace("10 MW, price", "10 MWh, price")
    told = app.post("/api/check", {"study": wrong}).json()
    assert told["ok"] is False
    found = {(p["line"], p["key"].split(".")[-1]) for p in told["problems"]}
    assert (5, "fixd") in found
    # units of a product are read once the keys are known
    assert any(line == 8 for line, _ in found) or len(found) == 1
    assert app.post("/api/check", {"study": "a: [b"}).json()["problems"][0]["line"] == 1
    assert app.post("/api/check", {"wrong": 1}).status == 422
    assert app.post("/api/check", {"study": "x" * 1_000_001}).status == 422
    assert (
        app.ask(
            "/api/check",
            "POST",
            None,
            {"X-Headrace-Token": app.token, "Transfer-Encoding": "chunked"},
        ).status
        == 411
    )


def test_a_study_may_name_weather_of_the_runs_folder_only(app):
    for file in ("/etc/passwd", "../../../etc/passwd", "../outside/x.csv", "../\\0"):
        text = ONE_HOUR.replace("here: {", f'here: {{weather: "{file}", ')
        told = app.post("/api/check", {"study": text}).json()
        assert told["ok"] is False
        assert "leads out of the runs folder" in told["message"] or "\\0" in file, told
        assert app.post("/api/solve", {"study": text}).status == 409


def test_a_study_is_solved_and_its_progress_told(app, folder):
    """10 MW for 8,760 h at 500 USD/MWh: 6 MW of reactor (100 + 20 USD/kW, 10 USD/MWh), 4 MW of
    plant (300 USD/kW, 40 USD/MWh).

    Revenue 43.8 M USD; reactor 6 x 0.12 + 52,560 MWh x 10 = 1.2456 M; plant 4 x 0.3 + 35,040 x 40
    = 2.6016 M: 39.9528 M USD.
    """
    run = app.post("/api/solve", {"study": ONE_HOUR}).json()["run"]
    assert run == "algebra"
    told = app.events(run)
    assert [kind for kind, _ in told].count("end") == 1
    assert told[-1][1]["state"] == "planned", told
    stages = [event["stage"] for kind, event in told if kind == "step"]
    assert stages[0] == "expand"
    assert stages[-1] == "tell"
    assert app.ask(f"/runs/{run}").status == 200
    assert json.loads((folder / run / "plan.json").read_text())["objective_usd"] == pytest.approx(
        39.9528e6, rel=1e-3
    )
    last = app.ask(f"/runs/{run}/events", headers={"Last-Event-ID": str(len(stages))}).body.decode()
    assert "event: step" not in last
    assert app.post(f"/api/runs/{run}/cancel").json()["state"] == "planned"
    assert app.post("/api/runs/toy/cancel").status == 409


def test_two_runs_stand_beside_each_other(app, folder):
    """The second is the first with another title and one order more."""
    toy_plan.write(folder / "twin", nodes=1)
    try:
        page = app.ask("/compare?run=toy&run=twin").body.decode()
        assert "<h1>toy and twin</h1>" in page
        assert "Both studies write the same." in page
        assert "committed this month" in page
        assert app.ask("/compare?run=toy&run=nowhere").status == 404
        assert app.ask("/compare?run=toy").status == 422
    finally:
        shutil.rmtree(folder / "twin")


def test_a_run_gets_a_name_and_a_note(app, folder):
    told = {"name": "board <7>", "note": "seen in May"}
    assert app.ask("/api/runs/toy/note", "POST", told).status == 403
    assert app.post("/api/runs/toy/note", told).json() == {"run": "toy"}
    page = app.ask("/").body.decode()
    assert "board &lt;7&gt;" in page
    assert "seen in May" in page
    assert app.post("/api/runs/toy/note", {"name": "x" * 121}).status == 422
    assert app.post("/api/runs/nowhere/note", told).status == 404
    app.post("/api/runs/toy/note", {})


def test_what_a_terminal_solves_is_listed_with_its_newest_step(app, folder):
    own = run_folder.create(folder / "elsewhere", "study: elsewhere\n")
    own.log(run_folder.Event(0.1, "read", "first"))
    own.log(run_folder.Event(1.2, "solve", "second"))
    try:
        with own.hold():
            told = {row["run"]: row for row in app.ask("/api/runs.json").json()}
            assert told["elsewhere"]["state"] == "solving"
            assert "solve second" in told["elsewhere"]["words"]
            assert app.post("/api/runs/elsewhere/resume").status == 409
        told = {row["run"]: row for row in app.ask("/api/runs.json").json()}
        assert (told["elsewhere"]["state"], told["elsewhere"]["words"]) == ("", "")
    finally:
        shutil.rmtree(own.root)
