"""What comes along: examples, catalogue rows, the meaning of keys, and figures to compare with."""

from __future__ import annotations

from typing import Literal

from headrace.api.table import ResultTable
from headrace.core.errors import InputError, nearest_fault


def examples() -> ResultTable:
    """The studies that come along: `read(name)` reads one."""
    from headrace.show.examples import every

    rows = tuple((example.name, example.about) for example in every())
    return ResultTable(("name", "about"), rows, title="Examples")


def catalogue(key: str | None = None) -> ResultTable:
    """Every row of the catalogue; with a key such as "gas.engine" its figures, each with range,
    status and source.

    Raises InputError with the nearest key.
    """
    from headrace.show.meaning import rows as every_row

    rows = every_row()
    if key is None:
        told = tuple((row.key, row.kind, row.title, place) for place, row in rows)
        return ResultTable(("key", "kind", "title", "table"), told, title="Catalogue")
    found = [(place, row) for place, row in rows if row.key == key]
    if not found:
        raise InputError(nearest_fault(key, [row.key for _, row in rows], "in the catalogue"))
    figures = tuple(
        (place, name, f.value, f.unit, f.low, f.high, f.status, f.date, f.source)
        for place, row in found
        for name, f in row.figures.items()
    )
    columns = ("table", "figure", "value", "unit", "low", "high", "status", "date", "source")
    words = "; ".join(f"{name}: {value}" for _, row in found for name, value in row.words.items())
    return ResultTable(columns, figures, title=f"{key}: {found[0][1].title}", note=words)


def schema(of: Literal["study", "plan"] = "study") -> dict[str, object]:
    """The JSON Schema of the study file, or of `plan.json`.

    Raises InputError for anything else.
    """
    from headrace.core import plan_file
    from headrace.show import editor_schema

    if of not in ("study", "plan"):
        raise InputError(nearest_fault(of, ("study", "plan"), "a file with a schema"))
    return plan_file.schema() if of == "plan" else editor_schema.schema()


def explain(key: str) -> str:
    """What a key of the study file ("sites.grid.limit"), a catalogue row ("gas.engine") or a word
    of the report ("gap") means.

    Raises InputError with the nearest one.
    """
    from headrace.show import meaning

    return meaning.explain(key)


def verify(only: str | None = None) -> ResultTable:
    """Our figures beside published ones; minutes for all. only: a room ("energy") or the start of
    an id ("energy.atb").

    Raises InputError where no check is called so.
    """
    from headrace.show.cli.checks import run_checks
    from headrace.verification import registry

    checks = registry.registered(only)
    if only is not None and not checks:
        known = sorted({check.room for check in registry.registered()})
        raise InputError(nearest_fault(only, known, "a room that has checks, or the start of one"))
    columns = ("id", "status", "ours", "published", "unit", "deviation", "tolerance", "source")
    rows = tuple(
        tuple(getattr(row, name) for name in columns) for row in run_checks(checks, quiet=True)
    )
    return ResultTable(columns, rows, title="Ours beside the published")
