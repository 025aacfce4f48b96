"""`headrace fetch weather`: a typical year of any place, once, into the cache."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from headrace.core.printable import in_one_line
from headrace.show.cli.options import signed

Degrees = Annotated[float, Parameter(validator=signed)]

fetch = App(
    name="fetch", help="Fetch weather into the cache, with checksums.", result_action="return_value"
)


@fetch.command
def weather(
    latitude: Degrees,
    longitude: Degrees,
    /,
    *,
    into: Path | None = None,
    again: bool = False,
    json: bool = False,
) -> int:
    """Fetch the typical year of a place from PVGIS (needs a network once).

    Parameters
    ----------
    latitude
        North positive [degrees].
    longitude
        East positive [degrees].
    into
        Folder to keep it in; default is the cache, where a study finds it as
        `weather: pvgis:LATITUDE,LONGITUDE`.
    again
        Fetch even if it is there already.
    json
        Print one JSON object and nothing else on stdout.
    """
    from dataclasses import asdict

    from headrace.energy.weather.download import fetch_typical_year
    from headrace.energy.weather.readers import read
    from headrace.show.cli.output import emit, say

    found = fetch_typical_year(latitude, longitude, into, again=again)
    year = read(found.path)[0]
    if json:
        emit(
            {
                "path": str(found.path),
                "fresh": found.fresh,
                "label": year.label,
                **asdict(found.provenance),
            }
        )
        return 0
    use = str(found.path) if into else f"pvgis:{latitude:g},{longitude:g}"
    how = "fetched" if found.fresh else "already there"
    say(f"{year.label}\n{how}: {in_one_line(found.path)}\nIn a study: `weather: {use}`")
    return 0
