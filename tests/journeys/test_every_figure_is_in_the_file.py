"""Every amount of money on a plan's page stands in plan.json, or is a sum of what stands there."""

from __future__ import annotations

import itertools
import json
import re
from html import unescape
from pathlib import Path

import pytest

import headrace as hr
from headrace.core.run_folder import open_run
from headrace.show.reports import plan_report

CAMPUS = Path(__file__).parents[2] / "docs" / "tutorials" / "campus.yaml"
AMOUNT = re.compile(
    r"(−?\d[\d,]*(?:\.\d+)?)(?: to (−?\d[\d,]*(?:\.\d+)?))? ?(trillion|bn|M|k)? USD"
)
STEPS = {"trillion": 1e12, "bn": 1e9, "M": 1e6, "k": 1e3, "": 1.0}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    return hr.read(CAMPUS).solve(out=folder / "campus", progress=False)


def numbers(value: object) -> list[float]:
    """Every number of a file, whatever holds it."""
    if isinstance(value, dict):
        return [n for inner in value.values() for n in numbers(inner)]
    if isinstance(value, list):
        return [n for inner in value for n in numbers(inner)]
    return [float(value)] if isinstance(value, int | float) and not isinstance(value, bool) else []


def sums(plan: dict) -> list[float]:
    """What a page adds up: the cash of a node, of an item and of a year; a margin; peak funding."""
    by_id = {node["id"]: node for node in plan["tree"]}
    found = [sum(line["usd"] for line in node["cash"]) for node in plan["tree"]]
    for node in plan["tree"]:
        items: dict[tuple[str, str], float] = {}
        for line in node["years"]:
            key = (line["kind"], line["product"])
            items[key] = items.get(key, 0.0) + line["usd"]
        found += [*items.values(), sum(items.values())]
    for ways in (by_id, None):
        for leaf in plan["tree"]:
            line, here = [], leaf
            while here is not None and ways is not None:
                line.append(here)
                here = by_id.get(here["parent"])
            weights = [(n, 1.0) for n in line] or [(n, n["probability"]) for n in plan["tree"]]
            years: dict[int, float] = {}
            for node, weight in weights:
                for cash in node["years"]:
                    years[cash["year"]] = years.get(cash["year"], 0.0) + weight * cash["usd"]
            net = [years[y] for y in sorted(years)]
            found += [*net, *itertools.accumulate(net)]
    for cost in plan["costs"]:
        whole = sum(part["usd_per_unit"] for part in cost["parts"])
        found += [whole, cost["levelised_price"] - whole]
        found += [stage["price"] - stage["cost"] for stage in cost["stages"]]
    return found


def test_no_amount_is_found_on_the_page_alone(run):
    plan = json.loads((run.folder.root / "plan.json").read_text())
    known = [*numbers(plan), *sums(plan)]
    page = re.sub(r"<(script|style)[^>]*>.*?</\1>", " ", plan_report.build(run.folder), flags=re.S)
    words = unescape(re.sub(r"<[^>]+>", "\n", page))
    told = list(AMOUNT.finditer(words))
    assert len(told) > 60
    for match in told:
        step = STEPS[match[3] or ""]
        for part in filter(None, match.groups()[:2]):
            figure = part.replace(",", "").replace("−", "-")
            value = float(figure) * step
            half = 0.5001 * step * 10.0 ** -len(figure.partition(".")[2])
            near = any(abs(abs(value) - abs(n)) <= max(half, 5e-3 * abs(n)) for n in known)
            assert near or _round(abs(float(figure))), words[
                max(0, match.start() - 60) : match.end()
            ]


def _round(figure: float) -> bool:
    """A tick of an axis: one or two figures."""
    return float(f"{figure:.1g}") == figure or float(f"{figure:.2g}") == figure


def test_no_amount_is_spelt_in_another_way(run):
    """No G, B, m or µ behind a number, in no text of the page."""
    page = plan_report.build(open_run(run.folder.root))
    words = unescape(
        re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.S))
    )
    assert not re.search(r"\d ?(G|B|µ|trn)\b", words.replace("GB", "").replace("B200", ""))
