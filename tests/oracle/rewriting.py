"""Studies written otherwise that mean the same, or the same in twice as many dollars."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from random import Random
from typing import Any

from tests.oracle.renaming import renamed
from tests.oracle.study_generator import NAMES

Written = dict[str, Any]


def under_other_names(written: Mapping[str, Any], seed: int) -> Written:
    """Every name replaced by another hostile one, of its kind different from all others."""
    random, given, left = Random(seed), {}, {}

    def rename(kind: str, name: str) -> str:
        if (kind, name) not in given:
            pool = left.setdefault(kind, random.sample(NAMES, len(NAMES)))
            given[kind, name] = pool.pop()
        return given[kind, name]

    return renamed(written, rename)


def permuted(part: Any, random: Random) -> Any:
    """Every mapping in another order; sequences keep theirs."""
    if isinstance(part, Mapping):
        keys = random.sample(list(part), len(part))
        return {key: permuted(part[key], random) for key in keys}
    return [permuted(one, random) for one in part] if isinstance(part, list) else part


def _halved(quantity: str) -> str:
    number, _, unit = quantity.partition(" ")
    return f"{float(number) / 2!r} {unit}"


def option_split(written: Mapping[str, Any]) -> Written:
    """The first thing that may be built with a limit, as two halves of it."""
    found = copy.deepcopy(dict(written))
    for site in found["sites"].values():
        for name, build in site["build"].items():
            if isinstance(build, dict) and "at_most" in build:
                keys = ("at_most", "at_most_energy", "stands", "stands_energy")
                half = build | {key: _halved(build[key]) for key in keys if key in build}
                site["build"] |= {name: half, f"{name} again": copy.deepcopy(half)}
                return found
    return found


def product_split(written: Mapping[str, Any]) -> Written:
    """The last product as two, each with half the demand."""
    found = copy.deepcopy(dict(written))
    name, product = list(found["products"].items())[-1]
    half = product | {"demand": _halved(product["demand"])}
    found["products"] |= {name: half, f"{name} again": dict(half)}
    for node in found.get("tree", []):
        blocks = node.get("demand", {})
        if name in blocks:
            halves = [_halved(one) for one in blocks[name]]
            node["demand"] = blocks | {name: halves, f"{name} again": halves}
    return found


def can_split_product(written: Mapping[str, Any]) -> bool:
    """Whether no belief is about the growth of the last product alone."""
    name = list(written["products"])[-1]
    trees = [node.get("values", {}) for node in written.get("tree", [])]
    beliefs = [one["about"] for one in written.get("beliefs", {}).values()]
    return f"demand:{name}" not in [*beliefs, *(about for values in trees for about in values)]


def with_unaffordable_option(written: Mapping[str, Any]) -> Written:
    """One thing more that may be built, at a price that nothing pays back."""
    found = copy.deepcopy(dict(written))
    found["technologies"]["dear"] = {"capex": "1e6 USD/kW", "life": "30 years"}
    site = next(iter(found["sites"].values()))
    site["build"]["dear one"] = {"use": "dear", "at_most": "5 MW"}
    return found


def with_impossible_case(written: Mapping[str, Any]) -> Written:
    """A case of probability zero more in the first belief."""
    found = copy.deepcopy(dict(written))
    belief = next(iter(found["beliefs"].values()))
    value = "999 USD/MMBtu" if belief["about"].startswith("fuel") else "7 USD/kW"
    value = "300 %/a" if belief["about"].startswith("demand") else value
    belief["cases"]["never"] = {"probability": "0 %", "value": value}
    return found


def nothing_to_order(written: Mapping[str, Any]) -> Written:
    """The same study with all that may be built standing already, so that no date is a decision."""
    found = copy.deepcopy(dict(written))
    for site in found["sites"].values():
        for name, build in site["build"].items():
            there = dict(build) if isinstance(build, dict) else {"use": build, "at_most": "20 MW"}
            there["stands"] = there["at_most"]
            if "at_most_energy" in there:
                there["stands_energy"] = there["at_most_energy"]
            # what ends would have to be ordered again, which is a decision
            there.pop("stands_for", None)
            site["build"][name] = there
        if "grid" in site:
            site["grid"] = site["grid"] | {"stands": site["grid"]["limit"]}
    return found


def stage_cut(written: Mapping[str, Any], number: int, months: int) -> Written:
    """Stage `number` (from 0) cut in two after so many months; what is known stays known when it
    was."""
    found = copy.deepcopy(dict(written))
    stages = found["horizon"]["stages"]
    length = int(stages[number].split()[0])
    stages[number : number + 1] = [f"{months} months", f"{length - months} months"]
    for belief in found.get("beliefs", {}).values():
        if belief["reveal"] > number + 1:
            belief["reveal"] += 1
    if "limits" in found:
        spend = found["limits"]["spend"]
        spend.insert(number, spend[number])
    return found


_DOLLARS = re.compile(r"^[+-]?[\d.]+(?:e[+-]?\d+)? [kM]?USD\b")


def in_half_dollars(part: Any) -> Any:
    """Every amount of money doubled, as if a dollar were worth half."""
    if isinstance(part, Mapping):
        return {key: in_half_dollars(one) for key, one in part.items()}
    if isinstance(part, list):
        return [in_half_dollars(one) for one in part]
    if isinstance(part, str) and _DOLLARS.match(part):
        number, _, unit = part.partition(" ")
        return f"{2 * float(number)!r} {unit}"
    return part


def years_later(written: Mapping[str, Any], years: int) -> Written:
    """The same study, begun so many years later."""
    found = copy.deepcopy(dict(written))
    year, month = found["horizon"]["start"].split("-")
    found["horizon"]["start"] = f"{int(year) + years}-{month}"
    return found


def in_other_units(part: Any) -> Any:
    """MW as kW, months as years, USD/MWh as USD/kWh: the same quantities."""
    if isinstance(part, Mapping):
        return {key: in_other_units(one) for key, one in part.items()}
    if isinstance(part, list):
        return [in_other_units(one) for one in part]
    if isinstance(part, str):
        for unit, other, factor in _UNITS:
            if re.fullmatch(rf"[+-]?[\d.]+ {re.escape(unit)}", part):
                return f"{float(part.split()[0]) * factor!r} {other}"
    return part


_UNITS = (
    ("MW", "kW", 1e3),
    ("MWh", "GWh", 1e-3),
    ("USD/kW", "kUSD/MW", 1.0),
    ("USD/MWh", "USD/kWh", 1e-3),
    ("USD/kW-month", "USD/MW-month", 1e3),
    ("years", "months", 12.0),
    ("MUSD", "USD", 1e6),
)
