"""A plan's orders held as they are and its operation found anew on other hours: what the plan is really worth.

With the orders fixed, tree nodes have nothing in common: each is a small plan of its own without orders. Its prices
bound the whole tree from above (`certificate`), its operation values the orders from below.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.sparse import csr_array

from headrace.plan.blocks import Floats, Master, NodeBlock, Problem


def alone(block: NodeBlock, x: Floats) -> Problem:
    """One node with its borders held at x, as a plan without orders."""
    held = replace(block, start=np.asarray(x, dtype=np.float64), map=csr_array((len(x), 0)))
    return Problem(nothing(), (held,), np.array([-1]), np.ones(1))


def nothing() -> Master:
    """A master without columns or rows."""
    empty = np.zeros(0)
    return Master((), np.zeros(0, np.int64), empty, empty, empty, (), csr_array((0, 0)), empty)
