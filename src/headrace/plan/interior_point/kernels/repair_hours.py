"""The hours of a repair, in the order that `repair.py` tells: inside the bounds, stores, windows,
rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from headrace.plan.interior_point.kernels.layout import PIECE
from headrace.plan.interior_point.kernels.vector_ops import A, limit, right_side

PASSES = 12


@njit(**PIECE)
def mend(h: A, role: A, first_chain: int, values: A, x: A, room: A) -> None:
    """z near `values` that tries to keep every limit at capacities x; room: (right-hand sides,
    uppers, z, use of the windows).
    """
    rhs, upper, z, used = room
    _inside(h, values, x, (rhs, upper), z)
    _alone(h, role, rhs, upper, z)
    for c in range(len(role.level)):
        if role.level[c] >= 0:
            for _ in range(PASSES):
                if not _store(h, role, (first_chain, c), rhs[first_chain + c], z, upper):
                    break
    _windows(h, role, z, x, used)
    _rows(h, role, first_chain, rhs, z, upper)


@njit(**PIECE)
def _inside(h: A, values: A, x: A, limits: A, z: A) -> None:
    """z = values inside [0, upper], 0 where the column does not live; right-hand sides and uppers
    are computed here.
    """
    rhs, upper = limits
    for r in range(rhs.shape[0]):
        right_side(h, r, 0, rhs[r], x)
    length = z.shape[1]
    for j in range(z.shape[0]):
        if h.upper_at[j] >= 0:
            limit(h, j, 0, upper[j], x)
        for t in range(length):
            live = h.live[j] == 0 or h.profiles[h.live[j], t] > 0.0
            if h.upper_at[j] < 0:
                upper[j, t] = np.inf
            upper[j, t] = max(upper[j, t], 0.0) if live else 0.0
            z[j, t] = min(values[j, t], upper[j, t]) if live else 0.0


@njit(**PIECE)
def _alone(h: A, role: A, rhs: A, upper: A, z: A) -> None:
    """A row with one column is a bound of that column."""
    for e in role.single:
        j, scale, number = role.owner[e], h.here.scale[e], h.profiles[h.here.profile[e]]
        for t in range(z.shape[1]):
            if number[t] > 0.0:
                upper[j, t] = min(upper[j, t], max(rhs[h.here.to[e], t], 0.0) / (scale * number[t]))
                z[j, t] = min(z[j, t], upper[j, t])


@njit(**PIECE)
def _store(h: A, role: A, at: A, rhs: A, z: A, upper: A) -> bool:
    """Let a level follow its chain round every circle; True when discharge had to be cut to return
    to the start.
    """
    first_chain, c = at
    j, entry, cut = role.level[c], role.level_entry[c], False
    scale, row = h.after.scale[entry], h.profiles[h.after.profile[entry]]
    for f in range(len(h.firsts)):
        first, last = h.firsts[f], h.lasts[f]
        for t in range(first, last + 1):
            allowed = (rhs[t] - _drawn(h, role, first_chain + c, t, z)) / (scale * row[t])
            if allowed < 0.0:
                allowed += _cut(h, role, first_chain + c, (t, -allowed * scale * row[t]), z) / (
                    scale * row[t]
                )
            if t < last:
                top = min(max(allowed, 0.0), upper[j, t + 1])
                z[j, t + 1] = top if role.free[c] == 1 else min(z[j, t + 1], top)
            elif allowed < z[j, first] and last > first:
                cut = True
                _return(
                    h,
                    role,
                    (first_chain + c, j, first, last),
                    (z[j, first] - allowed) * scale * row[t],
                    z,
                    upper,
                )
            elif allowed < z[j, first]:
                z[j, first] = max(allowed, 0.0)
    return cut


@njit(**PIECE)
def _drawn(h: A, role: A, row: int, t: int, z: A) -> float:
    """Sum of the chain row's terms of hour t, without the next level."""
    total = 0.0
    for e in range(len(role.owner)):
        if h.here.to[e] == row:
            total += h.here.scale[e] * h.profiles[h.here.profile[e], t] * z[role.owner[e], t]
    return total


@njit(**PIECE)
def _cut(h: A, role: A, row: int, need: A, z: A) -> float:
    """Lower the columns that draw on the chain in hour t until `missing` is covered; returns what
    was.
    """
    t, missing = need
    done = 0.0
    for e in range(len(role.owner)):
        if h.here.to[e] == row and missing > done:
            number = h.here.scale[e] * h.profiles[h.here.profile[e], t]
            if number > 0.0:
                part = min(z[role.owner[e], t], (missing - done) / number)
                z[role.owner[e], t] -= part
                done += part * number
    return done


@njit(**PIECE)
def _return(h: A, role: A, at: A, missing: float, z: A, upper: A) -> None:
    """Cut discharge from the end backwards, as far as the levels after it have head-room; the start
    takes the rest.
    """
    row, j, first, last = at
    head = np.inf
    missing *= 1.0 + 1e-9
    for t in range(last, first - 1, -1):
        if missing <= 0.0:
            return
        if t < last:
            head = min(head, upper[j, t + 1] - z[j, t + 1])
        if head <= 0.0:
            break
        missing -= _cut(h, role, row, (t, min(missing, head)), z)
    z[j, first] = max(z[j, first] - missing, 0.0)


@njit(**PIECE)
def _windows(h: A, role: A, z: A, x: A, used: A) -> None:
    """Shrink the columns of windows that are too full."""
    for w in range(len(used)):
        used[w] = 0.0
    for turn in range(2):
        if turn == 1:
            _shares(h, x, used)
        for j in range(z.shape[0]):
            for e in range(h.window.ptr[j], h.window.ptr[j + 1]):
                at, number = h.window_at[h.window.to[e]], h.profiles[h.window.profile[e]]
                for t in range(z.shape[1]):
                    w = at[t]
                    if w >= 0 and turn == 0:
                        used[w] += h.window.scale[e] * number[t] * z[j, t]
                    elif w >= 0 and used[w] < 1.0 and role.shrinkable[h.window.to[e]] == 1:
                        z[j, t] *= used[w]


@njit(**PIECE)
def _shares(h: A, x: A, used: A) -> None:
    """From what each window holds to the share of it that may stay."""
    for w in range(len(used)):
        room = h.window_rhs[w]
        for e in range(h.quota.ptr[w], h.quota.ptr[w + 1]):
            room += h.quota.scale[e] * x[h.quota.to[e]]
        used[w] = max(room, 0.0) / used[w] * (1.0 - 1e-12) if used[w] > room else 1.0


@njit(**PIECE)
def _rows(h: A, role: A, rows: int, rhs: A, z: A, upper: A) -> None:
    """Mend rows that are too full, hour by hour: `rhs` becomes the excess."""
    length = z.shape[1]
    for r in range(rows):
        for t in range(length):
            rhs[r, t] = -rhs[r, t]
    for e in range(len(role.owner)):
        r, j = h.here.to[e], role.owner[e]
        if r < rows:
            for t in range(length):
                rhs[r, t] += h.here.scale[e] * h.profiles[h.here.profile[e], t] * z[j, t]
    for r in role.order:
        for t in range(length):
            if rhs[r, t] > 0.0:
                _mend(h, role, r, t, rhs, (z, upper))


@njit(**PIECE)
def _mend(h: A, role: A, r: int, t: int, excess: A, columns: A) -> None:
    """Raise helpers, lower burdens, then helpers for which that made room, until row r holds in
    hour t.
    """
    _help(h, role, r, t, excess, columns)
    z = columns[0]
    for i in range(role.burden_ptr[r], role.burden_ptr[r + 1]):
        j, e = role.burden[i], role.burden_entry[i]
        number = h.here.scale[e] * h.profiles[h.here.profile[e], t]
        if excess[r, t] > 0.0 and number > 0.0 and z[j, t] > 0.0:
            _shift(h, j, t, -min(z[j, t], excess[r, t] / number), z, excess)
    if excess[r, t] > 0.0:
        _help(h, role, r, t, excess, columns)


@njit(**PIECE)
def _help(h: A, role: A, r: int, t: int, excess: A, columns: A) -> None:
    """Raise columns that relieve row r, as far as their bounds and the other rows they stand in
    allow.
    """
    z, upper = columns
    for i in range(role.helper_ptr[r], role.helper_ptr[r + 1]):
        j, e = role.helper[i], role.helper_entry[i]
        number = -h.here.scale[e] * h.profiles[h.here.profile[e], t]
        if excess[r, t] <= 0.0 or number <= 0.0:
            continue
        room = min(upper[j, t] - z[j, t], excess[r, t] / number)
        for a in range(h.here.ptr[j], h.here.ptr[j + 1]):
            burden = h.here.scale[a] * h.profiles[h.here.profile[a], t]
            if burden > 0.0:
                room = min(room, -excess[h.here.to[a], t] / burden)
        if room > 0.0:
            _shift(h, j, t, room, z, excess)


@njit(**PIECE)
def _shift(h: A, j: int, t: int, move: float, z: A, excess: A) -> None:
    """Move one column in one hour and keep the excess of its rows up to date."""
    z[j, t] += move
    for e in range(h.here.ptr[j], h.here.ptr[j + 1]):
        excess[h.here.to[e], t] += h.here.scale[e] * h.profiles[h.here.profile[e], t] * move
