"""`headrace check`: what it imports."""

from __future__ import annotations

import subprocess
import sys

SOLVERS = ("numba", "highspy", "scipy.optimize", "pandas", "duckdb", "headrace.plan.run")


def test_check_loads_no_solver() -> None:
    """Together they take longer than the two seconds in which a study has to be refused."""
    code = f"import sys, headrace.plan.check; print([n for n in {SOLVERS} if n in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
