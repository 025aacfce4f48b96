"""The small plan with every kind of thing that statements post, as the checks solve it."""

from __future__ import annotations

from headrace.verification.money.slipped_statements import STUDY as LEDGERED
from headrace.verification.money.slipped_statements import small_plan as stored

__all__ = ["LEDGERED", "stored"]
