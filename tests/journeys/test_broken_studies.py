"""Every broken study ends with its exit code, one screen of help, and never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BROKEN = Path(__file__).resolve().parent.parent / "broken"
EXPECT = re.compile(r"# expect: (\d), says: (.*)")


@pytest.mark.parametrize("study", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_broken_study(study: Path, tmp_path: Path) -> None:
    expected = EXPECT.match(study.read_text().split("\n")[0])
    assert expected is not None
    command = [sys.executable, "-m", "headrace.show.cli", "plan", str(study), "--out", str(tmp_path / "run")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    said = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode == int(expected[1]), said
    assert expected[2] in said
    assert "Traceback" not in said
    assert len(said) < 3000
