"""The documentation: every link leads somewhere, every file it names exists, nothing is loaded from
outside.
"""

from __future__ import annotations

import re
import tomllib

import pytest
from ruamel.yaml import YAML
from tests.builders.documents import FENCE, PAGES, ROOT, anchor, anchors, read

TEXTS = [*PAGES, *sorted(ROOT.glob("*.md"))]
SOURCE = ROOT / "src" / "headrace"


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", FENCE.sub("", read(page))):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        path, _, inside = target.partition("#")
        other = page.parent / path if path else page
        assert other.exists(), f"{page.name}: {target}"
        if inside:
            assert inside in anchors(other), f"{page.name}: {target}"


@pytest.mark.parametrize("page", TEXTS, ids=lambda page: page.stem)
def test_files_it_names_exist(page):
    """A path in code font that begins with a room is a file or folder of the package."""
    if page.stem.startswith("catalogue-"):
        return  # sources there name files of others
    rooms = "|".join(sorted(p.parent.name for p in SOURCE.glob("*/__init__.py")))
    named = re.findall(rf"`((?:{rooms})/[\w./-]+)`|\b((?:{rooms})/[\w/]+\.py)\b", read(page))
    for path in (
        one or other for one, other in named if not other or f"tests/{other}" not in read(page)
    ):
        found = SOURCE / path
        assert found.exists() or found.with_suffix(".py").exists(), f"{page.name}: {path}"
    for path in re.findall(r"`((?:src|tests|docs|benchmarks|requirements)/[\w./-]+)`", read(page)):
        assert (ROOT / path).exists(), f"{page.name}: {path}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_page_has_one_title(page):
    titles = re.findall(r"^# .+$", FENCE.sub("", read(page)), re.M)
    assert len(titles) == 1, titles


def test_anchors_are_made_as_the_site_makes_them():
    assert anchor("What is ours") == "what-is-ours"
    assert anchor("Does it hold? Yes, `always`") == "does-it-hold-yes-always"


def test_the_site_asks_nobody():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in settings
    assert not re.search(r"https?://", settings)


def test_every_guide_and_theory_page_is_in_the_navigation():
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in PAGES:
        where = page.relative_to(ROOT / "docs").as_posix()
        if not re.match(r"(decisions|lab)/\d", where):
            assert f" {where}\n" in settings, where


def test_the_citation_is_of_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    cited = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == project["version"]
    assert cited["license"] == project["license"]


def test_what_a_change_has_to_pass_is_the_quickest_first():
    ran = re.findall(r"^make (\w+)$", (ROOT / ".ci" / "run").read_text(encoding="utf-8"), re.M)
    assert ran == ["check", "docs", "test"]
