"""Hashes of what was audited and of the code that did it; the answers of a box, kept."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata, resources
from io import TextIOBase
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import open_input
from headrace.trust.log import AuditLog
from headrace.trust.replay import Box, PersonaBox

PACKAGES = ("numpy", "scipy", "duckdb")


@dataclass(frozen=True)
class Evidence:
    """Something that was looked at. size [bytes]; written: when the file was last written, UTC, ""
    for what is no file.
    """

    name: str
    sha256: str
    size: int
    written: str

    def words(self) -> str:
        """Hash, size, and when it was last written, in words."""
        told = f"SHA-256 {self.sha256}, {self.size:,} bytes"
        return f"{told}, last written {self.written}" if self.written else told


@dataclass(frozen=True)
class CodeVersion:
    """The code of an audit. room: SHA-256 over the files of `headrace.trust`, by name."""

    headrace: str
    room: str
    python: str
    packages: str


def of_file(path: Path) -> Evidence:
    """A file, by its bytes. Raises InputError where it cannot be read."""
    digest = hashlib.sha256()
    try:
        with open_input(path, 2**63) as stream:
            while piece := stream.read(1 << 20):
                digest.update(piece)
        state = path.stat()
    except OSError as error:
        raise InputError(InputFault(Place(str(path)), f"cannot be read: {error}")) from None
    written = datetime.fromtimestamp(state.st_mtime, UTC).isoformat(timespec="seconds")
    return Evidence(path.name, digest.hexdigest(), state.st_size, written)


def of_log(log: AuditLog) -> Evidence:
    """A log that came from no file, by its arrays: the columns that played a part, rows sorted."""
    digest, size = hashlib.sha256(), 0
    parts = (log.starts, log.rank, log.paid, log.covariates, log.propensity, log.group)
    for part in parts:
        if part is not None:
            piece = np.ascontiguousarray(part, dtype=np.float64).tobytes()
            digest.update(piece)
            size += len(piece)
    return Evidence(log.name, digest.hexdigest(), size, "")


def code_version() -> CodeVersion:
    """This code: version of the package, hash of the room, Python, and packages that compute."""
    digest = hashlib.sha256()
    root = resources.files("headrace.trust")
    with resources.as_file(root) as folder:
        for path in sorted(folder.rglob("*.py")):
            name = path.relative_to(folder).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in PACKAGES)
    try:
        own = metadata.version("headrace")
    except metadata.PackageNotFoundError:
        own = "not installed"
    return CodeVersion(own, digest.hexdigest(), platform.python_version(), packages)


@dataclass(frozen=True)
class Recorder:
    """A box whose every answer is kept, one JSON line each, in the order asked."""

    box: Box
    stream: TextIOBase

    def ask(self, query: str, ads: bool, seed: int) -> str:
        """The answer of the box, kept."""
        return self._keep("", query, ads, seed, self.box.ask(query, ads, seed))

    def ask_as(self, persona: str, query: str, ads: bool, seed: int) -> str:
        """The answer of the box to a persona, kept. Raises InputError for a box that has none."""
        if not isinstance(self.box, PersonaBox):
            fault = InputFault(Place(key="personas"), "a box that cannot be asked as somebody")
            raise InputError(fault)
        return self._keep(persona, query, ads, seed, self.box.ask_as(persona, query, ads, seed))

    def _keep(self, persona: str, query: str, ads: bool, seed: int, answer: str) -> str:
        row = {"persona": persona, "query": query, "ads": ads, "seed": seed, "answer": answer}
        self.stream.write(json.dumps(row, ensure_ascii=False) + "\n")
        return answer
