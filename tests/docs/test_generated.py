"""Pages and pictures that are made from the code are as the code makes them."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest
from tests.builders.documents import DOCS


def module(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


LISTS = module(DOCS / "reference" / "generate_lists.py").pages()


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_fresh(name):
    """python docs/reference/generate_lists.py"""
    assert (DOCS / "reference" / name).read_text(encoding="utf-8") == LISTS[name]


def rounded(svg: str) -> str:
    """Places to a pixel, amounts to two figures: the last digits are the machine's."""
    return re.sub(r"\d+\.\d+", lambda found: f"{float(found[0]):.0f}", svg)


def test_no_picture_is_stale():
    """python docs/pictures.py"""
    for name, svg in module(DOCS / "pictures.py").pictures().items():
        kept = (DOCS / "assets" / name).read_text(encoding="utf-8")
        assert rounded(kept) == rounded(svg), name


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_gallery_is_fresh():
    """python docs/pictures.py gallery"""
    drawn, answers = module(DOCS / "pictures.py").gallery()
    assert json.loads((DOCS / "assets" / "gallery.json").read_text(encoding="utf-8")) == answers
    for name, svg in drawn.items():
        assert rounded((DOCS / "assets" / name).read_text(encoding="utf-8")) == rounded(svg), name
