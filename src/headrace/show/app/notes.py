"""What a reader writes about a run: a name of their own, and a note."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from headrace.core.errors import HeadraceError
from headrace.core.run_folder import RunFolder

FILE = "note.json"


class RunNote(BaseModel):
    """A name that is shown instead of the study's title, and a note; both may be empty."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field("", max_length=120)
    note: str = Field("", max_length=2000)


def read_note(folder: RunFolder) -> RunNote:
    """What was written about a run; nothing where there is no such file. One that is none of ours
    hides no run: it is told in the note's place.
    """
    try:
        if not folder.path(FILE).is_file():
            return RunNote()
        return RunNote.model_validate_json(folder.read(FILE))
    except (HeadraceError, ValidationError):
        return RunNote(note=f"({FILE} of this run cannot be read)")


def write_note(folder: RunFolder, note: RunNote) -> None:
    """Keep it in the run folder. Raises DiskFull."""
    folder.write_json(FILE, note.model_dump())
