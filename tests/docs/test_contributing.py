"""CONTRIBUTING: its worked examples work, read from top to bottom as a contributor would."""

from __future__ import annotations

import re

import pytest
from tests.builders.documents import FENCE, ROOT, read

from headrace.core import catalogue
from headrace.core.study_reader import parse_text, study_of
from headrace.energy import technology as technologies

PAGE = ROOT / "CONTRIBUTING.md"
SOURCE = ROOT / "src" / "headrace"


def section(title: str) -> str:
    return re.split(r"^## ", read(PAGE), flags=re.M)[_titles().index(title) + 1]


def _titles() -> list[str]:
    return re.findall(r"^## (.+)$", read(PAGE), re.M)


def run(text: str) -> dict[str, object]:
    """Execute the Python of a section, one block after the other."""
    names: dict[str, object] = {"__name__": "contributing"}
    for found in FENCE.finditer(text):
        if found[1] == "python":
            exec(compile(found[2], str(PAGE), "exec"), names)
    return names


@pytest.fixture
def with_row(tmp_path, monkeypatch):
    """The catalogue of energy with the example's row at the end of gas.yaml."""
    found = FENCE.search(section("A technology"))
    folder = tmp_path / "catalogue"
    folder.mkdir()
    for table in (SOURCE / "energy" / "catalogue").iterdir():
        folder.joinpath(table.name).write_bytes(table.read_bytes())
    with (folder / "gas.yaml").open("a", encoding="utf-8") as gas:
        gas.write("\n" + found[2])
    real = catalogue.files
    monkeypatch.setattr(
        catalogue, "files", lambda name: tmp_path if name == "headrace.energy" else real(name)
    )
    _forget()
    yield
    _forget()


def _forget() -> None:
    """Drop every kept table of the two catalogue modules."""
    for module in (catalogue, technologies):
        for each in vars(module).values():
            if hasattr(each, "cache_clear"):
                each.cache_clear()


def test_a_technology(with_row):
    names = run(section("A technology"))
    figures = names["row"].figures()
    assert {figure.status for figure in figures.values()} == {"assumption"}
    build = re.search(r"`build: (\{linear: .+?\})`", section("A technology"))[1]
    study = study_of(
        parse_text(
            "study: x\nhorizon: {start: 2027-01, stages: [12 months]}\n"
            f"sites: {{here: {{weather: 'tmy3:723170', build: {build}}}}}\n"
            "products: {power: {kind: electricity, site: here, demand: 1 MW, price: 90 USD/MWh}}\n"
        )
    )
    assert study.sites["here"].build["linear"].use == "gas.linear_generator"


def test_the_technology_of_the_example_does_not_ship():
    assert "gas.linear_generator" not in {each.key for each in technologies.technologies()}


@pytest.mark.parametrize("title", ["A constraint", "A risk measure", "A reader"])
def test_a_worked_example(title):
    assert run(section(title))


def test_every_room_of_the_walk_exists():
    rows = re.findall(r"^\| (`[^|]+`) \|", section("A walk through the house"), re.M)
    rooms = [room for row in rows for room in re.findall(r"`([\w/]+)`", row)]
    assert len(rooms) > 15
    assert all((SOURCE / room).is_dir() for room in rooms), rooms
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert packages <= {room.partition("/")[0] for room in rooms}


def test_every_place_to_add_something_exists():
    for row in re.findall(r"^\| (.+) \|$", section("Where do I add ..."), re.M)[2:]:
        for place in re.findall(r"`((?:\w+/)+[\w.]*|docs/\w+)`", row.split("|")[1]):
            inside = (SOURCE / place).exists() or (SOURCE / f"{place}.py").exists()
            assert inside or (ROOT / place).exists(), place
