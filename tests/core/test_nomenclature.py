"""The page of names: every term it sets in code font is a name, a unit, a file or a written
quantity of the code.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from headrace.core import units
from headrace.core.quantities import read_real_rate

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "reference" / "nomenclature.md"
SOURCE = ROOT / "src" / "headrace"


def terms(text: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"`([^`\n]+)`", text)))


@cache
def names() -> frozenset[str]:
    """Classes, functions, parameters, fields and constants that the code defines, and the words its
    Literal types allow.
    """
    found: set[str] = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            found.update(_defined(node))
    return frozenset(found)


def _defined(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        yield node.name
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id
    elif isinstance(node, ast.Assign):
        yield from (target.id for target in node.targets if isinstance(target, ast.Name))
    elif (
        isinstance(node, ast.Subscript)
        and isinstance(node.value, ast.Name)
        and node.value.id == "Literal"
    ):
        yield from (
            inner.value
            for inner in ast.walk(node.slice)
            if isinstance(inner, ast.Constant) and isinstance(inner.value, str)
        )


def known(term: str) -> bool:
    if term in names() or (SOURCE / term).is_file() or term == "plan.json":
        return True
    if re.fullmatch(r"\d{4}-\d{2}", term):
        return True
    number = term if term[0].isdigit() and term != "1" else f"1 {term}"
    try:
        if number.endswith(" real"):
            read_real_rate(number)
            return True
        unit = number.split(" ", 1)[1]
        units.convert(1.0, unit, unit)
    except (units.UnitError, ValueError, IndexError):
        return False
    return True


@pytest.mark.parametrize("term", terms(PAGE.read_text(encoding="utf-8")))
def test_every_term_exists(term):
    assert known(term), f"`{term}` is on the page of names, but nowhere in the code"


@pytest.mark.parametrize(
    "term", ["lead_moons", "USD/parsec", "core/unity.py", "GPU_hours", "8 %/a nominal", "12"]
)
def test_an_invented_term_is_found_out(term):
    assert not known(term)


def test_the_page_names_what_matters():
    found = terms(PAGE.read_text(encoding="utf-8"))
    assert len(found) > 80
    assert {"Bus", "Converter", "Store", "Demand", "Asset", "alpha", "omega", "gap"} <= set(found)
