"""Durable entries a second: `python benchmarks/ledger.py [entries]`.

Entries of three postings in batches of 10,000; every batch is in the write-ahead log on the disk
before the next begins. `ours` takes off the time in which the process was ready and other programs
held the processors; `wall` does not.
"""

from __future__ import annotations

import json
import sys

from headrace.verification.rights_measurements import append_all, latencies

BAR = 20_000.0


def main() -> int:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    done = append_all(entries)
    alone = latencies()
    lines = (
        ("durable entries a second", done.rate, BAR),
        ("durable entries a second, wall clock", done.entries / done.cost.wall_s, None),
        ("entries a CPU second", done.entries / done.cost.cpu_s, None),
    )
    rates = [(*line, "entries/s") for line in lines]
    half, most = alone[len(alone) // 2], alone[len(alone) * 99 // 100]
    waits = [
        ("one durable entry, median", 1e3 * half, None, "ms"),
        ("one durable entry, 99th of 100", 1e3 * most, None, "ms"),
    ]
    for metric, ours, bar, unit in (*rates, *waits):
        print(
            json.dumps(
                {
                    "bench": "ledger",
                    "peer": None,
                    "study": f"{done.entries:,} entries of 3 postings, batches of 10,000",
                    "metric": metric,
                    "ours": ours,
                    "theirs": None,
                    "unit": unit,
                    "ratio": None,
                    "bar": bar,
                    "pass": None if bar is None else ours >= bar,
                    "gap": None,
                    "peak_gb": done.cost.peak_gb,
                    "cpu_s": done.cost.cpu_s,
                    "wall_s": done.cost.wall_s,
                }
            ),
            flush=True,
        )
    return 0 if done.rate >= BAR else 3


if __name__ == "__main__":
    raise SystemExit(main())
