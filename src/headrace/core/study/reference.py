"""What a key of a study means: its unit and default, and the JSON Schema of them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_origin

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study.document import Study
from headrace.core.study.part import StudyPart
from headrace.core.units import Unit

Path = tuple[str, ...]
"""Steps from the study down to a key; `ANY` where the user gives a name."""
ANY = "*"


def schema() -> dict[str, Any]:
    """JSON Schema of a study, for editors and forms; units stand in `x-unit`."""
    return Study.model_json_schema()


def explain(key: str) -> str:
    """Meaning, unit and default of a key such as `sites.grid.limit`, also as it stands in a study
    or in the manual, with names between: `sites.ashburn.grid.limit`, `sites.NAME.grid.limit`.

    Raises InputError with the nearest key.
    """
    from difflib import get_close_matches

    known = _keys(Study, ())
    asked = key.split(".")
    found = [text for path, text in known if _ends(_plain(path), asked) or _ends(path, asked)]
    if found:
        return "\n".join(found)
    near = get_close_matches(key, [".".join(_plain(path)) for path, _ in known], n=1, cutoff=0.3)
    raise InputError(
        InputFault(
            Place(key=key),
            f"`{key}` is not a key of a study",
            fix=f"Did you mean `{near[0]}`?" if near else "",
        )
    )


def _plain(path: Path) -> list[str]:
    """A path without the places of names."""
    return [step for step in path if step != ANY]


def _ends(path: Sequence[str], asked: Sequence[str]) -> bool:
    """Whether a path ends as asked; a place of names takes any name."""
    end = path[-len(asked) :]
    return len(end) == len(asked) and all(
        step in (ANY, word) for step, word in zip(end, asked, strict=True)
    )


def _keys(model: type[StudyPart], prefix: Path) -> list[tuple[Path, str]]:
    rows: list[tuple[Path, str]] = []
    for name, info in model.model_fields.items():
        path = (*prefix, name)
        unit = next((m.symbol for m in info.metadata if isinstance(m, Unit)), "")
        default = "required" if info.is_required() else f"default {info.default}"
        told = f"{'.'.join(_plain(path))}{f' [{unit}]' if unit else ''}"
        rows.append((path, f"{told}: {info.description} ({default})"))
        for part, named in _parts(info.annotation, named=False):
            rows.extend(_keys(part, (*path, ANY) if named else path))
    return rows


def _parts(annotation: object, *, named: bool) -> list[tuple[type[StudyPart], bool]]:
    """The study parts that an annotation may hold, each with whether it stands under a name."""
    if isinstance(annotation, type) and issubclass(annotation, StudyPart):
        return [(annotation, named)]
    below = named or get_origin(annotation) is dict
    inner = getattr(annotation, "__args__", ())
    return [part for each in inner for part in _parts(each, named=below)]


def parts_of(annotation: object) -> list[type[StudyPart]]:
    """The study parts that an annotation may hold (through dict, list, union and Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, StudyPart):
        return [annotation]
    return [part for inner in getattr(annotation, "__args__", ()) for part in parts_of(inner)]
