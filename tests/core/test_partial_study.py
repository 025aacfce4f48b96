"""What is checked of a study of which something cannot be read: all that is sure, nothing else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from headrace.core.partial_study import readable, what_can_be_checked, written_path
from headrace.core.study_reader import parse_text

STUDY = """study: half
horizon: {start: 2027-01, stages: [6 months, 12 months]}
fuels: {gas: {price: 4 USD/MMBtu}, oil: {price: 9 USD/MMBtu}}
technologies:
  plant: {capex: 20 USD/kW, fuel: gas, heat_rate: 7 MMBtu/MWh}
  spare: {capex: 20 USD/kW, fuel: gsa, heat_rate: 7 MMBtu/MWh}
sites:
  here: {build: {plant: {use: plant, at_most: 20 MW}}}
  there: {grid: {limit: 5 MW, stands: 9 MW, energy: 5 USD/MWh}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}
  other: {kind: electricity, site: hree, demand: 10 MW, price: 60 USD/MWh}
"""


def places_of(part: Any, path: tuple = ()) -> Iterator[tuple]:
    """The paths of every key of a document."""
    inside = (
        part.items()
        if isinstance(part, dict)
        else enumerate(part)
        if isinstance(part, list)
        else ()
    )
    for key, value in inside:
        yield (*path, key)
        yield from places_of(value, (*path, key))


def told(text: str) -> list[str]:
    data = parse_text(text).data
    found = what_can_be_checked(data, set(places_of(data)))
    return sorted(".".join(map(str, path)) for path, *_ in found)


WHOLE = ["products.other.site", "sites.there.grid.stands", "technologies.spare.fuel"]


def test_of_a_study_that_can_be_read_all_is_checked() -> None:
    assert told(STUDY) == WHOLE


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("price: 4 USD/MMBtu", "price: 4 USD/kg"),
        ("at_most: 20 MW", "at_most: 20 parsecs"),
        ("start: 2027-01", "start: someday"),
        ("heat_rate: 7 MMBtu/MWh}\n  spare", "heat_rate: seven}\n  spare"),
        ("price: 60 USD/MWh}\n  other", "prise: 60 USD/MWh}\n  other"),
        ("study: half", "study: half\nstduy: half"),
        ("6 months, ", "six months, "),
    ],
)
def test_what_cannot_be_read_hides_no_fault_elsewhere(was: str, now: str) -> None:
    assert was in STUDY
    assert told(STUDY.replace(was, now)) == WHOLE


@pytest.mark.parametrize(
    ("was", "now", "hidden"),
    [
        # the fuel may be what the broken part would have named, and the part holds other faults
        ("fuel: gsa, heat_rate: 7 MMBtu/MWh", "fuel: gsa, heat_rate: x", WHOLE[2]),
        ("limit: 5 MW", "limit: 5 cows", "sites.there.grid.stands"),
        ("site: hree, demand", "site: hree, availability: lots, demand", "products.other.site"),
    ],
)
def test_faults_of_the_part_in_doubt_are_not_told(was: str, now: str, hidden: str) -> None:
    assert was in STUDY
    assert told(STUDY.replace(was, now)) == [path for path in WHOLE if path != hidden]


def test_names_of_a_table_that_goes_are_not_missed() -> None:
    """`fuels` cannot be read: whether `gas` is one nobody knows, nor whether `gsa` is."""
    broken = STUDY.replace(
        "fuels: {gas: {price: 4 USD/MMBtu}, oil: {price: 9 USD/MMBtu}}", "fuels: [gas, gsa]"
    )
    assert told(broken) == ["products.other.site", "sites.there.grid.stands"]


def test_a_misspelt_table_takes_its_names_with_it() -> None:
    """Nothing is said of `plant`, which stands in the table whose key is unknown."""
    found = told(STUDY.replace("technologies:", "tecnologies:"))
    assert found == ["products.other.site", "sites.there.grid.stands"]


@pytest.mark.parametrize("text", ["[]", "3", "study: x\nhorizon: []\nsites: 3\nproducts: 4\n"])
def test_of_what_is_no_study_nothing_is_checked(text: str) -> None:
    data = parse_text(text).data if text.startswith("study") else eval(text)
    assert readable(data, set(places_of(data))) is None
    assert list(what_can_be_checked(data, set(places_of(data)))) == []


def test_the_document_stays_as_it_was() -> None:
    data = parse_text(
        STUDY.replace("4 USD/MMBtu", "4 USD/kg").replace("site: here", "sit: here")
    ).data
    before = copy.deepcopy(data)
    part = readable(data, set(places_of(data)))
    assert part is not None
    assert data == before
    assert ("fuels", "gas") in part.unsure
    assert ("products", "power") in part.unsure


def test_a_fault_is_sure_beside_a_part_in_doubt_and_neither_above_nor_in_it() -> None:
    data = parse_text(STUDY.replace("4 USD/MMBtu", "4 USD/kg")).data
    part = readable(data, set(places_of(data)))
    assert part is not None
    assert part.sure(("fuels", "oil", "price"), "")
    assert not part.sure(("fuels", "gas", "co2"), "")
    assert not part.sure(("fuels",), "")
    assert not part.sure((), "")


def test_members_of_a_union_are_no_steps_of_a_path() -> None:
    places = {("a",), ("a", "b"), ("a", "b", "c")}
    assert written_path(("a", "function-after[x]", "b", "c"), places) == ("a", "b", "c")
    assert written_path(("a", "b", "new"), places) == ("a", "b", "new")
