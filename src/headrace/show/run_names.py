"""Where a new run goes: a folder of its own, beside those of earlier runs."""

from __future__ import annotations

from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place


def free_folder(parent: Path, name: str) -> Path:
    """The first of name, name-2, name-3 ... that is not there yet: a run never writes over another
    one.
    """
    for count in range(1, 100_000):
        folder = parent / (name if count == 1 else f"{name}-{count}")
        if not folder.exists():
            return folder
    raise InputError(
        InputFault(Place(str(parent)), "is full of runs", fix="Give a folder with --out.")
    )
