"""Records to plain JSON and back: nothing is lost, every fault is named, the schema says
the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import pytest
from hypothesis import given
from tests.builders.plan_files import misfits, values

from headrace.core.json_records import (
    FILE_ONLY,
    MOST_PROBLEMS,
    WHERE_KNOWN,
    Reader,
    encode,
    schema,
)


@dataclass(frozen=True)
class Wheel:
    """A wheel of so many spokes."""

    spokes: int
    rim: Literal["steel", "wood"] = "steel"


@dataclass(frozen=True)
class Cart:
    """A cart.

    weight: [kg].
    """

    name: str
    weight: float
    owner: str | None
    wheels: tuple[Wheel, ...] = ()
    spare: Wheel | None = field(default=None, metadata=WHERE_KNOWN)
    tags: Mapping[str, float | str] = field(default_factory=dict)
    kind: Literal["ox", "hand"] | None = None
    sold: bool = field(default=False, metadata=FILE_ONLY)


CART = Cart("hay", 80.5, None, (Wheel(12), Wheel(10, "wood")), tags={"axle": 2.0, "paint": "red"})


def read(raw: object) -> tuple[Cart | None, list[str]]:
    reader = Reader("cart.json")
    return reader.value(Cart, raw, ""), [str(problem) for problem in reader.problems]


def test_a_record_is_written_with_every_field():
    assert encode(CART) == {
        "name": "hay",
        "weight": 80.5,
        "owner": None,
        "wheels": [{"spokes": 12, "rim": "steel"}, {"spokes": 10, "rim": "wood"}],
        "spare": None,
        "tags": {"axle": 2.0, "paint": "red"},
        "kind": None,
        "sold": False,
    }


def test_its_brief_form_leaves_out_what_is_marked():
    assert set(encode(Cart("hay", 1.0, None), brief=True)) == {
        *("name", "weight", "owner", "wheels", "tags", "kind")
    }
    assert encode(Cart("hay", 1.0, None, spare=Wheel(9)), brief=True)["spare"] == {
        "spokes": 9,
        "rim": "steel",
    }


@given(values(Cart))
def test_what_is_written_is_read_back(cart):
    raw = json.loads(json.dumps(encode(cart)))
    assert read(raw) == (cart, [])
    assert list(misfits(schema(Cart, "cart"), raw)) == []


def test_a_whole_number_is_a_number_and_a_null_is_not_given():
    cart, faults = read({"name": "hay", "weight": 80, "owner": None, "wheels": None, "sold": None})
    assert (cart, faults) == (Cart("hay", 80.0, None), [])
    assert isinstance(cart.weight, float)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"weight": True}, "weight: true; expected a finite number"),
        ({"weight": float("nan")}, "weight: nan; expected a finite number"),
        ({"weight": 10**400}, "expected a finite number"),
        ({"name": 3}, "name: 3; expected text"),
        ({"owner": []}, "owner: []; expected text"),
        ({"wheels": {}}, "wheels: {} is not a list"),
        ({"wheels": [{"spokes": 2.5}]}, "wheels[0].spokes: 2.5; expected a whole number"),
        ({"wheels": [{"spokes": True}]}, "wheels[0].spokes: true; expected a whole number"),
        ({"wheels": [{}]}, "wheels[0].spokes: is missing"),
        ({"wheels": ["round"]}, 'wheels[0]: "round" is not an object'),
        ({"spare": {"spokes": 1, "rim": "gold"}}, 'spare.rim: "gold"; expected one of steel, wood'),
        ({"kind": "mule"}, 'kind: "mule"; expected one of ox, hand'),
        ({"tags": {"axle": None}}, "tags.axle: null"),
        ({"tags": []}, "tags: [] is not an object"),
        ({"sold": 1}, "sold: 1; expected true or false"),
    ],
)
def test_each_fault_names_its_place(change, fault):
    good = {"name": "hay", "weight": 1.0, "owner": "Ann"}
    _, faults = read(good | change)
    assert len(faults) == 1
    assert fault in faults[0].replace("cart.json  ", "")


def test_all_faults_come_at_once_but_not_without_end():
    _, faults = read({"weight": "x", "wheels": [{"spokes": "y"}, {}]})
    assert len(faults) == 5  # name, weight, owner, wheels[0].spokes, wheels[1].spokes
    _, faults = read({"name": "hay", "weight": 1, "owner": None, "wheels": [{}] * 999})
    assert len(faults) == MOST_PROBLEMS


def test_the_schema_is_that_of_the_dataclass():
    found = schema(Cart, "a cart")
    assert found["$ref"] == "#/$defs/Cart"
    assert set(found["$defs"]) == {"Cart", "Wheel"}
    cart = found["$defs"]["Cart"]
    assert cart["required"] == ["name", "weight", "owner"]
    assert cart["description"] == "A cart.\n\nweight: [kg]."
    assert cart["properties"]["owner"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert found["$defs"]["Wheel"]["properties"]["rim"] == {"enum": ["steel", "wood"]}


@pytest.mark.parametrize(
    "change",
    [{"weight": "1"}, {"kind": "mule"}, {"wheels": [{}]}, {"owner": 3}, {"tags": {"a": []}}],
)
def test_the_schema_refuses_what_the_reader_refuses(change):
    raw = encode(CART) | change
    assert read(raw)[1]
    assert list(misfits(schema(Cart, "cart"), raw))
