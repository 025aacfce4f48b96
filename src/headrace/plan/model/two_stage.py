"""Two stages: everything is ordered now, and then one of several worlds is there. For outside cases
of that form.

The root orders and has no hours of its own to simulate; an hour without columns keeps it a node
like any other. The worlds are its children.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from headrace.core.arrays import Floats
from headrace.plan.lp.problem import Master, Problem
from headrace.plan.model.block_builder import HourWriter, ProfileBook
from headrace.plan.scenario.time_slices import keep_blocks


@dataclass(frozen=True)
class FirstStage:
    """What is ordered now, shape (order,): names, cost [solver's money per unit], the most of each
    [own unit] and the size of one [own unit] (0: continuous).

    rows: shape (row, order); rows @ orders <= limits.
    """

    names: tuple[str, ...]
    cost: Floats
    upper: Floats
    unit: Floats
    row_names: tuple[str, ...]
    rows: Floats
    limits: Floats


@dataclass(frozen=True)
class Future:
    """One world: its hours, and what stands in it: start + map @ orders, map of shape (border,
    order).
    """

    name: str
    probability: float
    writer: HourWriter
    book: ProfileBook
    start: Floats
    map: Floats


def two_stage(first: FirstStage, futures: Sequence[Future]) -> Problem:
    """The tree of one root and its worlds; orders belong to the root."""
    width = len(first.names)
    idle = HourWriter(keep_blocks((1.0,), 12.0), ProfileBook(1)).block(
        "now", 1.0, np.ones((1, 1)), np.zeros(0), csr_array((0, width))
    )
    master = Master(
        columns=first.names,
        node=np.zeros(width, dtype=np.int64),
        cost=first.cost,
        upper=first.upper,
        unit=first.unit,
        rows=first.row_names,
        matrix=csr_array(first.rows.reshape(len(first.row_names), width)),
        rhs=first.limits,
    )
    blocks = tuple(
        w.writer.block(w.name, w.probability, w.book.rows(), w.start, csr_array(w.map))
        for w in futures
    )
    parent = np.array([-1] + [0] * len(futures), dtype=np.int64)
    return Problem(
        master, (idle, *blocks), parent, np.array([1.0, *(w.probability for w in futures)])
    )
