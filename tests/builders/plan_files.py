"""Plan files at random, derived from the records themselves, and a checker of JSON Schemas.

Only what a reader would refuse is left out: NaN, a tree of two roots, flows of unknown nodes.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from headrace.core.plan_file import FlowRecord, NodeRecord, PlanFile

FLOATS = st.floats(-1e12, 1e12, allow_nan=False)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=6)
SCALARS = {
    float: FLOATS,
    int: st.integers(-(2**40), 2**40),
    str: TEXTS,
    bool: st.booleans(),
    type(None): st.none(),
}


def values(wanted) -> st.SearchStrategy:
    """Any value that a field of this type may have."""
    origin, parts = get_origin(wanted), get_args(wanted)
    if is_dataclass(wanted):
        hints = get_type_hints(wanted)
        return st.builds(wanted, **{f.name: values(hints[f.name]) for f in fields(wanted)})
    if origin in (types.UnionType, Union):
        return st.one_of(*map(values, parts))
    if origin is Literal:
        return st.sampled_from(parts)
    if origin is tuple:
        return st.lists(values(parts[0]), max_size=2).map(tuple)
    if origin is Mapping:
        return st.dictionaries(TEXTS, values(parts[1]), max_size=2)
    return SCALARS[wanted]


@st.composite
def plan_files(draw) -> PlanFile:
    """A plan file that a reader accepts."""
    nodes = draw(st.lists(values(NodeRecord), min_size=1, max_size=4))
    tree = tuple(
        replace(node, id=i, parent=draw(st.integers(0, i - 1)) if i else None)
        for i, node in enumerate(nodes)
    )
    flows = draw(st.lists(values(FlowRecord), max_size=2))
    return replace(
        draw(values(PlanFile)),
        schema_version=1,
        objective_usd=draw(FLOATS),
        tree=tree,
        flows=tuple(replace(flow, node=0) for flow in flows),
    )


def misfits(schema: Mapping, value, root: Mapping | None = None, key: str = "") -> Iterator[str]:
    """Where a plain JSON value breaks a schema: the words of draft 2020-12 that our schemas use.

    Raises KeyError or AssertionError for a word that is not known here.
    """
    root = schema if root is None else root
    assert set(schema) <= {
        *("$schema", "$defs", "$ref", "title", "description", "type", "properties", "required"),
        *("items", "additionalProperties", "enum", "anyOf"),
    }
    if "$ref" in schema:
        yield from misfits(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], value, root, key)
    if "anyOf" in schema:
        tried = [list(misfits(choice, value, root, key)) for choice in schema["anyOf"]]
        if all(tried):
            yield from tried[0]
    if "enum" in schema and value not in schema["enum"]:
        yield f"{key}: {value!r} is none of {schema['enum']}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{key}: {value!r} is no {schema['type']}"
        return
    yield from _inside(schema, value, root, key)


def _inside(schema: Mapping, value, root: Mapping, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (f"{key}.{n} is missing" for n in schema.get("required", ()) if n not in value)
        known = schema.get("properties", {})
        for name, entry in value.items():
            inner = known.get(name, schema.get("additionalProperties"))
            if inner is not None:
                yield from misfits(inner, entry, root, f"{key}.{name}")
    if isinstance(value, list) and "anyOf" not in schema:
        for place, entry in enumerate(value):
            yield from misfits(schema["items"], entry, root, f"{key}[{place}]")


def _is(value, kind: str) -> bool:
    if kind in ("number", "integer"):
        whole = isinstance(value, int) or (kind == "number" and isinstance(value, float))
        return whole and not isinstance(value, bool)
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
    return isinstance(value, kinds[kind])
