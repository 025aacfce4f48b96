"""Decisions and measurements: a number each, a status, a date, and fresh lists."""

from __future__ import annotations

import importlib.util
import re
from datetime import date

import pytest
from tests.builders.documents import DOCS, ROOT, read

DECISIONS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
LAB = sorted((DOCS / "lab").glob("[0-9]*.md"))


@pytest.fixture(scope="module")
def lists():
    spec = importlib.util.spec_from_file_location("index_pages", DOCS / "index_pages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_number_is_given_twice():
    """Work on several things at once leaves gaps; a number is never used again."""
    numbers = [int(page.name[:4]) for page in DECISIONS]
    assert numbers == sorted(set(numbers))


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name[:4])
def test_a_decision_says_what_it_must(page, lists):
    text = read(page)
    found = lists.DECISION.match(text)
    assert found is not None
    assert found["number"] == page.name[:4]
    assert date.fromisoformat(found["date"]) >= date(2026, 11, 23)
    assert re.match(r"accepted|superseded by \[\d{4}\]", found["status"])
    assert text.index("**Context.**") < text.index("**Decision.**")


def test_what_supersedes_a_decision_is_in_force(lists):
    for page in DECISIONS:
        status = lists.DECISION.match(read(page))["status"]
        for number in re.findall(r"superseded by|\[(\d{4})\]", status):
            if number:
                later = next(other for other in DECISIONS if other.name.startswith(number))
                assert lists.DECISION.match(read(later))["status"].startswith("accepted")
                assert later.name > page.name


@pytest.mark.parametrize("page", LAB, ids=lambda page: page.stem)
def test_a_measurement_has_the_date_of_its_name(page, lists):
    assert lists.LAB.match(read(page))["date"] == page.name[:10]


def test_the_lists_are_fresh(lists):
    assert read(DOCS / "decisions" / "index.md") == lists.decisions(), "run docs/index_pages.py"
    assert read(DOCS / "lab" / "index.md") == lists.lab(), "run docs/index_pages.py"


def test_a_page_without_a_status_is_refused(lists, tmp_path, monkeypatch):
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / "0001-x.md").write_text("# 0001 X\n\nOnly words.\n")
    monkeypatch.setattr(lists, "DOCS", tmp_path)
    with pytest.raises(ValueError, match=r"0001-x\.md"):
        lists.decisions()


@pytest.mark.parametrize("folder", ["src", "tests", "benchmarks", "docs"])
def test_every_page_that_the_code_names_exists(folder):
    """Of decisions, theory and lab; and nothing names the folder that was before them."""
    for file in (ROOT / folder).rglob("*"):
        if file.suffix not in (".py", ".yaml", ".md", ".js", ".css") or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        assert "docs/" + "design" not in text, file
        for page in re.findall(r"docs/((?:decisions|theory|lab)/[\w-]+)", text):
            found = list(DOCS.glob(f"{page}*"))
            assert found, f"{file}: {page}"
