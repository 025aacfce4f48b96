"""The one-node plan (8,760 hours) at a certified 1e-4 against PyPSA + HiPO, HiPO, and HiPO loosened
to the same accuracy.

HiPO's options are listed in `measure.PEERS` and `peer_pypsa.OPTIONS`; building the peers' models is
counted.

`python benchmarks/plan_1node.py`
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import measure  # first: it holds the threads of the libraries to one

BARS = {"pypsa+hipo": 50.0, "hipo": 45.0, "hipo-loose": 45.0}


def main() -> int:
    mine = measure.apart("ours", "[]", "1e-4")
    good = True
    for peer, bar in BARS.items():
        if peer == "pypsa+hipo":
            script = Path(__file__).with_name("peer_pypsa.py")
            run = subprocess.run(
                [sys.executable, str(script)], capture_output=True, text=True, check=True
            )
            theirs = json.loads(run.stdout.strip().splitlines()[-1])
        else:
            theirs = measure.apart("highs", "[]", peer)
        good &= measure.row(
            "plan_1node",
            peer,
            "hd []",
            bar,
            ours=mine["cpu_s"],
            theirs=theirs["cpu_s"],
            value_theirs=theirs["value"],
            **{key: mine[key] for key in measure.BOUNDED},
        )
    return 0 if good else 3


if __name__ == "__main__":
    raise SystemExit(main())
