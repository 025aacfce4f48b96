"""The studies that come along: each a folder of `headrace/examples` with one study file in it."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from pathlib import Path

import headrace
from headrace.core.errors import InputError, InputFault, Place

EMBEDDED = "piedmont"
"""The study that is planned where none is given."""


@dataclass(frozen=True)
class Example:
    """A study that comes along; `about` is the first comment line of its file."""

    name: str
    folder: Path
    study: Path
    about: str


ROOMS = {
    "studio": "A month of a studio's uses, to settle: headrace settle studio",
    "questions": "Questions for the scientist: headrace discover reactor_capex",
    "pay_to_rank": "Logs of a marketplace that sells places: headrace examples pay_to_rank --to X",
}
"""Folders that come along for rooms that need no study."""


def every() -> tuple[Example, ...]:
    """All examples, by name.

    A folder holds one: its study.yaml, or the YAML file of the folder's name.
    """
    root = Path(headrace.__file__).parent / "examples"
    found = []
    for folder in sorted(root.iterdir()) if root.is_dir() else ():
        names = (folder / "study.yaml", folder / f"{folder.name}.yaml")
        study = next((path for path in names if path.is_file()), None)
        if study is None:
            continue
        lines = study.read_text(encoding="utf-8").splitlines()
        comments = (line.strip("# ") for line in lines if line.startswith("#"))
        about = next((words for words in comments if words), "")
        found.append(Example(folder.name, folder, study, about))
    return tuple(found)


def named(study: Path | None) -> Path | None:
    """The study file of an example where its bare name is given and no file is called so; anything
    else as it is.
    """
    if study is None or study.suffix or len(study.parts) != 1 or study.exists():
        return study
    return {example.name: example.study for example in every()}.get(study.name, study)


def question(path: Path) -> Path:
    """The question file that comes along where its bare name is given and no file is called so;
    anything else as it is. Raises InputError for a bare name that is neither.
    """
    if path.suffix or len(path.parts) != 1 or path.is_file():
        return path
    folder = Path(headrace.__file__).parent / "examples" / "questions"
    known = sorted(one.stem for one in folder.glob("*.yaml") if not one.stem.endswith("_study"))
    if path.name in known:
        return folder / f"{path.name}.yaml"
    near = difflib.get_close_matches(path.name, known, n=1)
    fix = f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(known)}."
    found = "there is no question file, and no question that comes along, of this name"
    raise InputError(InputFault(Place(path.name), found, "a question file", fix))


def folder_of(name: str) -> Path:
    """The folder that comes along under a name. Raises InputError with the nearest name."""
    if name in ROOMS:
        return Path(headrace.__file__).parent / "examples" / name
    return find(name).folder


def find(name: str) -> Example:
    """The example of that name. Raises InputError with the nearest name."""
    known = {example.name: example for example in every()}
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        fix = f"Did you mean {near[0]}?" if near else ""
        raise InputError(
            InputFault(
                Place("examples"),
                f"there is no example {name}",
                f"one of {', '.join(known) or '(none yet)'}",
                fix,
            )
        )
    return known[name]
