"""The picture of a report in the README is what the code draws: made again and compared.

    HEADRACE_PICTURES=docs/assets python -m pytest tests/journeys/test_picture_of_the_report.py

writes it anew.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from tests.builders.documents import DOCS

import headrace as hr

pytestmark = pytest.mark.browser
expect = pytest.importorskip(
    "playwright.sync_api", reason="the playwright package is not installed"
).expect
ALLOWED = 0.03
"""Mean difference of the brightness of two pictures [1]: dates and the seconds taken differ, fonts
by a machine's hinting; another layout is above 0.05.
"""
DIFFERENCE = """async ([one, other]) => {
  const bright = async (address) => {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: 150, height: 160 });
    const pen = canvas.getContext("2d");
    pen.drawImage(picture, 0, 0, 150, 160);
    const data = pen.getImageData(0, 0, 150, 160).data;
    return Float64Array.from({ length: 24000 }, (_, i) => data[4 * i] / 255);
  };
  const [a, b] = [await bright(one), await bright(other)];
  return a.reduce((sum, value, place) => sum + Math.abs(value - b[place]), 0) / a.length;
}"""


def address(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def test_the_picture_is_fresh(page, tmp_path):
    plan = hr.read(DOCS / "tutorials" / "campus.yaml").solve(out=tmp_path / "run", progress=False)
    page.set_viewport_size({"width": 1200, "height": 1280})
    page.goto(f"file://{plan.report()}")
    expect(page.locator("html")).to_have_attribute("data-ready", "yes", timeout=20_000)
    drawn = page.screenshot()
    if target := os.environ.get("HEADRACE_PICTURES"):
        (Path(target) / "report.png").write_bytes(drawn)
    kept = (DOCS / "assets" / "report.png").read_bytes()
    page.goto("about:blank")
    assert page.evaluate(DIFFERENCE, [address(kept), address(drawn)]) < ALLOWED
    page.goto(f"file://{plan.folder.root / 'report.html'}?node=1#costs")
    assert page.evaluate(DIFFERENCE, [address(kept), address(page.screenshot())]) > ALLOWED
