"""The four-node plan at a certified 1e-5 against the hand-assembled sparse monolith in HiPO.

`python benchmarks/plan_4node.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    mine, theirs = measure.apart("ours", "[3]", "1e-5"), measure.apart("highs", "[3]", "hipo")
    good = measure.row("plan_4node", "hipo", "hd [3]", 100.0, ours=mine["cpu_s"], theirs=theirs["cpu_s"], cpu_s=mine["cpu_s"],
                       wall_s=mine["wall_s"], gap=mine["gap"], peak_gb=mine["peak_gb"], value_theirs=theirs["value"],
                       lower=mine["lower"], upper=mine["upper"])  # fmt: skip
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
