"""The four-node plan at a certified 1e-5 against the hand-assembled sparse monolith in HiPO.

`python benchmarks/plan_4node.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    mine, theirs = measure.apart("ours", "[3]", "1e-5"), measure.apart("highs", "[3]", "hipo")
    good = measure.row(
        "plan_4node",
        "hipo",
        "hd [3]",
        100.0,
        ours=mine["cpu_s"],
        theirs=theirs["cpu_s"],
        value_theirs=theirs["value"],
        **{key: mine[key] for key in measure.BOUNDED},
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
