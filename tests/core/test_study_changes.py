"""A key names one place of a study, and one place only is changed."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.core.study_changes import changed, located
from headrace.core.study_reader import parse_text
from headrace.core.study_text import leaves

STUDY = """
study: tiny
horizon: {start: 2027-01, stages: [12 months, 24 months], hours: all}
technologies: {gas.new: {capex: 300 USD/kW}}
sites:
  here:
    grid: {limit: 60 MW}
    build: {plant: gas.new, gas.old: {use: gas.new}}
products: {power: {kind: electricity, site: here, demand: 10 MW, price: 120 USD/MWh}}
"""
DATA = parse_text(STUDY).data


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("sites.here.grid.limit", ("sites", "here", "grid", "limit")),
        ("sites.here.grid.queue", ("sites", "here", "grid", "queue")),  # not written, but known
        ("technologies.gas.new.capex", ("technologies", "gas.new", "capex")),
        (("technologies", "gas.new", "capex"), ("technologies", "gas.new", "capex")),
        ("sites.here.build.gas.old.at_most", ("sites", "here", "build", "gas.old", "at_most")),
        ("horizon.stages.1", ("horizon", "stages", 1)),
        (("horizon", "stages", 1), ("horizon", "stages", 1)),
        ("horizon.hours.weeks", ("horizon", "hours", "weeks")),
        ("carbon", ("carbon",)),
        (("sites", "new.site"), ("sites", "new.site")),  # a name of one's own
    ],
)
def test_a_key_leads_to_its_place(key, path):
    assert located(DATA, key) == path


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("sites.here.grid.limt", "`limt` is not a key of sites.here.grid. Did you mean `limit`?"),
        ("sites.heer.grid.limit", "`heer` is not a key of sites. Did you mean `here`?"),
        ("stes.here", "`stes` is not a key of a study. Did you mean `sites`?"),
        ("carbon.price", "`price` is not a key of carbon. Known: none."),
        ("horizon.stages.2", "`2` is no place in this list; expected 0 to 1."),
        ("horizon.stages.x", "`x` is no place in this list"),
        ("limits.spend.0", "expected no place: the list is empty"),
        ("", "`` is not a key of a study"),
    ],
)
def test_an_unknown_key_is_told_with_the_nearest(key, said):
    with pytest.raises(InputError) as told:
        located(DATA, key)
    assert said in str(told.value)


def test_all_unknown_keys_are_told_at_once():
    with pytest.raises(InputError) as told:
        changed(DATA, {"carbn": 1, "stes": 2, "carbon": "3 USD/t"})
    assert len(told.value.problems) == 2


def test_a_value_is_set_and_the_rest_stays():
    before = copy.deepcopy(DATA)
    told = changed(DATA, {"sites.here.grid.limit": "80 MW", "horizon.stages.1": "36 months"})
    assert told["sites"]["here"]["grid"] == {"limit": "80 MW"}
    assert told["horizon"]["stages"] == ["12 months", "36 months"]
    assert before == DATA


def test_a_bare_catalogue_key_becomes_the_part_that_uses_it():
    plant = changed(DATA, {"sites.here.build.plant.at_most": "9 MW"})["sites"]["here"]["build"]
    assert plant["plant"] == {"use": "gas.new", "at_most": "9 MW"}


def test_parts_on_the_way_are_made_and_all_hours_give_way():
    told = changed(DATA, {"horizon.hours.weeks": 1, "goal.risk.omega": 0.3})
    assert told["horizon"]["hours"] == {"weeks": 1}
    assert told["goal"] == {"risk": {"omega": 0.3}}


def test_none_takes_a_key_out():
    told = changed(DATA, {"sites.here.grid": None, "carbon": None})
    assert "grid" not in told["sites"]["here"]
    assert "carbon" not in told


@given(st.sampled_from(sorted(leaves(DATA), key=str)), st.text(max_size=5))
def test_one_change_moves_one_leaf(leaf, value):
    path, _ = leaf
    expected = dict(leaves(DATA)) | {path: value}
    assert dict(leaves(changed(DATA, {path: value}))) == expected
