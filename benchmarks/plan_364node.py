"""364 nodes x 8,760 hours at a certified 1e-3: at most 200 CPU seconds.

`python benchmarks/plan_364node.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    return 0 if measure.alone("plan_364node", "[3, 3, 3, 3, 3]", "1e-3", 200.0, memory=None) else 3


if __name__ == "__main__":
    raise SystemExit(main())
