"""The example `pay_to_rank`: logs of a simulated marketplace that sells places at several
strengths.

Every log is simulated with a known answer; none says anything about a real platform. `python -m
headrace.trust.pay_to_rank FOLDER` writes them again; a test holds the shipped files to this table.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from headrace.trust.audit import Answer
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.write import write_log

SEED = 2026
LOGS: Mapping[str, tuple[Marketplace, Answer]] = MappingProxyType(
    {
        "honest": (Marketplace(queries=500), "no_bias_above"),
        "sliver": (Marketplace(queries=500, beta=0.03), "no_bias_above"),
        "nudge": (Marketplace(queries=500, beta=0.15), "biased"),
        "shove": (Marketplace(queries=500, beta=0.5), "biased"),
        "outsider_honest": (Marketplace(queries=500, proxy_sd=0.5), "cannot_tell"),
        "outsider_nudge": (Marketplace(queries=500, proxy_sd=0.5, beta=0.15), "cannot_tell"),
        "experiment_honest": (Marketplace(queries=500, randomised=True), "no_bias_above"),
        "experiment_nudge": (Marketplace(queries=500, randomised=True, beta=0.15), "biased"),
    }
)


def write_all(folder: Path) -> None:
    """Write every log of the example into a folder, as Parquet."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (market, _) in LOGS.items():
        write_log(draw(market, SEED), folder / f"{name}.parquet")


if __name__ == "__main__":
    write_all(Path(sys.argv[1]))
