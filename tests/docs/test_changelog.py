"""The changelog: narrow lines, and fragments that are gathered into it."""

from __future__ import annotations

import importlib.util

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.builders.documents import ROOT


def _collect():
    spec = importlib.util.spec_from_file_location("collect", ROOT / "changelog.d" / "collect.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COLLECT = _collect()
LOG = "# Changelog\n\n## 0.2.0 (unreleased)\n\n- Old.\n\n## 0.1.0\n\n- First.\n"


def test_no_line_of_the_changelog_is_wider_than_a_hundred_columns():
    lines = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 100] == []


def test_fragments_end_the_section_that_is_not_released():
    found = COLLECT.with_fragments(LOG, ["New  verb\n`tree`.\n", "- Another."])
    assert found == LOG.replace("- Old.\n", "- Old.\n- New verb `tree`.\n- Another.\n")


def test_gathering_takes_the_files_away(tmp_path):
    folder = tmp_path / "changelog.d"
    folder.mkdir()
    (tmp_path / "CHANGELOG.md").write_text(LOG, encoding="utf-8")
    for name in ("README.md", "b.md", "a.md"):
        (folder / name).write_text(f"From {name}.", encoding="utf-8")
    assert COLLECT.main(folder) == 2
    assert [path.name for path in folder.iterdir()] == ["README.md"]
    text = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.index("- From a.md.") < text.index("- From b.md.") < text.index("## 0.1.0")


@given(st.lists(st.text("abc -`.", min_size=1, max_size=90), min_size=1, max_size=30))
def test_no_word_is_lost_and_no_line_too_wide(words):
    text = "x " + " ".join(words)
    found = COLLECT.bullet(text)
    assert found.removeprefix("- ").split() == text.split()
    assert all(len(line) <= 100 for line in found.splitlines())


@pytest.mark.parametrize("log", ["# Changelog\n", "# Changelog\n\n## 0.1.0\n\n- First.\n"])
def test_a_released_section_is_not_written_to(log):
    with pytest.raises(ValueError, match="unreleased"):
        COLLECT.with_fragments(log, ["New."])


def test_a_fragment_says_something():
    with pytest.raises(ValueError, match="says nothing"):
        COLLECT.bullet(" \n")
