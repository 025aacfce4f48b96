"""Energy that a plan throws away although it was made or bought: told, wherever there is any."""

from __future__ import annotations

from collections.abc import Iterator

from headrace.plan.lp.problem import Solution
from headrace.plan.model.formulate import Formulation
from headrace.plan.results.dispatch import demanded

LEAST = 1e-4
"""Below this share of all that is asked for in a node it is the solver's dust [1]."""


def words(formulation: Formulation, solution: Solution) -> Iterator[str]:
    """One sentence a node in which something is wasted (plan/model/constraints/surplus.py)."""
    for n, node in enumerate(formulation.nodes):
        weights, wasted = formulation.time_slices[n].weights, 0.0
        for label, column in zip(formulation.labels[n].columns, solution.nodes[n].columns):
            if label.kind in ("wasted", "spilled"):
                wasted += float(weights @ column) * label.scale
        asked = sum(
            float(weights @ demanded(formulation, n, demand))
            for demand in formulation.system.demands
            if demand.bus.unit == "MWh"
        )
        if wasted > LEAST * max(asked, 1.0):
            yield (
                f"{wasted:,.0f} MWh are made at node {node.name} and thrown away: nothing takes "
                "them, and what makes them cannot run lower"
            )
