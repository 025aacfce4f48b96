"""Factor one node: eliminate every hour, carry the front, leave the Schur complement on the
borders.
"""

from __future__ import annotations

from numba import njit

from headrace.plan.interior_point.kernels.layout import INLINE, PIECE
from headrace.plan.interior_point.kernels.vector_ops import (
    A,
    add_times,
    copy,
    fill,
    inner,
    ratio,
    times,
    zero,
)


@njit(**PIECE)
def factor(h: A, p: A, s: A, k: A, span: A) -> None:
    """LDL' of a chunk of the node's Newton system (theta in k.theta, one hour ahead); span: first
    hour, hours.

    The front carries over; it starts at 0 and ends with the borders' complement (`complement`).
    """
    assemble(h, p, s, k, span, (k.hour, k.front))
    eliminate(p, k, span, (k.hour, k.front))
    sweep(h, p, s, k, span, (k.hour, k.front, k.raw))


@njit(**PIECE)
def complement(p: A, k: A) -> None:
    """k.schur = the borders' complement, to be added to H."""
    first = p.windows + p.closers
    for a in range(p.borders):
        for b in range(p.borders):
            k.schur[a, b] = -k.front[first + a, first + b]


@njit(**PIECE)
def assemble(h: A, p: A, s: A, k: A, span: A, room: A) -> None:
    """The chunk's hour matrices, one row of `hour` per entry; border by border goes straight to the
    front.
    """
    t0, n = span
    hour, front = room
    for e in range(p.entries):
        zero(hour[e, :n])
    for r in range(p.rows):
        ratio(hour[p.entry[r, r], :n], s.s[r, t0 : t0 + n], s.y[r, t0 : t0 + n])
        first = p.rows + p.windows + p.closers
        for e in range(h.edge.ptr[r], h.edge.ptr[r + 1]):
            fill(
                hour[p.entry[first + h.edge.to[e], r], :n],
                h.edge.scale[e],
                h.edge.profile[e],
                h.profiles,
                t0,
            )
    value, share = k.scratch[0], k.scratch[1]
    for j in range(s.z.shape[0]):
        if h.upper_at[j] >= 0:
            ratio(share[:n], s.w[h.upper_at[j], t0 : t0 + n], s.t[h.upper_at[j], t0 : t0 + n])
        _column(h, p, k, (j, t0), (hour, front), (value[:n], share[:n]))
    for c in range(len(h.carried)):
        _carried(h, p, s, k, (h.carried[c], t0, min(n, s.z.shape[1] - 1 - t0)), hour)
    _circles(h, p, span, hour)


@njit(**INLINE)
def _column(h: A, p: A, k: A, at: A, room: A, scratch: A) -> None:
    """Products of the unknowns that meet in column j; a border's entry is -P u."""
    j, t0 = at
    hour, front = room
    value, share = scratch
    n, border = len(value), p.rows + p.windows + p.closers
    theta = k.theta[j, t0 : t0 + n]
    for a in range(h.terms.ptr[j], h.terms.ptr[j + 1]):
        to = h.terms.to[a]
        copy(value, theta)
        times(value, h.terms.scale[a], h.terms.profile[a], h.profiles, t0)
        if to >= border:
            for i in range(n):
                value[i] *= -share[i]
        for b in range(h.terms.ptr[j], a + 1):
            if h.terms.to[b] < border:
                out = hour[p.entry[to, h.terms.to[b]], :n]
                add_times(out, h.terms.scale[b], h.terms.profile[b], h.profiles, t0, value)
    if h.bound.ptr[j] < h.bound.ptr[j + 1]:
        for i in range(n):
            share[i] *= 1.0 - share[i] * theta[i]
        _bounds(h, j, t0, (front, border - p.rows), (value, share))


@njit(**INLINE)
def _bounds(h: A, j: int, t0: int, room: A, scratch: A) -> None:
    """front -= U' P (1 - P theta) U of column j."""
    front, first = room
    value, share = scratch
    for a in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
        copy(value, share)
        times(value, h.bound.scale[a], h.bound.profile[a], h.profiles, t0)
        for b in range(h.bound.ptr[j], h.bound.ptr[j + 1]):
            total = 0.0
            if h.bound.profile[b] == 0:
                for i in range(len(value)):
                    total += value[i]
            else:
                total = inner(value, h.profiles[h.bound.profile[b], t0 : t0 + len(value)])
            front[first + h.bound.to[a], first + h.bound.to[b]] -= h.bound.scale[b] * total


@njit(**PIECE)
def _carried(h: A, p: A, s: A, k: A, at: A, hour: A) -> None:
    """A carried column of the next hour: with its chain rows of this hour, and of these with next
    hour's slots.
    """
    j, t0, n = at
    if n <= 0:
        return
    border = p.rows + p.windows + p.closers
    # first column of the next hour's late rows in p.late, for row numbers
    late = border + p.borders - 2 * p.early
    value, share = k.scratch[0, :n], k.scratch[1, :n]
    for a in range(h.after.ptr[j], h.after.ptr[j + 1]):
        copy(value, k.theta[j, t0 + 1 : t0 + 1 + n])
        times(value, h.after.scale[a], h.after.profile[a], h.profiles, t0)
        for b in range(h.after.ptr[j], h.after.ptr[j + 1]):
            if h.after.to[b] <= h.after.to[a]:
                out = hour[p.entry[h.after.to[a], h.after.to[b]], :n]
                add_times(out, h.after.scale[b], h.after.profile[b], h.profiles, t0, value)
        for b in range(h.here.ptr[j], h.here.ptr[j + 1]):
            out = hour[p.late[h.after.to[a] - p.early, late + h.here.to[b]], :n]
            add_times(out, h.here.scale[b], h.here.profile[b], h.profiles, t0 + 1, value)
        for b in range(h.terms.ptr[j], h.terms.ptr[j + 1]):
            if h.terms.to[b] >= p.rows:
                out = hour[p.entry[h.terms.to[b], h.after.to[a]], :n]
                if h.terms.to[b] >= border:
                    u = h.upper_at[j]
                    ratio(share, s.w[u, t0 + 1 : t0 + 1 + n], s.t[u, t0 + 1 : t0 + 1 + n])
                    for i in range(n):
                        share[i] *= -value[i]
                else:
                    copy(share, value)
                add_times(out, h.terms.scale[b], h.terms.profile[b], h.profiles, t0 + 1, share)


@njit(**PIECE)
def eliminate(p: A, k: A, span: A, room: A) -> None:
    """Pivot the early rows of all hours of the chunk."""
    t0, n = span
    hour = room[0]
    for a in range(p.early):
        inverse, pivot = k.early_inverse[a, t0 : t0 + n], hour[p.entry[a, a], :n]
        for i in range(n):
            inverse[i] = 1.0 / pivot[i]
        for e in range(p.pivot_ptr[a], p.pivot_ptr[a + 1]):
            column, share = hour[p.entry[p.pivot_to[e], a], :n], k.early_factor[e, t0 : t0 + n]
            for i in range(n):
                share[i] = column[i] * inverse[i]
            for f in range(p.pivot_ptr[a], e + 1):
                _spread(
                    p,
                    (p.pivot_to[e], p.pivot_to[f]),
                    share,
                    hour[p.entry[p.pivot_to[f], a], :n],
                    room,
                )


@njit(**PIECE)
def _spread(p: A, at: A, share: A, column: A, room: A) -> None:
    """Entry (i, k) -= share * column; between two borders straight into the front."""
    hour, front = room
    target = p.entry[at[0], at[1]]
    if target >= 0:
        out = hour[target, : len(share)]
        for i in range(len(share)):
            out[i] -= share[i] * column[i]
    else:
        total = inner(share, column)
        front[at[0] - p.rows, at[1] - p.rows] -= total
        if at[0] != at[1]:
            front[at[1] - p.rows, at[0] - p.rows] -= total


@njit(**PIECE)
def sweep(h: A, p: A, s: A, k: A, span: A, room: A) -> None:
    """Late rows hour after hour; windows and closers leave the front where they close.

    A stretch ends where something closes or opens. Inside it only the late rows themselves have to
    go hour by hour; what they leave on the slots is summed over many hours at once: for windows
    when the stretch ends, for the others when the chunk does.
    """
    t0, n = span
    hour, front, raw = room
    i, done, event = 0, 0, 0
    while event < len(h.event_hour) and h.event_hour[event] < t0:
        event += 1
    while i < n:
        stop = _stretch(h, event, t0 + i, t0 + n) - t0
        for f in range(len(h.firsts)):
            if h.firsts[f] == t0 + i:
                _open(h, p, s, t0 + i, front)
        _late(p.late, k.late_factor, (t0, i, stop), room)
        _slots(p.late, k.late_factor, (t0, i, stop), room)
        _spend(front, raw, k.late_factor, (0, p.windows), (t0, i, stop))
        _flush(p, (hour, front), i, stop)
        t, i = t0 + stop - 1, stop
        while event < len(h.event_hour) and h.event_hour[event] == t:
            if h.event_slot[event] >= p.windows and done < stop:
                _spend(front, raw, k.late_factor, (p.windows, raw.shape[1]), (t0, done, stop))
                done = stop
            _close(h, p, s, k, event, front)
            event += 1
    _spend(front, raw, k.late_factor, (p.windows, raw.shape[1]), (t0, done, n))


@njit(**INLINE)
def _stretch(h: A, event: int, t: int, stop: int) -> int:
    """Where the stretch from hour t ends: behind the next closing, before the next opening, at
    `stop` at last.
    """
    if event < len(h.event_hour):
        stop = min(stop, h.event_hour[event] + 1)
    for f in range(len(h.firsts)):
        if t < h.firsts[f] < stop:
            stop = h.firsts[f]
    return stop


@njit(**PIECE)
def _open(h: A, p: A, s: A, t: int, front: A) -> None:
    """A segment opens: each carried column's first value becomes a closer that meets windows and
    borders.
    """
    border = p.windows + p.closers
    for c in range(len(h.carried)):
        j, slot = h.carried[c], p.windows + c
        for e in range(h.terms.ptr[j], h.terms.ptr[j + 1]):
            to, value = h.terms.to[e] - p.rows, h.terms.scale[e] * h.profiles[h.terms.profile[e], t]
            if to >= border:
                value *= -s.w[h.upper_at[j], t] / s.t[h.upper_at[j], t]
            if to >= 0:
                front[to, slot] -= value
                front[slot, to] -= value


@njit(**PIECE)
def _circles(h: A, p: A, span: A, hour: A) -> None:
    """The late rows of a segment's first hour, and the chains of its last, meet the closers."""
    t0, n = span
    late = p.rows - p.early
    for f in range(len(h.firsts)):
        first, last = h.firsts[f] - t0, h.lasts[f] - t0
        for c in range(len(h.carried)):
            j, slot = h.carried[c], late + p.windows + c
            if 0 <= first < n:
                for e in range(h.here.ptr[j], h.here.ptr[j + 1]):
                    value = h.here.scale[e] * h.profiles[h.here.profile[e], t0 + first]
                    hour[p.late[h.here.to[e] - p.early, slot], first] -= value
            if 0 <= last < n:
                for e in range(h.after.ptr[j], h.after.ptr[j + 1]):
                    value = h.after.scale[e] * h.profiles[h.after.profile[e], t0 + last]
                    hour[p.late[h.after.to[e] - p.early, slot], last] -= value


@njit(**PIECE)
def _late(late: A, store: A, span: A, room: A) -> None:
    """LDL' of the late rows of a stretch with each other and the next hour's: multipliers are
    stored, 1/d on the diagonal.

    What an hour leaves to the next one's late rows waits in the front.
    """
    t0, first, stop = span
    hour, front, raw = room
    count, slots = late.shape[0], raw.shape[1]
    after = count + slots
    for i in range(first, stop):
        t = t0 + i
        for a in range(count):
            for b in range(count):
                store[a, b, t] = hour[late[a, b], i] + front[slots + a, slots + b]
                store[a, after + b, t] = (
                    hour[late[a, after + b], i] if late[a, after + b] >= 0 else 0.0
                )
                front[slots + a, slots + b] = 0.0
        for a in range(count):
            _pivot(store[:, :, t], front, a, after)
        for a in range(count):
            for b in range(a):
                front[slots + a, slots + b] = front[slots + b, slots + a]


@njit(**PIECE)
def _pivot(hour: A, front: A, a: int, after: int) -> None:
    """Eliminate late row a of an hour from the later ones and, in the front, from those of the next
    hour.
    """
    count = hour.shape[0]
    slots, inverse = after - count, 1.0 / hour[a, a]
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
            front[slots + b, slots + c] -= share * hour[a, after + c]
        hour[a, after + b] = share
    hour[a, a] = inverse


@njit(**PIECE)
def _slots(late: A, store: A, span: A, room: A) -> None:
    """What the late rows of a stretch share with the slots, eliminated hour by hour: `raw` before,
    multipliers after division.
    """
    t0, first, stop = span
    hour, front, raw = room
    count, slots = late.shape[0], raw.shape[1]
    after, n = count + slots, stop - first
    for c in range(slots):
        for a in range(count):
            out, entry = raw[a, c, first:stop], late[a, count + c]
            if entry >= 0:
                copy(out, hour[entry, first:stop])
            else:
                zero(out)
            out[0] += front[slots + a, c]
        if count == 1:
            _chained(raw[0, c, first:stop], store[0, after, t0 + first : t0 + stop])
        else:
            _coupled(raw[:, c, first:stop], store[:, :, t0 + first : t0 + stop], after)
        for a in range(count):
            out, x = store[a, count + c, t0 + first : t0 + stop], raw[a, c, first:stop]
            inverse = store[a, a, t0 + first : t0 + stop]
            for i in range(n):
                out[i] = x[i] * inverse[i]
            left = 0.0
            for b in range(count):
                left -= store[b, after + a, t0 + stop - 1] * raw[b, c, stop - 1]
            front[slots + a, c] = left
            front[c, slots + a] = left


@njit(**PIECE)
def _chained(x: A, share: A) -> None:
    """x -= share of the hour before times x there, for the only late row: its value stays in a
    register.
    """
    last = x[0]
    for i in range(1, len(x)):
        last = x[i] - share[i - 1] * last
        x[i] = last


@njit(**PIECE)
def _coupled(x: A, store: A, after: int) -> None:
    """The same for several late rows, which meet in the hour too."""
    count = x.shape[0]
    for i in range(x.shape[1]):
        for a in range(count):
            value = x[a, i]
            for b in range(count if i > 0 else 0):
                value -= store[b, after + a, i - 1] * x[b, i - 1]
            for b in range(a):
                value -= store[b, a, i] * x[b, i]
            x[a, i] = value


@njit(**PIECE)
def _spend(front: A, raw: A, store: A, which: A, span: A) -> None:
    """front -= what the late rows of a stretch leave on the slots `which` and those after them."""
    t0, first, stop = span
    count, slots = raw.shape[0], raw.shape[1]
    for c in range(which[0], which[1]):
        for b in range(c, slots):
            total = 0.0
            for a in range(count):
                total += inner(raw[a, c, first:stop], store[a, count + b, t0 + first : t0 + stop])
            front[b, c] -= total
            if b != c:
                front[c, b] -= total


@njit(**INLINE)
def _flush(p: A, room: A, first: int, last: int) -> None:
    """Window-by-slot entries of hours first .. last-1 of the chunk are summed into the front."""
    hour, front = room
    for f in range(p.flush.shape[0]):
        i, a = p.flush[f, 0], p.flush[f, 1]
        row, total = hour[p.entry[i, a]], 0.0
        for t in range(first, last):
            total += row[t]
        front[i - p.rows, a - p.rows] += total
        if i != a:
            front[a - p.rows, i - p.rows] += total


@njit(**INLINE)
def _close(h: A, p: A, s: A, k: A, event: int, front: A) -> None:
    """A window or closer leaves the front: one rank-1 step; multipliers are stored, its inverse
    pivot last.
    """
    slot, which = h.event_slot[event], h.event_of[event]
    wide = front.shape[0]
    if slot < p.windows:
        front[slot, slot] += s.sw[which] / s.yw[which]
        first = p.windows + p.closers
        for e in range(h.quota.ptr[which], h.quota.ptr[which + 1]):
            front[slot, first + h.quota.to[e]] += h.quota.scale[e]
            front[first + h.quota.to[e], slot] += h.quota.scale[e]
    else:
        front[slot, slot] -= 1.0 / k.first_theta[slot - p.windows, which]
    inverse = 1.0 / front[slot, slot]
    store = k.event_factor[event]
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
