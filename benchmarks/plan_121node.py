"""121 nodes x 8,760 hours: at most 60 CPU s at 1e-3, 90 at 1e-4, 2 GB, 60 full iterations.

`python benchmarks/plan_121node.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    loose = measure.alone("plan_121node", "[3, 3, 3, 3]", "1e-3", 60.0)
    tight = measure.alone("plan_121node", "[3, 3, 3, 3]", "1e-4", 90.0)
    return 0 if loose and tight else 3


if __name__ == "__main__":
    raise SystemExit(main())
