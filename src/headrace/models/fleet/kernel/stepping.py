"""How long steps take.

In pure decode every step reads `b` more KV tokens than the one before, so k steps take

    A k + B k (k - 1)    with    A = fixed[b] + per_kv[b] K    and    B = per_kv[b] b / 2:

a whole stretch is one formula, and so is its inverse.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import math

from headrace.models.fleet.kernel.compiled import hot
from headrace.models.fleet.kernel.layout import Record, State


@hot
def attention(world: State, pool: int, chunk: float, prefix: float) -> float:
    """Prompt attention of one chunk after `prefix` tokens [s]; bilinear, last slope beyond the last
    knot.
    """
    grid = world.grid[pool]
    rows, columns = world.pools[pool].chunk_knots, world.pools[pool].prefix_knots
    i = 1
    while i < rows - 1 and chunk > grid[i + 1, 0]:
        i += 1
    j = 1
    while j < columns - 1 and prefix > grid[0, j + 1]:
        j += 1
    u = max(0.0, (chunk - grid[i, 0]) / (grid[i + 1, 0] - grid[i, 0]))
    v = max(0.0, (prefix - grid[0, j]) / (grid[0, j + 1] - grid[0, j]))
    near = grid[i, j] * (1.0 - u) + grid[i + 1, j] * u
    far = grid[i, j + 1] * (1.0 - u) + grid[i + 1, j + 1] * u
    return max(0.0, near * (1.0 - v) + far * v)


@hot
def end_of(replica: Record, steps: int) -> float:
    """When the first `steps` steps of the current stretch end [s]."""
    return replica.begun + replica.rate * steps + replica.growth * steps * (steps - 1.0)


@hot
def steps_within(replica: Record, elapsed: float) -> float:
    """How many steps [1] of the current stretch fit into `elapsed` [s]; a fraction counts the step
    under way.
    """
    growth = replica.growth
    linear = replica.rate - growth
    return 2.0 * elapsed / (linear + math.sqrt(linear * linear + 4.0 * growth * elapsed))
