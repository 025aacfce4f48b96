"""Queues by class against plain lists."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_tables import round_table, trace
from tests.builders.fleet_world import world_of

from headrace.models.fleet.kernel import queues
from headrace.models.fleet.types import Fleet, Pool, ServiceClass

CLASSES = 3
MOVES = st.lists(st.sampled_from(["append", "front", "drop"]), max_size=30)


def world_of_classes(services):
    count = len(services)
    load = trace(np.zeros(count), np.ones(count), np.ones(count), np.array(services))
    names = tuple(ServiceClass(f"class {k}") for k in range(CLASSES))
    return world_of(load, Fleet((Pool("a", round_table(), 1),), classes=names))


def waiting(world, service):
    """The queue of a class of replica 0, first to last, read link by link."""
    found, who = [], int(world.queues[0, service].first)
    while who >= 0:
        found.append(who)
        who = int(world.requests[who].next)
    return found


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, CLASSES - 1), min_size=1, max_size=20), MOVES)
def test_a_queue_is_a_list_of_its_class(services, moves):
    world = world_of_classes(services)
    lists = [[] for _ in range(CLASSES)]
    outside = list(range(len(services)))
    for step, move in enumerate(moves):
        if move == "drop":
            service = step % CLASSES
            if lists[service]:
                queues.drop_first(world, 0, service)
                outside.append(lists[service].pop(0))
        elif outside:
            who = outside.pop(0)
            if move == "append":
                queues.append(world, 0, who)
                lists[services[who]].append(who)
            else:
                queues.put_first(world, 0, who)
                lists[services[who]].insert(0, who)
    assert [waiting(world, service) for service in range(CLASSES)] == lists
    assert [int(world.queues[0, s].last) for s in range(CLASSES)] == [
        members[-1] if members else -1 for members in lists
    ]


def test_who_is_next_leads_the_highest_class_that_waits():
    """Requests 0 and 1 are of class 1, request 2 of class 0: it goes before them."""
    world = world_of_classes([1, 1, 0])
    queues.append(world, 0, 0)
    queues.append(world, 0, 1)
    assert queues.is_next(world, 0, 0)
    assert not queues.is_next(world, 0, 1)
    queues.append(world, 0, 2)
    assert not queues.is_next(world, 0, 0)
    assert queues.is_next(world, 0, 2)
