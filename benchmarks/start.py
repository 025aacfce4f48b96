"""A bare machine: the checkout cloned to a new folder, then `make plan` there, with empty caches of
packages and of compiled kernels, until the first report of the embedded study stands and until
every order is valued.

Bar: 150 s of wall time to the first report. `python benchmarks/start.py`
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import measure

BAR = 150.0
CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "NUMBA_CACHE_DIR", "XDG_CACHE_HOME")


def main() -> int:
    source = Path(__file__).resolve().parents[1]
    with tempfile.TemporaryDirectory() as folder:
        clone, caches = Path(folder) / "headrace", Path(folder) / "caches"
        subprocess.run(["git", "clone", "--quiet", str(source), str(clone)], check=True)
        bare = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "VIRTUAL"))}
        bare |= {name: str(caches / name) for name in CACHES}
        python = getattr(sys, "_base_executable", sys.executable)
        began, certified, installed = time.perf_counter(), None, None
        with subprocess.Popen(
            ["make", "plan", f"PYTHON={python}"], cwd=clone, env=bare, stdout=sys.stderr
        ) as run:
            while run.poll() is None:
                time.sleep(0.2)
                spent = time.perf_counter() - began
                if installed is None and (clone / "runs").is_dir():
                    installed = spent
                if certified is None and (clone / "runs" / "piedmont" / "report.html").is_file():
                    certified = spent
        wall = time.perf_counter() - began
        spent_cpu = os.times().children_user + os.times().children_system
        first = wall if certified is None else certified
        good = measure.row(
            "start",
            "bar",
            "piedmont on a bare machine: first report",
            BAR,
            metric="wall_s",
            ours=first,
            ratio=BAR / first,
            holds=run.returncode == 0 and first <= BAR,
            wall_s=wall,
            cpu_s=spent_cpu,
            installed_s=installed,
        )
    return run.returncode or (0 if good else 3)


if __name__ == "__main__":
    raise SystemExit(main())
