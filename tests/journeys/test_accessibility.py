"""Every page breaks none of axe-core's rules (WCAG 2.2 A and AA, best practices), by day and by
night, on a desk and on a phone.
"""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest
from tests.builders import toy_plan
from tests.builders.app_process import started
from tests.builders.fleet_tables import round_table, trace

from headrace.models.fleet import Fleet, Pool, replay
from headrace.rights.royalties.dues import dues
from headrace.rights.royalties.period import settle_generated
from headrace.show.reports import audit as audit_report
from headrace.show.reports import fleet_replay, plan_report, settlement
from headrace.trust.audit import audit
from headrace.trust.picture import like_with_like
from headrace.trust.simulated_logs import Marketplace, draw

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect
pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
READY = 20_000


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """Where each page lies, by name."""
    root = tmp_path_factory.mktemp("pages")
    plan = toy_plan.write(root / "run", nodes=3)
    plan_report.write(plan)
    done = settle_generated(500, "user_centric")
    log = draw(Marketplace(queries=60, proxy_sd=0.5), 1)
    rng = np.random.default_rng(0)
    load = trace(np.sort(rng.uniform(0, 900, 300)), np.full(300, 100), np.full(300, 20))
    served = replay(load, Fleet((Pool("a", round_table(), 2),)))
    return {
        "plan": plan.root / "report.html",
        "settled": settlement.write(done, dues(done.chosen, done.accounts), root / "settled.html"),
        "audited": audit_report.write(audit(log), like_with_like(log), root / "audited.html"),
        "fleet": fleet_replay.write_replay(served, root / "fleet.html"),
    }


def violations(page) -> list[str]:
    """What axe-core finds: the rule, and the first places that break it."""
    page.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run()")["violations"]
    return [
        f"{rule['id']}: {rule['help']}: {[one['html'][:160] for one in rule['nodes'][:4]]}"
        for rule in found
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plan", "settled", "audited", "fleet"])
def test_a_page_breaks_no_rule(page, pages, name, scheme):
    page.emulate_media(color_scheme=scheme)
    page.goto(f"file://{pages[name]}")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=READY)
    assert violations(page) == []


def test_the_report_breaks_no_rule_on_a_phone(page, pages):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"file://{pages['plan']}")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=READY)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_app_breaks_no_rule(page, tmp_path, scheme):
    pytest.importorskip("uvicorn", reason="the extra `app` is not installed")
    page.emulate_media(color_scheme=scheme)
    for name in ("one", "two"):
        toy_plan.write(tmp_path / "runs" / name, nodes=1)
    with started(tmp_path / "runs") as running:
        page.goto(running.url)
        for place in ("", "study", "runs/one", "compare?run=one&run=two"):
            page.goto(f"http://127.0.0.1:{running.port}/{place}")
            page.wait_for_load_state("networkidle")
            assert violations(page) == [], place


def test_a_broken_rule_is_found(page):
    page.set_content("<html><body><img src='data:,'><p style='color:#ccc'>pale</p></body></html>")
    page.wait_for_load_state()
    assert {"image-alt", "color-contrast"} <= {told.partition(":")[0] for told in violations(page)}
