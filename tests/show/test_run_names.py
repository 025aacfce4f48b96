"""A new run never writes over an earlier one."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.show import run_names


def test_the_first_free_name_is_taken(tmp_path):
    assert run_names.free_folder(tmp_path, "x") == tmp_path / "x"
    (tmp_path / "x").mkdir()
    (tmp_path / "x-2").write_text("a file is in the way too")
    assert run_names.free_folder(tmp_path, "x") == tmp_path / "x-3"


def test_a_folder_that_is_full_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr(type(tmp_path), "exists", lambda path: True)
    with pytest.raises(InputError, match="full of runs"):
        run_names.free_folder(tmp_path, "x")
