"""The benchmark study in the words of `plan.lp.problem`: one site, ten columns an hour, nine
technologies, a tree of demand.

Units: MW, MWh, thousand accelerators (kGPU), thousand dollars (k$). One year of 8,760 hours per
    node; a stage is two years. Weather: TMY3 723170 (Greensboro NC) through a PVWatts chain (pvlib
    carries the file). Everything else is as in the feasibility study, whose optima it must
    reproduce: -5,508,285.9 k$ (1 node) and -9,479,853.9 k$ (4 nodes).
"""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from headrace.energy.weather.years import resampled, resampled_days
from headrace.plan.lp.problem import HourTemplate, Master, NodeBlock, Pattern, Problem, Values

TECH = ("solar", "battery power", "battery energy", "ccgt", "recip", "smr", "grid", "shell", "gpu")
K = len(TECH)
IT = 1.9 / 1.2  # MW of IT load per kGPU
ETA = float(np.sqrt(0.86))
WACC, YEARS = 0.08, 2.0
CAPEX = np.array(
    [1560.0 * 0.7, 250.0 * 0.7, 200.0 * 0.7, 2000.0, 1150.0, 8000.0, 250.0, 11000.0, 45000.0]
)
FOM = np.array([20.0, 5.0, 3.0, 30.0, 20.0, 120.0, 10.0, 200.0, 1200.0])
LIFE_YEARS = np.array([30, 15, 15, 30, 25, 40, 40, 20, 5])
LEAD = np.array([1, 0, 0, 2, 1, 3, 1, 1, 0])
LIFE = np.maximum(1, np.round(LIFE_YEARS / YEARS).astype(int))
LIFE[8] = 3
ANNUITY = CAPEX * (WACC / (1 - (1 + WACC) ** -LIFE_YEARS.astype(float))) + FOM
AVAILABLE = {"ccgt": 0.93, "recip": 0.95, "smr": 0.92, "gpu": 0.97}
HEAT_RATE = {"ccgt": 6.5, "recip": 8.4}
BUDGET = np.array([9.0e6, 15e6, 27e6, 42e6, 60e6, 84e6, 120e6])
BOX = 1e5  # every order, in its unit
GENERATORS = (("ccgt", 3), ("recip", 4), ("smr", 5), ("grid", 6))
BORDERS = (0, 1, 2, 3, 4, 5, 6, 8)  # technologies that an hour sees; the shell only bounds orders


def greensboro() -> tuple[str, float | None]:
    """File of the station in pvlib's wheel."""
    import pvlib

    return os.path.join(os.path.dirname(pvlib.__file__), "data", "723170TYA.CSV"), None


@functools.lru_cache(maxsize=4)
def weather() -> tuple[np.ndarray, np.ndarray]:
    """Solar capacity factor (DC/AC 1.3, one-axis tracking) and air temperature [C] by hour."""
    import pandas as pd
    import pvlib

    data, meta = pvlib.iotools.read_tmy3(greensboro()[0], coerce_year=2023, map_variables=True)
    index = data.index - pd.Timedelta(minutes=30)
    sun = pvlib.solarposition.get_solarposition(index, meta["latitude"], meta["longitude"])
    track = pvlib.tracking.singleaxis(
        sun.apparent_zenith, sun.azimuth, axis_azimuth=180, max_angle=55, backtrack=True, gcr=0.35
    )
    extra = pvlib.irradiance.get_extra_radiation(index)
    data.index = index
    poa = pvlib.irradiance.get_total_irradiance(
        track.surface_tilt.fillna(0),
        track.surface_azimuth.fillna(180),
        sun.apparent_zenith,
        sun.azimuth,
        data.dni,
        data.ghi,
        data.dhi,
        dni_extra=extra,
        model="haydavies",
    )["poa_global"].fillna(0)
    cell = pvlib.temperature.faiman(poa, data.temp_air, data.wind_speed)
    dc = pvlib.pvsystem.pvwatts_dc(poa, cell, 1.3, -0.0035) * 0.86
    return pvlib.inverter.pvwatts(dc, 1 / 0.96).clip(0, 1).to_numpy(), data.temp_air.to_numpy()


@dataclass(frozen=True)
class Year:
    """Hourly data of one weather year: solar factor, PUE, demand shape, grid price [$/MWh]."""

    solar: np.ndarray
    pue: np.ndarray
    demand: np.ndarray
    price: np.ndarray


def year(hours: int = 8760, seed: int = 0, days: np.ndarray | None = None) -> Year:
    """The typical year, or (seed > 0) one with its weeks shuffled inside each quarter; days: which
    day of it stands for each.
    """
    solar, air = weather()
    if seed:
        rng = np.random.default_rng(seed)
        days = np.arange(364).reshape(-1, 7)
        for s in range(4):
            part = days[13 * s : 13 * s + 13]
            days[13 * s : 13 * s + 13] = part[rng.permutation(13)]
        order = (np.append(days.ravel(), 364)[:, None] * 24 + np.arange(24)).ravel()
        solar, air = solar[order], air[order] + rng.normal(0, 1)
    if days is not None:
        solar, air = (resampled(np.asarray(one), days[None])[0] for one in (solar, air))
    solar, air, h = solar[:hours], air[:hours], np.arange(hours)
    local, weekday = h % 24, (h // 24) % 7
    shape = (
        0.62
        + 0.30 * np.cos((local - 14) / 24 * 2 * np.pi)
        + 0.08 * np.cos((local - 20) / 12 * 2 * np.pi)
    )
    shape = shape * np.where(weekday < 5, 1.0, 0.82)
    price = 45 + 18 * np.cos((local - 18) / 24 * 2 * np.pi) + 10 * (np.abs(air - 15) / 10) ** 1.3
    return Year(solar, 1.12 + 0.0055 * np.maximum(air - 8, 0), shape / shape.max(), price)


@dataclass(frozen=True)
class Tree:
    """The scenario tree with what holds in each node."""

    parent: np.ndarray
    stage: np.ndarray
    probability: np.ndarray
    growth: np.ndarray
    gas: np.ndarray
    discount: np.ndarray

    @property
    def weight(self) -> np.ndarray:
        """k$ of the objective per k$ of one operated year."""
        return self.probability * self.discount[self.stage]

    def path(self, n: int) -> list[int]:
        """Node n and its ancestors."""
        line = [n]
        while self.parent[line[-1]] >= 0:
            line.append(int(self.parent[line[-1]]))
        return line


def tree(branching: list[int], *, gas_by_branch: bool = False, gas: float = 4.0) -> Tree:
    """branching: children per stage, e.g. [3, 3] -> 1 + 3 + 9 nodes. gas: price at the root
    [$/MMBtu].
    """
    parent, stage, probability, growth, fuel = [-1], [0], [1.0], [1.0], [gas]
    level = [0]
    for s, children in enumerate(branching):
        factors = np.geomspace(1.05, 2.3, children) if children > 1 else [1.5]
        following = []
        for p in level:
            for j in range(children):
                parent.append(p)
                stage.append(s + 1)
                probability.append(probability[p] / children)
                growth.append(growth[p] * factors[j])
                dear = (1.0, 1.0, 1.6)[j % 3] if gas_by_branch and children > 1 else 1.0
                fuel.append(gas * 1.03 ** (s + 1) * dear)
                following.append(len(parent) - 1)
        level = following
    stages = len(branching) + 1
    discount = np.array(
        [
            sum((1 + WACC) ** -(YEARS * s + y + 0.5) for y in range(int(YEARS)))
            for s in range(stages)
        ]
    )
    return Tree(*(np.array(a) for a in (parent, stage, probability, growth, fuel)), discount)


def _pattern(*at: tuple[int, int]) -> Pattern:
    return Pattern(
        np.array([r for r, _ in at], dtype=np.int64), np.array([c for _, c in at], dtype=np.int64)
    )


def _values(*pairs: tuple[float, int]) -> Values:
    return Values(
        np.array([s for s, _ in pairs], dtype=np.float64),
        np.array([p for _, p in pairs], dtype=np.int64),
    )


def template(sites: int = 1) -> HourTemplate:
    """Ten columns a site: ccgt recip smr grid charge discharge level interactive batch training.

    With several sites one row shares the interactive demand out among them, and the windows span
    the sites.
    """
    rows, edges, now, after, upper, windows = [], [], [], [], [], []
    for s in range(sites):
        c, b = 10 * s, 8 * s
        power, gpu = 2 * s, 2 * s + 1
        rows += (
            [(power, c + j) for j in range(6)]
            + [(power, c + j) for j in (7, 8, 9)]
            + [(gpu, c + j) for j in (7, 8, 9)]
        )
        edges += [(power, b + 0), (gpu, b + 7)]
        now += [(s, c + 6), (s, c + 4), (s, c + 5)]
        after += [(s, c + 6)]
        upper += [
            (c + 0, b + 3),
            (c + 1, b + 4),
            (c + 2, b + 5),
            (c + 3, b + 6),
            (c + 4, b + 1),
            (c + 5, b + 1),
            (c + 6, b + 2),
        ]
        windows += [(0, c + 8), (1, c + 9)]
    if sites > 1:
        rows += [(2 * sites, 10 * s + 7) for s in range(sites)]
    power = ("ccgt", "recip", "smr", "grid", "charge", "discharge", "level")
    names = (*power, "interactive", "batch", "training")
    tags = [""] if sites == 1 else [f" {s}" for s in range(sites)]
    return HourTemplate(
        columns=tuple(name + tag for tag in tags for name in names),
        rows=tuple(name + tag for tag in tags for name in ("power", "accelerators"))
        + (("demand",) if sites > 1 else ()),
        chains=tuple(f"store{tag}" for tag in tags),
        borders=tuple(TECH[k] + tag for tag in tags for k in BORDERS),
        windows=("day", "year"),
        row_entries=_pattern(*rows),
        row_border=_pattern(*edges),
        chain_now=_pattern(*now),
        chain_next=_pattern(*after),
        levels=np.array([10 * s + 6 for s in range(sites)], dtype=np.int64),
        upper_border=_pattern(*upper),
        window_entries=_pattern(*windows),
    )


def block(
    t: Tree, n: int, shape: HourTemplate, years: list[Year], mapped: csr_array, start: np.ndarray
) -> NodeBlock:
    """Numbers of node n. profiles: ones, interactive demand, then per site solar, MW per kGPU, grid
    price.
    """
    sites, hours = len(years), len(years[0].solar)
    profiles = np.vstack(
        [
            np.ones(hours),
            years[0].demand,
            *(row for y in years for row in (y.solar, y.pue * IT, y.price)),
        ]
    )
    decay, co2, gas = 0.88 ** t.stage[n], 60.0 + 15 * t.stage[n], t.gas[n]
    ccgt = (gas * HEAT_RATE["ccgt"] + 3.5 + co2 * 0.35) / 1e3
    recip = (gas * HEAT_RATE["recip"] + 6 + co2 * 0.46) / 1e3
    rows, edges, now, after, cost, upper, bounds, windows = [], [], [], [], [], [], [], []
    for s in range(sites):
        sun, load, price = 2 + 3 * s, 3 + 3 * s, 4 + 3 * s
        rows += [(-1, 0)] * 4 + [(1, 0), (-1, 0)] + [(1, load)] * 3 + [(1, 0)] * 3
        edges += [(1, sun), (AVAILABLE["gpu"], 0)]
        now += [(-1, 0), (-ETA, 0), (1 / ETA, 0)]
        after += [(1, 0)]
        cost += [(ccgt, 0), (recip, 0), (9e-3, 0), (1e-3, price), (1e-4, 0), (1e-4, 0), (0, 0)]
        cost += [(-4.6 * decay, 0), (-2.6 * decay, 0), (-3.0 * decay, 0)]
        peak = 120 * t.growth[n]
        upper += [(0.0, 0)] * 7 + [(peak, 1), (np.inf, 0), (np.inf, 0)]
        bounds += [(AVAILABLE["ccgt"], 0), (AVAILABLE["recip"], 0), (AVAILABLE["smr"], 0)] + [
            (1, 0)
        ] * 4
        windows += [(1, 0), (1, 0)]
    if sites > 1:
        rows += [(1, 0)] * sites
    daily = hours // 24
    return NodeBlock(
        name=f"{n}",
        weight=float(t.weight[n] * 8760 / hours),
        template=shape,
        weights=np.ones(hours),
        next_hour=np.roll(np.arange(hours), -1),
        profiles=profiles,
        cost=_values(*cost),
        upper=_values(*upper),
        upper_border=_values(*bounds),
        row_entries=_values(*rows),
        row_rhs=_values(
            *([(0.0, 0)] * (2 * sites)), *([(120 * t.growth[n], 1)] if sites > 1 else [])
        ),
        row_border=_values(*edges),
        chain_now=_values(*now),
        chain_next=_values(*after),
        chain_rhs=_values(*([(0.0, 0)] * sites)),
        window_entries=_values(*windows),
        window_of=np.vstack([np.arange(hours) // 24, np.zeros(hours, dtype=np.int64)]),
        window_rhs=(np.full(daily, 45 * t.growth[n] * 24), np.array([36 * t.growth[n] * hours])),
        start=start,
        map=mapped,
    )


def problem(
    branching: list[int],
    *,
    hours: int = 8760,
    sites: int = 1,
    gas_by_branch: bool = False,
    gas: float = 4.0,
    weathers: int = 1,
) -> Problem:
    """The benchmark study: orders of nine technologies at every node (and site) of a tree of
    demand. weathers: years under every node's orders, each as likely; all but the first are
    drawn from the days of the typical one, the same days at all sites. Raises ValueError unless
    hours fill whole days.
    """
    if hours % 24:
        raise ValueError(f"{hours} hours are no whole days; the batch window is a day")
    t = tree(branching, gas_by_branch=gas_by_branch, gas=gas)
    lead = LEAD if branching else np.zeros(K, dtype=int)
    nodes, stages = len(t.parent), len(branching) + 1
    order = [
        (n, s, k)
        for n in range(nodes)
        for s in range(sites)
        for k in range(K)
        if t.stage[n] + lead[k] < stages
    ]
    at = {key: i for i, key in enumerate(order)}
    cost = np.array([_order_cost(t, n, k, lead[k], stages) for n, _, k in order])
    stands = [np.zeros((sites * K, len(order))) for _ in range(nodes)]
    for n in range(nodes):
        for a in t.path(n):
            age = t.stage[n] - t.stage[a]
            for s in range(sites):
                for k in range(K):
                    if lead[k] <= age < lead[k] + LIFE[k]:
                        stands[n][s * K + k, at[a, s, k]] = 1.0
    start = np.zeros((sites, K))
    start[:, 6], start[:, 7], start[:, 4] = 80.0 / sites, 200.0 / sites, 120.0 / sites
    days = resampled_days(weathers, seed=1)
    drawn = [[year(hours, s, days[w]) for s in range(sites)] for w in range(weathers)]
    shape = template(sites)
    pick = np.array([s * K + k for s in range(sites) for k in BORDERS])
    blocks = tuple(
        block(t, n, shape, years, csr_array(stands[n][pick]), start.ravel()[pick])
        for n in range(nodes)
        for years in drawn
    )
    master = _master(t, order, cost, stands, start)
    if weathers == 1:
        return Problem(master, blocks, t.parent, t.probability)
    # the years of a node follow each other, its children follow the last of them
    shared = tuple(replace(b, weight=b.weight / weathers) for b in blocks)
    parent = np.arange(len(blocks)) - 1
    parent[::weathers] = np.where(t.parent < 0, -1, (t.parent + 1) * weathers - 1)
    first = replace(master, node=master.node * weathers)
    return Problem(first, shared, parent, np.repeat(t.probability, weathers))


def _order_cost(t: Tree, n: int, k: int, lead: int, stages: int) -> float:
    """Annuity and fixed cost of one unit for its service years inside the horizon."""
    first = t.stage[n] + lead
    return float(
        t.probability[n]
        * ANNUITY[k]
        * sum(t.discount[s] for s in range(first, min(stages, first + LIFE[k])))
    )


def _master(
    t: Tree,
    order: list[tuple[int, int, int]],
    cost: np.ndarray,
    stands: list[np.ndarray],
    start: np.ndarray,
) -> Master:
    """Budgets of every node, hall room for the accelerators, and limits of what may stand, per
    site.
    """
    lines, rhs, names = [], [], []
    sites = len(start)
    for n in range(len(t.parent)):
        spend = np.array([CAPEX[k] if m == n else 0.0 for m, _, k in order])
        lines.append(spend)
        rhs.append(BUDGET[min(t.stage[n], 6)])
        names.append(f"budget {n}")
        for s in range(sites):
            x = stands[n][s * K : s * K + K]
            limits = {3: 60.0 * (1 + t.stage[n]) / sites, 4: 150.0 / sites, 6: 120.0 / sites}
            lines.append(IT * x[8] - x[7])
            rhs.append(start[s, 7])
            names.append(f"hall {n} {s}")
            for k, most in limits.items():
                if x[k].any():
                    lines.append(x[k])
                    rhs.append(most - start[s, k])
                    names.append(f"limit {TECH[k]} {n} {s}")
    return Master(
        columns=tuple(f"{TECH[k]} site {s} node {n}" for n, s, k in order),
        node=np.array([n for n, _, _ in order], dtype=np.int64),
        cost=cost,
        upper=np.full(len(order), BOX),
        unit=np.zeros(len(order)),
        rows=tuple(names),
        matrix=csr_array(np.vstack(lines)),
        rhs=np.array(rhs),
    )
