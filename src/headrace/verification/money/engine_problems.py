"""Small decisions with a known best answer, written as problems of the plan's own engine.

newsboy       stock now, sell what is wanted of it
commitment    contract now, buy the rest beside it
monopolist    buy at a price, sell along a falling demand
investment    invest once, at any node of a tree on which the value moves
"""

from __future__ import annotations

import math

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.finance.choices.real_options import RandomValue
from headrace.plan.lp.problem import Master, Problem
from headrace.plan.lp.scaling import MONEY
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.model.two_stage import FirstStage, Future, two_stage
from headrace.plan.scenario.time_slices import keep_blocks


def newsboy(price: float, cost: float, wanted: Floats) -> Problem:
    """Stock at `cost`, sell at `price` [USD per unit] what is wanted of equal odds, shape (cases,)
    [unit].
    """
    futures = []
    for number, want in enumerate(wanted.tolist()):
        book = ProfileBook(1)
        writer = HourWriter(keep_blocks((1.0,), 12.0), book)
        row = writer.row("stock", 0.0)
        writer.allowance(row, writer.border("stock"), 1.0)
        writer.entry(row, writer.column("sell", -price / MONEY, want), 1.0)
        odds = 1.0 / len(wanted)
        futures.append(Future(f"wanted {number}", odds, writer, book, np.zeros(1), np.eye(1)))
    return two_stage(_one_order("stock", cost, float(wanted.max())), futures)


def commitment(prices: tuple[float, float], least: float, wanted: Floats) -> Problem:
    """Contract at the first price, of which `least` [1] is paid in any case, and buy the rest at
    the second [USD per unit]; wanted: of equal odds, shape (cases,) [unit].
    """
    price, beside = prices
    futures = []
    for number, want in enumerate(wanted.tolist()):
        book = ProfileBook(1)
        writer = HourWriter(keep_blocks((1.0,), 12.0), book)
        most = float(wanted.max()) * 4
        contracted = writer.border("contract")
        taken = writer.column("taken", price / MONEY, most)
        unused = writer.column("paid and not taken", price / MONEY, most)
        spot = writer.column("beside", beside / MONEY, most)
        row = writer.row("taken of the contract", 0.0)
        writer.entry(row, taken, 1.0)
        writer.allowance(row, contracted, 1.0)
        row = writer.row("demand", -want)
        writer.entry(row, taken, -1.0)
        writer.entry(row, spot, -1.0)
        # least x contract - taken - unused <= 0
        row = writer.row("paid in any case", 0.0)
        writer.entry(row, taken, -1.0)
        writer.entry(row, unused, -1.0)
        writer.allowance(row, contracted, -least)
        odds = 1.0 / len(wanted)
        futures.append(Future(f"wanted {number}", odds, writer, book, np.zeros(1), np.eye(1)))
    return two_stage(_one_order("contract", 0.0, 2 * float(wanted.max())), futures)


def monopolist(price: float, choke: float, steps: int, most: float) -> Problem:
    """Buys at `price` and sells up to `most` [unit] along a demand of choke - quantity [USD per
    unit]: marginal revenue choke - 2 quantity, in `steps` even steps.
    """
    book = ProfileBook(1)
    writer = HourWriter(keep_blocks((1.0,), 12.0), book)
    width = most / steps
    row = writer.row("bought", 0.0)
    writer.allowance(row, writer.border("bought"), 1.0)
    for step in range(steps):
        revenue = choke - 2 * width * (step + 0.5)
        writer.entry(row, writer.column(f"sell {step}", -revenue / MONEY, width), 1.0)
    future = Future("market", 1.0, writer, book, np.zeros(1), np.eye(1))
    return two_stage(_one_order("bought", price, most), [future])


def investment(value: RandomValue, spot: float, years: float, steps: int) -> Problem:
    """Pay 1 once, at any node of a tree of `steps` steps, for a project worth what its value is
    there: `spot` now [unit of the cost], up or down in each of `steps` steps over `years` [year].

    Odds are those under which the project, its payout included, earns the riskless rate.
    """
    step = years / steps
    up = math.exp(value.volatility * math.sqrt(step))
    chance = (math.exp((value.rate - value.payout) * step) - 1 / up) / (up - 1 / up)
    fade = math.exp(-value.rate * step)
    parent, odds, worth, depth = [-1], [1.0], [spot], [0]
    for level in range(steps):
        for node in [n for n, at in enumerate(depth) if at == level]:
            for factor, part in ((up, chance), (1 / up, 1 - chance)):
                parent.append(node)
                odds.append(odds[node] * part)
                worth.append(worth[node] * factor)
                depth.append(level + 1)
    count = len(parent)
    gain = np.array(odds) * fade ** np.array(depth) * (np.array(worth) - 1.0)
    ends = [n for n, at in enumerate(depth) if at == steps]
    rows = np.zeros((len(ends), count))
    for row, node in enumerate(ends):
        while node >= 0:
            rows[row, node] = 1.0
            node = parent[node]
    idle = HourWriter(keep_blocks((1.0,), 12.0), ProfileBook(1)).block(
        "node", 1.0, np.ones((1, 1)), np.zeros(0), csr_array((0, count))
    )
    names = tuple(f"invest at {n}" for n in range(count))
    once = tuple(f"once on the way to {n}" for n in ends)
    nothing = np.zeros(count)
    master = Master(names, np.arange(count), -gain / MONEY, np.ones(count), nothing, once,
                    csr_array(rows), np.ones(len(ends)))  # fmt: skip
    return Problem(master, (idle,) * count, np.array(parent), np.array(odds))


def _one_order(name: str, cost: float, most: float) -> FirstStage:
    one = np.ones(1)
    return FirstStage((name,), one * cost / MONEY, one * most, np.zeros(1), ("most",),
                      np.ones((1, 1)), one * most)  # fmt: skip
