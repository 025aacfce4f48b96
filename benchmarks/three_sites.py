"""Three sites with hourly routing of the interactive demand, 4 nodes, against one site (bar: at
most 8 times).

`python benchmarks/three_sites.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    one = measure.apart("ours", "[3]", "1e-3")
    three = measure.apart("ours", "[3]", "1e-3", '{"sites": 3}')
    told = {key: three[key] for key in measure.SPENT}
    ours, theirs = three["cpu_s"], one["cpu_s"]
    good = measure.row("three_sites", "one site", "hd [3]", 1 / 8, ours=ours, theirs=theirs, **told)
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
