"""A study looked at and not solved: everything that is wrong with it, in one round, and what may
not be meant.

What cannot be read would hide what weather files, catalogue rows and shapes have to say of the
rest. `headrace check` imports this file and no solver, which would take longer than all it looks
at; and what expands a study only where there is a study to expand.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import InputError, InputFault
from headrace.core.partial_study import readable
from headrace.core.study import Study
from headrace.core.study_bounds import size_faults
from headrace.core.study_notes import notes
from headrace.core.study_reader import Document, parse_text, study_of, text_of

if TYPE_CHECKING:
    from headrace.energy.own_series.summary import SeriesSummary
    from headrace.plan.model.build_system import SystemOnTree

STATION = "tmy3:723170"
"""A bundled station, in place of weather that cannot be read."""


def embedded() -> str:
    """The text of the embedded study."""
    with as_file(files("headrace") / "examples" / "piedmont" / "study.yaml") as path:
        return path.read_text(encoding="utf-8")


def check(study_path: Path | None) -> tuple[Study, tuple[str, ...]]:
    """Read a study and everything it names, without solving it; with it comes what may not be
    meant.

    Raises InputError with every problem.
    """
    study, told, _ = looked_at(study_path)
    return study, told


def looked_at(
    study_path: Path | None,
) -> tuple[Study, tuple[str, ...], tuple[SeriesSummary, ...]]:
    """A study, what may not be meant in it, and its own series in a few numbers.

    Raises InputError with every problem.
    """
    from headrace.energy.own_series.summary import summary

    text = embedded() if study_path is None else text_of(study_path)
    study, expansion = checked(text, study_path)
    series = tuple(summary(use) for use in expansion.series)
    return study, remarks(text, study_path, study, expansion), series


def checked(text: str, study_path: Path | None) -> tuple[Study, SystemOnTree]:
    """A study text and its expansion; problems found in either are placed at the line of the key
    they are about.
    """
    document = parse_text(text, "study.yaml" if study_path is None else study_path.name)
    folder = None if study_path is None else study_path.parent
    try:
        study = study_of(document)
    except InputError as error:
        raise InputError(dict.fromkeys((*error.problems, *further(document, folder)))) from None
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.size import refuse_too_large

    try:
        expansion = expand(study, folder)
        refuse_too_large(expansion)
        return study, expansion
    except InputError as error:
        found = every(study, folder, error.problems)
        raise InputError([placed(document, fault) for fault in found]) from None


def remarks(
    text: str, study_path: Path | None, study: Study, expansion: SystemOnTree
) -> tuple[str, ...]:
    """What is right in a study text and may not be meant, each at the line of its key."""
    from headrace.plan.model.dominated_options import dominated_options
    from headrace.plan.model.meter_notes import meter_notes

    document = parse_text(text, "study.yaml" if study_path is None else study_path.name)
    told = (
        str(InputFault(document.place(path), found, expected, fix))
        for path, found, expected, fix in (
            *notes(study, expansion.system.assets),
            *meter_notes(study, expansion),
            *dominated_options(expansion),
        )
    )
    return tuple(dict.fromkeys(told))


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
    from headrace.plan.model.build_system import expand

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
