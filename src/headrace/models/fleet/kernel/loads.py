"""How many requests a replica is responsible for, and which replica has the fewest: a tree of
minima, always up to date.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.layout import CLOSED, State


@hot
def _set_leaf(world: State, gate: int, replica: int, value: int) -> None:
    tree = world.fewest[gate]
    at = len(tree) // 2 + replica
    tree[at] = value
    while at > 1:
        at >>= 1
        least = min(tree[2 * at], tree[2 * at + 1])
        if tree[at] == least:
            break
        tree[at] = least


@hot
def hold(world: State, replica: int, change: int) -> None:
    """A replica gets, or is rid of, requests."""
    world.load[replica] += change
    gate = world.replicas[replica].gate
    if world.fewest[gate, len(world.fewest[gate]) // 2 + replica] != CLOSED:
        _set_leaf(world, gate, replica, world.load[replica])


@piece
def take_requests(world: State, replica: int, open_: bool) -> None:
    """A replica takes requests at its gate from now on, or takes none."""
    _set_leaf(
        world, world.replicas[replica].gate, replica, world.load[replica] if open_ else CLOSED
    )


@hot
def least_loaded(world: State, gate: int) -> int:
    """The open replica with the fewest outstanding requests; the first of equals."""
    tree = world.fewest[gate]
    half = len(tree) // 2
    at = 1
    while at < half:
        at *= 2
        if tree[at + 1] < tree[at]:
            at += 1
    return at - half
