"""Three sites with hourly routing of the interactive demand, 4 nodes, against one site (bar: at
most 8 times).

`python benchmarks/three_sites.py`
"""

from __future__ import annotations

import measure  # first: it holds the threads of the libraries to one


def main() -> int:
    one = measure.apart("ours", "[3]", "1e-3")
    three = measure.apart("ours", "[3]", "1e-3", '{"sites": 3}')
    good = measure.row("three_sites", "one site", "hd [3]", 1 / 8, ours=three["cpu_s"], theirs=one["cpu_s"], gap=three["gap"],
                       cpu_s=three["cpu_s"], wall_s=three["wall_s"], peak_gb=three["peak_gb"])  # fmt: skip
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
