"""The page of names: every term it sets in code font is a name, a unit, a file or a written
quantity of the code; every symbol of a theory page stands on it with its name and place.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

import pytest
from tests.builders.documents import DOCS, ROOT, read, symbols

from headrace.core import units
from headrace.core.quantities import read_real_rate

PAGE = DOCS / "reference" / "nomenclature.md"
SOURCE = ROOT / "src" / "headrace"
THEORY = [page for page in sorted((DOCS / "theory").glob("*.md")) if page.stem != "index"]
PLACE = re.compile(r"^\| .+ \| `(\w+)` \| `([\w/.]+)` \|$", re.M)


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


@pytest.mark.parametrize("term", terms(PLACE.sub("", read(PAGE))))
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


def section(page: str) -> str:
    """The symbols of one theory page on the page of names."""
    return re.search(rf"^### [^\n]*/{page}\.md\)\n(.*?)(?=^##|\Z)", read(PAGE), re.M | re.S)[1]


@cache
def words(file: str) -> frozenset[str]:
    """Every identifier of a file: names, attributes, parameters, and fields of its records."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((SOURCE / file).read_text(encoding="utf-8"))):
        found.update(_defined(node))
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return frozenset(found)


@pytest.mark.parametrize(("name", "file"), sorted(set(PLACE.findall(read(PAGE)))))
def test_a_name_is_met_where_the_page_says(name, file):
    assert name in words(file), f"`{name}` is not in {file}"


def test_symbols_and_words_of_the_solver_have_places():
    assert len(PLACE.findall(read(PAGE))) > 70


@pytest.mark.parametrize("page", THEORY, ids=lambda page: page.stem)
def test_every_symbol_of_a_theory_page_is_explained(page):
    used, explained = symbols(read(page)), symbols(section(page.stem))
    assert used
    assert used <= explained, sorted(used - explained)


@pytest.mark.parametrize("page", THEORY, ids=lambda page: page.stem)
def test_no_symbol_is_explained_that_a_page_does_not_use(page):
    assert symbols(section(page.stem)) <= symbols(read(page)) | {r"\kappa", r"\tau"}


@pytest.mark.parametrize("page", THEORY, ids=lambda page: page.stem)
def test_a_theory_page_lists_its_files(page):
    files = re.findall(r"`(\w[\w/]+\.py)`", read(page).split("## Files")[1])
    assert len(files) >= 4
    folder = ""
    for file in files:
        folder = file.rpartition("/")[0] or folder
        bare = file.rpartition("/")[2]
        assert any(SOURCE.rglob(bare)), file
