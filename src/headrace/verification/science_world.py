"""Rows of `headrace verify --only science` about libraries of plans: at points of a seed that the
caller gives, what is proved contains what HiGHS finds, is narrow, and comes at once.

The embedded study takes ten seconds of processor a plan and a minute and a half a solve by HiGHS,
so its row is asked for by a file in which its plans are kept:

    HEADRACE_EMBEDDED_WORLD=piedmont.duckdb headrace verify --only science.world_model.embedded
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from headrace.core.arrays import Floats
from headrace.plan.lp import highs
from headrace.plan.lp.dual_bound import evaluate
from headrace.plan.lp.problem import Problem
from headrace.plan.lp.scaling import MONEY
from headrace.science.world_model.ask import AskedWorld, gap_of
from headrace.science.world_model.library import opened
from headrace.science.world_model.world_file import OpenWorldFile, read_world
from headrace.verification.registry import CheckOutcome, Skip, check, seed

_OURS = "a bar of Headrace's own; truth by HiGHS"
HIGHS_GAP = 1e-4
"""How far HiGHS's own answer may be off: its tolerances on large programs [1]."""

SMALL_STUDY = """\
study: small
money: {year: 2026, discount: 5 %/a real}
horizon: {start: 2027-01, stages: [24 months, 120 months], hours: {blocks: [6000 h, 2760 h]}}
tree:
  - {node: now, values: {demand: 100 %}}
  - {node: boom, parent: now, probability: 50 %, values: {demand: 200 %}}
  - {node: bust, parent: now, probability: 50 %, values: {demand: 50 %}}
technologies:
  plant: {capex: 1000 USD/kW, variable: 20 USD/MWh, fixed: 20 USD/kW-year, life: 12 years}
  reactor: {capex: 2500 USD/kW, variable: 5 USD/MWh, life: 12 years}
sites:
  here: {build: {plant: {use: plant, at_most: 100 MW}, reactor: {use: reactor, at_most: 15 MW}}}
products:
  power: {kind: electricity, site: here, demand: 10 MW, price: 90 USD/MWh}
  heat: {kind: electricity, site: here, demand: 4 MW, price: 45 USD/MWh}
"""
SMALL_WORLD = """\
world: small
study: study.yaml
vary:
  variable: {key: technologies.plant.variable, from: 14 USD/MWh, to: 26 USD/MWh}
  upkeep: {key: technologies.plant.fixed, from: 14 USD/kW-year, to: 26 USD/kW-year}
  plant: {key: technologies.plant.capex, from: 700 USD/kW, to: 1300 USD/kW}
  fuel: {key: technologies.reactor.variable, from: 3.5 USD/MWh, to: 6.5 USD/MWh}
  reactor: {key: technologies.reactor.capex, from: 1750 USD/kW, to: 3250 USD/kW}
  odds: {from: 40 %, to: 60 %, keys: {tree.1.probability: [40 %, 60 %],
      tree.2.probability: [60 %, 40 %]}}
  power: {key: products.power.demand, from: 8 MW, to: 12 MW}
  heat: {key: products.heat.demand, from: 3.2 MW, to: 4.8 MW}
  room: {key: sites.here.build.reactor.at_most, from: 12 MW, to: 18 MW}
tolerance: 1 %
budget: {plans: 150, dollars: 5}
"""
EMBEDDED_WORLD = """\
world: piedmont
study: study.yaml
vary:
  gas:
    from: 3.15 USD/MMBtu
    to: 5.85 USD/MMBtu
    keys:
      beliefs.gas_price.before: [3.15 USD/MMBtu, 5.85 USD/MMBtu]
      beliefs.gas_price.cases.reference.value: [3.15 USD/MMBtu, 5.85 USD/MMBtu]
      beliefs.gas_price.cases.high.value: [5.6 USD/MMBtu, 10.4 USD/MMBtu]
  grid:
    from: 46.2 USD/MWh
    to: 85.8 USD/MWh
    keys:
      sites.greensboro.grid.energy: [46.2 USD/MWh, 85.8 USD/MWh]
      sites.miami.grid.energy: [51.8 USD/MWh, 96.2 USD/MWh]
  peak:
    from: 9.8 USD/kW-month
    to: 18.2 USD/kW-month
    keys:
      sites.greensboro.grid.demand: [9.8 USD/kW-month, 18.2 USD/kW-month]
      sites.miami.grid.demand: [8.4 USD/kW-month, 15.6 USD/kW-month]
  reactor:
    from: 5670 USD/kW
    to: 10530 USD/kW
    keys:
      beliefs.reactor_cost.before: [5670 USD/kW, 10530 USD/kW]
      beliefs.reactor_cost.cases.advanced.value: [3920 USD/kW, 7280 USD/kW]
      beliefs.reactor_cost.cases.conservative.value: [7070 USD/kW, 13130 USD/kW]
  chip: {key: fleet.may_buy.gb300.price, from: 56000 USD/accelerator, to: 104000 USD/accelerator}
  surge:
    from: 20 %
    to: 60 %
    keys:
      beliefs.demand.cases.surge.probability: [20 %, 60 %]
      beliefs.demand.cases.steady.probability: [80 %, 40 %]
  chat: {key: products.chat.demand, from: 160 Gtok/h, to: 240 Gtok/h}
  agents: {key: products.agents.demand, from: 64 Gtok/h, to: 96 Gtok/h}
  hall: {key: sites.greensboro.hall.at_most, from: 480 MW, to: 720 MW}
tolerance: 1 %
budget: {plans: 150, dollars: 5}
"""
EMBEDDED_STUDY = "examples/piedmont/study.yaml"
EMBEDDED_HOURS = "hours: {days: 1, extreme_days: 0}"


@dataclass(frozen=True)
class LibraryFigures:
    """What a library of so many plans proves at points. gaps: relative, shape (point,) [1];
    seconds: of processor that an answer takes, median [s]; crossed: points at which the ends of
    what is proved cross; against: points at which HiGHS was asked, outside: at how many of them its
    answer lies outside.
    """

    plans: int
    gaps: Floats
    seconds: float
    crossed: int
    against: int
    outside: int

    def outcomes(self, tolerance: float) -> Iterable[CheckOutcome]:
        """As rows. tolerance: within which an answer needs no solve [1]."""
        p95, median = (float(np.quantile(self.gaps, part)) for part in (0.95, 0.5))
        share = float(np.mean(self.gaps <= tolerance))
        told = f"{len(self.gaps):,} points, {self.plans} plans"
        wrong = float(self.crossed + self.outside)
        yield CheckOutcome(wrong, 0.0, absolute=True, tolerance=0.0, id_suffix=".violations",
                           reason=f"{told}, {self.against} of them by HiGHS")  # fmt: skip
        yield CheckOutcome(p95, 0.0, absolute=True, tolerance=0.03, id_suffix=".gap_p95",
                           reason=f"{share:.1%} answered without a solve; {told}")  # fmt: skip
        yield CheckOutcome(median, 0.0, absolute=True, tolerance=0.001, id_suffix=".gap_median",
                           reason=told)  # fmt: skip
        yield CheckOutcome(self.seconds, 0.0, absolute=True, tolerance=0.01, id_suffix=".answer",
                           reason="processor time of an answer, median [s]")  # fmt: skip


def by_highs(problem: Problem) -> float:
    """What the best plan is worth by HiGHS alone, its orders and operation costed anew [USD]."""
    return -MONEY * evaluate(problem, highs.solve(problem)).value


def figures(
    world: AskedWorld,
    plans: int,
    points: int,
    against: int,
    *,
    truth: Callable[[Problem], float] = by_highs,
) -> LibraryFigures:
    """The library filled with so many plans, then asked at points of the caller's seed, the first
    of them by another solver as well. truth: what the best plan of a problem is worth [USD].
    """
    for _ in world.fill(plans, stop=lambda: False):
        pass
    asked = np.random.default_rng(seed()).uniform(size=(points, len(world.file.varied)))
    found, seconds = [], []
    for cube in asked:
        began = time.process_time()
        found.append(world.proved(cube))
        seconds.append(time.process_time() - began)
    outside = 0
    for cube, known in zip(asked[:against], found):
        true = truth(world.solvable.formulated(cube.tolist()).problem)
        room = HIGHS_GAP * abs(true)
        outside += not known.low - room <= true <= known.high + room
    return LibraryFigures(
        world.count,
        np.array([gap_of(one) for one in found]),
        float(np.median(seconds)),
        sum(one.low > one.high for one in found),
        min(against, points),
        outside,
    )


def written(folder: Path, study: str, world: str) -> OpenWorldFile:
    """A world whose study and world file are written into a folder."""
    (folder / "study.yaml").write_text(study, encoding="utf-8")
    (folder / "world.yaml").write_text(world, encoding="utf-8")
    return read_world(folder / "world.yaml", lambda name: None)


@check(
    "science.world_model.small",
    what="a library of 150 plans of a small study, 9 things moved: violations, gaps, time",
    unit="1",
    tolerance=0.0,
    source=_OURS,
)
def small() -> Iterable[CheckOutcome]:
    """Five costs +-30 %, a belief and three right-hand sides +-20 %; 1,000 points, 50 by HiGHS."""
    with TemporaryDirectory() as folder:
        file = written(Path(folder), SMALL_STUDY, SMALL_WORLD)
        with opened(Path(folder) / "plans.duckdb", file) as plans:
            found = figures(AskedWorld(file, plans), 150, 1000, 50)
    yield from found.outcomes(file.asked.tolerance)


@check(
    "science.world_model.embedded",
    what="a library of 150 plans of the embedded study, 9 things moved: violations, gaps, time",
    unit="1",
    tolerance=0.0,
    source=_OURS,
)
def embedded() -> Iterable[CheckOutcome]:
    """Five costs +-30 %, a belief, three right-hand sides +-20 %; one day kept between two
    arrivals. Numbers of plans and of solves by HiGHS may be given after commas.
    """
    told = os.environ.get("HEADRACE_EMBEDDED_WORLD", "")
    if not told:
        raise Skip(
            "half an hour of processor: HEADRACE_EMBEDDED_WORLD=plans.duckdb keeps its plans"
        )
    path, *numbers = told.split(",")
    most, against = (int(n) for n in (*numbers, *("150", "50")[len(numbers) :]))
    study = (files("headrace") / EMBEDDED_STUDY).read_text(encoding="utf-8")
    with TemporaryDirectory() as folder:
        file = written(Path(folder), study.replace("hours: all", EMBEDDED_HOURS), EMBEDDED_WORLD)
        with opened(Path(path), file) as plans:
            found = figures(AskedWorld(file, plans), most, 1000, against)
    yield from found.outcomes(file.asked.tolerance)
