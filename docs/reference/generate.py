"""Write study.md from the declarations of the study: python docs/reference/generate.py.

A test holds the page fresh.
"""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from headrace.core.study import Study, StudyPart, parts_of
from headrace.core.units import Unit

PAGE = Path(__file__).with_name("study.md")
HEAD = """\
# The study file

One YAML document. Every key has a unit, a meaning and a default; an unknown key is an error that
names the nearest known one. `headrace explain KEY` says the same in the terminal, `headrace schema`
prints the JSON Schema for editors, `headrace examples` lists studies to start from. Quantities are
written with their unit: `300 MW`, `14 USD/kW-month`, `8 %/a real`.

This page is generated from `src/headrace/core/study/`.
"""


def page() -> str:
    """The whole page: one section per part of the study, in the order in which they are met."""
    return "\n".join([HEAD, *(_section(model, paths) for model, paths in _met().items())])


def _met() -> dict[type[StudyPart], list[str]]:
    """Every part with the paths at which it stands, breadth first."""
    found: dict[type[StudyPart], list[str]] = {Study: [""]}
    queue: list[tuple[type[StudyPart], str]] = [(Study, "")]
    while queue:
        model, path = queue.pop(0)
        for name, info in model.model_fields.items():
            for part in parts_of(info.annotation):
                inner = f"{path}{name}{_inside(info)}."
                if part not in found:
                    queue.append((part, inner))
                found.setdefault(part, []).append(inner)
    return found


def _inside(info: FieldInfo) -> str:
    text = str(info.annotation)
    return ".NAME" if text.startswith("dict[") else "[]" if text.startswith("list[") else ""


def _section(model: type[StudyPart], paths: list[str]) -> str:
    heading = (
        "## The document"
        if model is Study
        else f"## {', '.join(f'`{path[:-1]}`' for path in paths)}"
    )
    rows = [_row(name, info) for name, info in model.model_fields.items()]
    return "\n".join(
        [
            heading,
            "",
            _prose(model),
            "",
            "| key | unit | default | meaning |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


def _prose(model: type[StudyPart]) -> str:
    """The docstring, one line to a paragraph."""
    return re.sub(r"(?<!\n)\n(?!\n)", " ", inspect.cleandoc(str(model.__doc__)))


def _row(name: str, info: FieldInfo) -> str:
    unit = next((mark.symbol for mark in info.metadata if isinstance(mark, Unit)), "")
    shown = "" if unit == "1" else f"`{unit}`" if unit else ""
    meaning = str(info.description) + _choices(info.annotation)
    return f"| `{name}` | {shown} | {_default(info)} | {meaning} |".replace("  ", " ")


def _choices(annotation: object) -> str:
    words = [
        value
        for inner in (annotation, *get_args(annotation))
        if get_origin(inner) is Literal
        for value in get_args(inner)
    ]
    return f" One of {', '.join(f'`{word}`' for word in words)}." if len(words) > 1 else ""


def _default(info: FieldInfo) -> str:
    if info.is_required() or info.default is PydanticUndefined:
        return "required"
    if isinstance(info.default, StudyPart) or info.default in ("", {}, [], None):
        return ""
    return f"`{_written(info.default)}`"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\.0$", "", f"{value:g}") if isinstance(value, float) else str(value)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
