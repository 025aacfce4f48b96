"""Does the auditor keep its own promise?

Repeats it on simulated logs with a known answer and counts the answers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from headrace.trust.audit import Answer, audit
from headrace.trust.simulated_logs import Marketplace, draw


@dataclass(frozen=True)
class Tally:
    """Answers over repeats."""

    repeats: int
    biased: int
    no_bias_above: int
    cannot_tell: int

    def share(self, answer: Answer) -> float:
        """Share of repeats with this answer [0..1]."""
        return float(getattr(self, answer)) / self.repeats


def tally(market: Marketplace, repeats: int, seed: int = 0) -> Tally:
    """Audit `repeats` independent logs of one marketplace."""
    counts = Counter(audit(draw(market, seed + k)).answer for k in range(repeats))
    return Tally(repeats, counts["biased"], counts["no_bias_above"], counts["cannot_tell"])


def tally_at_printed(market: Marketplace, repeats: int, seed: int = 0) -> Tally:
    """Power at the smallest detectable effect: each log is planted with the beta_min printed for an
    honest log of its kind.

    The two logs of a repeat are independent, so the planted size owes nothing to the log that is
    tested.
    """
    counts: Counter[Answer] = Counter()
    for k in range(repeats):
        printed = audit(draw(market.but(beta=0.0), seed + 2 * k)).design
        if not printed.unit.startswith("units of relevance"):
            raise ValueError(
                f"beta_min was printed in {printed.unit}; it can only be planted in units of "
                "relevance"
            )
        counts[audit(draw(market.but(beta=printed.beta_min), seed + 2 * k + 1)).answer] += 1
    return Tally(repeats, counts["biased"], counts["no_bias_above"], counts["cannot_tell"])
