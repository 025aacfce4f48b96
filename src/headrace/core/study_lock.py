"""What a plan was made of: every file that a study names, by its bytes, and who read it.

A run folder keeps a copy of each such file and, in `study.lock.yaml`, its digest; so the study in
the folder can be planned again, whatever became of the files, and two runs of one text with two
weather files have two locks.

    study.lock.yaml     {sha256, study, inputs: {NAME: {file, sha256, bytes}}, catalogue, versions}
    inputs/             the copies: `inputs/SHA256-NAME`
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes, read_text
from headrace.core.run_folder import LOCK, RunFolder

INPUTS = "inputs"
MOST_BYTES = 200_000_000
PACKAGES = ("headrace", "highspy", "numpy", "scipy", "numba", "pvlib")
"""Whose version may move a figure of a plan."""
_ROOMS = ("energy", "compute", "models", "market", "finance", "plan", "beliefs")


@dataclass(frozen=True)
class LockedInput:
    """A file that a study names. file: of the copy, inside the run folder; "" where it travels with
    a package. bytes: its size [byte].
    """

    file: str
    sha256: str
    bytes: int


@dataclass(frozen=True)
class StudyLock:
    """What a lock holds beside the study: inputs by the name that the study gives them."""

    inputs: Mapping[str, LockedInput]
    catalogue: str
    versions: Mapping[str, str]


def lock_inputs(named: Mapping[str, tuple[Path, bool]], folder: RunFolder) -> StudyLock:
    """Copy every file that a study names into its run folder; returns what the lock says of them.

    named: where each lies, by its name in the study, and whether it travels with a package. Raises
    InputError, DiskFull.
    """
    found = {}
    for name, (path, travels) in sorted(named.items()):
        content = read_bytes(path, MOST_BYTES)
        digest = sha256(content).hexdigest()
        own = path.name.removeprefix(f"{digest[:16]}-")  # the copy of a run that is planned again
        copy = "" if travels else f"{INPUTS}/{digest[:16]}-{plain_name(own)}"
        if copy and not folder.path(copy).is_file():
            folder.write_bytes(copy, content)
        found[name] = LockedInput(copy, digest, len(content))
    return StudyLock(found, catalogue_digest(), versions())


def write_lock(folder: RunFolder, text: str, study: Mapping[str, object], lock: StudyLock) -> None:
    """Write `study.lock.yaml`: the hash of what was written, every default, and what was read.

    JSON is YAML. Raises DiskFull, InputError.
    """
    told = {"sha256": sha256(text.encode()).hexdigest(), "study": study, **asdict(lock)}
    folder.write(LOCK, json.dumps(told, indent=1, sort_keys=False) + "\n")


def read_lock(folder: Path | None) -> StudyLock | None:
    """What the lock in a folder says of the files there; None where there is none, or none that
    names files. Raises InputError where it cannot be read.
    """
    path = None if folder is None else folder / LOCK
    if path is None or not path.is_file():
        return None
    try:
        told = json.loads(read_text(path))
        if isinstance(told, dict) and "inputs" not in told:
            return None  # written before locks named files
        inputs = {
            str(name): LockedInput(str(one["file"]), str(one["sha256"]), int(one["bytes"]))
            for name, one in told["inputs"].items()
        }
        named = {str(name): str(number) for name, number in told["versions"].items()}
        return StudyLock(inputs, str(told["catalogue"]), named)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fix = "Delete it, and plan the study from where its files are."
        raise InputError(InputFault(Place(str(path)), "is no lock of ours", fix=fix)) from None


def locked_file(name: str, folder: Path | None) -> Path | None:
    """The copy of a file that a study in a run folder names; None where the folder has none.

    Raises InputError where the copy is not the one that was locked.
    """
    lock = read_lock(folder)
    held = None if lock is None else lock.inputs.get(name)
    if held is None or not held.file or folder is None:
        return None
    path = RunFolder(folder).path(held.file)
    if sha256(read_bytes(path, MOST_BYTES)).hexdigest() != held.sha256:
        found = "is not the file that the plan was made of"
        fix = "Plan the study again from where its files are."
        raise InputError(InputFault(Place(str(path)), found, fix=fix))
    return path


def found_file(name: str, folder: Path | None) -> Path:
    """Where a file that a study names lies: in a run folder its locked copy, else as it is named.

    Raises InputError where the copy was altered.
    """
    return locked_file(name, folder) or (folder or Path()) / name


def other_makers(folder: Path | None) -> str:
    """What differs between who made the lock in a folder and who reads it now, in words; "" where
    nothing does or there is no lock.
    """
    lock = read_lock(folder)
    if lock is None:
        return ""
    here = versions()
    moved = [
        f"{name} {was} then, {here.get(name, 'none')} now"
        for name, was in lock.versions.items()
        if here.get(name) != was
    ]
    if lock.catalogue != catalogue_digest():
        moved.append("another catalogue then")
    return f"this run was made by other versions ({'; '.join(moved)})" if moved else ""


@cache
def versions() -> dict[str, str]:
    """The version of everything that may move a figure."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


@cache
def catalogue_digest() -> str:
    """The SHA-256 of every file of every catalogue that comes along."""
    digest = sha256()
    for room in _ROOMS:
        shelf = files("headrace") / room / "catalogue"
        rows = sorted(shelf.iterdir(), key=lambda entry: entry.name) if shelf.is_dir() else ()
        for entry in rows:
            if entry.is_file():
                digest.update(f"{room}/{entry.name}\0".encode() + entry.read_bytes() + b"\0")
    return digest.hexdigest()


def plain_name(name: str) -> str:
    """A file's name with nothing in it that could lead anywhere, no longer than names may be."""
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)[-80:].lstrip(".") or "file"
