"""Where requests go."""

import numpy as np
import pytest
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import records, world_of

from headrace.models.fleet.kernel import control, layout, loads, routing
from headrace.models.fleet.kernel.layout import ARRIVALS, NOBODY, OFF
from headrace.models.fleet.types import Fleet, Pool, PrefixBlocks


def world_with(router, replicas=3):
    fleet = Fleet((Pool("a", round_table(), replicas),), router=router)
    world = world_of(trace([0.0], [1], [1]), fleet)
    control.open_gates(world)
    return world


def test_splitmix64_is_the_published_generator():
    """Steele, Lea and Flood 2014: seed 1234567 gives 6457827717110365317, 3203168211198807973, ...;
    the kernel keeps the upper 53 bits.
    """
    clock = records(np.zeros(1, layout.CLOCK))[0]
    clock.random = np.uint64(1234567)
    with np.errstate(over="ignore"):
        drawn = [routing.draw(clock, 1 << 53) for _ in range(2)]
    assert drawn == [6457827717110365317 >> 11, 3203168211198807973 >> 11]


def test_round_robin_takes_turns():
    world = world_with("round_robin")
    assert [int(routing.choose(world, ARRIVALS, 0, 0.0)) for _ in range(5)] == [0, 1, 2, 0, 1]


def test_the_least_outstanding_wins():
    world = world_with("least_outstanding")
    loads.hold(world, 0, 2)
    loads.hold(world, 1, 1)
    loads.hold(world, 2, 3)
    assert routing.choose(world, ARRIVALS, 0, 0.0) == 1


def test_two_choices_never_take_the_most_loaded_of_three():
    """Loads 0, 1, 9: replica 2 can only be chosen where it is drawn twice, one time in nine."""
    world = world_with("power_of_two")
    loads.hold(world, 1, 1)
    loads.hold(world, 2, 9)
    with np.errstate(over="ignore"):
        found = np.bincount(
            [routing.choose(world, ARRIVALS, 0, 0.0) for _ in range(900)], minlength=3
        )
    assert found[2] == pytest.approx(100, abs=40)
    assert found[0] > found[1] > found[2]


def test_a_prefix_outweighs_a_shorter_queue_only_so_far():
    """Prompt of 65 tokens, 64 of them remembered by replica 1, so 65 and 1 tokens to compute; one
    outstanding request counts 64 tokens: with one, 65 + 0 against 1 + 64, then replica 0 is taken.
    """
    blocks = PrefixBlocks(np.array([0, 1]), np.array([0]), 64)
    fleet = Fleet(
        (Pool("a", round_table(), 2),), router="prefix_aware", cache_blocks=4, load_weight=64.0
    )
    world = world_of(trace([0.0], [65], [1], blocks=blocks), fleet)
    control.open_gates(world)
    from headrace.models.fleet.kernel import prefix

    prefix.remember(world, 1, 0)
    assert routing.choose(world, ARRIVALS, 0, 0.0) == 1
    loads.hold(world, 1, 1)
    assert routing.choose(world, ARRIVALS, 0, 0.0) == 0


def test_a_closed_gate_takes_nobody():
    world = world_with("least_outstanding", replicas=1)
    world.replicas[0].state = OFF
    control.open_gates(world)
    assert routing.choose(world, ARRIVALS, 0, 0.0) == NOBODY
