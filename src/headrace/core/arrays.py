"""The array types that every room speaks of, the length of the year they are written in, and how
they are stored.
"""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile, ZipFile

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

Hourly = Floats | float
"""One number for every hour of the weather year, shape (8760,), or the same number for all."""

HOURS_PER_YEAR = 8760
"""Hours of the weather year [h]; its 29th of February, if any, is left out."""

HOURS_PER_MONTH = HOURS_PER_YEAR / 12
"""Hours of a mean month [h]."""

UNREADABLE = (ValueError, KeyError, EOFError, MemoryError, zlib.error, BadZipFile)
"""What comes of reading arrays from a file that is damaged, packed or of other arrays: a header may
promise more numbers than there is memory for.
"""


def single(array: Floats) -> Floats:
    """Numbers in single precision [any], to be kept in half the room; what it cannot hold is at
    its ends.
    """
    most = float(np.finfo(np.float32).max)
    return np.asarray(np.clip(array, -most, most), dtype=np.float32)  # type: ignore[return-value]


class _Forward(io.FileIO):
    """A file that is written from its beginning to its end, without a way back."""

    def seekable(self) -> bool:
        return False

    def tell(self) -> int:
        raise io.UnsupportedOperation("tell")


def save_arrays(path: Path, arrays: Mapping[str, NDArray[np.generic]]) -> None:
    """`np.savez` in blocks of a megabyte: going back to the head of every array, as it does where
    it can, makes three small writes of each. Raises OSError.
    """
    with io.BufferedWriter(_Forward(path, "w"), 1 << 20) as stream:
        np.savez(stream, **arrays)  # type: ignore[arg-type]


@contextmanager
def open_arrays(path: Path) -> Iterator[NpzFile]:
    """What `save_arrays` stored, read array by array as it is asked for.

    Nothing of ours is packed: an archive that unpacks to more than it weighs is refused by the
    sizes that it lists, before anything is read. Raises OSError where there is no regular file, one
    of UNREADABLE where it is none of ours, also while an array of it is read.
    """
    if not path.is_file():  # a pipe would be waited for
        raise FileNotFoundError(path)
    with ZipFile(path) as archive:
        if sum(one.file_size for one in archive.infolist()) > path.stat().st_size:
            raise ValueError(f"{path.name} unpacks to more than it weighs")
    with np.load(path, allow_pickle=False) as stored:
        yield stored
