"""A study looked at and not solved: everything that is wrong with it, and what may not be meant.

`headrace check` imports this file and no solver, which would take it longer than all it looks at.
"""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path

from headrace.core.errors import InputError, InputFault
from headrace.core.study import Study
from headrace.core.study_notes import notes
from headrace.core.study_reader import parse_text, study_of, text_of
from headrace.energy.own_series.summary import SeriesSummary, summary
from headrace.plan.all_faults import every, further, placed
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.meter_notes import meter_notes
from headrace.plan.model.size import refuse_too_large


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
    document = parse_text(text, "study.yaml" if study_path is None else study_path.name)
    told = (
        str(InputFault(document.place(path), found, expected, fix))
        for path, found, expected, fix in (
            *notes(study, expansion.system.assets),
            *meter_notes(study, expansion),
        )
    )
    return tuple(dict.fromkeys(told))
