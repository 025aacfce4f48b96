"""Rows of `headrace verify --only science`: boxes, sensitivities, bands and bounds beside published
values and algebra; laws that must be found, and laws that must not.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable
from importlib.resources import files
from importlib.util import find_spec

import numpy as np

from headrace.core.arrays import Floats
from headrace.science.robustness.conformal import conformal_half_width
from headrace.science.robustness.prim import boxes, chosen, pasted
from headrace.science.robustness.sensitivity import sobol_design, sobol_indices
from headrace.science.world_model.bounds import StoredArrays, proved_range
from headrace.science.world_model.stored import WorldShape
from headrace.verification import science_laws, science_world
from headrace.verification.registry import CheckOutcome, Skip, check

__all__ = ["science_laws", "science_world"]

_OURS = "a bar of Headrace's own; recomputed here"
_EXTRA = "needs pip install 'headrace[science]'"


@check(
    "science.prim.bryant_lempert",
    what="coverage and density of box 21 of the renewable fuel standard",
    unit="1",
    tolerance=1e-3,
    source="Bryant & Lempert 2010; trajectory of the Exploratory Modeling Workbench, peel 10 %",
)
def bryant_lempert() -> Iterable[CheckOutcome]:
    """The 22nd box of the peeling trajectory of 882 cases."""
    path = files("headrace") / "science/robustness/published/bryant_lempert_2010.csv"
    lines = [line for line in path.read_text().splitlines() if not line.startswith("#")]
    table = np.array([[float(x) for x in row] for row in csv.reader(lines[1:])])
    box = boxes(table[:, :-1], table[:, -1] == 1, peel=0.1)[21]
    yield CheckOutcome(box.coverage, 0.753, absolute=True, id_suffix=".coverage")
    yield CheckOutcome(box.density, 0.770, absolute=True, id_suffix=".density")


def _indices(dimension: int, base: int) -> Floats:
    if find_spec("SALib") is None:
        raise Skip(_EXTRA)
    return sobol_design(dimension, base, 1)


@check(
    "science.sobol.ishigami",
    what="Sobol indices of Ishigami's function, a = 7, b = 0.1",
    unit="1",
    tolerance=0.02,
    source="Ishigami & Homma 1990; analytic",
)
def ishigami() -> Iterable[CheckOutcome]:
    """First-order and total indices from 20,480 points."""
    points = 2 * math.pi * _indices(3, 4096) - math.pi
    x, y, z = points.T
    found = sobol_indices(np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x), 3)
    for n, (first, total) in enumerate(((0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)), 1):
        yield CheckOutcome(float(found.first[n - 1]), first, absolute=True, id_suffix=f".s{n}")
        yield CheckOutcome(float(found.total[n - 1]), total, absolute=True, id_suffix=f".t{n}")


@check(
    "science.sobol.g",
    what="Sobol indices of the G function, a = 0, 1, 4.5, 9, 99 x4",
    unit="1",
    tolerance=0.02,
    source="Saltelli & Sobol 1995; analytic",
)
def g_function() -> Iterable[CheckOutcome]:
    """First-order and total indices of the first four inputs."""
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    values = np.prod((np.abs(4 * _indices(8, 4096) - 2) + a) / (1 + a), axis=1)
    found = sobol_indices(values, 8)
    firsts = (0.716192, 0.179048, 0.023676, 0.007162)
    totals = (0.787144, 0.242198, 0.034317, 0.010460)
    for n, (first, total) in enumerate(zip(firsts, totals), 1):
        yield CheckOutcome(float(found.first[n - 1]), first, absolute=True, id_suffix=f".s{n}")
        yield CheckOutcome(float(found.total[n - 1]), total, absolute=True, id_suffix=f".t{n}")


@check(
    "science.conformal.coverage",
    what="coverage of 90 % bands from 99 errors, over 4,000 calibrations",
    unit="1",
    tolerance=5e-3,
    source="Beta(90, 10): mean 0.9, standard deviation 0.0299, 5 % quantile 0.847",
)
def conformal() -> Iterable[CheckOutcome]:
    """Errors are uniform, so that a half width is its own coverage."""
    draws = np.random.default_rng(1).uniform(size=(4000, 99))
    held = np.array([conformal_half_width(each, 0.9) for each in draws])
    yield CheckOutcome(float(np.mean(held)), 0.9, absolute=True, id_suffix=".mean")
    yield CheckOutcome(float(np.std(held)), 0.0299, absolute=True, id_suffix=".spread")
    yield CheckOutcome(float(np.quantile(held, 0.05)), 0.847, absolute=True, id_suffix=".low")


@check(
    "science.lake.threshold",
    what="phosphorus above which the shallow lake turns, b = 0.42, q = 2",
    unit="1",
    tolerance=2e-3,
    source="Carpenter, Ludwig & Brock 1999: (1 - sqrt(1 - 4 b^2)) / 2 b",
)
def lake() -> CheckOutcome:
    """The end of the box in which PRIM finds lakes that turn, from 4,000 simulated ones."""
    begin = np.random.default_rng(2).uniform(0, 2, (4000, 2))
    x = begin[:, 0].copy()
    for _ in range(2000):
        x = x + x**2 / (1 + x**2) - 0.42 * x
    turned = pasted(chosen(boxes(begin, x > 1.0), density=1.0), begin, x > 1.0)
    return CheckOutcome(
        float(turned.low[0]), (1 - math.sqrt(1 - 4 * 0.42**2)) / 0.84, absolute=True
    )


@check(
    "science.newsvendor.fractile",
    what="demand quantile up to which a plan orders, 40 branches",
    unit="1",
    tolerance=0.025,
    source="critical fractile (price - cost) / price; Arrow, Harris & Marschak 1951",
)
def newsvendor() -> Iterable[CheckOutcome]:
    """Capacity for one year, ordered before the demand is known: 10 % of it costs nothing to run.

    The tolerance is one branch of forty.
    """
    from pathlib import Path

    from headrace.plan.lp.options import SolverOptions
    from headrace.plan.model.build_system import expand
    from headrace.plan.model.formulate import formulate
    from headrace.plan.results.dispatch import ordered
    from headrace.plan.solve.solve import solve
    from headrace.science.discovery.plan_world import PlanQuestion

    branches = "".join(
        f"  - {{node: n{k}, parent: now, probability: 2.5 %, "
        f"values: {{demand: {2.5 * k + 1.25} %}}}}\n"
        for k in range(40)
    )
    for capex in (200.0, 500.0, 700.0):
        text = (
            "study: newsvendor\nmoney: {year: 2026, discount: 0 %/a real}\n"
            "horizon: {start: 2027-01, stages: [12 months, 12 months], terminal_value: false,\n"
            "    hours: {blocks: [8760 h]}}\n"
            f"tree:\n  - {{node: now, values: {{demand: 0 %}}}}\n{branches}"
            f"technologies: {{t: {{capex: {capex:g} USD/kW, lead: 12 months, life: 1 years}}}}\n"
            "sites: {here: {build: {plant: {use: t, at_most: 200 MW}}}}\n"
            "products:\n"
            "  power: {kind: electricity, site: here, demand: 100 MW, price: 100 USD/MWh}\n"
        )
        study = PlanQuestion(text, Path(), ()).study({})
        formulation = formulate(expand(study))
        plan = solve(formulation.problem, SolverOptions(gap=1e-9, threads=1))
        bought = float(ordered(formulation, plan.solution)[0]) / 100
        fractile = 1 - capex / 876.0
        yield CheckOutcome(bought, fractile, absolute=True, id_suffix=f".cost_{capex:g}")


@check(
    "science.world_model.check_32",
    what="bounds of min a g + b s, g + s >= d, s <= 6 between stored plans",
    unit="USD",
    tolerance=1e-6,
    source="algebra: plans at prices (1, 2) and (3, 1); demands 4, 10, 12",
)
def world_model_by_hand() -> Iterable[CheckOutcome]:
    """Costs are negative worth: the best stored plan and the hull, prices and mixtures."""
    costs = WorldShape(("costs", "costs"), ((0,), (1,)), whole=False, risk=False)
    points = np.array([[1.0, 2.0], [3.0, 1.0]])
    worth, none = -np.array([10.0, 18.0]), np.zeros((2, 2))
    slopes = -np.array([[10.0, 0.0], [4.0, 6.0]])
    stored = StoredArrays(costs, points, points, worth, worth, slopes, none)
    found = proved_range(stored, np.array([2.0, 1.5]))
    yield CheckOutcome(-found.low, 17.0, id_suffix=".best_stored_plan")
    yield CheckOutcome(-found.high, 14.0, id_suffix=".hull")
    sides = WorldShape(("right-hand side",), (), whole=False, risk=False)
    empty = np.zeros((2, 0))
    for ends, at, values, prices, asked in (
        ((4.0, 12.0), 10.0, (6.0, 21.0), (1.5, 2.0), (17.25, 17.0)),
        ((4.0, 10.0), 12.0, (6.0, 17.0), (1.5, 2.0), (None, 21.0)),
    ):
        worth = -np.array(values)
        points = np.array(ends)[:, None]
        stored = StoredArrays(sides, points, empty, worth, worth, empty, -np.array(prices)[:, None])
        found = proved_range(stored, np.array([at]))
        yield CheckOutcome(-found.high, asked[1], id_suffix=f".prices_at_{at:g}")
        if asked[0] is not None:
            yield CheckOutcome(-found.low, asked[0], id_suffix=f".mixture_at_{at:g}")
