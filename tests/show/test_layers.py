"""The floors of show: format, draw, figures, reports, then the terminal and the app side by side;
and the table of contents of each package.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import headrace.show

ROOT = Path(headrace.show.__file__).parent
ALONE = {"comparison", "editor_schema", "examples", "meaning", "run_names"}
BELOW = {
    "format": set(),
    "draw": {"format"},
    "figures": {"format", "draw"},
    "reports": {"format", "draw", "figures"},
    "statements": {"format", "draw", "figures", "reports"},
    "cli": {"format", "figures", "reports", "statements", *ALONE},
    "app": {"format", "figures", "reports", "comparison", "examples", "run_names"},
}


def imported(path: Path) -> set[str]:
    """The parts of show that a file imports, lazy and type-only imports included."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("headrace.show"):
            parts = (node.module or "").split(".")[2:]
            found |= {parts[0]} if parts else {alias.name for alias in node.names}
    return found


def test_no_file_imports_a_floor_above_or_beside_it():
    wrong = [
        f"{path.relative_to(ROOT)} imports {other}"
        for floor, below in BELOW.items()
        for path in (ROOT / floor).rglob("*.py")
        for other in imported(path) - below - {floor}
    ]
    # the one door between the two: `headrace app` starts the app
    assert wrong == ["cli/app.py imports app"]


@pytest.mark.parametrize("package", [".", *BELOW])
def test_a_package_begins_with_its_table_of_contents(package):
    """Every file of a package is named in the docstring of its `__init__`, and no other is."""
    folder = ROOT / package
    told = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8")))
    words = set((told or "").replace(";", " ").split())
    files = {path.name for path in folder.glob("*.py")} - {"__init__.py", "__main__.py"}
    assert files <= words
    assert {word for word in words if word.endswith(".py")} <= files | {"__init__.py"}
