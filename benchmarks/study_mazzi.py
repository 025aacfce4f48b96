"""The investment problems of Mazzi, Grothey, McKinnon and Sugishita, "Benders decomposition with
adaptive oracles for large scale optimization", Mathematical Programming Computation 13 (2021)
683-703, in the words of `plan.lp.problem`.

Twelve technologies of Great Britain, 4 x 2,190 hours a year, decisions now and in 5 years; what is
ordered works five years later and is operated for five. The tree of case 0, 1, 2 and 3 has 3, 13,
91 and 757 nodes. Data: the CSV files of github.com/nimazzi/Stand_and_Adapt_Bend (serial/data),
named by HEADRACE_MAZZI or in the folder mazzi of HEADRACE_DATA; nothing of them comes along.

Units: MW, MWh, thousand pounds. Their storage equations are inequalities here, which lets stored
energy go to waste; they let power go to waste at any time, so the optimum is the same.
"""

from __future__ import annotations

import csv
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array

from headrace.plan.lp.problem import Master, NodeBlock, Problem
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.scenario.time_slices import TimeSlices, keep_blocks

THERMAL = ("coal", "coal with capture", "open cycle", "combined cycle", "diesel", "nuclear")
STORES = ("lithium", "pumped 1", "pumped 2")
RENEWABLES = ("onshore", "offshore", "sun")
NUCLEAR, COUNT = 5, 12
NODES = {0: (1, 1), 1: (3, 9), 2: (9, 81), 3: (27, 729)}
K = 1e-3  # thousand pounds per pound


def folder() -> Path | None:
    """Where the public data lie; None where they are absent."""
    named = os.environ.get("HEADRACE_MAZZI")
    beside = os.environ.get("HEADRACE_DATA")
    path = Path(named) if named else Path(beside) / "mazzi" if beside else None
    return path if path is not None and (path / "df_sets.csv").is_file() else None


def table(path: Path) -> dict[str, np.ndarray]:
    """A CSV file as named columns."""
    with path.open(encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    body = np.array(rows[1:], dtype=np.float64)
    return {name: body[:, i] for i, name in enumerate(rows[0])}


@dataclass(frozen=True)
class Data:
    """The tables, and by operated node: share of the CO2 budget, demand, CO2 and uranium price."""

    plants: dict[str, np.ndarray]
    thermal: dict[str, np.ndarray]
    stores: dict[str, np.ndarray]
    other: dict[str, np.ndarray]
    sun_and_wind: np.ndarray
    demand: np.ndarray
    nodes: dict[str, np.ndarray]
    years: float
    hours: int


def data(path: Path, case: int, hours: int = 2190) -> Data:
    """The data of a case on the first `hours` hours of each season."""
    wind = table(path / "df_oper_params_R.csv")
    load = table(path / "df_oper_params_D.csv")
    seasons = range(1, 5)
    return Data(
        plants=table(path / "df_inv_params_P.csv"),
        thermal=table(path / "df_oper_params_G.csv"),
        stores=table(path / "df_oper_params_B.csv"),
        other=table(path / "df_oper_params_O.csv"),
        sun_and_wind=np.array(
            [np.concatenate([wind[f"P{r}_S{s}"][:hours] for s in seasons]) for r in range(1, 4)]
        ),
        demand=np.concatenate([load[f"P_S{s}"][:hours] for s in seasons]),
        nodes=table(path / f"df_unc_params_case{case}.csv"),
        years=float(table(path / "df_inv_params_O.csv")["κ"][0]),
        hours=hours,
    )


def problem(path: Path, case: int, hours: int = 2190) -> Problem:
    """One of the four cases. The root orders; it has no hours of its own."""
    d = data(path, case, hours)
    middle, leaf = NODES[case]
    parent = np.concatenate([[-1], np.zeros(middle), 1 + np.arange(leaf) // (leaf // middle)])
    parent = parent.astype(np.int64)
    chance = np.concatenate([[1.0], np.full(middle, 1 / middle), np.full(leaf, 1 / leaf)])
    width = COUNT * (1 + middle)  # orders now, and at each node of the middle
    lines = [[0], *([0] for _ in range(middle)), *([0, p] for p in parent[1 + middle :])]
    maps = [_reach(line[: 2 if n else 0], width) for n, line in enumerate(lines)]
    calendar, book = seasons(hours), ProfileBook(4 * hours)
    writers = [_hours(d, n, calendar, book) for n in range(middle + leaf)]
    profiles, scale = book.rows(), 8760.0 / (4 * hours)
    blocks: list[NodeBlock] = [_idle(width)]
    fixed = np.zeros(width)
    constant = 0.0
    for n, writer in enumerate(writers, start=1):
        stands = d.plants["x_hist_5" if n <= middle else "x_hist_10"]
        weight = chance[n] * d.years
        fixed += weight * (maps[n].T @ (d.plants["c_fix"] * K))
        constant += weight * float(stands @ d.plants["c_fix"]) * K
        blocks.append(writer.block(f"n{n}", weight * scale, profiles, stands, csr_array(maps[n])))
    return Problem(
        _master(d, middle, leaf, maps, fixed), tuple(blocks), parent, chance, constant=constant
    )


def _reach(line: list[int], width: int) -> np.ndarray:
    """Which orders stand at a node: those of the nodes above it."""
    found = np.zeros((COUNT, width))
    for above in line:
        found[np.arange(COUNT), COUNT * above + np.arange(COUNT)] = 1.0
    return found


def _master(d: Data, middle: int, leaf: int, maps: list[np.ndarray], fixed: np.ndarray) -> Master:
    invest = [d.plants["c_inv_0"] * K, *([d.plants["c_inv_5"] * K / middle] * middle)]
    most, rows, limits, names = d.plants["x_max"], [], [], []
    for n in range(1 + middle, 1 + middle + leaf):
        for k in np.flatnonzero(most < 1e6):
            rows.append(maps[n][k])
            limits.append(most[k] - d.plants["x_hist_10"][k])
            names.append(f"at most of technology {k} at node {n}")
    return Master(
        columns=tuple(
            f"technology {k} at node {n}" for n in range(1 + middle) for k in range(COUNT)
        ),
        node=np.repeat(np.arange(1 + middle, dtype=np.int64), COUNT),
        cost=np.concatenate(invest) + fixed,
        upper=np.tile(np.minimum(most, 2e5), 1 + middle),
        unit=np.zeros(COUNT * (1 + middle)),
        rows=tuple(names),
        matrix=csr_array(np.array(rows)),
        rhs=np.array(limits),
    )


def seasons(hours: int) -> TimeSlices:
    """Four seasons, each a circle of its own."""
    plain = keep_blocks((8760.0,), 12.0)
    count = 4 * hours
    following = np.arange(1, count + 1)
    following[hours - 1 :: hours] -= hours
    return TimeSlices(
        hour=np.arange(count, dtype=np.int64),
        weights=np.ones(count),
        next_hour=following.astype(np.int64),
        day=np.arange(count, dtype=np.int64) // 24,
        months=plain.months,
        offset=np.arange(count, dtype=np.float64),
        like=np.arange(count, dtype=np.int64),
        span=float(count),
        labelled="four seasons",
    )


def _hours(d: Data, n: int, calendar: TimeSlices, book: ProfileBook) -> HourWriter:
    """One operated node: a balance, three stores, ramps that bind, a budget of CO2."""
    writer = HourWriter(calendar, book)
    for name in (*THERMAL, *STORES, *RENEWABLES):
        writer.border(name)
    load = d.demand * d.nodes["νD"][n]
    balance = writer.row("power", -load)
    for r in range(3):
        writer.allowance(balance, 9 + r, d.sun_and_wind[r])
    share, hours = d.hours / 2190, np.zeros(4 * d.hours, dtype=np.int64)
    budget = d.other["co2_lim"][0] * d.nodes["ρco2"][n] * share
    co2 = writer.window("co2", hours, np.array([budget / 1e3]))  # thousand tonnes
    for g in range(6):
        _thermal(d, n, g, writer, balance, co2)
    for b in range(3):
        _store(d, b, writer, balance)
    shed = writer.column("shed", d.other["c_shed"][0] * K, load)
    writer.entry(balance, shed, -1.0)
    return writer


def _thermal(d: Data, n: int, g: int, writer: HourWriter, balance: int, co2: int) -> None:
    efficiency = d.thermal["η"][g]
    fuel = d.nodes["c_ur"][n] if g == NUCLEAR else d.thermal["c_fuel"][g]
    emitted = d.thermal["em_co2"][g] / efficiency
    cost = d.thermal["c_varOM"][g] + fuel / efficiency + d.nodes["c_co2"][n] * emitted
    column = writer.column(THERMAL[g], cost * K)
    writer.bound(column, g, 1.0)
    writer.entry(balance, column, -1.0)
    if emitted > 0:
        writer.window_entry(co2, column, emitted / 1e3)
    ramp = d.thermal["ramp"][g]
    for name, sign in (("rise", 1.0), ("fall", -1.0)) if ramp < 1 else ():
        change = writer.column(f"{name} {THERMAL[g]}", 0.0)
        writer.bound(change, g, ramp)
        chain = writer.chain(f"{name} {THERMAL[g]}", column)
        writer.chain_entry(chain, column, sign, following=True)
        writer.chain_entry(chain, column, -sign)
        writer.chain_entry(chain, change, -1.0)


def _store(d: Data, b: int, writer: HourWriter, balance: int) -> None:
    names, power = ("charge", "discharge", "level"), d.stores["P"][b]
    charge, discharge, level = (writer.column(f"{kind} {STORES[b]}", 0.0) for kind in names)
    for column, most in ((charge, power), (discharge, power), (level, 1.0)):
        writer.bound(column, 6 + b, most)
    writer.entry(balance, charge, 1.0)
    writer.entry(balance, discharge, -1.0)
    chain = writer.chain(STORES[b], level)
    writer.chain_entry(chain, level, 1.0, following=True)
    writer.chain_entry(chain, level, -1.0)
    writer.chain_entry(chain, charge, -d.stores["η"][b])
    writer.chain_entry(chain, discharge, 1.0)


def _idle(width: int) -> NodeBlock:
    """The root's hour without columns."""
    return HourWriter(keep_blocks((1.0,), 12.0), ProfileBook(1)).block(
        "now", 1.0, np.ones((1, 1)), np.zeros(0), csr_array((0, width))
    )
