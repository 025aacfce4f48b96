"""Forty years of weather under every node: 16 nodes x 40 years x 8,760 hours at 1e-3, each with
its own operation under the node's orders; all years but the first are drawn from the days of the
typical one, as `weather: {bootstrap: 39}` draws them.

Bars: 400 CPU s, 12 GB. `python benchmarks/weather.py [BRANCHING] [YEARS]`
"""

from __future__ import annotations

import json
import sys

import measure  # first: it holds the threads of the libraries to one

BAR, MEMORY, GAP = 400.0, 12.0, 1e-3


def main() -> int:
    branching = sys.argv[1] if len(sys.argv) > 1 else "[3, 4]"
    years = int(sys.argv[2]) if len(sys.argv) > 2 else 40
    mine = measure.apart("ours", branching, str(GAP), json.dumps({"weathers": years}))
    seconds = float(str(mine["cpu_s"]))
    holds = (
        seconds <= BAR and float(str(mine["peak_gb"])) <= MEMORY and float(str(mine["gap"])) <= GAP
    )
    good = measure.row(
        "weather",
        "bar",
        f"hd {branching} x {years} years at {GAP:g}",
        BAR,
        ours=seconds,
        ratio=BAR / seconds,
        holds=holds,
        **{key: mine[key] for key in (*measure.BOUNDED, "iterations", "coarse")},
    )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
