"""Three heaps: decodes of a replica by the step at which they end, replicas by their next event,
and the agenda.
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

import numpy as np

from headrace.models.fleet.kernel.compiled import hot, piece
from headrace.models.fleet.kernel.layout import Record, Records


@hot
def raise_seat(seats: Records, at: int, end: int, who: int) -> None:
    """Put (end, who) at place `at` or above, moving later ends down."""
    while at > 0:
        parent = (at - 1) >> 1
        if seats[parent].end <= end:
            break
        seats[at].end = seats[parent].end
        seats[at].who = seats[parent].who
        at = parent
    seats[at].end = end
    seats[at].who = who


@hot
def lower_seat(seats: Records, count: int) -> None:
    """The top of a heap is free: close the gap with what stands at place `count`, which leaves
    `count` places.
    """
    end, who = np.int64(seats[count].end), np.int64(seats[count].who)
    at = 0
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and seats[child + 1].end < seats[child].end:
            child += 1
        if seats[child].end >= end:
            break
        seats[at].end = seats[child].end
        seats[at].who = seats[child].who
        at = child
    seats[at].end = end
    seats[at].who = who


@piece
def remove_seat(seats: Records, count: int, at: int) -> None:
    """Take place `at` out of a heap of `count` places: raise it to the top, then drop the top."""
    while at > 0:
        parent = (at - 1) >> 1
        seats[at].end = seats[parent].end
        seats[at].who = seats[parent].who
        at = parent
    lower_seat(seats, count - 1)


@hot
def _earlier(due: float, replica: int, other: Record) -> bool:
    """Whether (due, replica) comes before a place of the heap; of equals, the lower number, so that
    all runs have one order.
    """
    return due < other.due or (due == other.due and replica < other.replica)


@hot
def _move(heap: Records, at: int, place: int) -> None:
    """Copy what stands at `place` to `at`."""
    heap[at].due = heap[place].due
    heap[at].replica = heap[place].replica
    heap[heap[at].replica].place = at


@hot
def reorder(replicas: Records, heap: Records, replica: int) -> None:
    """Restore the heap of replicas after replicas[replica].due changed.

    Its keys stand in it, side by side in memory.
    """
    due = replicas[replica].due
    at = heap[replica].place
    while at > 0 and _earlier(due, replica, heap[(at - 1) >> 1]):
        _move(heap, at, (at - 1) >> 1)
        at = (at - 1) >> 1
    count = len(heap)
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and _earlier(
            heap[child + 1].due, heap[child + 1].replica, heap[child]
        ):
            child += 1
        if _earlier(due, replica, heap[child]):
            break
        _move(heap, at, child)
        at = child
    heap[at].due = due
    heap[at].replica = replica
    heap[replica].place = at


@hot
def _before(agenda: Records, left: int, right: int) -> bool:
    a, b = agenda[left], agenda[right]
    return a.time < b.time or (a.time == b.time and a.order < b.order)


@hot
def _swap(agenda: Records, left: int, right: int) -> None:
    a, b = agenda[left], agenda[right]
    time, order, kind, item = a.time, a.order, a.kind, a.subject
    a.time, a.order, a.kind, a.subject = b.time, b.order, b.kind, b.subject
    b.time, b.order, b.kind, b.subject = time, order, kind, item


@piece
def schedule(clock: Record, agenda: Records, time: float, kind: int, item: int) -> None:
    """Put an item on the agenda for `time` [s]; of one time, the first put comes first."""
    at = clock.agenda
    entry = agenda[at]
    entry.time, entry.order, entry.kind, entry.subject = time, clock.ordered, kind, item
    clock.ordered += 1
    clock.agenda += 1
    while at > 0 and _before(agenda, at, (at - 1) >> 1):
        _swap(agenda, at, (at - 1) >> 1)
        at = (at - 1) >> 1


@piece
def take_next(clock: Record, agenda: Records) -> tuple[float, int, int]:
    """Take the next item off the agenda: (time [s], kind, item)."""
    top = agenda[0]
    time, kind, item = top.time, top.kind, top.subject
    clock.agenda -= 1
    count = clock.agenda
    _swap(agenda, 0, count)
    at = 0
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and _before(agenda, child + 1, child):
            child += 1
        if not _before(agenda, child, at):
            break
        _swap(agenda, at, child)
        at = child
    return time, kind, item
