"""Trust and royalties, rebuilt from `docs/reference/meanings.md`: how much faster users leave, and
what is owed for a unit that is served.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

from tests.oracle.own_tables import LICENCES
from tests.oracle.units import quantity

TRUST_KEYS = (
    "now repair ads irrelevance wear failed failure_wear jump audits found sensitivity source"
)
ROYALTY_KEYS = "rate clip licences asked source"


def pressures(written: Mapping[str, Any], stages: Sequence[float]) -> tuple[float, ...]:
    """Factor on the hazard of leaving in every month of the horizon. stages: lengths [month]."""
    share = {key: quantity(written.get(key, 0), "1") for key in ("wear", "jump", "found", "repair")}
    useless = quantity(written.get("irrelevance", 1), "1")
    chance = 1 - (1 - share["found"]) ** (written.get("audits", 0.0) / 12)
    ads = _each(written.get("ads", 0.0), len(stages))
    failed = _each(written.get("failed", 0.0), len(stages))
    ends = list(accumulate(stages))
    trust, found = quantity(written.get("now", 1), "1"), []
    for month in range(math.ceil(ends[-1])):
        stage = next((n for n, end in enumerate(ends) if month < end), len(ends) - 1)
        found.append(math.exp(written["sensitivity"] * (1 - trust)))
        worn = share["wear"] * ads[stage] * useless
        worn = min(1.0, worn + written.get("failure_wear", 0.0) * failed[stage])
        trust = min(1.0, max(0.0, trust + share["repair"] * (1 - trust) - worn * trust))
        trust *= 1 - share["jump"] * chance
    return tuple(found)


def _each(written: Any, stages: int) -> list[float]:
    """One number for all stages, or one a stage."""
    given = written if isinstance(written, list) else [written]
    numbers = [quantity(one, "1") for one in given]
    return numbers * stages if len(numbers) == 1 else numbers


def royalty(written: Mapping[str, Any] | None, unit: str) -> float:
    """What is owed for a unit served [USD/unit]. unit: of the product, such as MWh."""
    if written is None:
        return 0.0
    if "clip" not in written:
        return quantity(written["rate"], f"USD/{unit}")
    takes = quantity(written["clip"], f"{unit}/clip")
    if "rate" in written:
        return quantity(written["rate"], "USD/clip") / takes
    prices = LICENCES[written["licences"]]
    asked = {work: quantity(share, "1") for work, share in written["asked"].items()}
    return sum(share * max(prices[work]) for work, share in asked.items()) / takes
