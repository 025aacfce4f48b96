"""Three heaps against sorted lists."""

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.builders.fleet_world import records

from headrace.models.fleet.kernel import heaps, layout

AS_IS = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
ENDS = st.lists(st.integers(0, 50), min_size=1, max_size=30)


def seats_of(ends):
    seats = records(np.zeros(len(ends), layout.SEAT))
    for who, end in enumerate(ends):
        heaps.raise_seat(seats, who, end, who)
    return seats


@AS_IS
@given(ENDS)
def test_decodes_leave_in_the_order_in_which_they_end(ends):
    seats = seats_of(ends)
    found = []
    for left in range(len(ends) - 1, -1, -1):
        found.append(int(seats[0].end))
        heaps.lower_seat(seats, left)
    assert found == sorted(ends)


@AS_IS
@given(ENDS, st.data())
def test_a_decode_taken_out_of_the_middle_leaves_a_heap_of_the_others(ends, data):
    seats = seats_of(ends)
    at = data.draw(st.integers(0, len(ends) - 1))
    gone = int(seats[at].who)
    heaps.remove_seat(seats, len(ends), at)
    kept = [(int(seat.end), int(seat.who)) for seat in seats[: len(ends) - 1]]
    assert sorted(who for _, who in kept) == [who for who in range(len(ends)) if who != gone]
    assert all(end == ends[who] for end, who in kept)
    assert all(kept[(at - 1) // 2][0] <= kept[at][0] for at in range(1, len(kept)))


@AS_IS
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 9)), min_size=1, max_size=40))
def test_the_top_is_the_replica_due_first_and_of_equals_the_lower_number(changes):
    """Ten replicas get new times, one after the other; the heap is held to a plain search."""
    replicas = records(np.zeros(10, layout.REPLICA))
    heap = records(np.zeros(10, layout.HEAP))
    replicas["due"] = heap["due"] = layout.NEVER
    heap["replica"] = heap["place"] = np.arange(10)
    for due, replica in changes:
        replicas[replica].due = float(due)
        heaps.reorder(replicas, heap, replica)
        assert heap[0].replica == int(np.argmin(replicas["due"]))
        assert (heap["due"] == replicas["due"][heap["replica"]]).all()
        assert (heap["replica"][heap["place"]] == np.arange(10)).all()


@AS_IS
@given(st.lists(st.one_of(st.integers(0, 4), st.none()), max_size=40))
def test_the_agenda_keeps_the_order_of_time_and_then_of_putting(script):
    """A number puts an item for that time on the agenda, None takes the next one off."""
    clock = records(np.zeros(1, layout.CLOCK))[0]
    agenda = records(np.zeros(len(script) + 1, layout.AGENDA))
    waiting = []
    for item, time in enumerate(script):
        if time is not None:
            heaps.schedule(clock, agenda, float(time), layout.TICK, item)
            waiting.append((float(time), item))
        elif waiting:
            waiting.sort()
            found, kind, which = heaps.take_next(clock, agenda)
            assert (float(found), int(which)) == waiting.pop(0)
            assert kind == layout.TICK
    assert clock.agenda == len(waiting)
