"""LDL' of the time-linking rows, hour after hour, with the front of trailing unknowns.

A block-tridiagonal factorisation, as a Riccati recursion in model predictive control: an hour's
time-linking rows meet those of the next hour only. What they leave on windows, cyclic variables and
borders gathers in the front (multifrontal elimination, Duff and Reid 1983); a window or cyclic
variable leaves the front by one rank-1 step in the hour that closes it.
"""

from __future__ import annotations

from numba import njit

from headrace.core.arrays import Floats, Ints
from headrace.plan.interior_point.kernels.layout import (
    INLINE,
    PIECE,
    ROUNDING,
    FillPattern,
    Hours,
    Iterate,
    Work,
)
from headrace.plan.interior_point.kernels.vector_ops import copy, inner, zero


@njit(**PIECE)
def eliminate_in_time(
    hours: Hours,
    pattern: FillPattern,
    iterate: Iterate,
    work: Work,
    span: tuple[int, int],
    room: tuple[Floats, ...],
) -> None:
    """Time-linking rows hour after hour; windows and cyclic variables leave the front where they
    close.

    A stretch ends where something closes or opens. Inside it only the time-linking rows themselves
    have to go hour by hour; what they leave on the trailing unknowns is summed over many hours at
    once: for windows when the stretch ends, for the others when the chunk does. The front is in the
    units of `assemble_hours` [unit squared/kUSD].
    """
    t0, n = span
    hour, front, unscaled = room
    i, done, event = 0, 0, 0
    while event < len(hours.event_hour) and hours.event_hour[event] < t0:
        event += 1
    while i < n:
        stop = _stretch(hours, event, t0 + i, t0 + n) - t0
        for f in range(len(hours.first_hours)):
            if hours.first_hours[f] == t0 + i:
                _open_segment(hours, pattern, iterate, t0 + i, front)
        _factorise_in_time(pattern, iterate, work.time_factor, (t0, i, stop), room)
        _trailing_rows(pattern.time_entry, work.time_factor, (t0, i, stop), room)
        _update_front(front, unscaled, work.time_factor, (0, pattern.windows), (t0, i, stop))
        _sum_windows(pattern, (hour, front), i, stop)
        t, i = t0 + stop - 1, stop
        while event < len(hours.event_hour) and hours.event_hour[event] == t:
            if hours.event_slot[event] >= pattern.windows and done < stop:
                _update_front(
                    front,
                    unscaled,
                    work.time_factor,
                    (pattern.windows, unscaled.shape[1]),
                    (t0, done, stop),
                )
                done = stop
            _close_event(hours, pattern, iterate, work, event, front)
            event += 1
    _update_front(
        front, unscaled, work.time_factor, (pattern.windows, unscaled.shape[1]), (t0, done, n)
    )


@njit(**INLINE)
def _stretch(hours: Hours, event: int, t: int, stop: int) -> int:
    """Where the stretch from hour t ends: behind the next closing, before the next opening, at
    `stop` at last.
    """
    if event < len(hours.event_hour):
        stop = min(stop, hours.event_hour[event] + 1)
    for f in range(len(hours.first_hours)):
        if t < hours.first_hours[f] < stop:
            stop = hours.first_hours[f]
    return stop


@njit(**PIECE)
def _open_segment(
    hours: Hours, pattern: FillPattern, iterate: Iterate, t: int, front: Floats
) -> None:
    """A segment opens: each carried column's first value becomes a cyclic variable that meets
    windows and borders.
    """
    border = pattern.windows + pattern.cyclic
    for c in range(len(hours.carried)):
        j, slot = hours.carried[c], pattern.windows + c
        for e in range(hours.unknowns.ptr[j], hours.unknowns.ptr[j + 1]):
            to, value = (
                hours.unknowns.to[e] - pattern.rows,
                hours.unknowns.scale[e] * hours.profiles[hours.unknowns.profile[e], t],
            )
            if to >= border:
                value *= (
                    -iterate.upper_dual[hours.upper_at[j], t]
                    / iterate.upper_slack[hours.upper_at[j], t]
                )
            if to >= 0:
                front[to, slot] -= value
                front[slot, to] -= value


@njit(**PIECE)
def _factorise_in_time(
    pattern: FillPattern,
    iterate: Iterate,
    factor: Floats,
    span: tuple[int, int, int],
    room: tuple[Floats, ...],
) -> None:
    """LDL' of the time-linking rows of a stretch with each other and the next hour's: multipliers
    are stored, 1/d on the diagonal.

    What an hour leaves to the next one's time-linking rows waits in the front. No pivot is less
    than it can be (`eliminate_local`): the two chains of a store hold its level from both sides.
    The least of the later ones waits below the diagonal, where nothing else stands.
    """
    t0, first, stop = span
    time_entry = pattern.time_entry
    hour, front, unscaled = room
    count, trailing = time_entry.shape[0], unscaled.shape[1]
    after = count + trailing
    for i in range(first, stop):
        t = t0 + i
        for a in range(count):
            r = pattern.local + a
            own = iterate.row_slack[r, t] / iterate.row_dual[r, t]
            least = max(own, ROUNDING * factor[a, a, t])
            for b in range(count):
                factor[a, b, t] = hour[time_entry[a, b], i] + front[trailing + a, trailing + b]
                factor[a, after + b, t] = (
                    hour[time_entry[a, after + b], i] if time_entry[a, after + b] >= 0 else 0.0
                )
                front[trailing + a, trailing + b] = 0.0
            factor[a, 0, t] = max(factor[a, 0, t], least) if a == 0 else least
        for a in range(count):
            factor[a, a, t] = max(factor[a, a, t], factor[a, 0, t])
            _pivot(factor[:, :, t], front, a, after)
        for a in range(count):
            for b in range(a):
                front[trailing + a, trailing + b] = front[trailing + b, trailing + a]


@njit(**PIECE)
def _pivot(hour: Floats, front: Floats, a: int, after: int) -> None:
    """Eliminate time-linking row a of an hour from the later ones and, in the front, from those of
    the next hour.
    """
    count = hour.shape[0]
    trailing, inverse = after - count, 1.0 / hour[a, a]
    for b in range(a + 1, count):
        share = hour[a, b] * inverse
        for c in range(b, count):
            hour[b, c] -= share * hour[a, c]
        for c in range(after, after + count):
            hour[b, c] -= share * hour[a, c]
        hour[a, b] = share
    for b in range(count):
        share = hour[a, after + b] * inverse
        for c in range(b, count):
            front[trailing + b, trailing + c] -= share * hour[a, after + c]
        hour[a, after + b] = share
    hour[a, a] = inverse


@njit(**PIECE)
def _trailing_rows(
    time_entry: Ints, factor: Floats, span: tuple[int, int, int], room: tuple[Floats, ...]
) -> None:
    """What the time-linking rows of a stretch share with the trailing unknowns, eliminated hour by
    hour: `raw` before, multipliers after division.
    """
    t0, first, stop = span
    hour, front, unscaled = room
    count, trailing = time_entry.shape[0], unscaled.shape[1]
    after, n = count + trailing, stop - first
    for c in range(trailing):
        for a in range(count):
            out, entry = unscaled[a, c, first:stop], time_entry[a, count + c]
            if entry >= 0:
                copy(out, hour[entry, first:stop])
            else:
                zero(out)
            out[0] += front[trailing + a, c]
        if count == 1:
            _recurrence(unscaled[0, c, first:stop], factor[0, after, t0 + first : t0 + stop])
        else:
            _coupled_recurrence(
                unscaled[:, c, first:stop], factor[:, :, t0 + first : t0 + stop], after
            )
        for a in range(count):
            out, x = factor[a, count + c, t0 + first : t0 + stop], unscaled[a, c, first:stop]
            inverse = factor[a, a, t0 + first : t0 + stop]
            for i in range(n):
                out[i] = x[i] * inverse[i]
            left = 0.0
            for b in range(count):
                left -= factor[b, after + a, t0 + stop - 1] * unscaled[b, c, stop - 1]
            front[trailing + a, c] = left
            front[c, trailing + a] = left


@njit(**PIECE)
def _recurrence(x: Floats, share: Floats) -> None:
    """x -= share of the hour before times x there: with one time-linking row its value stays in a
    register.
    """
    last = x[0]
    for i in range(1, len(x)):
        last = x[i] - share[i - 1] * last
        x[i] = last


@njit(**PIECE)
def _coupled_recurrence(x: Floats, factor: Floats, after: int) -> None:
    """The same for several time-linking rows, which meet in the hour too."""
    count = x.shape[0]
    for i in range(x.shape[1]):
        for a in range(count):
            value = x[a, i]
            for b in range(count if i > 0 else 0):
                value -= factor[b, after + a, i - 1] * x[b, i - 1]
            for b in range(a):
                value -= factor[b, a, i] * x[b, i]
            x[a, i] = value


@njit(**PIECE)
def _update_front(
    front: Floats,
    unscaled: Floats,
    factor: Floats,
    which: tuple[int, int],
    span: tuple[int, int, int],
) -> None:
    """front -= what the time-linking rows of a stretch leave on the trailing unknowns `which` and
    those after them.
    """
    t0, first, stop = span
    count, trailing = unscaled.shape[0], unscaled.shape[1]
    for c in range(which[0], which[1]):
        for b in range(c, trailing):
            total = 0.0
            for a in range(count):
                total += inner(
                    unscaled[a, c, first:stop], factor[a, count + b, t0 + first : t0 + stop]
                )
            front[b, c] -= total
            if b != c:
                front[c, b] -= total


@njit(**INLINE)
def _sum_windows(pattern: FillPattern, room: tuple[Floats, ...], first: int, last: int) -> None:
    """Entries of windows with trailing unknowns, hours first .. last-1 of the chunk: to front."""
    hour, front = room
    for f in range(pattern.window_pairs.shape[0]):
        i, a = pattern.window_pairs[f, 0], pattern.window_pairs[f, 1]
        row, total = hour[pattern.entry[i, a]], 0.0
        for t in range(first, last):
            total += row[t]
        front[i - pattern.rows, a - pattern.rows] += total
        if i != a:
            front[a - pattern.rows, i - pattern.rows] += total


@njit(**INLINE)
def _close_event(
    hours: Hours, pattern: FillPattern, iterate: Iterate, work: Work, event: int, front: Floats
) -> None:
    """A window or cyclic variable leaves the front: one rank-1 step; multipliers are stored, its
    inverse pivot last.
    """
    slot, which = hours.event_slot[event], hours.event_of[event]
    wide = front.shape[0]
    if slot < pattern.windows:
        own = iterate.window_slack[which] / iterate.window_dual[which]
        front[slot, slot] = max(front[slot, slot], 0.0) + own
        first = pattern.windows + pattern.cyclic
        for e in range(hours.window_border.ptr[which], hours.window_border.ptr[which + 1]):
            front[slot, first + hours.window_border.to[e]] += hours.window_border.scale[e]
            front[first + hours.window_border.to[e], slot] += hours.window_border.scale[e]
    else:
        front[slot, slot] -= 1.0 / work.cyclic_theta[slot - pattern.windows, which]
    inverse = 1.0 / front[slot, slot]
    store = work.event_factor[event]
    for a in range(wide):
        store[a] = front[slot, a] * inverse
    store[slot] = 0.0
    store[wide] = inverse
    for a in range(wide):
        share = store[a]
        if share != 0.0:
            for b in range(wide):
                front[a, b] -= share * front[slot, b]
    for a in range(wide):
        front[slot, a] = 0.0
        front[a, slot] = 0.0
