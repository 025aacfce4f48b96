"""`headrace bet` on a small study."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.builders.analysed import TREE

from headrace.show.cli import main


def test_words_page_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bet.yaml").write_text(TREE)
    words = ["bet", str(tmp_path / "bet.yaml"), "--out", str(tmp_path / "out"), "--inputs", "0"]
    assert main(words) == 0
    told = capsys.readouterr().out
    assert "of the plan's orders is best" in told
    assert "Regret by size and branch" in (tmp_path / "out" / "bet.html").read_text()
    assert main([*words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["complete"]
    assert len(found["frontier"]) == 5
    assert len(found["branches"]) == 2
