"""A reader opens the report from a folder, follows a branch, zooms into a week, takes the numbers
along.
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from tests.builders import toy_plan

from headrace.core.hourly_store import read_hourly
from headrace.show.format import text
from headrace.show.reports import plan_report

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = toy_plan.write(tmp_path_factory.mktemp("journey") / "run", nodes=5)
    plan_report.write(folder)
    return folder


def opened(page, folder, view: str = ""):
    page.goto(f"file://{folder.root}/report.html{view}")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=20_000)
    return page


def taken(page, button) -> list[list[str]]:
    with page.expect_download() as caught:
        button.click()
    return list(csv.reader(io.StringIO(Path(caught.value.path()).read_text())))


def test_it_opens_whole_and_small(page, folder):
    assert (folder.root / "report.html").stat().st_size < 6e6
    opened(page, folder)
    assert (
        page.get_by_role("heading", level=1).inner_text()
        == "Toy: two sites, <b>invented</b> numbers"
    )
    assert page.locator("#sankey svg .sankey-link").count() > 20
    assert page.locator("#dispatch svg path.js-fill").count() >= 6
    assert page.locator(".costs svg .bars .point").count() == 21
    assert page.locator(".river").count() == 2
    assert page.get_by_text("worth 410 to 433 M USD").first.is_visible()
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 1280
    if target := os.environ.get("HEADRACE_SCREENSHOTS"):
        page.screenshot(path=f"{target}/report.png", full_page=True)


def test_the_page_may_not_ask_the_network_at_all(page, watch, folder):
    """Not only did it ask nothing: its own policy forbids it."""
    opened(page, folder)
    refused = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')")
    assert refused == "refused"
    assert watch.errors
    assert all("Content Security Policy" in error for error in watch.errors)
    watch.errors.clear()


def test_a_branch_is_followed_by_chain_hours_and_address(page, folder):
    opened(page, folder)
    before = page.locator("#dispatch").inner_text()
    page.get_by_role("button", name=re.compile("^demand high: ")).first.click()
    assert page.locator("[data-card='3']").is_visible()
    assert page.locator("[data-card='0']").is_hidden()
    assert page.locator(".branch").first.inner_text() == "demand high"
    expect(page.locator("#dispatch")).not_to_have_text(before)
    assert "node=3" in page.url
    page.reload()
    page.wait_for_selector("html[data-ready=yes]")
    assert page.locator(".branch").first.inner_text() == "demand high"
    page.locator(".node[data-node='2']").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("[data-card='2']").is_visible()
    page.get_by_role("button", name="Accelerators", exact=True).click()
    assert page.locator("[data-river='1']").is_visible()
    assert page.locator("[data-river='0']").is_hidden()


def test_zooming_goes_from_days_to_hours_and_never_draws_a_year_of_them(page, folder):
    opened(page, folder)
    box = page.locator("#dispatch")
    assert box.get_attribute("data-step") == "24"
    assert int(box.get_attribute("data-points")) < 8000
    page.get_by_role("button", name="highest load").click()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "1")
    assert int(box.get_attribute("data-points")) < 8000
    assert "from=" in page.url
    page.get_by_role("button", name="Later").click()
    page.get_by_role("button", name="Year").click()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "24")
    area = page.locator("#dispatch .nsewdrag").first
    area.scroll_into_view_if_needed()
    edge = area.bounding_box()
    page.mouse.move(edge["x"] + 100, edge["y"] + 80)
    page.mouse.down()
    page.mouse.move(edge["x"] + 330, edge["y"] + 90, steps=5)
    page.mouse.up()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "6")
    assert "to=" in page.url


def test_a_node_without_hours_says_so(page, folder):
    opened(page, folder, "#node=12")
    assert page.get_by_text("No hours are stored for this node.").is_visible()
    assert page.locator("#dispatch").is_hidden()


def test_tables_views_and_what_is_taken_along_equal_the_plan(page, folder):
    opened(page, folder)
    plan = json.loads(folder.read("plan.json"))
    rows = taken(page, page.locator("[data-csv='orders']"))
    stored = {(order["site"].title(), order["title"]): order for order in plan["orders"]}
    assert len(rows) == 1 + len(stored)
    for row in rows[1:]:
        order = stored[row[1], row[2]]
        assert float(row[3]) == order["quantity"]
        assert (float(row[8]) if row[8] else None) == order["value_low_usd"]
    sources = taken(page, page.locator("[data-csv='sources']"))
    assert sources[1][:4] == ["gas.engine", "capex", "1600", "USD/kW"]
    section = page.locator("#orders")
    section.get_by_role("button", name="Table").click()
    assert section.locator("#table-orders tbody tr").count() == 5
    page.get_by_role("searchbox").fill("nobody knows")
    assert page.locator(".sources table tbody tr:visible").count() == 1
    page.get_by_role("button", name="Dollars").click()
    expect(page.locator("#sankey .sankey-link")).to_have_count(7)
    assert "view=money" in page.url


def test_hours_taken_along_equal_the_parquet(page, folder):
    """A week of hours as CSV against the stored Parquet, within the resolution that is drawn
    (1/1000 of each largest value).
    """
    opened(page, folder, "#node=0&from=4000&to=4168")
    rows = taken(page, page.locator("[data-csv='dispatch']"))
    assert len(rows) == 1 + 168
    stored = (
        s
        for s in read_hourly(folder, 0).series
        if s.site == "greensboro" and s.bus == "electricity"
    )
    series = {text.label(s.item.removeprefix("greensboro.")): s.values for s in stored}
    told = {name.removesuffix(" [MW]") for name in rows[0]}
    assert len(told & set(series)) >= 4
    for column, name in enumerate(rows[0]):
        item = name.removesuffix(" [MW]")
        if item in series:
            told = np.array([float(row[column]) for row in rows[1:]])
            np.testing.assert_allclose(
                told, series[item][4000:4168], atol=np.abs(series[item]).max() / 1000 + 1e-9
            )


def test_it_prints(page, folder):
    opened(page, folder)
    page.emulate_media(media="print")
    assert page.locator(".bar-nav").is_hidden()
    assert page.locator(".orders").is_visible()
    assert len(page.pdf(format="A4")) > 50_000


def test_it_fits_a_phone(page, folder):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, folder)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
