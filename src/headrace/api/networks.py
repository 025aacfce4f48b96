"""A stored plan's years as PyPSA networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from warnings import catch_warnings, simplefilter

from headrace.core.errors import InputError, InputFault, Place

if TYPE_CHECKING:
    from pypsa import Network

    from headrace.plan.solve.stored_solution import StoredPlan


def network_of(stored: StoredPlan, node: int, year: int, path: Path | None = None) -> Network:
    """One operated year of a node of the tree at the plan's sizes; costs in USD of that year.

    path: where to write it as netCDF too. Raises InputError for a node or year that is not there
    and for what PyPSA has no component for.
    """
    from headrace.plan.pypsa.exporter import to_pypsa
    from headrace.plan.scenario.tree import opening_of

    nodes = stored.formulation.nodes
    own = [n for n in range(len(nodes)) if opening_of(nodes, n) == node]
    if not 0 <= year < len(own):
        known = f"0 to {len(own) - 1}" if own else "a node of `plan.tree`"
        raise InputError(InputFault(Place(key="year" if own else "node"), str(year), known))
    with catch_warnings():
        simplefilter("ignore")  # what PyPSA says of its own next version
        network = to_pypsa(stored.formulation, stored.solution, own[year])
        if path is not None:
            network.export_to_netcdf(str(path))
    return network
