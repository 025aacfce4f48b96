"""A process of its own is told one text and nothing else, and every bad end is one sentence."""

from __future__ import annotations

import os
import textwrap

import pytest

from headrace.core.errors import HeadraceError
from headrace.science.child_process import told_apart

ECHO = """\
import json, os, sys
told = json.load(sys.stdin)
json.dump({"told": told, "here": os.listdir("."), "seen": sorted(os.environ)}, sys.stdout)
"""


@pytest.fixture
def module(tmp_path):
    """A module that can be run from its folder, and the environment in which it is found."""

    def written(text: str):
        (tmp_path / "worker.py").write_text(textwrap.dedent(text))
        return {"PYTHONPATH": str(tmp_path), "PATH": os.environ["PATH"]}

    return written


def test_it_is_told_one_text_in_an_empty_folder(module):
    seen = module(ECHO)
    found = told_apart("worker", {"a": [1, 2.5]}, seconds=60, environment={**seen, "MINE": "x"})
    assert found["told"] == {"a": [1, 2.5]}
    assert found["here"] == []
    assert "MINE" in found["seen"]
    assert "HEADRACE_DATA" not in found["seen"]


@pytest.mark.parametrize(
    ("text", "seconds", "wanted"),
    [
        ("import time\ntime.sleep(60)\n", 0.5, "no answer in 0.5 s"),
        ("raise SystemExit('out of apples')\n", 60, "out of apples"),
        ("1 / 0\n", 60, "ZeroDivisionError: division by zero"),
        ("print('no JSON at all')\n", 60, "no word"),
        ("import sys\nprint('{}')\nsys.exit(3)\n", 60, "no word"),
    ],
)
def test_every_bad_end_is_one_sentence(module, text, seconds, wanted):
    with pytest.raises(HeadraceError) as caught:
        told_apart("worker", {}, seconds=seconds, environment=module(text))
    assert caught.value.message == wanted
