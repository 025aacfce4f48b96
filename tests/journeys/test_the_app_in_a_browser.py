"""A planner opens the app, breaks a study and mends it, solves it, follows the plan; another study
is cancelled and keeps its plan.
"""

from __future__ import annotations

import os

import pytest
from tests.builders import toy_plan

pytest.importorskip("fastapi", reason="the extra `app` is not installed")
pytest.importorskip("uvicorn", reason="the extra `app` is not installed")
from tests.builders.app_process import ONE_HOUR, started

from headrace.core.run_folder import Event, create

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect
SOON = 60_000


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    root = tmp_path_factory.mktemp("app") / "runs"
    toy_plan.write(root / "toy", nodes=3)
    with started(root) as running:
        yield running


def kept(page, name):
    if target := os.environ.get("HEADRACE_SCREENSHOTS"):
        page.screenshot(path=f"{target}/app-{name}.png")


def test_from_the_runs_to_a_plan_of_ones_own(page, app):
    """One journey; the page fixture fails it for any request outside and any error on the page,
    refusals of the policy included.
    """
    page.goto(app.url)
    assert app.token not in page.url
    kept(page, "runs")

    page.get_by_role("link", name="Toy: two sites").click()
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    assert page.locator("#sankey svg path.ribbon").count() > 20
    page.locator("#node").select_option("2")
    expect(page.locator(".branch").first).to_have_text("demand middle")
    expect(page.locator("#dispatch svg path.area").nth(5)).to_be_attached()
    page.get_by_role("button", name="highest load").click()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "1")
    assert "node=2" in page.url
    assert page.locator("[data-view='energy']").get_attribute("aria-pressed") == "false"
    kept(page, "plan")

    page.get_by_role("link", name="Study", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-ready", "yes")
    page.locator("#text").fill(ONE_HOUR.replace("fixed: 20", "fixd: 20"))
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#problems li")).to_have_count(1, timeout=SOON)
    expect(page.locator("#problems li")).to_contain_text("Did you mean `fixed`?")
    assert page.locator("#lines .bad").inner_text() == "5"
    page.get_by_role("button", name="line 5").click()
    assert page.evaluate("document.querySelector('#text').selectionStart") == ONE_HOUR.index(
        "fixed"
    )
    kept(page, "check")

    page.locator("#text").fill(ONE_HOUR)
    page.get_by_role("button", name="Solve").click()
    expect(page.locator("#said")).to_contain_text("Planned.", timeout=SOON)
    assert page.locator("#problems li").count() == 0
    assert page.locator("#steps tr").count() >= 4
    kept(page, "solved")
    page.get_by_role("link", name="See the plan").click()
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    assert page.get_by_role("heading", level=1).inner_text() == "algebra"
    assert page.locator("#orders .order:not(.zero):not(.sum)").count() == 2

    page.locator(".app-bar").get_by_role("link", name="Sources").click()
    rows = page.locator(".sources tbody tr")
    everything = rows.count()
    assert everything > 500
    page.get_by_role("searchbox").fill("nuclear.smr")
    assert 0 < page.locator(".sources tbody tr:visible").count() < everything / 10


@pytest.mark.slow
def test_cancel_keeps_the_best_plan_so_far(page, app):
    """The embedded study takes minutes; asked to stop, it ends with the plan that it has."""
    page.goto(app.url)
    page.get_by_role("link", name="Study", exact=True).click()
    page.get_by_role("button", name="Solve").click()
    expect(page.locator("#steps")).to_contain_text(
        "the plan that does nothing is kept", timeout=4 * SOON
    )
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#said")).to_contain_text("Stopped early", timeout=4 * SOON)
    kept(page, "cancelled")
    page.get_by_role("link", name="Runs", exact=True).click()
    expect(page.locator("table.runs")).to_contain_text("stopped early")


def test_without_the_token_one_reads_and_is_asked_for_it_before_one_writes(page, watch, app):
    page.goto(f"http://127.0.0.1:{app.port}/study")
    expect(page.locator("#token-box")).to_be_visible()
    page.locator("#text").fill(ONE_HOUR)
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#said")).to_contain_text("needs the token")
    watch.errors.clear()  # the browser logs every 403
    page.locator("#token").fill(app.token)
    page.locator("#token").press("Tab")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#said")).to_contain_text("can be planned", timeout=SOON)


def test_what_is_typed_is_never_lost(page, app):
    """Leave the page with a study half written: it is offered again where it was typed."""
    page.goto(app.url)
    page.get_by_role("link", name="Study", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    first = page.locator("#text").input_value()
    page.locator("#text").fill(ONE_HOUR)
    page.locator("#example").select_option("gas_first")
    page.wait_for_url("**/study?example=gas_first")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    assert page.get_by_role("button", name="Bring it back").count() == 0
    page.get_by_role("link", name="Study", exact=True).click()
    page.wait_for_url("**/study")
    assert page.locator("#text").input_value() == first
    page.get_by_role("button", name="Bring it back").click()
    assert page.locator("#text").input_value() == ONE_HOUR


def test_a_run_in_a_terminal_moves_here_within_a_second(page, tmp_path):
    """Another process holds the folder and logs; the list says so without a click, and offers to
    resume once it has ended.
    """
    root = tmp_path / "runs"
    own = create(root / "elsewhere", ONE_HOUR)
    with started(root) as running:
        page.goto(running.url)
        row = page.locator("tr[data-run=elsewhere]")
        expect(row).to_contain_text("no plan yet")
        with own.hold():
            own.log(Event(0.4, "solve", "a step of the terminal"))
            expect(row).to_contain_text("being solved", timeout=5_000)
            expect(row).to_contain_text("a step of the terminal", timeout=2_000)
            expect(row.get_by_role("button", name="Resume")).to_be_hidden()
        expect(row.get_by_role("button", name="Resume")).to_be_visible(timeout=5_000)
        row.get_by_role("button", name="Resume").click()
        expect(page.locator("#said")).to_contain_text("Planned.", timeout=SOON)
        assert [one.name for one in root.iterdir()] == ["elsewhere"]


def test_runs_are_named_and_two_are_compared(page, tmp_path):
    root = tmp_path / "runs"
    for name in ("one", "two"):
        toy_plan.write(root / name, nodes=1)
    with started(root) as running:
        page.goto(running.url)
        row = page.locator("tr[data-run=two]")
        row.get_by_role("button", name="Name").click()
        page.get_by_label("Name", exact=True).fill("for the board")
        page.get_by_label("Note").fill("with the old gas price")
        page.get_by_role("button", name="Keep").click()
        expect(row).to_contain_text("for the board")
        expect(row).to_contain_text("with the old gas price")
        assert page.get_by_role("button", name="Compare two").is_disabled()
        for name in ("one", "two"):
            page.get_by_label(f"Compare {name}").check()
        page.get_by_role("button", name="Compare two").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("and")
        assert "run=one" in page.url
        assert "run=two" in page.url
        expect(page.locator("main")).to_contain_text("committed this month")
        kept(page, "compare")
