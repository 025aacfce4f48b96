"""How large a study may be: counted before anything is built, and told with its size."""

from __future__ import annotations

import time

import pytest

from headrace.core.study import Study
from headrace.core.study_bounds import (
    _hours_kept,
    hour_faults,
    length_faults,
    size_faults,
    standing_faults,
    weather_faults,
)
from headrace.core.study_reader import parse_text

SOUND = """study: sound
horizon: {start: 2027-01, stages: [6 months, 12 months], hours: {blocks: [8000 h, 760 h]}}
technologies: {plant: {capex: 20 USD/kW}, cells: {kind: battery, capex: 1 USD/kW}}
sites:
  here:
    weather: a/b.csv
    grid: {limit: 9 MW, stands: 9 MW, energy: 60 USD/MWh}
    hall: {at_most: 9 MW, stands: 9 MW}
    build:
      plant: {use: plant, stands: 9 MW, at_most: 9 MW}
      cells: {use: cells, stands_energy: 9 MWh, at_most_energy: 9 MWh}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}
"""


def study(*changes: tuple[str, str], more: str = "") -> Study:
    text = SOUND + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return Study.model_validate(parse_text(text).data)


def only(found) -> tuple[str, str]:
    ((path, *words),) = list(found)
    return ".".join(map(str, path)), "; ".join(words)


def test_a_sound_study_is_within_bounds():
    for check in (hour_faults, length_faults, size_faults, standing_faults, weather_faults):
        assert list(check(study())) == []


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        ("limit: 9 MW", "limit: 8 MW", "sites.here.grid.stands"),
        ("{at_most: 9 MW", "{at_most: 8 MW", "sites.here.hall.stands"),
        ("stands: 9 MW, at_most", "stands: 10 MW, at_most", "sites.here.build.plant.stands"),
        ("stands_energy: 9", "stands_energy: 10", "sites.here.build.cells.stands_energy"),
    ],
)
def test_what_stands_is_no_more_than_what_may_stand(was, now, key):
    where, told = only(standing_faults(study((was, now))))
    assert where == key
    assert "what stands counts into it" in told


@pytest.mark.parametrize("blocks", ["876 h", "8760 h, 24 h", "1e9 h", "8759 h"])
def test_blocks_fill_a_year(blocks):
    where, told = only(hour_faults(study(("8000 h, 760 h", blocks))))
    assert where == "horizon.hours.blocks"
    assert "the 8760 h of a year" in told


@pytest.mark.parametrize(
    ("written", "key", "beside"),
    [
        ("weeks: 2, blocks: [8760 h]", "weeks", "blocks"),
        ("days: 2, blocks: [8760 h]", "days", "blocks"),
        ("weeks: 2, days: 3", "days", "weeks"),
    ],
)
def test_hours_are_kept_in_one_way(written, key, beside):
    where, told = only(hour_faults(study(("blocks: [8000 h, 760 h]", written))))
    assert where == f"horizon.hours.{key}"
    assert f"stands beside `{beside}`" in told


def test_days_are_counted_as_the_hours_they_keep():
    """A tree too large with all hours fits with one day of each node."""
    many = study(("blocks: [8000 h, 760 h]", "days: 3, extreme_days: 2"))
    assert _hours_kept(many, 12.0) == 24 * 3 + 24 * 2
    assert _hours_kept(study(("blocks: [8000 h, 760 h]", "weeks: 2, extreme_days: 0")), 12.0) == 336


@pytest.mark.parametrize(
    ("was", "now", "key"),
    [
        ("2027-01", "0000-01", "horizon.start"),
        ("2027-01", "9999-12", "horizon.start"),
        ("12 months]", "1e6 months]", "horizon.stages"),
        ("12 months]", "1.5 months]", "horizon.stages.1"),
    ],
)
def test_a_horizon_has_years_of_a_calendar(was, now, key):
    assert only(length_faults(study((was, now))))[0] == key


def beliefs(number: int, cases: int, probability: str = "10 %") -> str:
    held = ", ".join(f"c{i}: {{probability: {probability}, value: {i} %/a}}" for i in range(cases))
    return "beliefs:\n" + "".join(
        f'  b{i}: {{about: "demand:p{i}", before: 0 %/a, reveal: 2, cases: {{{held}}}}}\n'
        for i in range(number)
    )


def test_a_tree_is_counted_before_it_is_grown():
    """Twelve beliefs of ten cases: 10^12 nodes and the root, in no time."""
    began = time.perf_counter()
    where, told = only(size_faults(study(more=beliefs(12, 10))))
    assert time.perf_counter() - began < 1.0
    assert where == "beliefs"
    assert told.startswith("make a tree of 1,000,000,000,001 nodes; at most 10,000")


def test_what_never_happens_grows_no_node():
    assert list(size_faults(study(more=beliefs(12, 10, "0 %")))) == []


def test_hours_are_counted_with_nodes_and_sites():
    """4,914 nodes: one of 6 months and 17^3 of a year, 43.0 million hours, 69 GB; of two blocks
    9,828 hours; of two weeks and a day 1.8 million.
    """
    many = beliefs(3, 17)
    assert list(size_faults(study(more=many))) == []
    whole = study(("hours: {blocks: [8000 h, 760 h]}", "hours: all"), more=many)
    where, told = only(size_faults(whole))
    assert where == "beliefs"
    assert "4,914 nodes have 43,042,260 hours of operation, about 69 GB; at most 10,000,000" in told
    weeks = study(("hours: {blocks: [8000 h, 760 h]}", "hours: {weeks: 2}"), more=many)
    assert list(size_faults(weeks)) == []


@pytest.mark.parametrize("length", [256, 900])
def test_a_weather_file_has_a_name_that_a_file_can_have(length):
    where, told = only(weather_faults(study(("a/b.csv", "a/" + "b" * length))))
    assert where == "sites.here.weather"
    assert f"{length:,} characters" in told
