"""Every disk call of every verb, and every allocation of 64 kB or more, fails once and lastingly,
and the process is killed before every disk call.

`python benchmarks/faults.py [EVERY]` tries each EVERY-th point (1: all of them, about two hours
on two cores); the bar is 0 failures.
"""

from __future__ import annotations

import json
import sys
import time

from headrace.show.faults import KINDS, tried
from headrace.show.faults.injector import KILL


def main() -> int:
    every = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    begin, bad = time.perf_counter(), 0
    for row in tried((), [KILL, *KINDS], every):
        bad += len(row.failures)
        for told in row.failures:
            print(f"{row.verb}, {row.kind}: {told}", file=sys.stderr)
        print(
            json.dumps(
                {
                    "bench": "faults",
                    "peer": None,
                    "study": f"{row.verb}, {row.tries} tries",
                    "metric": f"failures after {row.kind}",
                    "ours": len(row.failures),
                    "theirs": None,
                    "unit": "count",
                    "ratio": None,
                    "bar": 0,
                    "pass": not row.failures,
                    "gap": None,
                    "peak_gb": None,
                    "cpu_s": None,
                    "wall_s": time.perf_counter() - begin,
                }
            ),
            flush=True,
        )
    return 3 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
