"""The documentation: every link leads somewhere, every verb it shows exists, nothing is loaded from
outside.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headrace.show import cli

ROOT = Path(__file__).parents[2]
PAGES = sorted((ROOT / "docs").rglob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("https://", "http://", "mailto:")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.parent.name == "guides"], ids=lambda page: page.stem
)
def test_verbs_exist(page):
    known = {verb.name for verb in cli.VERBS}
    shown = set(re.findall(r"^(?:\$ )?headrace (\w[\w-]*)", page.read_text(encoding="utf-8"), re.M))
    assert shown <= known, shown - known


def test_the_site_asks_nobody():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in settings
    assert not re.search(r"https?://", settings)
