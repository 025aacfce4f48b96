"""gzip, bounded by what it unpacks to: a small file may hold a very large one."""

from __future__ import annotations

import zlib
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import open_input

_STEP = 1 << 20
_GZIP = 31  # zlib's window with the header of gzip


def unpacked(path: Path, most: int, expected: str = "") -> bytes:
    """The bytes of a file, unpacked where its name ends in `.gz`: at most `most` [byte] of them.

    Raises InputError where it is larger, packed or unpacked, or its stream is damaged.
    """
    packed = path.suffix.lower() == ".gz"
    # what cannot be packed is a little larger afterwards
    largest = most + most // 100 + _STEP if packed else most
    with open_input(path, largest, expected) as stream:
        if not packed:
            return stream.read(most)
        try:
            return _gunzipped(stream.read(largest), path, most)
        except zlib.error as error:
            found = f"is no whole gzip file: {error}"
            raise InputError(InputFault(Place(str(path)), found, expected)) from None


def _gunzipped(packed: bytes, path: Path, most: int) -> bytes:
    """Every member of a gzip file, one after another. Raises zlib.error, InputError."""
    parts: list[bytes] = []
    size = 0
    while packed.strip(b"\0"):  # padding with zeros may follow the last member
        member = zlib.decompressobj(_GZIP)
        while not member.eof:
            part = member.decompress(packed, _STEP)
            size += len(part)
            parts.append(part)
            packed = member.unused_data if member.eof else member.unconsumed_tail
            if size > most:
                found = f"unpacks to more than {most:,} bytes"
                raise InputError(InputFault(Place(str(path)), found, f"at most {most:,} bytes"))
            if not part and not packed and not member.eof:
                raise zlib.error("it ends too early")
    return b"".join(parts)
