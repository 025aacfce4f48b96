"""The arrays that the kernels read and write. Structure is data: one set of kernels serves every
template.

Unknowns of the reduced Newton system of a node, in the order of their numbers:

    rows        0 .. m-1      local rows first (no column carries them into the next hour), then the
                              time-linking ones: rows with a carried column, then chains
    trailing    m .. m+R-1    windows (one for each class), cyclic boundary variables (one for each
                              carried column), borders: the linking variables of the tree

A *local* row is eliminated inside its hour, so all hours at once (vectorised); a *time-linking* row
touches the next hour through a carried column (the level of a store), so these go hour after hour.
A *cyclic* variable is the value of a carried column at the first hour of a segment: keeping it as
an unknown opens the circle of the year. What remains on the borders is the node's Schur complement.

The blocks are those of an arrowhead: OOPS (Gondzio and Grothey 2007, 2009) and PIPS-IPM++ (Rehfeldt
et al. 2022) eliminate them in the same order, with sparse factors where here stand dense loops.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from headrace.core.arrays import Floats, Ints
from headrace.core.compiled_code import can_be_kept

# _nrt: kernels allocate nothing and count no references; counting cost 30 times the arithmetic
# (docs/decisions/0013)
# no wrappers: those that hand a tuple of forty arrays in from Python or C take longer to compile
# than the work itself
_CODE = {
    "nogil": True,
    "_nrt": False,
    "error_model": "numpy",
    "fastmath": {"contract", "arcp", "nsz", "reassoc"},
    "no_cfunc_wrapper": True,
}
ENTRY = {**_CODE, "cache": can_be_kept()}  # a kernel that Python calls (kernels.py)
PIECE = {**_CODE, "no_cpython_wrapper": True}  # a part of kernels, compiled with them
# for helpers that take the tuples: handing these over costs more than the work
INLINE = {**PIECE, "inline": "always"}
BLOCK = 1 << 22  # numbers in a block of memory (32 MiB)
ROUNDING = 1e-15  # part of a diagonal below which a pivot is noise [1]
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
    """One node's hours after presolve: only columns and rows that can be non-zero, numbered as the
    kernels want them.

    in_hour: column -> row of its hour; in_previous: column -> chain of the hour before; in_window:
        column -> window class; upper_border: column -> border behind its bound; row_border: row ->
        border; window_border: window -> border (profiles unread).
    unknowns: column -> all it meets in its hour (row, window or border; a border's value counts
        times -w/t).
    upper_at: position of a column's upper slack, or -1; mask: profile that is 1 where the column
        exists and 0 elsewhere. window_at (class, hour): number of the window, or -1; window_last:
        its last hour; window_long: 1 if its step is never truncated.
    next_hour, previous_hour: along every chain; first_hours, last_hours: of each segment. carried:
        columns that chains carry into the next hour.
    events: closings in order of time: hour, trailing position, and the window's number (or cyclic
        variable and segment) they close.
    """

    profiles: Floats
    cost_scale: Floats
    cost_profile: Ints
    in_hour: Entries
    in_previous: Entries
    in_window: Entries
    upper_border: Entries
    row_border: Entries
    window_border: Entries
    unknowns: Entries
    upper_at: Ints
    upper_scale: Floats
    upper_profile: Ints
    mask: Ints
    rhs_scale: Floats
    rhs_profile: Ints
    window_at: Ints
    window_rhs: Floats
    window_last: Ints
    window_long: Ints
    next_hour: Ints
    previous_hour: Ints
    first_hours: Ints
    last_hours: Ints
    carried: Ints
    event_hour: Ints
    event_slot: Ints
    event_of: Ints


class FillPattern(NamedTuple):
    """What the elimination of one hour fills in; shared by all nodes with the same structure.

    local, rows, windows, cyclic, borders: how many there are of each. entries: rows of the chunk
        matrix.
    entry[i, a]: where the chunk matrix keeps the entry of unknowns i >= a, or -1. time_entry[a, i]:
        the same for time-linking row a with the time-linking rows, the trailing variables and the
        next hour's time-linking rows in turn. Pivots are the local rows in order; those of pivot a
        are pivot_ptr[a] .. : the unknown and the position in the stored factor (the same index).
    window_pairs: (trailing, window) entries that are summed over a stretch of hours.
    """

    local: int
    rows: int
    windows: int
    cyclic: int
    borders: int
    entries: int
    entry: Ints
    time_entry: Ints
    pivot_ptr: Ints
    pivot_to: Ints
    window_pairs: Ints


class Iterate(NamedTuple):
    """The iterate of one node: four families of complementarity pairs, primal and dual.

    column, column_dual: hourly columns and their reduced costs, shape (column, hour).
    upper_slack, upper_dual: of the upper bounds, shape (bounded column, hour).
    row_slack, row_dual: of rows and chains, shape (row, hour).
    window_slack, window_dual: of windows, shape (window,).
    """

    column: Floats
    column_dual: Floats
    upper_slack: Floats
    upper_dual: Floats
    row_slack: Floats
    row_dual: Floats
    window_slack: Floats
    window_dual: Floats


class StepStatistics(NamedTuple):
    """What the passes over one node's hours add up for the driver; `Work.statistics` holds
    them in this order.

    cost: of the iterate's hourly columns. turnover: the same with every column's cost in a chunk
    counted as positive. dual_residual, bound_residual: largest infeasibility
    |cost + A'y - v + w| and |upper - z - t|. long_primal, long_dual: largest relative decrease of
    windows that are never truncated. moved_products: sum of products times the affine direction's
    relative primal move.
    """

    cost: float
    turnover: float
    dual_residual: float
    bound_residual: float
    long_primal: float
    long_dual: float
    moved_products: float


COST, TURNOVER, DUAL_RESIDUAL, BOUND_RESIDUAL, LONG_PRIMAL, LONG_DUAL, MOVED_PRODUCTS = range(7)
"""Positions of the statistics for the kernels, which read no names."""


class Work(NamedTuple):
    """Room for one Newton step of a node; kernels allocate nothing themselves.

    theta (column, hour + 1): the scaling matrix, 0 for cyclic variables; cyclic_theta (carried,
        segment): theirs.
    *_rhs: right-hand sides of columns, rows, windows, cyclic variables and borders; those of rows
        and windows are solved in place. affine_*, combined_*: the two directions.
    local_inverse, local_factor, time_factor, event_factor: the elimination. event_value: eliminated
        right-hand sides of windows and cyclic variables. schur: the complement on the borders.
    primal_decrease, dual_decrease (hour,): largest relative decrease of any value in the hour.
    statistics: `StepStatistics`. scratch, carried_rhs, chunk_matrix, front, unscaled, trailing:
        buffers; front: what is left of the matrix on trailing and time-linking unknowns.
    """

    theta: Floats
    cyclic_theta: Floats
    column_rhs: Floats
    row_rhs: Floats
    window_rhs: Floats
    affine_column: Floats
    affine_row_dual: Floats
    affine_window_dual: Floats
    combined_column: Floats
    combined_row_dual: Floats
    combined_window_dual: Floats
    local_inverse: Floats
    local_factor: Floats
    time_factor: Floats
    event_factor: Floats
    event_value: Floats
    cyclic_rhs: Floats
    schur: Floats
    border_rhs: Floats
    primal_decrease: Floats
    dual_decrease: Floats
    statistics: Floats
    scratch: Floats
    carried_rhs: Floats
    chunk_matrix: Floats
    front: Floats
    unscaled: Floats
    trailing: Floats


class RepairRoles(NamedTuple):
    """Who may move when a row is too full, as index lists by row.

    relieving: columns that may rise to help the row (generation); loading: columns that burden it
        (demand) and may fall as far as other rows allow; each with its entry. owner: column of
        every entry.
    level: carried column of each chain row (-1: more than one), and its entry; free: 1 if the level
        may rise as far as it can. spill: column that does nothing but take from what a chain row
        keeps (-1: none), and its entry. shrinkable: 1 for window classes whose columns may all
        shrink.
    single: entries that stand alone in their row, which is then a bound of their column. shared:
        rows without a negative entry whose columns stand in chains, so that they only shrink.
    order: rows as they are repaired, those that nothing relieves first: what they shed makes room
        for the others.
    """

    relieving_ptr: Ints
    relieving: Ints
    relieving_entry: Ints
    loading_ptr: Ints
    loading: Ints
    loading_entry: Ints
    owner: Ints
    level: Ints
    level_entry: Ints
    free: Ints
    spill: Ints
    spill_entry: Ints
    shrinkable: Ints
    single: Ints
    shared: Ints
    order: Ints


def entries_by(owner: Ints, count: int, to: Ints, scale: Floats, profile: Ints) -> Entries:
    """Group entries by their owner, keeping the order of `to` inside each. scale: [unit of the
    entry].
    """
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
    columns, length = len(hours.cost_scale), hours.profiles.shape[1]
    trailing = pattern.windows + pattern.cyclic + pattern.borders
    linking = pattern.rows - pattern.local
    wide = trailing + linking
    windows = len(hours.window_rhs)
    carried, segments = len(hours.carried), len(hours.first_hours)
    chunk = min(CHUNK, length, max(LEAST, BUFFER // max(pattern.entries, 1)))

    return Work(
        theta=room(columns, length + 1),
        cyclic_theta=room(carried, segments),
        column_rhs=room(columns, length),
        row_rhs=room(pattern.rows, length),
        window_rhs=room(windows),
        affine_column=room(columns, length),
        affine_row_dual=room(pattern.rows, length),
        affine_window_dual=room(windows),
        combined_column=room(columns, length),
        combined_row_dual=room(pattern.rows, length),
        combined_window_dual=room(windows),
        local_inverse=room(pattern.local, length),
        local_factor=room(len(pattern.pivot_to), length),
        time_factor=room(linking, linking + wide, length),
        event_factor=room(len(hours.event_hour), wide + 1),
        event_value=room(len(hours.event_hour)),
        cyclic_rhs=room(carried, segments),
        schur=room(pattern.borders, pattern.borders),
        border_rhs=room(pattern.borders),
        primal_decrease=room(length),
        dual_decrease=room(length),
        statistics=room(len(StepStatistics._fields)),
        scratch=room(7, chunk),
        carried_rhs=room(carried, length),
        chunk_matrix=room(pattern.entries, chunk),
        front=room(wide, wide),
        unscaled=room(linking, trailing, chunk),
        trailing=room(2, wide),
    )
