"""The package as a stranger meets it: its version, its docstring, `python -m headrace`."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

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


NAMES = (
    *("HeadraceError", "InputError", "Plan", "Study", "Table", "__version__"),
    *("ask", "audit", "catalogue", "compare", "discover", "examples", "explain", "fleet"),
    *("forecast", "integrate", "open", "read", "schema", "score", "settle", "size", "sweep"),
    *("tariff", "tree", "verify"),
)
"""What `import headrace as hr` offers; a name goes only as CONTRIBUTING promises."""


def test_the_public_names_are_these():
    assert set(NAMES) <= set(dir(headrace))
    assert {*headrace._PLACES, "__version__"} == set(NAMES)
    assert set(headrace.__all__) == set(NAMES) - {"open"}
    for name in NAMES:
        assert getattr(headrace, name).__doc__, name


def test_the_stub_names_the_same():
    stub = ast.parse(Path(headrace.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imported = {
        alias.asname: f"{node.module}:{alias.name}"
        for node in stub.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    rooms = {name: f".{place}" for name, place in headrace._PLACES.items()}
    assert set(imported) == set(rooms)
    assert all(imported[name].endswith(rooms[name]) for name in rooms)
    (offered,) = (node for node in stub.body if isinstance(node, ast.Assign))
    assert tuple(ast.literal_eval(offered.value)) == NAMES


def test_a_star_leaves_pythons_own_open_alone():
    inside: dict = {}
    exec("from headrace import *", inside)
    assert "open" not in inside
    assert "read" in inside


def test_the_import_is_quick_and_brings_nothing():
    """Measured inside the process, the least of five: other work of the machine is not ours."""
    code = (
        "import sys, time; before = set(sys.modules); began = time.perf_counter(); import headrace;"
        "print(time.perf_counter() - began, *sorted({m.split('.')[0] for m in sys.modules}))"
    )
    least = float("inf")
    for _ in range(5):
        told = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        seconds, *modules = told.stdout.split()
        assert not {"numpy", "pydantic", "rich", "pandas"} & set(modules)
        least = min(least, float(seconds))
        if least < 0.05:
            break
    assert least < 0.05


@pytest.mark.parametrize(
    ("before", "asked", "told"),
    [("", "", "1"), ("", "4", "4"), ("numpy, ", "", "None")],
)
def test_threads_of_blas_are_those_of_the_command_line_unless_somebody_chose(before, asked, told):
    code = (
        f"import os, {before}headrace; headrace.read; print(os.environ.get('OPENBLAS_NUM_THREADS'))"
    )
    world = {k: v for k, v in os.environ.items() if k != "OPENBLAS_NUM_THREADS"}
    world |= {"OPENBLAS_NUM_THREADS": asked} if asked else {}
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=world, check=True
    )
    assert found.stdout.strip() == told
