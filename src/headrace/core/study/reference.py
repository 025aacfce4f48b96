"""What a key of a study means: its unit and default, and the JSON Schema of them all."""

from __future__ import annotations

from typing import Any

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study.document import Study
from headrace.core.study.part import StudyPart
from headrace.core.units import Unit


def schema() -> dict[str, Any]:
    """JSON Schema of a study, for editors and forms; units stand in `x-unit`."""
    return Study.model_json_schema()


def explain(key: str) -> str:
    """Meaning, unit and default of a key such as `sites.grid.limit`.

    Raises InputError with the nearest key.
    """
    from difflib import get_close_matches

    known = dict(_keys(Study, ""))
    found = [text for name, text in known.items() if name == key or name.endswith(f".{key}")]
    if found:
        return "\n".join(found)
    near = get_close_matches(key, known, n=1, cutoff=0.3)
    raise InputError(
        InputFault(
            Place(key=key),
            f"`{key}` is not a key of a study",
            fix=f"Did you mean `{near[0]}`?" if near else "",
        )
    )


def _keys(model: type[StudyPart], prefix: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = []
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        unit = next((m.symbol for m in info.metadata if isinstance(m, Unit)), "")
        default = "required" if info.is_required() else f"default {info.default}"
        rows.append((path, f"{path}{f' [{unit}]' if unit else ''}: {info.description} ({default})"))
        for part in parts_of(info.annotation):
            rows.extend(_keys(part, f"{path}."))
    return rows


def parts_of(annotation: object) -> list[type[StudyPart]]:
    """The study parts that an annotation may hold (through dict, list, union and Annotated)."""
    if isinstance(annotation, type) and issubclass(annotation, StudyPart):
        return [annotation]
    return [part for inner in getattr(annotation, "__args__", ()) for part in parts_of(inner)]
