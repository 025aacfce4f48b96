"""The package as a stranger meets it: its version, its docstring, `python -m headrace`."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import headrace


def test_the_version_is_that_of_the_distribution():
    assert headrace.__version__ == version("headrace")
    assert headrace.__doc__


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        headrace.nothing  # noqa: B018


def test_the_module_is_the_console_script():
    told = subprocess.run(
        [sys.executable, "-m", "headrace", "examples"], capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert "piedmont" in told.stdout
    wrong = [sys.executable, "-m", "headrace", "nonsense"]
    assert subprocess.run(wrong, capture_output=True, check=False).returncode == 2
