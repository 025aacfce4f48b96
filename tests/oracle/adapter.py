"""The one place where the oracle touches the library: a study text to its certified plan and its
data.

`solve` is the library under test. `library_data` hands the rebuild what it takes as data: which
weeks were kept, hourly shapes, weather's PUE, catalogue rows of halls and accelerators, serving
rates.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.oracle.library_data import Chip, Hall, KeptHours, LibraryData, Rented, Serving
from tests.oracle.own_tables import folder_of

from headrace.compute.accelerator import accelerator
from headrace.compute.facility import hall, pue
from headrace.compute.rental import rental
from headrace.core.calendar import first_weekday
from headrace.core.ids import AssetRole
from headrace.core.study import Study
from headrace.core.study_reader import parse_text, study_of
from headrace.energy.technology import in_money
from headrace.energy.weather.series import station
from headrace.market.shape import hourly
from headrace.models.serving.product_rate import offer
from headrace.plan.model.build_system import SystemOnTree, expand
from headrace.plan.model.formulate import Formulation, formulate
from headrace.plan.results.dispatch import ordered
from headrace.plan.results.promise_check import refuse_broken_promises
from headrace.plan.run import plan as run_plan
from headrace.plan.solve.solve import solve as solve_problem

AssetKey = tuple[str, str, str]
"""What it is ("power" or "energy" of a plant, "grid", "hall", "chip", "rental"), its site and its
name."""

WHAT = {
    AssetRole.BUILD: "power",
    AssetRole.BUILD_ENERGY: "energy",
    AssetRole.GRID: "grid",
    AssetRole.HALL: "hall",
    AssetRole.ACCELERATOR: "chip",
    AssetRole.RENTAL: "rental",
}


@dataclass(frozen=True)
class Planned:
    """What the library certifies: bounds [USD] and the root's orders [MW, MWh or accelerators]."""

    lower: float
    upper: float
    orders: Mapping[AssetKey, float]

    @property
    def gap(self) -> float:
        return self.upper - self.lower


def read(text: str) -> Study:
    """The study in a YAML text, checked. Raises the library's InputError."""
    return study_of(parse_text(text))


def solve(text: str) -> Planned:
    """The library's certified plan of a study text."""
    formulation = formulate(expand(read(text), folder_of(text)))
    plan = solve_problem(formulation.problem)
    refuse_broken_promises(formulation, plan.solution)
    return Planned(plan.low, plan.high, _orders(formulation, ordered(formulation, plan.solution)))


def tell(text: str, folder: Path) -> dict[str, Any]:
    """All that the library tells of its plan of a study text: the plan's file, from a run in
    `folder`.
    """
    (folder / "study.yaml").write_text(text)
    folder_of(text, folder)
    run = run_plan(
        folder / "study.yaml", folder / "run", lambda event: None, lambda: False, worth=5
    )
    return json.loads((run / "plan.json").read_text())


def library_data(text: str) -> LibraryData:
    """What the rebuild of a study text takes as data; prices in the money of the study."""
    study = read(text)
    expansion = expand(study, folder_of(text))
    weekday = first_weekday(study.horizon.start)
    year = study.money.year
    return LibraryData(
        shape=lambda key: hourly(key, weekday),
        first_weekday=weekday,
        kept=_kept(expansion) if study.horizon.hours.weeks else {},
        pue={name: _pue(study, name) for name, site in study.sites.items() if site.hall},
        halls={name: _hall(site.hall.use, year) for name, site in study.sites.items() if site.hall},
        chips={name: _chip(chip.use, year) for name, chip in study.fleet.may_buy.items()},
        rentals={name: _rented(one.use, year) for name, one in study.fleet.may_rent.items()},
        serving=_serving(study),
    )


def _orders(formulation: Formulation, amounts: np.ndarray) -> dict[AssetKey, float]:
    found: dict[AssetKey, float] = {}
    for order, amount in zip(formulation.orders, amounts, strict=True):
        if order.date == 0:
            asset = formulation.system.assets[order.asset].id
            key = (WHAT[asset.role], asset.site, asset.key)
            found[key] = found.get(key, 0.0) + float(amount)
    return found


def _kept(expansion: SystemOnTree) -> dict[tuple[float, float], KeptHours]:
    found = {}
    for node, calendar in zip(expansion.nodes, expansion.time_slices, strict=True):
        count = len(calendar.hour)
        follows = np.asarray(calendar.next_hour)
        ends = np.flatnonzero(follows != np.arange(count) + 1)
        run = np.searchsorted(ends, np.arange(count))
        fresh = np.flatnonzero(np.broadcast_to(calendar.carried, (count,)) == 0)
        kept = KeptHours(
            hour=np.asarray(calendar.hour),
            weight=np.asarray(calendar.weights),
            offset=np.asarray(calendar.offset),
            run=run,
            rings=frozenset(run.tolist()) - frozenset(run[fresh].tolist()),
            like=np.asarray(calendar.like),
            span=calendar.span,
        )
        for begin in np.arange(node.start, node.end - 1e-6, 12.0):
            found[float(begin), min(12.0, node.end - float(begin))] = kept
    return found


def _pue(study: Study, name: str) -> np.ndarray:
    site = study.sites[name]
    if not site.weather:
        return np.full(8760, hall(site.hall.use).facility_peak.value)
    weather = station(site.weather)
    return pue(weather.drybulb, weather.wetbulb, hall(site.hall.use))


def _hall(use: str, year: int) -> Hall:
    found = hall(use)
    return Hall(
        price=in_money(found.construction, "USD/MW", year),
        fixed=in_money(found.fixed_cost, "USD/MW-year", year),
        lead=found.lead.to("month"),
        life=12 * found.life.to("year"),
    )


def _chip(use: str, year: int) -> Chip:
    found = accelerator(use)
    first_year, month = (int(part) for part in found.available_from.split("-"))
    return Chip(
        price=in_money(found.price, "USD/accelerator", year),
        fixed=in_money(found.fixed_cost, "USD/accelerator-year", year),
        lead=found.lead.to("month"),
        life=12 * found.life.to("year"),
        busy=found.power_busy.to("MW/accelerator"),
        idle=found.power_idle.to("MW/accelerator"),
        resale=(found.resale_first.value, found.resale_yearly.value),
        available_from=12 * first_year + month - 1,
    )


def _rented(use: str, year: int) -> Rented:
    found = rental(use)
    return Rented(
        rent=in_money(found.part.rent, "USD/accelerator-h", year),
        lead=found.lead.to("month"),
        term=found.term.to("month"),
    )


def _serving(study: Study) -> dict[tuple[str, str], Serving | None]:
    found: dict[tuple[str, str], Serving | None] = {}
    for name, product in study.products.items():
        if product.kind == "electricity":
            continue
        for chip, written in study.fleet.may_buy.items():
            made = offer(product, study.models[product.model], written.use)
            found[name, chip] = made and Serving(made.rate, made.busy)
        for lent, one in study.fleet.may_rent.items():
            made = offer(product, study.models[product.model], rental(one.use).part.key)
            found[name, lent] = made and Serving(made.rate, made.busy)
    return found
