"""Thirteen nodes at a certified 1e-4: at most 6 CPU seconds. No general solver finished this one.

`python benchmarks/plan_13node.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    return 0 if measure.alone("plan_13node", "[3, 3]", "1e-4", 6.0) else 3


if __name__ == "__main__":
    raise SystemExit(main())
