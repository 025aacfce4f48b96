"""Every file that a study names: its weather, its own series, its tariffs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel

from headrace.core.files.inputs import read_bytes
from headrace.core.study import Belief, Study
from headrace.core.study_lock import MOST_BYTES, found_file
from headrace.core.uncertainty import WeatherYear, uncertainty
from headrace.core.varying import DatedPath, SeriesFile, series_file
from headrace.energy.weather.series import source_of


def named_files(study: Study, folder: Path | None) -> dict[str, tuple[Path, bool]]:
    """Every file by the name that the study gives it: where it lies, and whether it travels with a
    package. folder: of the study. Raises InputError.
    """
    sites = study.sites.values()
    names = {series.file for series in _series(study)}
    names |= {site.grid.tariff for site in sites if site.grid is not None and site.grid.tariff}
    owed = (product.royalty for product in study.products.values())
    names |= {terms.licences for terms in owed if terms is not None and terms.licences}
    found = {name: (found_file(name, folder), False) for name in names}
    found |= {name: (path, False) for name, path in _named_in_texts(study, folder)}
    weather = {site.weather for site in sites if site.weather}
    weather |= {y for s in sites if s.weather_years is not None for y in s.weather_years.years}
    weather |= _believed_weather(study)
    return found | {name: source_of(name, folder) for name in sorted(weather)}


def file_digests(study: Study, folder: Path | None) -> dict[str, str]:
    """SHA-256 of every file that a study names, by its name there: what a text alone does not tell
    of a study. folder: of the study. Raises InputError.
    """
    return {
        name: sha256(read_bytes(path, MOST_BYTES)).hexdigest()
        for name, (path, _) in sorted(named_files(study, folder).items())
    }


def _believed_weather(study: Study) -> set[str]:
    """Weather that a belief, or a node of the tree, puts in place of a site's own."""
    told = [(b.about, text) for b in study.beliefs.values() for text in (b.before, *_cases(b))]
    told += [(about, text) for node in study.tree for about, text in node.values.items()]
    return {text for about, text in told if text and isinstance(uncertainty(about), WeatherYear)}


def _cases(belief: Belief) -> tuple[str, ...]:
    return tuple(case.value for case in belief.cases.values())


def _named_in_texts(part: object, folder: Path | None) -> Iterator[tuple[str, Path]]:
    """Tables that stand as text until a plan is made of them: a product's demand, the cases of a
    belief. What only looks like a name, such as a title, is passed over where no such file is.
    """
    if isinstance(part, str):
        named = series_file(part)
        if named is not None:
            path = found_file(named.file, folder)
            if path.is_file():
                yield named.file, path
        return
    for inner in _inside(part):
        yield from _named_in_texts(inner, folder)


def _series(part: object) -> Iterator[SeriesFile]:
    """Every series named anywhere in a study."""
    if isinstance(part, SeriesFile):
        yield part
    elif isinstance(part, DatedPath):
        yield from (piece for _, piece in part.steps if isinstance(piece, SeriesFile))
    for inner in _inside(part):
        yield from _series(inner)


def _inside(part: object) -> list[object]:
    """The parts of a part of a study."""
    if isinstance(part, BaseModel):
        return [getattr(part, name) for name in type(part).model_fields]
    if isinstance(part, Mapping):
        return list(part.values())
    return list(part) if isinstance(part, list | tuple) else []
