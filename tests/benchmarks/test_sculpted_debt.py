"""The peer's lines of the benchmark, with a peer that answers from a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_a_peer_that_agrees_passes_and_one_that_does_not_fails(tmp_path: Path) -> None:
    """The stand-in computes the debt backwards from the last year; off by a thousandth it fails."""
    stand_in = """import json, sys
a = json.load(sys.stdin)
n = int(a["tenor"])
cash = [a["revenue_usd"] * (1 + a["growth"]) ** y - a["cost_usd"] for y in range(n)]
owed = [0.0]
for c in reversed(cash):
    owed.insert(0, (owed[0] + c / a["dscr"]) / (1 + a["rate"]))
owed[0] *= FACTOR
print(json.dumps({"version": "0", "debt_usd": owed[0], "cash_usd": cash, "balance_usd": owed,
                  "service_usd": [c / a["dscr"] for c in cash]}))
"""
    script = ROOT / "benchmarks" / "sculpted_debt.py"
    for factor, code in (("1.0", 0), ("1.001", 1)):
        peer = tmp_path / f"peer{code}"
        (tmp_path / "answer.py").write_text(stand_in.replace("FACTOR", factor))
        peer.write_text(f"#!/bin/sh\nexec {sys.executable} {tmp_path / 'answer.py'}\n")
        peer.chmod(0o755)
        done = subprocess.run(
            [sys.executable, str(script), str(peer)], capture_output=True, text=True, check=False
        )
        assert done.returncode == code, done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(rows) == 12
        assert {row["pass"] for row in rows if row["metric"] != "debt"} == {True}
