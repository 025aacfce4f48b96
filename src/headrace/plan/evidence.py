"""Outside results that need a whole plan; each file beside this one holds those of one subject."""

from __future__ import annotations

from headrace.plan import evidence_energy as evidence_energy
from headrace.plan import evidence_stochastic as evidence_stochastic
