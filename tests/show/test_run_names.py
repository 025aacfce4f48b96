"""A new run never writes over an earlier one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from headrace.core.errors import InputError
from headrace.show import run_names


def test_the_first_free_name_is_taken(tmp_path):
    assert run_names.free_folder(tmp_path, "x") == tmp_path / "x"
    (tmp_path / "x-2").write_text("a file is in the way too")
    assert run_names.free_folder(tmp_path, "x") == tmp_path / "x-3"


def test_a_folder_that_is_full_is_said(tmp_path, monkeypatch):
    def there(path, **options) -> None:
        raise FileExistsError

    monkeypatch.setattr(type(tmp_path), "mkdir", there)
    with pytest.raises(InputError, match="full of runs"):
        run_names.free_folder(tmp_path, "x")


def test_two_that_begin_at_once_do_not_meet(tmp_path):
    """Each takes its folder by making it, so that no look and no making can be between."""
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: run_names.free_folder(tmp_path / "runs", "x"), range(24)))
    assert len(set(found)) == 24
    assert all(folder.is_dir() for folder in found)
