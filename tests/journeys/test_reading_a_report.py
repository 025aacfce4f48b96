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
    folder = toy_plan.write(tmp_path_factory.mktemp("journey") / "run", nodes=9)
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
    assert (folder.root / "report.html").stat().st_size < 1.5e6
    opened(page, folder)
    assert (
        page.get_by_role("heading", level=1).inner_text()
        == "Toy: two sites, <b>invented</b> numbers"
    )
    assert page.locator("#sankey svg path").count() > 20
    assert page.locator("#dispatch svg path.area").count() >= 6
    assert page.locator(".costs svg rect").count() == 21
    assert page.locator(".river:not(.pathways)").count() == 2
    assert page.locator(".pathways").count() == 1
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
    before = page.locator("#dispatch svg").inner_html()
    page.get_by_role("button", name=re.compile("^demand high: ")).first.click()
    assert page.locator("[data-card='3']").is_visible()
    assert page.locator("[data-card='0']").is_hidden()
    assert page.locator(".branch").first.inner_text() == "demand high"
    assert page.locator("#dispatch svg").inner_html() != before
    assert "node=3" in page.url
    page.get_by_role("link", name="Unit costs").click()
    assert "node=3" in page.url
    assert page.url.endswith("#costs")
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
    opened(page, folder, "?node=0")
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
    area = page.locator("#dispatch svg")
    area.scroll_into_view_if_needed()
    edge = area.bounding_box()
    page.mouse.move(edge["x"] + 100, edge["y"] + 80)
    page.mouse.down()
    page.mouse.move(edge["x"] + 330, edge["y"] + 90, steps=5)
    page.mouse.up()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "6")
    assert "to=" in page.url
    page.go_back()
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "24")


def test_hours_answer_to_keys_and_tell_every_amount_and_the_sum(page, folder):
    opened(page, folder, "?node=0")
    page.locator("#dispatch svg").focus()
    for _ in range(3):
        page.keyboard.press("+")
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "6")
    page.keyboard.press("Home")
    expect(page.locator("#dispatch")).to_have_attribute("data-step", "24")
    page.locator("#dispatch svg").hover(position={"x": 500, "y": 150})
    told = page.locator("#dispatch .told").inner_text()
    whole = float(re.search(r"in all ([\d.,]+) MW", told)[1].replace(",", ""))
    parts = [
        float(x.replace(",", "")) for x in re.findall(r" ([\d.,]*\d)(?:,|$)", told.split(";")[1])
    ]
    assert sum(part for part in parts if part > 0) == pytest.approx(whole, rel=1e-3)


def test_a_node_without_hours_says_so(page, folder):
    opened(page, folder, "?node=12")
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
        assert (float(row[11]) if row[11] else None) == order["value_low_usd"]
        assert float(row[7]) == order["cost_usd"]
    sources = taken(page, page.locator("[data-csv='sources']"))
    assert sources[1][:4] == ["gas.engine", "capex", "1600", "USD/kW"]
    section = page.locator("#orders")
    section.get_by_role("button", name="Table").click()
    assert section.locator("#table-orders tbody tr").count() == 5
    page.get_by_role("searchbox").fill("nobody knows")
    assert page.locator(".sources table tbody tr:visible").count() == 1
    page.get_by_role("button", name="Dollars").click()
    expect(page.locator("#sankey path.ribbon")).to_have_count(7)
    assert "view=money" in page.url


def test_hours_taken_along_equal_the_parquet(page, folder):
    """A week of hours as CSV against the stored Parquet, within the resolution that is drawn
    (1/1000 of each largest value).
    """
    opened(page, folder, "?node=0&from=4000&to=4168")
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


@pytest.mark.parametrize("wide", [640, 800, 1280, 1600])
def test_it_prints_alike_from_a_window_of_any_width(page, folder, wide):
    """A sheet of A4 within its margins is 703 px wide: nothing is wider, so nothing is shrunk."""
    page.set_viewport_size({"width": wide, "height": 900})
    opened(page, folder)
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 703, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 704
    first = page.locator("#orders").bounding_box()
    assert first["y"] < 900, "the first sheet is empty below the headline"


def test_it_tells_everything_without_scripts(chromium, folder):
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{folder.root}/report.html")
    for picture in ("#sankey", "#dispatch", "#cost-0", "#money"):
        assert page.locator(f"{picture} svg").first.bounding_box()["height"] > 100
    assert page.get_by_text("All of them together").is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_and_lines_stand_out_from_the_paper(page, folder, scheme):
    """WCAG 2.2: 4.5 to 1 for words, 3 to 1 for what a picture needs (1.4.3, 1.4.11)."""
    page.emulate_media(color_scheme=scheme)
    opened(page, folder)
    told = page.evaluate(
        """() => Object.fromEntries(["ink", "quiet", "accent", "bad", "sure", "control", "paper",
        "card", "wash"].map((n) => [n, getComputedStyle(document.documentElement)
        .getPropertyValue("--" + n).trim()]))"""
    )
    for name, least in (("ink", 7.0), ("quiet", 4.5), ("accent", 3.0), ("bad", 3.0)):
        for ground in ("paper", "card", "wash"):
            assert contrast(told[name], told[ground]) >= least, (name, ground)
    for name in ("control", "sure"):
        assert contrast(told[name], told["paper"]) >= (3.0 if name == "control" else 2.0), name


def contrast(one: str, other: str) -> float:
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
        return 0.2126 * r + 0.7152 * g + 0.0722 * b

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


def test_it_fits_a_phone(page, folder):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, folder)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
