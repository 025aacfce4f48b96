"""Every file that a study names: its weather, its own series, its tariffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import BaseModel

from headrace.core.study import Study
from headrace.core.study_lock import found_file
from headrace.core.varying import DatedPath, SeriesFile
from headrace.energy.weather.series import source_of


def named_files(study: Study, folder: Path | None) -> dict[str, tuple[Path, bool]]:
    """Every file by the name that the study gives it: where it lies, and whether it travels with a
    package. folder: of the study. Raises InputError.
    """
    sites = study.sites.values()
    names = {series.file for series in _series(study)}
    names |= {site.grid.tariff for site in sites if site.grid is not None and site.grid.tariff}
    found = {name: (found_file(name, folder), False) for name in names}
    weather = {site.weather for site in sites if site.weather}
    weather |= {y for s in sites if s.weather_years is not None for y in s.weather_years.years}
    return found | {name: source_of(name, folder) for name in sorted(weather)}


def _series(part: object) -> Iterator[SeriesFile]:
    """Every series named anywhere in a study."""
    if isinstance(part, SeriesFile):
        yield part
    elif isinstance(part, DatedPath):
        yield from (piece for _, piece in part.steps if isinstance(piece, SeriesFile))
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _series(getattr(part, name))
    elif isinstance(part, Mapping):
        for each in part.values():
            yield from _series(each)
    elif isinstance(part, list | tuple):
        for each in part:
            yield from _series(each)
