"""The base of every part of a study: frozen, and closed to unknown keys."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator


class StudyPart(BaseModel):
    """Base of every part of a study: frozen, no unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class CatalogueReference(StudyPart):
    """A part that may be written as the bare catalogue key."""

    @model_validator(mode="before")
    @classmethod
    def _bare(cls, written: object) -> object:
        return {"use": written} if isinstance(written, str) else written
