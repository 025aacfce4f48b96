"""Debt sculpted to a coverage ratio beside PySAM's single-owner model, line by line.

    python benchmarks/sculpted_debt.py PEER_PYTHON

PEER_PYTHON: the interpreter of an environment with `benchmarks/peers/pysam/requirements.txt`. One
JSON line a metric: largest relative difference over the years. Cash before debt is computed on both
sides; the debt, its balances and its service follow from it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from headrace.finance.statements.debt import sculpted

CASES = (
    {"revenue_usd": 6e6, "cost_usd": 1e6, "rate": 0.08, "dscr": 1.25, "tenor": 10, "growth": 0.0},
    {"revenue_usd": 6e6, "cost_usd": 1e6, "rate": 0.07, "dscr": 1.35, "tenor": 15, "growth": 0.03},
    {"revenue_usd": 6e6, "cost_usd": 3e6, "rate": 0.09, "dscr": 2.0, "tenor": 12, "growth": -0.04},
)
PEER = Path(__file__).parent / "peers" / "pysam" / "run.py"
WHY = {
    "cash": "revenue grows from the second year on both sides",
    "debt": "present value of cash over the ratio, at the interest",
    "balance": "what the cash left serves",
    "service": "cash over the ratio",
}


def main() -> int:
    """Print a line for each case and metric; 1 where one differs by more than 1e-9."""
    worst = 0.0
    for number, case in enumerate(CASES):
        asked = json.dumps({**case, "capex_usd": 8e7})
        told = subprocess.run(
            [sys.argv[1], str(PEER)], input=asked, capture_output=True, text=True, check=True
        )
        theirs = json.loads(told.stdout)
        years = np.arange(int(case["tenor"]))
        cash = case["revenue_usd"] * (1 + case["growth"]) ** years - case["cost_usd"]
        found = sculpted(cash, case["dscr"], case["rate"])
        pairs = {
            "cash": (cash, theirs["cash_usd"]),
            "debt": ([found.amount], [theirs["debt_usd"]]),
            "balance": (found.balance[:-1], theirs["balance_usd"][1:-1]),
            "service": (found.interest + found.repayment, theirs["service_usd"]),
        }
        for name, (ours, other) in pairs.items():
            far = float(np.max(np.abs(np.asarray(ours) / np.asarray(other) - 1)))
            worst = max(worst, far)
            line = {
                "bench": "sculpted_debt", "peer": f"PySAM {theirs['version']}", "case": number,
                "metric": name, "ours": float(np.asarray(ours)[0]), "theirs": float(other[0]),
                "unit": "USD", "ratio": 1 + far, "bar": 1e-9, "pass": far <= 1e-9,
                "why": WHY[name],
            }  # fmt: skip
            print(json.dumps(line))
    return int(worst > 1e-9)


if __name__ == "__main__":
    sys.exit(main())
