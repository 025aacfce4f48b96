"""Every broken study ends with its exit code, one screen of help, and never a traceback."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from headrace.show.cli import main

BROKEN = Path(__file__).resolve().parent.parent / "broken"
STUDIES = sorted(BROKEN.glob("*.yaml"))
EXPECT = re.compile(r"# expect: (\d), says: (.*)")


def judge(study: Path, code: int, said: str) -> None:
    expected = EXPECT.match(study.read_text().split("\n")[0])
    assert expected is not None
    said = " ".join(said.split())
    assert code == int(expected[1]), said
    assert expected[2] in said
    assert "Traceback" not in said
    assert "a defect of ours" not in said
    assert len(said) < 3000


@pytest.mark.timeout(60)
@pytest.mark.parametrize("study", STUDIES, ids=lambda path: path.stem)
def test_broken_study(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["plan", str(study), "--out", str(tmp_path / "run")])
    told = capsys.readouterr()
    judge(study, code, told.out + told.err)


def test_a_broken_study_at_the_terminal(tmp_path: Path) -> None:
    """The same from outside: the code is that of the process, and stdout holds no complaint."""
    study = STUDIES[-1]
    command = [
        sys.executable,
        "-m",
        "headrace.show.cli",
        "plan",
        str(study),
        "--out",
        str(tmp_path / "run"),
    ]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.stdout == ""
    judge(study, ended.returncode, ended.stderr)
