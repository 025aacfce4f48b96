"""A log of 10 million rows (one million answers of ten items) audited from a Parquet file: wall
time and peak memory.

The audit runs in a process of its own, through the same reader and the same function as `headrace
audit`, so that the peak is its own; the simulated log is written before and is not counted. There
is no peer: no other tool answers this question, so `theirs` is null and the bars are our own
promises.

`python benchmarks/audit.py [rows]`
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS = 10_000_000
ITEMS = 10
BARS = {"wall_s": 60.0, "peak_gb": 4.0}


def measure(path: Path) -> dict[str, object]:
    """Audit one log in this process; wall and CPU seconds, peak resident memory [GB], and the
    answer.
    """
    wall, cpu = time.perf_counter(), time.process_time()
    from headrace.trust.audit import audit
    from headrace.trust.log import Columns
    from headrace.trust.log_reader import read_log

    verdict = audit(read_log(path, Columns(platform_score=("relevance",), score_is_complete=True)))
    return {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9,
        "answer": verdict.answer,
        "beta": verdict.beta,
        "beta_min": verdict.beta_min,
    }


def write(path: Path, rows: int) -> None:
    """Write a simulated log with a small planted bias; the rows of a query stand together, as a
    platform logs them.
    """
    from headrace.trust.simulated_logs import Marketplace, draw
    from headrace.trust.write import write_log

    write_log(draw(Marketplace(queries=rows // ITEMS, items=ITEMS, beta=0.01), seed=1), path)


def main() -> int:
    arguments = sys.argv[1:]
    if arguments[:1] == ["--measure"]:
        print(json.dumps(measure(Path(arguments[1]))))
        return 0
    rows = int(arguments[0]) if arguments else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.parquet"
        subprocess.run([sys.executable, __file__, "--write", str(path), str(rows)], check=True)
        run = subprocess.run(
            [sys.executable, __file__, "--measure", str(path)],
            check=True,
            capture_output=True,
            text=True,
        )
    got = json.loads(run.stdout)
    passed = True
    for metric, bar in BARS.items():
        good = got[metric] <= bar and got["answer"] == "biased"
        passed &= good
        line = {
            "bench": "audit",
            "peer": None,
            "study": f"simulated log, {rows:,} rows",
            "metric": metric,
            "ours": got[metric],
        }
        line |= {
            "theirs": None,
            "unit": metric.split("_")[1].replace("gb", "GB"),
            "ratio": None,
            "bar": bar,
            "pass": good,
            "gap": None,
        }
        print(json.dumps(line | {key: got[key] for key in ("peak_gb", "cpu_s", "wall_s")}))
    return 0 if passed else 3


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
        sys.exit(0)
    sys.exit(main())
