"""What the names of a study's fleet and models are: of the catalogue or the study's own."""

from __future__ import annotations

from headrace.compute import rental
from headrace.compute.accelerator import Accelerator, part_of
from headrace.core.errors import InputFault
from headrace.core.study import Study
from headrace.models.architecture import shape_of
from headrace.plan.model.study_trajectories import about


def fleet_parts(study: Study, problems: list[InputFault]) -> dict[str, Accelerator]:
    """The accelerator behind each name of the fleet; what is none, and models without a shape,
    become `problems` under their keys.
    """
    found = {}
    for name in study.accelerators:
        with about(("accelerators", name), problems):
            part_of(study, name)
    for name, chip in study.fleet.may_buy.items():
        with about(("fleet", "may_buy", name), problems):
            found[name] = part_of(study, chip.use)
    for name, rented in study.fleet.may_rent.items():
        with about(("fleet", "may_rent", name), problems):
            found[name] = rental.rental(rented.use).part
    for name, model in study.models.items():
        with about(("models", name, "shape"), problems):
            if any(p.model == name and p.kind == "tokens" for p in study.products.values()):
                shape_of(study, model.shape)
    return found
