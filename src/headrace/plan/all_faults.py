"""Everything that is wrong with a study, in one round: what cannot be read would hide what weather
files, catalogue rows and shapes have to say of the rest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from headrace.core.errors import InputError, InputFault
from headrace.core.partial_study import readable
from headrace.core.study import Study
from headrace.core.study_bounds import size_faults
from headrace.core.study_reader import Document
from headrace.plan.model.build_system import expand

STATION = "tmy3:723170"
"""A bundled station, in place of weather that cannot be read."""


def further(document: Document, folder: Path | None) -> list[InputFault]:
    """Faults that only show while a study is expanded, of the parts of one that can be read; none
    where too little can, and none where the study is too large. folder: where its files lie.
    """
    part = readable(document.data, document.places)
    if part is None or any(size_faults(part.study)):  # told already; to expand it takes all memory
        return []
    found = every(part.study, folder, _expanded(part.study, folder))
    return [placed(document, f) for f in found if part.sure(f.where.path, f.found + f.fix)]


def every(
    study: Study, folder: Path | None, first: tuple[InputFault, ...]
) -> tuple[InputFault, ...]:
    """The faults of an expansion, and those of what it did not come to: unknown accelerators are
    left out, sites have the weather of a bundled station, and the rest is expanded once more.
    """
    paths = {fault.where.path for fault in first}
    mended = _without(study, paths)
    if mended is study:
        return first
    return (*first, *(f for f in _expanded(mended, folder) if f.where.path not in paths))


def _expanded(study: Study, folder: Path | None) -> tuple[InputFault, ...]:
    """The faults of an expansion; of the sites alone where products or beliefs name what is not
    there, which has been told already.
    """
    for attempt in (study, study.model_copy(update={"products": {}, "beliefs": {}})):
        try:
            expand(attempt, folder)
        except InputError as error:
            return error.problems
        except Exception:  # examples in place of keys may break what a checked study cannot
            continue
        return ()
    return ()


def _without(study: Study, paths: Collection[tuple[str | int, ...]]) -> Study:
    """The study without the accelerators at `paths`, and with known weather there; the same one
    where neither is among them.
    """
    fleet, sites = study.fleet, study.sites
    bought = {n: c for n, c in fleet.may_buy.items() if ("fleet", "may_buy", n) not in paths}
    rented = {n: c for n, c in fleet.may_rent.items() if ("fleet", "may_rent", n) not in paths}
    moved = {
        name: site.model_copy(update={"weather": STATION})
        if ("sites", name, "weather") in paths
        else site
        for name, site in sites.items()
    }
    same = len(bought) == len(fleet.may_buy) and len(rented) == len(fleet.may_rent)
    if same and all(moved[name] is sites[name] for name in sites):
        return study
    fleet = fleet.model_copy(update={"may_buy": bought, "may_rent": rented})
    return study.model_copy(update={"fleet": fleet, "sites": moved})


def placed(document: Document, fault: InputFault) -> InputFault:
    """The fault at the line of the key that it is about."""
    where = fault.where
    if not where.path:  # about the study as a whole
        top = where if where.file else document.place(())
        return replace(fault, where=replace(top, key=where.key))
    line = f":{where.line}" if where.line else ""
    inside = f"{where.file}{line}: " if where.file else ""
    place = document.place(where.path)
    return InputFault(place, f"{inside}{fault.found}", fault.expected, fault.fix)
