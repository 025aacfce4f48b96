"""Factor one node: eliminate every hour, carry the front, leave the Schur complement on the borders."""

from __future__ import annotations

from typing import Any

from numba import njit

from headrace.plan.interior.arrays import CHUNK, INLINE, PIECE
from headrace.plan.interior.vectors import A, add_times, copy, fill, inner, times, zero, zero2


@njit(**PIECE)
def factor(h: A, p: A, s: A, k: A) -> None:
    """LDL' of the node's Newton system (theta in k.theta); leaves k.schur = borders' complement, to be added to H."""
    length = s.z.shape[1]
    front, hour, block = k.front, k.hour, k.block
    zero2(front)
    event = 0
    for t0 in range(0, length, CHUNK):
        n = min(CHUNK, length - t0)
        assemble(h, p, s, k, (t0, n), (hour, front))
        eliminate(p, k, (t0, n), (hour, front))
        event = sweep(h, p, s, k, (t0, n, event), (hour, front, block))
    first = p.windows + p.closers
    for a in range(p.borders):
        for b in range(p.borders):
            k.schur[a, b] = -front[first + a, first + b]


@njit(**PIECE)
def assemble(h: A, p: A, s: A, k: A, span: A, room: A) -> None:
    """The chunk's hour matrices, one row of `hour` per entry; border by border goes straight to the front."""
    t0, n = span
    hour, front = room
    for e in range(p.entries):
        zero(hour[e, :n])
    for r in range(p.rows):
        out, slack, y = hour[p.entry[r, r]], s.s[r], s.y[r]
        for i in range(n):
            out[i] = slack[t0 + i] / y[t0 + i]
        first = p.rows + p.windows + p.closers
        for e in range(h.edge.ptr[r], h.edge.ptr[r + 1]):
            fill(hour[p.entry[first + h.edge.to[e], r], :n], h.edge.scale[e], h.edge.profile[e], h.profiles, t0)
    value, share = k.scratch[0], k.scratch[1]
    for j in range(s.z.shape[0]):
        if h.upper_at[j] >= 0:
            t, w = s.t[h.upper_at[j]], s.w[h.upper_at[j]]
            for i in range(n):
                share[i] = w[t0 + i] / t[t0 + i]
        _column(h, p, k, (j, t0), (hour, front), (value[:n], share[:n]))
    for c in range(len(h.carried)):
        _carried(h, p, s, k, (h.carried[c], t0, min(n, s.z.shape[1] - 1 - t0)), hour)


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
    """A carried column of the next hour: with its chain rows of this hour, and of these with next hour's slots."""
    j, t0, n = at
    if n <= 0:
        return
    border = p.rows + p.windows + p.closers
    late = border + p.borders - 2 * p.early  # first column of the next hour's late rows in p.late, for row numbers
    value = k.scratch[0, :n]
    for a in range(h.after.ptr[j], h.after.ptr[j + 1]):
        copy(value, k.theta[j, t0 + 1 : t0 + 1 + n])
        times(value, h.after.scale[a], h.after.profile[a], h.profiles, t0)
        for b in range(h.after.ptr[j], h.after.ptr[j + 1]):
            if h.after.to[b] <= h.after.to[a]:
                out = hour[p.entry[h.after.to[a], h.after.to[b]], :n]
                add_times(out, h.after.scale[b], h.after.profile[b], h.profiles, t0, value)
        for b in range(h.here.ptr[j], h.here.ptr[j + 1]):
            out, scale, row = (
                hour[p.late[h.after.to[a] - p.early, late + h.here.to[b]]],
                h.here.scale[b],
                h.profiles[h.here.profile[b]],
            )
            for i in range(n):
                out[i] += scale * row[t0 + 1 + i] * value[i]
        for b in range(h.terms.ptr[j], h.terms.ptr[j + 1]):
            if h.terms.to[b] >= p.rows:
                out, scale, row = hour[p.entry[h.terms.to[b], h.after.to[a]]], h.terms.scale[b], h.profiles[h.terms.profile[b]]
                u = h.upper_at[j] if h.terms.to[b] >= border else -1
                for i in range(n):
                    share = -s.w[u, t0 + 1 + i] / s.t[u, t0 + 1 + i] if u >= 0 else 1.0
                    out[i] += scale * row[t0 + 1 + i] * share * value[i]


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
                _spread(p, (p.pivot_to[e], p.pivot_to[f]), share, hour[p.entry[p.pivot_to[f], a], :n], room)


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
def sweep(h: A, p: A, s: A, k: A, span: A, room: A) -> Any:
    """Late rows hour after hour; windows and closers leave the front where they close. Returns the next event."""
    t0, n, event = span
    hour, front, block = room
    late = p.rows - p.early
    flushed = 0
    segment = 0
    for i in range(n):
        t = t0 + i
        while segment + 1 < len(h.firsts) and h.firsts[segment + 1] <= t:
            segment += 1
        _load(p.late, room, i)
        if h.firsts[segment] == t:
            _open(h, p, s, (t, segment), (front, block))
        if h.lasts[segment] == t:
            _last(h, p, t, block)
        _pivot(k.late_factor[t], front, block, late)
        if event < len(h.event_hour) and h.event_hour[event] == t:
            _flush(p, (hour, front), flushed, i + 1)
            flushed = i + 1
            while event < len(h.event_hour) and h.event_hour[event] == t:
                _close(h, p, s, k, event, front)
                event += 1
    _flush(p, (hour, front), flushed, n)
    return event


@njit(**PIECE)
def _load(late: A, room: A, i: int) -> None:
    """Late rows of hour i from the chunk and from the front, which gives them up."""
    hour, front, block = room
    count, wide = late.shape[0], front.shape[0]
    slots = wide - count
    for a in range(count):
        for b in range(count):
            block[a, b] = hour[late[a, b], i] + front[slots + a, slots + b]
        for b in range(slots):
            block[a, count + b] = front[slots + a, b]
        for b in range(count, count + slots):
            if late[a, b] >= 0:
                block[a, b] += hour[late[a, b], i]
        for b in range(count + slots, count + wide):
            block[a, b] = hour[late[a, b], i] if late[a, b] >= 0 else 0.0
    for a in range(slots, wide):
        for b in range(wide):
            front[a, b] = 0.0
            front[b, a] = 0.0


@njit(**PIECE)
def _open(h: A, p: A, s: A, at: A, room: A) -> None:
    """A segment opens: each carried column's first value becomes a closer that meets rows, windows and borders."""
    t = at[0]
    front, block = room
    late, border = p.rows - p.early, p.windows + p.closers
    for c in range(len(h.carried)):
        j, slot = h.carried[c], p.windows + c
        for e in range(h.terms.ptr[j], h.terms.ptr[j + 1]):
            to, value = h.terms.to[e], h.terms.scale[e] * h.profiles[h.terms.profile[e], t]
            if to < p.rows:
                block[to - p.early, late + slot] -= value
            elif to < p.rows + border:
                front[to - p.rows, slot] -= value
                front[slot, to - p.rows] -= value
            else:
                share = s.w[h.upper_at[j], t] / s.t[h.upper_at[j], t] * value
                front[to - p.rows, slot] += share
                front[slot, to - p.rows] += share


@njit(**PIECE)
def _last(h: A, p: A, t: int, block: A) -> None:
    """The chains of a segment's last hour meet the closers."""
    late = p.rows - p.early
    for c in range(len(h.carried)):
        j = h.carried[c]
        for e in range(h.after.ptr[j], h.after.ptr[j + 1]):
            block[h.after.to[e] - p.early, late + p.windows + c] -= h.after.scale[e] * h.profiles[h.after.profile[e], t]


@njit(**PIECE)
def _pivot(store: A, front: A, block: A, late: int) -> None:
    """LDL' of the late block; its Schur complement goes to the front; multipliers are stored, 1/d on the diagonal."""
    wide = block.shape[1]
    for a in range(late):
        inverse = 1.0 / block[a, a]
        for b in range(a + 1, late):
            share = block[a, b] * inverse
            for c in range(b, wide):
                block[b, c] -= share * block[a, c]
        for c in range(a + 1, wide):
            store[a, c] = block[a, c] * inverse
        store[a, a] = inverse
        for b in range(wide - late):
            share = store[a, late + b]
            if share != 0.0:
                for c in range(wide - late):
                    front[b, c] -= share * block[a, late + c]


@njit(**PIECE)
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


@njit(**PIECE)
def _close(h: A, p: A, s: A, k: A, event: int, front: A) -> None:
    """A window or closer leaves the front: one rank-1 step; multipliers are stored, its inverse pivot last."""
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
