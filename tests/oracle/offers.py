"""Offers of a product, rebuilt from `docs/reference/meanings.md`: what is sold once a stage."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from tests.oracle.linear_program import Columns, Floats
from tests.oracle.plain_offers import Offer
from tests.oracle.scenario_tree import path

if TYPE_CHECKING:
    from tests.oracle.operation import Operation
    from tests.oracle.plain_study import Product


def refund(product: Product) -> float:
    """What is paid back for a unit at the prices of today."""
    if product.refund is not None:
        return product.refund
    heads = [o for o in product.offers if o.people]
    found = [
        o.billed(o.most / o.pieces) / (o.most / o.pieces) / o.work
        for o in product.offers
        if not o.people
    ]
    if heads:
        found.append(sum(o.brings + o.ads for o in heads) / sum(o.work for o in heads))
    return max(found)


def grown(built: Operation, product: Product, month: float) -> float:
    """Demand in a month of the past or of the node, over today's: held through each year of a
    stage at its middle.
    """
    nodes = built.built.nodes
    walked = path(nodes, built.number)
    node = next((nodes[n] for n in walked if month < nodes[n].end), nodes[walked[-1]])
    begin = node.begin + 12 * int((month - node.begin) // 12)
    middle = (begin + min(begin + 12, node.end)) / 2
    return float(node.level_in(product.name, np.array(middle)))


def sell(built: Operation, product: Product, served: Columns, window: Columns) -> None:
    """What is sold in the stage, what of it is served, and what goes unserved."""
    time, program = built.time, built.program
    shape: Floats | float = 1.0
    if not built.study.blocks:
        shape = built.built.data.shape(product.shape)[time.label]
    price = (1 + product.price_change) ** (time.middle / 12)
    work: list[tuple[int, Floats]] = []
    bought: list[tuple[Offer, list[int], Floats]] = []
    for one in product.offers:
        level = np.array([one.level(m, lambda at: grown(built, product, at)) for m in time.middle])
        hourly = level * price * built.worth * (1.0 if one.people else shape)
        edges = np.linspace(0, one.most, one.pieces + 1)
        mine = []
        for low, high in itertools.pairwise(edges):
            ends = (one.billed(level, built.node.begin) for level in (low, high))
            slope = -float(np.subtract(*ends)) / (high - low)
            value = slope * float(np.sum(hourly))
            column = int(program.add_columns(1, built.number, value, high - low)[0])
            mine.append(column)
            work.append((column, one.work * level * shape * np.ones(built.count)))
        bought.append((one, mine, level))
    numbers = np.array([column for column, _ in work])
    for number in np.unique(window):
        inside = np.flatnonzero(window == number)
        weight = time.weight[inside]
        amounts = np.array([float(weight @ hours[inside]) for _, hours in work])
        back = refund(product) * float((price * time.factor)[inside[0]])
        unserved = program.add_columns(1, built.number, -back)
        program.add_window(
            np.concatenate([served[inside], numbers]), np.concatenate([weight, -amounts]), 0.0
        )
        program.add_window(
            np.concatenate([numbers, served[inside], unserved]),
            np.concatenate([amounts, -weight, [-1.0]]),
            0.0,
        )
        year = np.flatnonzero(time.year == time.year[inside[0]])
        whole = sum(o.work for o in product.offers) * float(
            time.weight[year] @ (shape * np.ones(built.count))[year]
        )
        years = min(1.0, built.node.months / 12 - int(time.year[inside[0]]))
        share = years / whole
        key = (built.number, product.name, int(time.year[inside[0]]))
        built.built.unserved.setdefault(key, []).append((int(unserved[0]), share))
    for year in np.unique(time.year):
        here = np.flatnonzero(time.year == year)
        if product.availability > 0 and built.node.stage >= product.served_from:
            weight = time.weight[here]
            least = [product.availability * float(weight @ hours[here]) for _, hours in work]
            program.add_window(
                np.concatenate([numbers, served[here]]), np.concatenate([least, -weight]), 0.0
            )
        for one, mine, level in bought:
            if one.leaves is not None and one.lost > 0:
                _stay(built, product, one, mine, (int(year), float(level[here[0]])))


def _stay(
    built: Operation, product: Product, one: Offer, mine: list[int], now: tuple[int, float]
) -> None:
    """Those billed and those who left for what went unserved are at most as many as are there."""
    above, (year, level) = path(built.built.nodes, built.number)[:-1], now
    gone = [
        each
        for (node, name, when), columns in built.built.unserved.items()
        for each in columns
        if name == product.name and (node in above or (node == built.number and when < year))
    ]
    columns = np.array([*mine, *(column for column, _ in gone)])
    lost = [one.lost * share for _, share in gone]
    built.program.add_window(columns, np.array([*[level] * len(mine), *lost]), level * one.most)
