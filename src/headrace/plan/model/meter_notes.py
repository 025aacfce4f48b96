"""What is told of a site's meter: nothing is wrong with it, and it may not be meant."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from headrace.core.arrays import HOURS_PER_YEAR
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole
from headrace.core.study import Study
from headrace.core.study_bounds import Fault
from headrace.energy.meter import A_CENT
from headrace.plan.model.build_system import SystemOnTree


def meter_notes(study: Study, expansion: SystemOnTree) -> Iterator[Fault]:
    """Of each site with a grid, as faults that are none: what a tariff holds and no plan counts,
    and in how many hours what is given back is paid less than it is offered.
    """
    for site, written in study.sites.items():
        grid = written.grid
        if grid is None:
            continue
        tariff = expansion.trajectories.meters[site].tariff if expansion.trajectories else None
        for note in tariff.notes if tariff is not None else ():
            yield ("sites", site, "grid", "tariff"), note, "", ""
        if grid.export is not None and grid.export.meter == "net":
            hours = capped_hours(expansion, site)
            if hours > 0:
                found = (
                    f"in {hours:,} hours of a year a MWh given back is offered as much as one "
                    "bought costs, or more; there it is paid a cent less than one bought costs"
                )
                fix = "Write `meter: generation` where the plants have a meter of their own."
                yield ("sites", site, "grid", "export"), found, "", fix


def capped_hours(expansion: SystemOnTree, site: str) -> int:
    """Most hours of a year, over the nodes of the tree, in which what is given back is paid a cent
    less than what is bought costs.
    """
    system, most = expansion.system, 0
    bought = ConverterId(ConverterRole.PLANT, AssetId(site, AssetRole.GRID))
    given = ConverterId(ConverterRole.EXPORT, AssetId(site, AssetRole.GRID))
    buys, gives = (system.converters[system.converter_numbers[one]] for one in (bought, given))
    for holds in expansion.parameters:
        cost, paid = holds.converter(buys).cost, -1.0 * np.asarray(holds.converter(gives).cost)
        capped = np.abs(paid - (np.asarray(cost) - A_CENT)) < 1e-9
        most = max(most, round(float(np.mean(capped)) * HOURS_PER_YEAR))
    return most
