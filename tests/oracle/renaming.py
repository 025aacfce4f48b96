"""A study with other names for its sites, plants, technologies, fuels, products, chips, models,
nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Written = dict[str, Any]
Rename = Callable[[str, str], str]
"""(kind of thing, its name) to its new name; the same pair always gives the same name."""


def renamed(written: Mapping[str, Any], rename: Rename) -> Written:
    """The same study under the names that `rename` gives."""
    return {key: _PARTS.get(key, _same)(part, rename) for key, part in written.items()}


def _same(part: Any, rename: Rename) -> Any:
    return part


def _keys(kind: str, inner: Callable[[Any, Rename], Any] = _same) -> Callable[[Any, Rename], Any]:
    def apply(part: Mapping[str, Any], rename: Rename) -> Written:
        return {rename(kind, name): inner(one, rename) for name, one in part.items()}

    return apply


def _technology(one: Written, rename: Rename) -> Written:
    return one | ({"fuel": rename("fuel", one["fuel"])} if "fuel" in one else {})


def _build(one: Any, rename: Rename) -> Any:
    if isinstance(one, str):
        return rename("technology", one)
    return one | {"use": rename("technology", one["use"])}


def _site(one: Written, rename: Rename) -> Written:
    build = _keys("plant", _build)(one.get("build", {}), rename)
    return one | ({"build": build} if build else {})


def _product(one: Written, rename: Rename) -> Written:
    found = dict(one)
    if "site" in one:
        found["site"] = rename("site", one["site"])
    if "model" in one:
        found["model"] = rename("model", one["model"])
    return found


def _chip(one: Any, rename: Rename) -> Any:
    if isinstance(one, str) or "stands" not in one:
        return one
    return one | {"stands": _keys("site")(one["stands"], rename)}


def _fleet(part: Written, rename: Rename) -> Written:
    bought = {"may_buy": _keys("chip", _chip)(part.get("may_buy", {}), rename)}
    rented = _keys("chip")(part.get("may_rent", {}), rename)
    return part | bought | ({"may_rent": rented} if rented else {})


def _about(about: str, rename: Rename) -> str:
    kind, colon, name = about.partition(":")
    if not colon:
        return about
    what = {"demand": "product", "fuel": "fuel", "capex": "technology", "rent": "chip"}[kind]
    return f"{kind}:{rename(what, name)}"


def _belief(one: Written, rename: Rename) -> Written:
    cases = _keys("case")(one["cases"], rename)
    return one | {"about": _about(one["about"], rename), "cases": cases}


def _node(one: Written, rename: Rename) -> Written:
    found = one | {"node": rename("node", one["node"])}
    if "parent" in one:
        found["parent"] = rename("node", one["parent"])
    if "values" in one:
        found["values"] = {_about(key, rename): value for key, value in one["values"].items()}
    if "demand" in one:
        found["demand"] = _keys("product")(one["demand"], rename)
    return found


def _tree(part: list[Written], rename: Rename) -> list[Written]:
    return [_node(one, rename) for one in part]


_PARTS: dict[str, Callable[[Any, Rename], Any]] = {
    "fuels": _keys("fuel"),
    "technologies": _keys("technology", _technology),
    "sites": _keys("site", _site),
    "products": _keys("product", _product),
    "models": _keys("model"),
    "fleet": _fleet,
    "beliefs": _keys("belief", _belief),
    "tree": _tree,
}
