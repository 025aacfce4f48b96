"""Net income by the useful life of accelerators: people differ between three and six years.

The range is that of the catalogue's class of plant. Books move no cash, so cash, debt and the
owners' returns are the same for each life.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from headrace.core.arrays import Floats
from headrace.core.catalogue import entry
from headrace.core.plan_file import PlanFile
from headrace.finance.contracts.kinds import ContractsFile
from headrace.finance.statements.statements import statements_of
from headrace.finance.statements.terms import StatementTerms

ByLife = Mapping[float, Floats]
"""Net income of the mean of the branches [USD by year] for each useful life [year]."""


def net_income_by_life(
    plan: PlanFile, terms: StatementTerms, contracts: ContractsFile | None = None
) -> ByLife:
    """For every whole year of the range of the class `accelerator`; empty where none is ordered."""
    owned = {order.kind for node in plan.tree for order in node.orders}
    if "accelerator" not in owned:
        return {}
    life = entry("finance", "statement_terms", "plant.accelerator").figure("life")
    assert life.low is not None
    assert life.high is not None
    found = {}
    for years in np.arange(life.low, life.high + 0.5):
        asked = replace(terms, lives={**terms.lives, "accelerator": float(years)})
        found[float(years)] = statements_of(plan, asked, contracts).mean.net_income
    return found
