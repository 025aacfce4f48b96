"""A read-only installation compiles without a cache, and says so."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from headrace.core import compiled_code


def test_it_can_be_kept_where_a_folder_can_be_written(tmp_path, monkeypatch) -> None:
    compiled_code.can_be_kept.cache_clear()
    assert compiled_code.can_be_kept()


def test_without_a_folder_it_is_said_once(monkeypatch, capsys) -> None:
    def nowhere(**options):
        def refuse(function):
            raise RuntimeError("cannot cache function: no locator available")

        return refuse

    monkeypatch.setattr(numba, "njit", nowhere)
    compiled_code.can_be_kept.cache_clear()
    try:
        assert not compiled_code.can_be_kept()
        assert not compiled_code.can_be_kept()
    finally:
        compiled_code.can_be_kept.cache_clear()
    assert capsys.readouterr().err.count("compiled code cannot be kept here") == 1


@pytest.mark.slow
def test_check_and_fleet_work_in_a_read_only_root(tmp_path: Path) -> None:
    """As root, in a mount of its own: the package cannot be written to, and there is no HOME."""
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare")
    source = Path(compiled_code.__file__).parents[2]
    (tmp_path / "t.csv").write_text("timestamp,input_tokens,output_tokens\n0,9,9\n1,9,9\n")
    verb = f"{sys.executable} -P -m headrace fleet {tmp_path}/t.csv --replicas 1"
    script = (
        f"mount --bind {source} {source} && mount -o remount,ro,bind {source} || exit 77; "
        "export HOME=/proc/nope XDG_CACHE_HOME=/proc/nope PYTHONDONTWRITEBYTECODE=1;"
        f" unset NUMBA_CACHE_DIR; exec {verb}"
    )
    told = subprocess.run(
        ["unshare", "-m", "sh", "-c", script],
        capture_output=True, text=True, timeout=290,
    )  # fmt: skip
    if told.returncode in (1, 77) and ("unshare" in told.stderr or told.returncode == 77):
        pytest.skip("this machine lets nobody mount")
    assert told.returncode == 0, told.stderr
    assert "cannot be kept here" in told.stderr
