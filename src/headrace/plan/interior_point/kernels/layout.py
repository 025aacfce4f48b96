"""The arrays that the kernels read and write. Structure is data: one set of kernels serves every
template.

Unknowns of the reduced Newton system of a node, in the order of their numbers:

    rows     0 .. m-1        early rows first (no column carries them into the next hour), then late
             rows, then chains
    slots    m .. m+R-1      windows (one slot per family), closers (one per carried column),
             borders

An *early* row is eliminated inside its hour, so all hours at once (vectorised); a *late* row
touches the next hour through a carried column (the level of a store), so late rows are eliminated
hour after hour. A *closer* is the value of a carried column at the first hour of a segment: keeping
it as an unknown opens the circle of the year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints

# _nrt: kernels allocate nothing and count no references; counting cost 30 times the arithmetic
# (docs/design/0033)
# no wrappers: those that hand a tuple of forty arrays in from Python or C take longer to compile
# than the work itself
_CODE = {
    "nogil": True,
    "_nrt": False,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz", "reassoc"},
    "no_cfunc_wrapper": True,
}
ENTRY = {**_CODE, "cache": True}  # a kernel that Python calls (kernels.py)
PIECE = {**_CODE, "no_cpython_wrapper": True}  # a part of kernels, compiled with them
# for helpers that take the tuples: handing these over costs more than the work
INLINE = {**PIECE, "inline": "always"}
BLOCK = 1 << 22  # numbers in a block of memory (32 MiB)
# hours handled together: at least, at most; numbers in the largest buffer of them
LEAST, CHUNK, BUFFER = 192, 576, 1 << 16


class Entries(NamedTuple):
    """Entries grouped by owner: those of owner i are ptr[i] .. ptr[i+1]-1, at `to`, worth scale *
    profiles[profile, hour].
    """

    ptr: Ints
    to: Ints
    scale: Floats
    profile: Ints


class Hours(NamedTuple):
    """One node's hours after the reduction: only live columns and rows, numbered as the kernels
    want them.

    here: column -> row; after: column -> chain row of the hour before; window: column -> family;
        bound: column -> border;
    edge: row -> border; quota: window -> border (profiles unread);
    terms: column -> unknown (row, window slot or border slot; a border's value counts times -w/t).
    upper_at: position of a column's upper slack, or -1; live: profile that is 1 where the column
        exists and 0 elsewhere. window_at (family, hour): number of the window, or -1; window_hour:
        its last hour; window_long: 1 if its step is never clipped. carried: columns that chains
        carry into the next hour.
    events: closings in order of time: hour, slot, and the window's number (or closer column and
        segment) they close.
    """

    profiles: Floats
    cost_scale: Floats
    cost_profile: Ints
    here: Entries
    after: Entries
    window: Entries
    bound: Entries
    edge: Entries
    quota: Entries
    terms: Entries
    upper_at: Ints
    upper_scale: Floats
    upper_profile: Ints
    live: Ints
    rhs_scale: Floats
    rhs_profile: Ints
    window_at: Ints
    window_rhs: Floats
    window_hour: Ints
    window_long: Ints
    after_hour: Ints
    before_hour: Ints
    firsts: Ints
    lasts: Ints
    carried: Ints
    event_hour: Ints
    event_slot: Ints
    event_of: Ints


class FillPattern(NamedTuple):
    """What the elimination of one hour fills in; shared by all nodes with the same structure.

    entry[i, a]: where the chunk buffer keeps the entry of unknowns i >= a, or -1. late[a, i]: the
        same for late row a with late rows, slots and the next hour's late rows in turn. Pivots are
        the early rows in order; those of pivot a are pivot_ptr[a] .. : the unknown and the position
        in the stored factor (= same index).
    """

    early: int
    rows: int
    windows: int
    closers: int
    borders: int
    entries: int
    entry: Ints
    late: Ints
    pivot_ptr: Ints
    pivot_to: Ints
    flush: Ints


class Iterate(NamedTuple):
    """The iterate of one node: primal and dual of columns (z, v), of their upper slacks (t, w), of
    row slacks (s, y) and of window slacks (sw, yw). Shapes (column, hour), (bounded column, hour),
    (row, hour), (window,).
    """

    z: Floats
    v: Floats
    t: Floats
    w: Floats
    s: Floats
    y: Floats
    sw: Floats
    yw: Floats


class Work(NamedTuple):
    """Room for one Newton step of a node.

    theta (column, hour + 1): inverse diagonal, 0 for closers; first_theta (carried, segment):
    theirs.
    g: right-hand side of the columns; solve_*: that of rows and windows, solved in place; near_*:
        the predictor's direction; d*: the direction; *_factor: the elimination. worst_primal,
        worst_dual (hour,): largest relative decrease in the hour. tell: sums told to the driver.
        scratch, carried, hour, front, raw, slots: buffers of the kernels, which allocate nothing
        themselves.
    """

    theta: Floats
    first_theta: Floats
    g: Floats
    solve_y: Floats
    solve_w: Floats
    near_z: Floats
    near_y: Floats
    near_w: Floats
    dz: Floats
    dy: Floats
    dw: Floats
    early_inverse: Floats
    early_factor: Floats
    late_factor: Floats
    event_factor: Floats
    closer_value: Floats
    closer_side: Floats
    schur: Floats
    gradient: Floats
    worst_primal: Floats
    worst_dual: Floats
    tell: Floats
    scratch: Floats
    carried: Floats
    hour: Floats
    front: Floats
    raw: Floats
    slots: Floats


def entries_by(owner: Ints, count: int, to: Ints, scale: Floats, profile: Ints) -> Entries:
    """Group entries by their owner, keeping the order of `to` inside each."""
    order = np.lexsort((to, owner))
    ptr = np.zeros(count + 1, dtype=np.int64)
    np.add.at(ptr, owner + 1, 1)
    whole = np.ascontiguousarray
    return Entries(np.cumsum(ptr), whole(to[order]), whole(scale[order]), whole(profile[order]))


class ArrayPool:
    """Hands out zeros from large blocks, which the system backs with large pages: a pass over a
    node looks up fewer addresses.
    """

    def __init__(self) -> None:
        self._block = np.zeros(0)

    def __call__(self, *shape: int) -> NDArray[np.float64]:
        """Zeros of this shape, at the start of a cache line."""
        size = int(np.prod(shape))
        if size > len(self._block):
            self._block = np.zeros(max(size, BLOCK))
        out, self._block = self._block[:size], self._block[-(-size // 8) * 8 :]
        return out.reshape(shape)


def make_work(hours: Hours, pattern: FillPattern, room: ArrayPool) -> Work:
    """Allocate the room of one node."""
    nc, length = len(hours.cost_scale), hours.profiles.shape[1]
    slots = pattern.windows + pattern.closers + pattern.borders
    late = pattern.rows - pattern.early
    wide = slots + late
    nw = len(hours.window_rhs)
    chunk = min(CHUNK, length, max(LEAST, BUFFER // max(pattern.entries, 1)))

    return Work(
        theta=room(nc, length + 1),
        first_theta=room(len(hours.carried), len(hours.firsts)),
        g=room(nc, length),
        solve_y=room(pattern.rows, length),
        solve_w=room(nw),
        near_z=room(nc, length),
        near_y=room(pattern.rows, length),
        near_w=room(nw),
        dz=room(nc, length),
        dy=room(pattern.rows, length),
        dw=room(nw),
        early_inverse=room(pattern.early, length),
        early_factor=room(len(pattern.pivot_to), length),
        late_factor=room(late, late + wide, length),
        event_factor=room(len(hours.event_hour), wide + 1),
        closer_value=room(len(hours.event_hour)),
        closer_side=room(len(hours.carried), len(hours.firsts)),
        schur=room(pattern.borders, pattern.borders),
        gradient=room(pattern.borders),
        worst_primal=room(length),
        worst_dual=room(length),
        tell=room(6),
        scratch=room(7, chunk),
        carried=room(len(hours.carried), length),
        hour=room(pattern.entries, chunk),
        front=room(wide, wide),
        raw=room(late, slots, chunk),
        slots=room(2, wide),
    )
