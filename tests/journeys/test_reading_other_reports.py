"""A reader opens the page of a settled month and of an audited log: every picture is drawn under
the policy of the page, and every number can be taken along.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from headrace.rights.royalties.dues import dues
from headrace.rights.royalties.period import settle_generated
from headrace.show.reports import audit as audit_report
from headrace.show.reports import settlement
from headrace.trust.audit import audit
from headrace.trust.picture import like_with_like
from headrace.trust.simulated_logs import Marketplace, draw

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect


@pytest.fixture(scope="module")
def settled(tmp_path_factory) -> Path:
    done = settle_generated(2000, "user_centric")
    rows = dues(done.chosen, done.accounts)
    return settlement.write(done, rows, tmp_path_factory.mktemp("settled") / "page.html")


@pytest.fixture(scope="module")
def audited(tmp_path_factory) -> Path:
    log = draw(Marketplace(queries=100, proxy_sd=0.5), 1)
    path = tmp_path_factory.mktemp("audited") / "page.html"
    return audit_report.write(audit(log), like_with_like(log), path)


def opened(page, path: Path):
    page.goto(f"file://{path}")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=20_000)
    return page


@pytest.mark.parametrize(("name", "pictures"), [("settled", 4), ("audited", 5)])
def test_every_picture_is_drawn(page, request, name, pictures):
    opened(page, request.getfixturevalue(name))
    assert page.locator(".picture svg.figure").count() >= pictures
    assert page.locator(".picture:empty").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_no_other_script_runs_and_nothing_is_asked(page, watch, settled):
    """A script that is put into the page after all is refused: the policy does not name it."""
    opened(page, settled)
    page.evaluate(
        "const s = document.createElement('script'); s.textContent = 'window.evil = 1';"
        "document.head.append(s)"
    )
    assert page.evaluate("window.evil") is None
    asked = "fetch('http://127.0.0.1:9/').then(() => 'reached', () => 'refused')"
    assert page.evaluate(asked) == "refused"
    assert len(watch.errors) >= 2
    assert all("Content Security Policy" in error for error in watch.errors)
    watch.errors.clear()


def test_a_table_is_shown_and_taken_along(page, settled):
    opened(page, settled)
    section = page.locator("#pool")
    section.get_by_role("button", name="Table").click()
    assert section.locator("#table-pool tbody tr").count() == 4
    with page.expect_download() as caught:
        section.get_by_role("button", name="CSV").click()
    assert caught.value.suggested_filename.endswith("pool.csv")
    rows = list(csv.reader(io.StringIO(Path(caught.value.path()).read_text())))
    assert [row[0] for row in rows[1:]] == [
        *("pro rata", "user-centric", "equal split (Shapley)", "per use")
    ]
    section.get_by_role("button", name="Table").click()
    assert section.locator("#table-pool").is_hidden()


def test_it_prints_and_fits_a_phone(page, audited):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, audited)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert len(page.pdf(format="A4")) > 20_000
