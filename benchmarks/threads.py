"""121 nodes to 1e-3 on two threads against one (wall time; bar 1.6).

`python benchmarks/threads.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    one = measure.apart("ours", "[3, 3, 3, 3]", "1e-3")
    two = measure.apart("ours", "[3, 3, 3, 3]", "1e-3", '{"threads": 2}')
    good = measure.row(
        "threads",
        "one thread",
        "hd [3, 3, 3, 3]",
        1.6,
        metric="wall_s",
        ours=two["wall_s"],
        theirs=one["wall_s"],
        **{key: two[key] for key in measure.SPENT},
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
