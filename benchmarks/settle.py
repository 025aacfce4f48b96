"""Four settlements of 5 M generated uses (300,000 users, 2,000 holders): `python
benchmarks/settle.py [uses]`.
"""

from __future__ import annotations

import json
import sys

from headrace.verification.rights_measurements import settle_all

BAR_CPU_S = 8.0
BAR_GB = 2.0


def main() -> int:
    uses = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    done = settle_all(uses)
    lines = [
        ("cpu_s", done.cost.cpu_s, "s", BAR_CPU_S),
        ("peak_gb", done.cost.peak_gb, "GB", BAR_GB),
        ("lost", done.lost, "micro-units", 0),
    ]
    lines += [(f"cpu_s {rule}", cpu, "s", None) for rule, cpu in done.by_rule]
    for metric, ours, unit, bar in lines:
        print(
            json.dumps(
                {
                    "bench": "settle",
                    "peer": None,
                    "study": f"studio, {done.uses:,} uses, four rules",
                    "metric": metric,
                    "ours": ours,
                    "theirs": None,
                    "unit": unit,
                    "ratio": None,
                    "bar": bar,
                    "pass": None if bar is None else ours <= bar,
                    "gap": None,
                    "peak_gb": done.cost.peak_gb,
                    "cpu_s": done.cost.cpu_s,
                    "wall_s": done.cost.wall_s,
                }
            ),
            flush=True,
        )
    return (
        0 if done.lost == 0 and done.cost.cpu_s <= BAR_CPU_S and done.cost.peak_gb <= BAR_GB else 3
    )


if __name__ == "__main__":
    raise SystemExit(main())
