"""10,000 writers killed with SIGKILL at random moments.

`python benchmarks/ledger_kill.py [kills]`
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

from headrace.verification.ledger_crashes import survive


def main() -> int:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    cpu = time.process_time()
    with tempfile.TemporaryDirectory() as folder:
        done = survive(Path(folder) / "rights.ledger", kills, seed=1)
    cpu = time.process_time() - cpu
    study = (
        f"{done.kills:,} kills, {done.entries:,} entries standing, "
        f"{done.unreported:,} unreported batches"
    )
    for told in done.breaches:
        print(told, file=sys.stderr)
    bad = 0
    for metric, ours in (
        ("acknowledged entries lost", done.lost),
        ("half batches", done.halves),
        ("breaches", len(done.breaches)),
    ):
        bad += ours
        print(
            json.dumps(
                {
                    "bench": "ledger_kill",
                    "peer": None,
                    "study": study,
                    "metric": metric,
                    "ours": ours,
                    "theirs": None,
                    "unit": "count",
                    "ratio": None,
                    "bar": 0,
                    "pass": ours == 0,
                    "gap": None,
                    "peak_gb": None,
                    "cpu_s": cpu,
                    "wall_s": done.seconds,
                }
            ),
            flush=True,
        )
    return 0 if bad == 0 else 3


if __name__ == "__main__":
    raise SystemExit(main())
