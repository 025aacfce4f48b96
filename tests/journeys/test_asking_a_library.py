"""A planner moves sliders over a library of plans: two points, what is proved there, and which is
worth more.
"""

from __future__ import annotations

import pytest
from tests.builders import tiny_world

pytest.importorskip("fastapi", reason="the extra `app` is not installed")
pytest.importorskip("uvicorn", reason="the extra `app` is not installed")
from tests.builders.app_process import started

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect
SOON = 20_000


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    work = tmp_path_factory.mktemp("work")
    tiny_world.fill(tiny_world.write(work), 10)
    with started(work / "runs") as running:
        yield running


def moved(page, name, to):
    """A slider dragged and let go."""
    slider = page.get_by_label(name)
    slider.evaluate("(one, to) => { one.value = to; one.dispatchEvent(new Event('input')); }", to)
    slider.dispatch_event("change")


def test_two_points_are_asked_and_told_apart(page, app):
    page.goto(app.url)
    page.get_by_role("link", name="Ask", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask tiny")
    expect(page.locator("#difference")).to_contain_text("does not tell which is worth more")
    expect(page.locator("#answer-A")).to_contain_text("worth")

    moved(page, "load at B [MW]", "12")
    moved(page, "load at A [MW]", "8")
    expect(page.locator("#difference")).to_contain_text("B is worth", timeout=SOON)
    expect(page.locator("#difference")).to_contain_text("more than A.")
    assert page.get_by_label("load at B [MW]").evaluate(
        "one => one.nextElementSibling.textContent"
    ) == ("12 MW")
    expect(page.locator("#why-A")).to_contain_text("weak duality")
    expect(page.locator("#spent")).to_contain_text("10 of 60 plans")


def test_the_page_breaks_no_rule_of_access(page, app):
    pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
    from tests.journeys.test_accessibility import violations

    page.goto(f"http://127.0.0.1:{app.port}/ask")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=SOON)
    assert violations(page) == []
