"""The page of the study file is what its generator writes, and names every key."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from headrace.core.study import Site, Study, parts_of

FOLDER = Path(__file__).parents[2] / "docs" / "reference"


def generator():
    spec = importlib.util.spec_from_file_location("study_page", FOLDER / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_fresh():
    assert (FOLDER / "study.md").read_text(encoding="utf-8") == generator().page(), (
        "run python docs/reference/generate.py"
    )


def test_every_key_of_every_part_is_on_it():
    text = generator().page()
    parts = [Study]
    for part in parts:
        parts += [
            inner
            for info in part.model_fields.values()
            for inner in parts_of(info.annotation)
            if inner not in parts
        ]
    assert Site in parts
    for part in parts:
        for name in part.model_fields:
            assert f"| `{name}` |" in text
    assert "| `limit` | `MW` | required | Largest right that can be had. |" in text
