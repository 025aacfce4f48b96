"""Random small problems of random structure: any pattern of rows, chains, windows, borders and any
tree.

Feasible by construction: with every hourly column at zero each row holds, except rows that demand
something, which have a shedding column of their own. Bounded by construction: every column has an
upper bound, a border or a window.
"""

from __future__ import annotations

import dataclasses

import numpy as np
from scipy.sparse import csr_array

from headrace.plan.lp.problem import HourTemplate, Master, NodeBlock, Pattern, Problem, Values


def _pattern(rng, rows, columns, chance):
    where = np.argwhere(rng.random((rows, columns)) < chance)
    return Pattern(where[:, 0].astype(np.int64), where[:, 1].astype(np.int64))


def _values(rng, count, profiles, low=0.2, high=2.0, signed=0.0):
    scale = rng.uniform(low, high, count) * np.where(rng.random(count) < signed, -1.0, 1.0)
    return Values(scale, rng.integers(0, profiles, count).astype(np.int64))


def _template(rng):
    nc, nr = int(rng.integers(2, 9)), int(rng.integers(1, 5))
    ns, nb, nf = int(rng.integers(0, 4)), int(rng.integers(0, 5)), int(rng.integers(0, 3))
    ns = min(ns, nc)
    shed = int(rng.integers(0, 2)) * nr
    levels = rng.permutation(nc)[:ns].astype(np.int64)
    rows = _pattern(rng, nr, nc, 0.5)
    if shed:
        rows = Pattern(np.r_[rows.row, np.arange(nr)], np.r_[rows.column, nc + np.arange(nr)])
    total = nc + shed
    now = _pattern(rng, ns, nc, 0.4)
    after = Pattern(np.arange(ns, dtype=np.int64), levels)
    upper = _pattern(rng, nc, nb, 0.25)
    windows = _pattern(rng, nf, nc, 0.4)
    template = HourTemplate(
        columns=tuple(f"c{j}" for j in range(total)),
        rows=tuple(f"r{i}" for i in range(nr)),
        chains=tuple(f"s{i}" for i in range(ns)),
        borders=tuple(f"x{i}" for i in range(nb)),
        windows=tuple(f"w{i}" for i in range(nf)),
        row_entries=rows,
        row_border=_pattern(rng, nr, nb, 0.3),
        chain_now=now,
        chain_next=after,
        levels=levels,
        upper_border=upper,
        window_entries=windows,
        window_border=_pattern(rng, nf, nb, 0.3),
    )
    return template, nc, shed


def _segments(rng, hours):
    """Successor of each hour: one or two circles."""
    following = np.arange(1, hours + 1)
    cut = int(rng.integers(1, hours)) if hours > 2 and rng.random() < 0.4 else hours
    following[cut - 1] = 0
    if cut < hours:
        following[hours - 1] = cut
    return following.astype(np.int64)


def _window_of(rng, families, hours):
    """Each family cuts the hours into consecutive windows; some hours may lie in none."""
    of = np.zeros((families, hours), dtype=np.int64)
    for f in range(families):
        of[f] = np.arange(hours) // int(rng.integers(1, hours + 1))
    return of


def _block(rng, name, shape, weight, masters, columns_in_reach):
    template, nc, shed = shape
    total, nr, ns, nb, nf = (
        len(x)
        for x in (
            template.columns,
            template.rows,
            template.chains,
            template.borders,
            template.windows,
        )
    )
    hours, count = int(rng.integers(1, 13)), int(rng.integers(1, 4))
    profiles = np.vstack([np.ones(hours), rng.uniform(0.2, 1.5, (count, hours))])
    if rng.random() < 0.3:
        profiles[-1] *= rng.random(hours) < 0.7
    pick = len(profiles)
    of = _window_of(rng, nf, hours)
    upper = _values(rng, total, pick, 0.5, 3.0)
    in_window = np.isin(np.arange(total), template.window_entries.column)
    with_border = np.isin(np.arange(total), template.upper_border.row)
    free = (np.arange(total) < nc) & in_window & ~with_border & (rng.random(total) < 0.6)
    scale = np.where(
        free, np.inf, np.where(with_border & (rng.random(total) < 0.8), 0.0, upper.scale)
    )
    scale[nc:] = 50.0
    upper = Values(scale, np.where(np.arange(total) >= nc, 0, upper.profile))
    cost = _values(rng, total, pick, 0.1, 2.0, 0.5)
    cost = Values(
        np.where(np.arange(total) >= nc, 30.0, cost.scale),
        np.where(np.arange(total) >= nc, 0, cost.profile),
    )
    entries = _values(rng, len(template.row_entries), pick, signed=0.4)
    shedding = template.row_entries.column >= nc
    entries = Values(
        np.where(shedding, -1.0, entries.scale), np.where(shedding, 0, entries.profile)
    )
    window_values = _values(rng, len(template.window_entries), 1)
    map_ = np.zeros((nb, masters))
    for k in range(nb):
        for column in columns_in_reach:
            if rng.random() < 0.4:
                map_[k, column] = rng.uniform(0.5, 2.0)
    return NodeBlock(
        name=name,
        weight=weight,
        template=template,
        weights=rng.uniform(0.5, 2.0, hours),
        next_hour=_segments(rng, hours),
        profiles=profiles,
        cost=cost,
        upper=upper,
        upper_border=_values(rng, len(template.upper_border), pick),
        row_entries=entries,
        row_rhs=_values(rng, nr, pick, signed=0.5 if shed else 0.0),
        row_border=_values(rng, len(template.row_border), pick, signed=0.3 if shed else 0.0),
        chain_now=_values(rng, len(template.chain_now), pick, signed=0.6),
        chain_next=_values(rng, len(template.chain_next), 1),
        chain_rhs=_values(rng, ns, pick, 0.0, 0.5),
        window_entries=window_values,
        window_of=of,
        window_rhs=tuple(rng.uniform(0.5, 4.0, int(of[f].max()) + 1) for f in range(nf)),
        start=rng.uniform(0.0, 2.0, nb) * (rng.random(nb) < 0.6),
        map=csr_array(map_),
        window_border=rng.uniform(0.2, 1.5, len(template.window_border)),
    )


def random_problem(seed, *, units=False):
    """A problem whose every size and pattern is drawn; `units` makes some master columns
    integer.
    """
    rng = np.random.default_rng(seed)
    nodes = int(rng.integers(1, 5))
    parent = np.array([-1] + [int(rng.integers(0, n)) for n in range(1, nodes)], dtype=np.int64)
    per_node = int(rng.integers(1, 4))
    masters = nodes * per_node
    probability = np.ones(nodes)
    for n in range(1, nodes):
        probability[n] = probability[parent[n]] / max(1, int((parent == parent[n]).sum()))
    shapes = [_template(rng)]
    blocks = []
    for n in range(nodes):
        if rng.random() < 0.3:
            shapes.append(_template(rng))
        line, reach = n, []
        while line >= 0:
            reach += range(line * per_node, (line + 1) * per_node)
            line = int(parent[line])
        blocks.append(
            _block(
                rng,
                f"n{n}",
                shapes[-1],
                float(probability[n] * rng.uniform(0.5, 2.0)),
                masters,
                reach,
            )
        )
    rows = int(rng.integers(0, 4))
    matrix = rng.uniform(0.2, 1.0, (rows, masters)) * (rng.random((rows, masters)) < 0.6)
    unit = (
        np.where(rng.random(masters) < 0.5, rng.uniform(0.3, 1.0, masters), 0.0)
        if units
        else np.zeros(masters)
    )
    master = Master(
        columns=tuple(f"m{i}" for i in range(masters)),
        node=np.repeat(np.arange(nodes, dtype=np.int64), per_node),
        cost=rng.uniform(0.1, 3.0, masters),
        upper=rng.uniform(1.0, 6.0, masters),
        unit=unit,
        rows=tuple(f"g{i}" for i in range(rows)),
        matrix=csr_array(matrix),
        rhs=rng.uniform(1.0, 6.0, rows),
    )
    return Problem(master, tuple(blocks), parent, probability, constant=float(rng.uniform(-5, 5)))


def pairs(*at):
    return Pattern(
        np.array([r for r, _ in at], dtype=np.int64), np.array([c for _, c in at], dtype=np.int64)
    )


def flat(*scale):
    return Values(np.array(scale, dtype=np.float64), np.zeros(len(scale), dtype=np.int64))


def engine(demand=10.0, start=0.0, most=100.0, upper=np.inf, must=0.0):
    """Two hours: sell at 5, burn at 1, engine bounded by what stands, orders at 3 per MW."""
    none, nothing = np.zeros(0, dtype=np.int64), flat()
    template = HourTemplate(
        columns=("burn", "serve"),
        rows=("balance",),
        chains=(),
        borders=("engine",),
        windows=(),
        row_entries=pairs((0, 0), (0, 1)),
        row_border=pairs(),
        chain_now=pairs(),
        chain_next=pairs(),
        levels=none,
        upper_border=pairs((0, 0)),
        window_entries=pairs(),
    )
    block = NodeBlock(
        name="root",
        weight=1.0,
        template=template,
        weights=np.ones(2),
        next_hour=np.array([1, 0]),
        profiles=np.ones((1, 2)),
        cost=flat(1.0, -5.0),
        upper=flat(0.0, demand),
        upper_border=flat(1.0),
        row_entries=flat(-1.0, 1.0),
        row_rhs=flat(-must),
        row_border=nothing,
        chain_now=nothing,
        chain_next=nothing,
        chain_rhs=nothing,
        window_entries=nothing,
        window_of=np.zeros((0, 2), dtype=np.int64),
        window_rhs=(),
        start=np.array([start]),
        map=csr_array(np.array([[1.0]])),
    )
    master = Master(
        columns=("order engine",),
        node=np.zeros(1, dtype=np.int64),
        cost=np.array([3.0]),
        upper=np.array([most]),
        unit=np.zeros(1),
        rows=(),
        matrix=csr_array((0, 1)),
        rhs=np.zeros(0),
    )
    return Problem(master, (block,), np.array([-1]), np.ones(1))


def daily_engine(days, seed=0):
    """The engine on whole days with a demand and an availability of their own in every hour."""
    problem, rng = engine(), np.random.default_rng(seed)
    block, hours = problem.nodes[0], 24 * days
    shape = 1.0 + 0.3 * np.sin(np.arange(hours) / 24 * 2 * np.pi) + 0.1 * rng.random(hours)
    longer = dataclasses.replace(
        block,
        weights=np.ones(hours),
        next_hour=np.roll(np.arange(hours), -1),
        profiles=np.array([np.ones(hours), shape, 0.8 + 0.2 * rng.random(hours)]),
        upper=Values(block.upper.scale, np.array([0, 1])),
        upper_border=Values(block.upper_border.scale, np.array([2])),
        window_of=np.zeros((0, hours), dtype=np.int64),
    )
    master = dataclasses.replace(problem.master, cost=problem.master.cost * days)
    return dataclasses.replace(problem, nodes=(longer,), master=master)
