"""A day of a stored plan as a fleet: what one product asks of one kind of accelerator at one site,
hour by hour.

`lines` reads a node's hours; `staged` turns some hours of one line into a fleet, its requests and
its power plan. Millions of requests an hour are not simulated: `one_in` says how many real ones
each stands for. Fewer reading replicas, and decoding replicas that hold fewer (`thin`), keep what a
request meets; pooling is a little worse than in the whole fleet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from headrace.compute.accelerator import Accelerator, part_of
from headrace.compute.hall_assets import working
from headrace.compute.rental import rental
from headrace.core.arrays import Floats
from headrace.core.components import Bus
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.hourly_store import NodeHours
from headrace.core.ids import (
    ELECTRICITY,
    AssetId,
    AssetRole,
    ConverterId,
    ConverterRole,
    ProductId,
)
from headrace.core.product_units import product_bus
from headrace.core.study import CLOUD, Product, Study
from headrace.models.fleet.deployment import deployed, lengths
from headrace.models.fleet.downscale import thinned
from headrace.models.fleet.metrics import Summary
from headrace.models.fleet.power_cap import PowerPlan
from headrace.models.fleet.types import Fleet, Pool, Trace
from headrace.models.serving import percentile_promises
from headrace.models.serving.operating_point import ServicePromise, ServingPoint
from headrace.models.serving.product_rate import served, serving_point

Flows = Mapping[tuple[str, str], Floats]
"""A day of every line of the balances, by bus and item."""

DAY = 24
HOUR = 3600.0
REPLICAS = 20
"""Decoding replicas that a small fleet should have at least, so that a cut of a few per cent is a
whole number of them.
"""
LEAST_PLACES = 8
DUST = 1e-3
"""A line below this share of the largest of its product's day is what an interior solution leaves,
not work.
"""


@dataclass(frozen=True)
class ProductLine:
    """A product on one kind of accelerator at a site through a day of a plan; arrays of shape
    (24,).

    day: of the node, 0 is its first. accelerators: at work in each hour. tokens: output tokens an
        hour [Mtok/h]. power: IT power of one at work [kW]; infinite where power is not the plan's
        (rented).
    """

    product: str
    site: str
    chip: str
    accelerators: Floats
    tokens: Floats
    power: Floats
    day: int = 0

    @property
    def name(self) -> str:
        """The line in words."""
        return f"{self.product} on {self.chip} at {self.site}"

    @property
    def busiest(self) -> int:
        """The hour of most tokens."""
        return int(np.argmax(self.tokens))


@dataclass(frozen=True)
class FleetDay:
    """Hours first to first + hours - 1 of a line, ready to replay; each request stands for `one_in`
    of the plan's.
    """

    line: ProductLine
    product: Product
    point: ServingPoint
    first: int
    hours: int
    one_in: float
    fleet: Fleet
    trace: Trace
    plan: PowerPlan


def first_day(study: Study, hourly: NodeHours, product: str = "") -> int:
    """The first day of a node with requests: on which `product`, or any product of tokens, is
    served more than the dust of the solver; 0 where there is none, or hours are no days.
    """
    sold = {
        str(product_bus(name, one))
        for name, one in study.products.items()
        if one.kind == "tokens" and product in ("", name)
    }
    days = len(hourly.weight) // DAY
    made = [
        np.maximum(series.values[: DAY * days], 0.0).reshape(days, DAY).sum(axis=1)
        for series in hourly.series
        if series.part == "flow" and series.bus_id in sold
    ]
    whole = np.sum(made, axis=0) if made else np.zeros(1)
    return int(np.argmax(whole > DUST * whole.max()))


def lines(study: Study, hourly: NodeHours, day: int) -> tuple[ProductLine, ...]:
    """Every product of tokens on every kind of accelerator that works on `day` (0 is the node's
    first), the largest first.

    Raises InputError for a day the node does not have, hours without order, or a day on which
    nothing is served.
    """
    if study.horizon.hours.blocks is not None:
        raise InputError(
            InputFault(
                Place(key="horizon.hours"), "load blocks have no order in time", "hours or weeks"
            )
        )
    days = len(hourly.weight) // DAY
    if not 0 <= day < days:
        raise InputError(
            InputFault(Place(key="day"), f"{day}", f"0 to {days - 1}: the node has {days} days")
        )
    series = {
        (s.bus_id, s.item_id): s.values[DAY * day : DAY * (day + 1)]
        for s in hourly.series
        if s.part == "flow"
    }
    sites = [*study.sites, *([CLOUD] if study.fleet.may_rent else [])]
    tokens = [name for name, product in study.products.items() if product.kind == "tokens"]
    found = [
        _line(study, series, *key)
        for key in ((p, s, c) for p in tokens for s in sites for c in study.fleet.parts())
    ]
    most = {
        name: max(
            (line.tokens.sum() for line in found if line and line.product == name), default=0.0
        )
        for name in tokens
    }
    kept = [
        replace(line, day=day)
        for line in found
        if line and line.tokens.sum() > DUST * most[line.product]
    ]
    if not kept:
        raise InputError(
            InputFault(
                Place(key="day"),
                f"nothing is served in tokens on day {day}",
                "a day with a product of tokens",
            )
        )
    return tuple(sorted(kept, key=lambda line: -line.accelerators.sum()))


def part_at(study: Study, chip: str) -> Accelerator:
    """The accelerator that the study's fleet calls `chip`, bought or rented."""
    if chip in study.fleet.may_buy:
        return part_of(study, study.fleet.may_buy[chip].use)
    return rental(study.fleet.may_rent[chip].use).part


def _line(study: Study, series: Flows, product: str, site: str, chip: str) -> ProductLine | None:
    role = AssetRole.RENTAL if chip in study.fleet.may_rent else AssetRole.ACCELERATOR
    asset = AssetId(site, role, chip)
    sold = ProductId(product)
    item = str(ConverterId(ConverterRole.WORK, asset, sold))
    made_at = product_bus(product, study.products[product])
    made, used = series.get((str(made_at), item)), series.get((str(working(asset)), item))
    if made is None or used is None or made.max() <= 0:
        return None
    at_work = np.maximum(-used, 0.0)
    return ProductLine(
        product,
        site,
        chip,
        at_work,
        np.maximum(made, 0.0),
        _power(series, asset, item, part_at(study, chip), at_work),
    )


def _power(series: Flows, asset: AssetId, item: str, part: Accelerator, at_work: Floats) -> Floats:
    """IT power of an accelerator at work [kW]: what stands draws, and what work adds, both without
    the hall's own share.
    """
    electricity = str(Bus(ELECTRICITY, asset.site, "MWh"))
    standing_item = str(ConverterId(ConverterRole.STANDING, asset))
    drawn, still = series.get((electricity, item)), series.get((electricity, standing_item))
    standing = series.get((str(working(asset)), standing_item))
    idle = part.power_idle.to("kW/accelerator")
    if drawn is None or still is None or standing is None:
        return np.full(DAY, np.inf)
    pue = -1e3 * still / np.maximum(standing * idle, 1e-12)
    return idle - 1e3 * drawn / np.maximum(pue * at_work, 1e-12)


def staged(
    study: Study, line: ProductLine, first: int, hours: int, *, requests: float = 2e6, seed: int = 0
) -> FleetDay:
    """Fleet, requests (at most about `requests` [1]) and power plan of a line in `hours` [h] of its
    day from hour `first` on.

    Raises InputError for hours outside the day, or where the study's promise cannot be kept on this
    accelerator.
    """
    if not (0 <= first < DAY and 1 <= hours <= DAY - first):
        raise InputError(
            InputFault(
                Place(key="hours"),
                f"{hours} hours from {first}:00",
                "hours within the day, 0 to 24",
            )
        )
    product = study.products[line.product]
    point = serving_point(
        product,
        study.models[product.model],
        part_at(study, line.chip),
        served(study, product, line.chip),
    )
    if point is None:
        raise InputError(
            InputFault(
                Place(key=f"products.{line.product}.promise"),
                f"no way to serve {line.name} keeps it",
            )
        )
    believed = {belief.about for belief in study.beliefs.values()}
    if "software" in believed.union(*(node.values for node in study.tree)):
        # the plan says what an accelerator makes by then: the law's rate times its software's gain
        load = percentile_promises.load(point.disaggregated, product.isl, product.osl)
        made = float(line.tokens.sum() / line.accelerators.sum()) * 1e6 / HOUR
        point = point.faster(made / (load * point.tokens_per_second))
    inside = slice(first, first + hours)
    rate, at_work = line.tokens[inside] * 1e6 / product.osl, line.accelerators[inside]
    share = min(1.0, requests / float(rate.sum()))
    # times that count as good for one request: the percentile where one is promised, else the mean
    asked = product.promise
    ttft = asked.ttft_p95 or asked.ttft or np.inf
    tpot = asked.tpot_p95 or asked.tpot or np.inf
    promise = ServicePromise(product.isl, product.osl, ttft, tpot)
    whole = deployed(point, promise, float(at_work.max()))
    fleet = replace(whole, pools=tuple(_small(pool, share) for pool in whole.pools))
    shrunk = [a.max_batch / b.max_batch for a, b in zip(whole.pools, fleet.pools, strict=True)]
    plan = _plan(fleet, shrunk, at_work / at_work.max(), line.power[inside])
    return FleetDay(
        line,
        product,
        point,
        first,
        hours,
        1.0 / share,
        fleet,
        _requests(line, product, rate * share, seed),
        plan,
    )


@dataclass(frozen=True)
class PromiseKept:
    """One promise and what became of it [s]: `statistic` (p95 or mean) of the time `what` (ttft or
    tpot).
    """

    what: str
    statistic: str
    promised: float
    found: float

    @property
    def kept(self) -> bool:
        """Whether it was kept; not where nothing was served."""
        return bool(self.found <= self.promised)


def promises(staged: FleetDay, found: Summary) -> tuple[PromiseKept, ...]:
    """Every promise of the product beside what the replay found."""
    asked = staged.product.promise
    every = (
        ("ttft", "p95", asked.ttft_p95, found.ttft.p95),
        ("ttft", "mean", asked.ttft, found.ttft.mean),
        ("tpot", "p95", asked.tpot_p95, found.tpot.p95),
        ("tpot", "mean", asked.tpot, found.tpot.mean),
    )
    return tuple(
        PromiseKept(what, statistic, value, own)
        for what, statistic, value, own in every
        if value is not None
    )


def _small(pool: Pool, share: float) -> Pool:
    """The pool for a `share` of its requests: fewer replicas, and smaller ones where too few
    decoding replicas would be left.
    """
    kept = share * pool.replicas
    count = min(pool.replicas, REPLICAS, ceil(kept * pool.max_batch / LEAST_PLACES))
    if pool.role != "decode" or kept >= count:
        return replace(pool, replicas=ceil(kept))
    return replace(thinned(pool, count / kept), replicas=count)


def _plan(fleet: Fleet, shrunk: list[float], use: Floats, power: Floats) -> PowerPlan:
    """Replicas awake by hour, and the power that the plan gives to them and to those asleep."""
    standing = np.array([pool.replicas for pool in fleet.pools])
    awake = np.ceil(standing * use[:, None] - 1e-9).astype(np.int64)
    size = np.array(
        [pool.table.accelerators / k for pool, k in zip(fleet.pools, shrunk, strict=True)]
    )
    asleep = (standing - awake) @ np.array([pool.table.power.sleep for pool in fleet.pools])
    cap: Floats = np.asarray(1e3 * power * (awake @ size) + asleep, dtype=np.float64)
    return PowerPlan(HOUR * np.arange(len(use), dtype=np.float64), cap, awake)


def _requests(line: ProductLine, product: Product, rate: Floats, seed: int) -> Trace:
    """Poisson arrivals hour by hour, `rate` a mean number an hour; lengths exponential around the
    product's.
    """
    rng = np.random.default_rng(seed)
    counts = rng.poisson(rate)
    arrival = np.concatenate(
        [HOUR * hour + np.sort(rng.uniform(0.0, HOUR, count)) for hour, count in enumerate(counts)]
    )
    prompt, answer = (lengths(rng, mean, len(arrival)) for mean in (product.isl, product.osl))
    source = (
        "the plan's hourly tokens, Poisson within the hour, exponential lengths of mean "
        f"{product.isl} in and {product.osl} out"
    )
    return Trace(line.name, source, arrival, prompt, answer, np.zeros(len(arrival), np.int64))
