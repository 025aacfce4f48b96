"""Where a new run goes: a folder of its own, beside those of earlier runs."""

from __future__ import annotations

from pathlib import Path

from headrace.core.atomic_write import write_error
from headrace.core.errors import InputError, InputFault, Place


def free_folder(parent: Path, name: str) -> Path:
    """The first of name, name-2, name-3 ... that was not there yet, made empty: a run never writes
    over another one, and two that begin at once do not meet.

    Raises InputError where it cannot be made, DiskFull.
    """
    for count in range(1, 100_000):
        folder = parent / (name if count == 1 else f"{name}-{count}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            continue
        except OSError as error:
            raise write_error(error, folder) from error
        return folder
    raise InputError(
        InputFault(Place(str(parent)), "is full of runs", fix="Give a folder with --out.")
    )
