"""How arrays are stored."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from headrace.core import arrays
from headrace.core.arrays import open_arrays, save_arrays


def test_arrays_come_back_as_they_were(tmp_path: Path) -> None:
    """One larger than a block, an empty one and a text among them."""
    stored = {
        "a": np.arange(300_000.0),
        "none": np.empty((0, 3)),
        "word": np.array("digest"),
        "flags": np.array([[True], [False]]),
    }
    save_arrays(tmp_path / "x.npz", stored)
    assert zipfile.ZipFile(tmp_path / "x.npz").testzip() is None
    with np.load(tmp_path / "x.npz", allow_pickle=False) as found:
        assert set(found.files) == set(stored)
        for name, array in stored.items():
            np.testing.assert_array_equal(found[name], array)
            assert found[name].dtype == array.dtype


def test_small_arrays_are_one_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each write is a place where a disk may fail."""
    sizes: list[int] = []

    class Counted(arrays._Forward):
        def write(self, content) -> int:
            sizes.append(len(content))
            return super().write(content)

    monkeypatch.setattr(arrays, "_Forward", Counted)
    save_arrays(tmp_path / "x.npz", {f"a{n}": np.arange(9.0) for n in range(50)})
    assert sizes == [(tmp_path / "x.npz").stat().st_size]


def test_what_unpacks_to_more_than_it_weighs_is_refused_unread(tmp_path: Path) -> None:
    save_arrays(tmp_path / "ours.npz", {"a": np.zeros(2_000_000)})
    with open_arrays(tmp_path / "ours.npz") as stored:
        assert len(stored["a"]) == 2_000_000
    np.savez_compressed(tmp_path / "bomb.npz", a=np.zeros(2_000_000))
    with pytest.raises(ValueError, match="unpacks to more"), open_arrays(tmp_path / "bomb.npz"):
        pass
    np.save(tmp_path / "one.npy", np.zeros(3))
    with pytest.raises(zipfile.BadZipFile), open_arrays(tmp_path / "one.npy"):
        pass
    os.mkfifo(tmp_path / "pipe.npz")  # would be waited for
    with pytest.raises(FileNotFoundError), open_arrays(tmp_path / "pipe.npz"):
        pass
