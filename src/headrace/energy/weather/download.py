"""Typical years of PVGIS, fetched once into a cache with their checksum; without a network, words
on what to do instead.

The cache is a plain folder: `$HEADRACE_CACHE`, else `$XDG_CACHE_HOME/headrace`, else
`~/.cache/headrace`. Beside every file `NAME.csv` stands `NAME.json`: address, date, size and
SHA-256. A file that no longer matches is refused.

Service: European Commission, Joint Research Centre, PVGIS, https://re.jrc.ec.europa.eu; free, with
    acknowledgement.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from headrace.core.atomic_write import write_bytes, write_error, write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.energy.weather.readers import read
from headrace.energy.weather.record import Weather

SERVICE = "https://re.jrc.ec.europa.eu/api/v5_3"
LARGEST = 20_000_000
"""Most bytes that are accepted of an answer; a typical year has about 600,000."""


@dataclass(frozen=True)
class Provenance:
    """Where a cached file comes from: address, UTC date, size [bytes], checksum."""

    url: str
    fetched: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Fetched:
    """A file in the cache. fresh: it was downloaded now, not found."""

    path: Path
    provenance: Provenance
    fresh: bool


def cache_folder() -> Path:
    """The folder of fetched weather; it need not exist yet."""
    base = os.environ.get("HEADRACE_CACHE")
    if base:
        return Path(base) / "weather"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "headrace" / "weather"


def cached_file(latitude: float, longitude: float, folder: Path | None = None) -> Path:
    """Where the typical year of a place [degree] is kept: one file a thousandth of a degree."""
    return (folder or cache_folder()) / f"pvgis_{latitude:+08.3f}_{longitude:+08.3f}.csv"


def fetch_typical_year(
    latitude: float,
    longitude: float,
    folder: Path | None = None,
    *,
    again: bool = False,
    service: str = SERVICE,
) -> Fetched:
    """The typical year of a place [degree] from the cache, or from PVGIS into the cache. again:
    fetch even if it is there.

    What is downloaded must be a readable weather year before it is kept. Raises InputError for
    places off the globe, no network, an answer that is no weather, or a cached file that was
    altered.
    """
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        found = f"latitude {latitude:g}, longitude {longitude:g}"
        raise InputError(
            InputFault(Place(), found, "-90 to 90 (north positive) and -180 to 180 (east positive)")
        )
    path = cached_file(latitude, longitude, folder)
    if path.exists() and not again:
        return Fetched(path, check(path), fresh=False)
    query = urlencode(
        {"lat": f"{latitude:.3f}", "lon": f"{longitude:.3f}", "outputformat": "csv", "browser": 0}
    )
    url = f"{service}/tmy?{query}"
    content = download(url)
    return Fetched(path, _write_once_read(path, content, url), fresh=True)


def open_cached(latitude: float, longitude: float, folder: Path | None = None) -> Weather:
    """The cached typical year of a place [degree], its checksum checked.

    Raises InputError where it was never fetched.
    """
    path = cached_file(latitude, longitude, folder)
    if not path.exists():
        command = f"headrace fetch weather {latitude:g} {longitude:g}"
        found = f"the weather of {latitude:g}, {longitude:g} is not in the cache"
        fix = f"Run `{command}` once, on a machine with a network."
        raise InputError(InputFault(Place(), found, fix=fix))
    check(path)
    return read(path)[0]


def cached_station(key: str) -> Weather:
    """The cached typical year that a study calls `key`, such as `pvgis:36.1,-79.95`.

    Raises InputError for a key without two numbers, and where the year was never fetched.
    """
    return replace(open_cached(*_coordinates(key)), key=key)


def cached_path(key: str) -> Path:
    """Where the typical year that a study calls `key` is kept. Raises InputError."""
    return cached_file(*_coordinates(key))


def _coordinates(key: str) -> tuple[float, float]:
    """Latitude and longitude [degree] of a key. Raises InputError for one without two numbers."""
    try:
        latitude, longitude = (float(part) for part in key.removeprefix("pvgis:").split(","))
    except ValueError:
        raise InputError(
            InputFault(
                Place(),
                f"`{key}`",
                "pvgis:LATITUDE,LONGITUDE in degrees, as in `pvgis:36.1,-79.95`",
            )
        ) from None
    return latitude, longitude


def check(path: Path) -> Provenance:
    """The provenance of a cached file whose content still matches its checksum.

    Raises InputError where it does not.
    """
    try:
        written = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        kept = Provenance(
            str(written["url"]),
            str(written["fetched"]),
            int(written["bytes"]),
            str(written["sha256"]),
        )
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError) as error:
        fix = "Fetch it again with --again."
        raise InputError(
            InputFault(
                Place(str(path)),
                f"has no readable checksum beside it ({type(error).__name__})",
                fix=fix,
            )
        ) from error
    if found != kept.sha256:
        raise InputError(
            InputFault(
                Place(str(path)),
                "was altered since it was fetched",
                fix="Fetch it again with --again.",
            )
        )
    return kept


def _write_once_read(path: Path, content: bytes, url: str) -> Provenance:
    """Write file and provenance, whole or not at all, once the content has been read as weather."""
    made = Provenance(
        url,
        datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        len(content),
        hashlib.sha256(content).hexdigest(),
    )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".fetch-") as room:
            fresh = Path(room) / path.name
            fresh.write_bytes(content)
            read(fresh)
    except OSError as error:
        raise write_error(error, path, "Choose another folder with HEADRACE_CACHE.") from error
    write_text(path.with_suffix(".json"), json.dumps(asdict(made), indent=2) + "\n")
    write_bytes(path, content)
    return made


def download(url: str) -> bytes:
    """What the service answers, at most `LARGEST` bytes.

    Raises InputError for an address that is not https, no network, or the service's own refusal.
    """
    from urllib.error import HTTPError, URLError
    from urllib.request import Request, urlopen

    host = urlsplit(url)
    if host.scheme != "https" and host.hostname not in ("127.0.0.1", "localhost"):
        raise InputError(InputFault(Place(url), "is not an https address"))
    try:
        with urlopen(Request(url, headers={"User-Agent": "headrace"}), timeout=60) as answer:
            content: bytes = answer.read(LARGEST + 1)
    except HTTPError as error:
        # the service's own words from a JSON error, or its first line
        body = error.read(2000).decode("utf-8", errors="replace").strip()
        words = (body.splitlines() or ["no words"])[0][:200]
        with suppress(ValueError, KeyError, TypeError):
            words = str(json.loads(body)["message"])
        raise InputError(
            InputFault(Place(host.netloc), f"answered {error.code}: {words}")
        ) from error
    except (URLError, TimeoutError, OSError) as error:
        reason = getattr(error, "reason", error)
        fix = (
            f"Without a network, open {url} in a browser elsewhere"
            " and give the study the saved file: `weather: FILE`."
        )
        raise InputError(
            InputFault(Place(host.netloc), f"cannot be reached ({reason})", fix=fix)
        ) from error
    if len(content) > LARGEST:
        found = f"answered more than {LARGEST // 1_000_000} MB"
        raise InputError(InputFault(Place(host.netloc), found, "a typical year, under 1 MB"))
    return content
