"""The study as it is believed at a node of the tree: with the prices, series and weather that hold
there.
"""

from __future__ import annotations

from collections.abc import Mapping

from headrace.core.study import Grid, Study, StudyPart
from headrace.core.uncertainty import (
    Arriving,
    CarbonTax,
    ExportOffer,
    FuelPrice,
    GridEnergy,
    Moving,
    Named,
    OwnColumn,
    QueueLength,
    Uncertainty,
    WeatherYear,
    uncertainty,
    unit_of,
)
from headrace.core.units import parse
from headrace.core.varying import DatedPath, SeriesFile, read_varying, series_file
from headrace.plan.scenario.tree import ScenarioNode

Held = tuple[tuple[Uncertainty, str], ...]
"""What is believed of prices and names at a node, as text."""


def held_at(study: Study, node: ScenarioNode) -> Held:
    """What is believed of prices and names at a node."""
    found: dict[Uncertainty, str] = {}
    for name, belief in study.beliefs.items():
        about = uncertainty(belief.about)
        if isinstance(about, (Moving, Named, Arriving)):
            case = node.cases.get(name)
            found[about] = belief.before if case is None else belief.cases[case].value
    if node.weather:
        for site, place in study.sites.items():
            if place.weather_years is not None:
                found[WeatherYear(site)] = place.weather_years.names[node.weather]
    if study.tree:
        for about, value in node.values.items():
            if isinstance(about, (Moving, Arriving)):
                found[about] = f"{value!r} {unit_of(about)}"
    return tuple(found.items())


def names_of(held: Held) -> Held:
    """The beliefs among them that change more than a price."""
    return tuple((about, text) for about, text in held if isinstance(about, Named))


def study_as_held(study: Study, held: Held) -> Study:
    """The study with all of it in the place of what it writes."""
    for about, text in held:
        if isinstance(about, Moving):
            study = _priced(study, about, text)
        elif isinstance(about, QueueLength):
            study = _with_grid(study, about.site, {"queue": parse(text, "month")})
        elif isinstance(about, Arriving):
            study = _with_lead(study, about.technology, parse(text, "month"))
        elif isinstance(about, WeatherYear):
            place = study.sites[about.site].model_copy(update={"weather": text})
            study = study.model_copy(update={"sites": {**study.sites, about.site: place}})
        elif isinstance(about, OwnColumn):
            before, after = series_file(about.column), series_file(text)
            if before is not None and after is not None and before != after:
                changed = swapped(study, before, after)
                assert isinstance(changed, Study)
                study = changed
    return study


def _priced(study: Study, about: Moving, text: str) -> Study:
    price = read_varying(text, unit_of(about))
    match about:
        case CarbonTax():
            return study.model_copy(update={"carbon": price})
        case FuelPrice(fuel):
            priced = study.fuels[fuel].model_copy(update={"price": price})
            return study.model_copy(update={"fuels": {**study.fuels, fuel: priced}})
        case GridEnergy(site):
            return _with_grid(study, site, {"energy": price})
        case ExportOffer(site):
            grid = study.sites[site].grid
            assert grid is not None
            assert grid.export is not None
            export = grid.export.model_copy(update={"price": price})
            return _with_grid(study, site, {"export": export})


def _with_lead(study: Study, technology: str, months: float) -> Study:
    """The study with that lead time wherever the technology may be built [month]."""
    sites = {}
    for name, site in study.sites.items():
        build = {
            key: one.model_copy(update={"lead": months}) if one.use == technology else one
            for key, one in site.build.items()
        }
        sites[name] = site.model_copy(update={"build": build})
    return study.model_copy(update={"sites": sites})


def _with_grid(study: Study, site: str, changes: Mapping[str, object]) -> Study:
    place = study.sites[site]
    assert isinstance(place.grid, Grid)
    place = place.model_copy(update={"grid": place.grid.model_copy(update=dict(changes))})
    return study.model_copy(update={"sites": {**study.sites, site: place}})


def swapped(part: object, before: SeriesFile, after: SeriesFile) -> object:
    """A part of a study in which one column of a table stands for another; beliefs are left."""
    match part:
        case SeriesFile():
            return after if part == before else part
        case str():
            return str(after) if series_file(part) == before else part
        case DatedPath(steps=steps):
            pieces = ((month, swapped(piece, before, after)) for month, piece in steps)
            return DatedPath(tuple(pieces))  # type: ignore[arg-type]
        case StudyPart():
            names = (name for name in type(part).model_fields if name not in ("beliefs", "tree"))
            inner = {name: swapped(getattr(part, name), before, after) for name in names}
            return part.model_copy(update=inner)
        case dict():
            return {key: swapped(value, before, after) for key, value in part.items()}
        case list():
            return [swapped(value, before, after) for value in part]
    return part
