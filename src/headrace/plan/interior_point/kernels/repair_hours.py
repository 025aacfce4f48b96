"""The hours of a repair, in the order that `repair.py` tells: inside the bounds, stores, windows,
rows.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from headrace.core.arrays import Floats
from headrace.plan.interior_point.kernels.layout import PIECE, Hours, RepairRoles
from headrace.plan.interior_point.kernels.vector_ops import row_limit, upper_bound

PASSES = 12


@njit(**PIECE)
def repair(
    hours: Hours,
    role: RepairRoles,
    first_chain: int,
    values: Floats,
    x: Floats,
    room: tuple[Floats, ...],
) -> None:
    """z near `values` that tries to keep every limit at capacities x; room: (right-hand sides,
    uppers, z, use of the windows). Columns, capacities and right-hand sides in their own units [MW,
    MWh, ...].
    """
    rhs, upper, z, used = room
    _within_bounds(hours, values, x, (rhs, upper), z)
    _bound_by_single_rows(hours, role, rhs, upper, z)
    for r in role.shared:
        _share(hours, role, r, rhs[r], z)
    for c in range(len(role.level)):
        if role.level[c] >= 0:
            for _ in range(PASSES):
                if not _follow_level(hours, role, (first_chain, c), rhs[first_chain + c], z, upper):
                    break
    _shrink_windows(hours, role, z, x, used)
    for c in range(len(role.spill)):
        if role.spill[c] >= 0:
            _spill(hours, role, (first_chain, c), rhs[first_chain + c], z, upper)
    _repair_rows(hours, role, first_chain, rhs, z, upper)


@njit(**PIECE)
def _within_bounds(
    hours: Hours, values: Floats, x: Floats, limits: tuple[Floats, ...], z: Floats
) -> None:
    """z = values inside [0, upper], 0 where the column does not exist; right-hand sides and uppers
    are computed here.
    """
    rhs, upper = limits
    for r in range(rhs.shape[0]):
        row_limit(hours, r, 0, rhs[r], x)
    length = z.shape[1]
    for j in range(z.shape[0]):
        if hours.upper_at[j] >= 0:
            upper_bound(hours, j, 0, upper[j], x)
        for t in range(length):
            live = hours.mask[j] == 0 or hours.profiles[hours.mask[j], t] > 0.0
            if hours.upper_at[j] < 0:
                upper[j, t] = np.inf
            upper[j, t] = max(upper[j, t], 0.0) if live else 0.0
            z[j, t] = min(values[j, t], upper[j, t]) if live else 0.0


@njit(**PIECE)
def _bound_by_single_rows(
    hours: Hours, role: RepairRoles, rhs: Floats, upper: Floats, z: Floats
) -> None:
    """A row with one column is a bound of that column."""
    for e in role.single:
        j, scale, number = (
            role.owner[e],
            hours.in_hour.scale[e],
            hours.profiles[hours.in_hour.profile[e]],
        )
        for t in range(z.shape[1]):
            if number[t] > 0.0:
                upper[j, t] = min(
                    upper[j, t], max(rhs[hours.in_hour.to[e], t], 0.0) / (scale * number[t])
                )
                z[j, t] = min(z[j, t], upper[j, t])


@njit(**PIECE)
def _share(hours: Hours, role: RepairRoles, row: int, rhs: Floats, z: Floats) -> None:
    """Shrink all columns of a row that is too full alike."""
    for t in range(z.shape[1]):
        used, room = _drawn(hours, role, row, t, z), max(rhs[t], 0.0)
        if used > room:
            for e in range(len(role.owner)):
                if hours.in_hour.to[e] == row:
                    z[role.owner[e], t] *= room / used * (1.0 - 1e-12)


@njit(**PIECE)
def _follow_level(
    hours: Hours, role: RepairRoles, at: tuple[int, int], rhs: Floats, z: Floats, upper: Floats
) -> bool:
    """Let a level follow its chain round every circle; True when discharge had to be cut to return
    to the start.
    """
    first_chain, c = at
    j, entry, cut = role.level[c], role.level_entry[c], False
    scale, row = hours.in_previous.scale[entry], hours.profiles[hours.in_previous.profile[entry]]
    for f in range(len(hours.first_hours)):
        first, last = hours.first_hours[f], hours.last_hours[f]
        for t in range(first, last + 1):
            allowed = (rhs[t] - _drawn(hours, role, first_chain + c, t, z)) / (scale * row[t])
            if allowed < 0.0:
                allowed += _cut_discharge(
                    hours, role, first_chain + c, (t, -allowed * scale * row[t]), z
                ) / (scale * row[t])
            if t < last:
                top = min(max(allowed, 0.0), upper[j, t + 1])
                z[j, t + 1] = top if role.free[c] == 1 else min(z[j, t + 1], top)
            elif allowed < z[j, first] and last > first:
                cut = True
                _return_to_start(
                    hours,
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
def _drawn(hours: Hours, role: RepairRoles, row: int, t: int, z: Floats) -> float:
    """Sum of the chain row's terms of hour t, without the next level."""
    total = 0.0
    for e in range(len(role.owner)):
        if hours.in_hour.to[e] == row:
            total += (
                hours.in_hour.scale[e]
                * hours.profiles[hours.in_hour.profile[e], t]
                * z[role.owner[e], t]
            )
    return total


@njit(**PIECE)
def _cut_discharge(
    hours: Hours, role: RepairRoles, row: int, need: tuple[int, float], z: Floats
) -> float:
    """Lower the columns that draw on the chain in hour t until `missing` is covered; returns what
    was.
    """
    t, missing = need
    done = 0.0
    for e in range(len(role.owner)):
        if hours.in_hour.to[e] == row and missing > done:
            number = hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t]
            if number > 0.0:
                part = min(z[role.owner[e], t], (missing - done) / number)
                z[role.owner[e], t] -= part
                done += part * number
    return done


@njit(**PIECE)
def _return_to_start(
    hours: Hours,
    role: RepairRoles,
    at: tuple[int, int, int, int],
    missing: float,
    z: Floats,
    upper: Floats,
) -> None:
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
        missing -= _cut_discharge(hours, role, row, (t, min(missing, head)), z)
    z[j, first] = max(z[j, first] - missing, 0.0)


@njit(**PIECE)
def _spill(
    hours: Hours, role: RepairRoles, at: tuple[int, int], rhs: Floats, z: Floats, upper: Floats
) -> None:
    """Spill what a chain row has too much of, hour by hour round every circle."""
    first_chain, c = at
    j, entry = role.spill[c], role.spill_entry[c]
    number = hours.profiles[hours.in_hour.profile[entry]]
    for f in range(len(hours.first_hours)):
        first, last = hours.first_hours[f], hours.last_hours[f]
        for t in range(first, last + 1):
            following = t + 1 if t < last else first
            excess = _drawn(hours, role, first_chain + c, t, z) - rhs[t]
            for k in range(z.shape[0]):
                for e in range(hours.in_previous.ptr[k], hours.in_previous.ptr[k + 1]):
                    if hours.in_previous.to[e] == first_chain + c:
                        share = hours.profiles[hours.in_previous.profile[e], t]
                        excess += hours.in_previous.scale[e] * share * z[k, following]
            room = -hours.in_hour.scale[entry] * number[t]
            if excess > 0.0 and room > 0.0:
                z[j, t] = min(z[j, t] + excess / room, upper[j, t])


@njit(**PIECE)
def _shrink_windows(hours: Hours, role: RepairRoles, z: Floats, x: Floats, used: Floats) -> None:
    """Shrink the columns of windows that are too full."""
    for w in range(len(used)):
        used[w] = 0.0
    for turn in range(2):
        if turn == 1:
            _shares(hours, x, used)
        for j in range(z.shape[0]):
            for e in range(hours.in_window.ptr[j], hours.in_window.ptr[j + 1]):
                at, number = (
                    hours.window_at[hours.in_window.to[e]],
                    hours.profiles[hours.in_window.profile[e]],
                )
                for t in range(z.shape[1]):
                    w = at[t]
                    if w >= 0 and turn == 0:
                        used[w] += hours.in_window.scale[e] * number[t] * z[j, t]
                    elif w >= 0 and used[w] < 1.0 and role.shrinkable[hours.in_window.to[e]] == 1:
                        z[j, t] *= used[w]


@njit(**PIECE)
def _shares(hours: Hours, x: Floats, used: Floats) -> None:
    """From what each window holds to the share of it that may stay."""
    for w in range(len(used)):
        room = hours.window_rhs[w]
        for e in range(hours.window_border.ptr[w], hours.window_border.ptr[w + 1]):
            room += hours.window_border.scale[e] * x[hours.window_border.to[e]]
        used[w] = max(room, 0.0) / used[w] * (1.0 - 1e-12) if used[w] > room else 1.0


@njit(**PIECE)
def _repair_rows(
    hours: Hours, role: RepairRoles, rows: int, rhs: Floats, z: Floats, upper: Floats
) -> None:
    """Mend rows that are too full, hour by hour: `rhs` becomes the excess.

    Where two rows hold a sum from both sides (what is made is used), a burden of a third row can
    only be lowered together with something else. So what is left after a first turn is lowered
    whatever the others say, and they are mended in a second one.
    """
    _excess(hours, role, rows, rhs, z)
    for turn in range(2):
        for r in role.order:
            for t in range(z.shape[1]):
                if rhs[r, t] > 0.0:
                    _repair_row(hours, role, r, t, rhs, (z, upper))
        if turn == 0:
            for r in role.order:
                for t in range(z.shape[1]):
                    _lower(hours, role, r, t, rhs, z)


@njit(**PIECE)
def _excess(hours: Hours, role: RepairRoles, rows: int, rhs: Floats, z: Floats) -> None:
    """From right-hand sides to what each row has beyond its own."""
    length = z.shape[1]
    for r in range(rows):
        for t in range(length):
            rhs[r, t] = -rhs[r, t]
    for e in range(len(role.owner)):
        r, j = hours.in_hour.to[e], role.owner[e]
        if r < rows:
            for t in range(length):
                rhs[r, t] += (
                    hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t] * z[j, t]
                )


@njit(**PIECE)
def _lower(hours: Hours, role: RepairRoles, r: int, t: int, excess: Floats, z: Floats) -> None:
    """Lower burdens of row r until it holds in hour t, whatever that does to other rows."""
    for i in range(role.loading_ptr[r], role.loading_ptr[r + 1]):
        j, e = role.loading[i], role.loading_entry[i]
        number = hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t]
        if excess[r, t] > 0.0 and number > 0.0 and z[j, t] > 0.0:
            _shift(hours, j, t, -min(z[j, t], excess[r, t] / number), z, excess)


@njit(**PIECE)
def _repair_row(
    hours: Hours, role: RepairRoles, r: int, t: int, excess: Floats, columns: tuple[Floats, ...]
) -> None:
    """Raise helpers, lower burdens as far as other rows allow, then helpers for which that made
    room, until row r holds in hour t.
    """
    _raise_relieving(hours, role, r, t, excess, columns)
    z = columns[0]
    for i in range(role.loading_ptr[r], role.loading_ptr[r + 1]):
        j, e = role.loading[i], role.loading_entry[i]
        number = hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t]
        if excess[r, t] > 0.0 and number > 0.0 and z[j, t] > 0.0:
            room = min(z[j, t], excess[r, t] / number)
            for a in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
                relief = -hours.in_hour.scale[a] * hours.profiles[hours.in_hour.profile[a], t]
                if relief > 0.0 and a != e:
                    room = min(room, -excess[hours.in_hour.to[a], t] / relief)
            if room > 0.0:
                _shift(hours, j, t, -room, z, excess)
    if excess[r, t] > 0.0:
        _raise_relieving(hours, role, r, t, excess, columns)


@njit(**PIECE)
def _raise_relieving(
    hours: Hours, role: RepairRoles, r: int, t: int, excess: Floats, columns: tuple[Floats, ...]
) -> None:
    """Raise columns that relieve row r, as far as their bounds and the other rows they stand in
    allow.
    """
    z, upper = columns
    for i in range(role.relieving_ptr[r], role.relieving_ptr[r + 1]):
        j, e = role.relieving[i], role.relieving_entry[i]
        number = -hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t]
        if excess[r, t] <= 0.0 or number <= 0.0:
            continue
        room = min(upper[j, t] - z[j, t], excess[r, t] / number)
        for a in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
            burden = hours.in_hour.scale[a] * hours.profiles[hours.in_hour.profile[a], t]
            if burden > 0.0:
                room = min(room, -excess[hours.in_hour.to[a], t] / burden)
        if room > 0.0:
            _shift(hours, j, t, room, z, excess)


@njit(**PIECE)
def _shift(hours: Hours, j: int, t: int, move: float, z: Floats, excess: Floats) -> None:
    """Move one column in one hour and keep the excess of its rows up to date."""
    z[j, t] += move
    for e in range(hours.in_hour.ptr[j], hours.in_hour.ptr[j + 1]):
        excess[hours.in_hour.to[e], t] += (
            hours.in_hour.scale[e] * hours.profiles[hours.in_hour.profile[e], t] * move
        )
