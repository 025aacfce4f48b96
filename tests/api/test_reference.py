"""What comes along is found by name, and a wrong name is told with the nearest."""

from __future__ import annotations

from importlib.resources import files

import pytest

from headrace.api import reference
from headrace.core.errors import InputError
from headrace.show import meaning
from headrace.verification import registry


def test_examples_are_those_that_can_be_read():
    found = reference.examples()
    assert {"piedmont", "gas_first"} <= set(found["name"])
    assert all(found["about"])


def test_the_catalogue_holds_every_room_that_has_one():
    rooms = {p.parent.parent.name for p in files("headrace").glob("*/catalogue/*.yaml")}
    assert rooms == set(meaning.ROOMS)
    keys = reference.catalogue()["key"]
    assert {"gas.engine", "nuclear.smr", "b200"} <= set(keys)


def test_a_row_has_value_unit_range_and_source():
    row = reference.catalogue("gas.engine")
    capex = next(line for line in row if line["figure"] == "capex")
    assert capex["unit"] == "USD/kW"
    assert capex["low"] <= capex["value"] <= capex["high"]
    assert capex["source"]


def test_an_accelerator_is_told_from_both_of_its_tables():
    assert len(set(reference.catalogue("b200")["table"])) == 2


def test_a_wrong_key_is_told_with_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean `gas\.engine`"):
        reference.catalogue("gas.engin")
    with pytest.raises(InputError, match="Did you mean `carbon`"):
        reference.explain("carbn")
    with pytest.raises(InputError, match="Did you mean `plan`"):
        reference.schema("plann")


def test_a_key_is_explained_with_its_unit():
    assert "MW" in reference.explain("sites.grid.limit")


def test_both_files_have_a_schema():
    assert "sites" in reference.schema()["properties"]
    assert "OrderRecord" in reference.schema("plan")["$defs"]


def test_a_check_is_run_and_told(monkeypatch):
    def run():
        return registry.CheckOutcome(1.0, 1.25)

    check = registry.Check("room.topic", "a figure", "MW", 0.3, "somebody", run)
    monkeypatch.setattr(registry, "registered", lambda only=None: (check,))
    (row,) = reference.verify()
    assert (row["id"], row["status"], row["ours"]) == ("room.topic", "pass", 1.0)
    assert row["deviation"] == pytest.approx(0.2)
    monkeypatch.setattr(
        registry, "registered", lambda only=None: () if only is not None else (check,)
    )
    with pytest.raises(InputError, match="Did you mean `room`"):
        reference.verify("rom")
