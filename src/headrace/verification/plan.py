"""Outside results that need a whole plan; each file beside this one holds those of one subject."""

from __future__ import annotations

from headrace.verification import plan_breakeven as plan_breakeven
from headrace.verification import plan_energy as plan_energy
from headrace.verification import plan_stochastic as plan_stochastic
