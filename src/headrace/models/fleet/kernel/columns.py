"""Columns into records before a replay, records into columns after it: one sweep over memory each,
not one a field.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from headrace.core.arrays import Flags, Floats, Ints
from headrace.core.compiled_code import can_be_kept
from headrace.models.fleet.kernel.layout import DONE, SHED, Records


@njit(cache=can_be_kept(), nogil=True)
def write_requests(
    requests: Records, arrival: Floats, prompt: Ints, answer: Ints, service: Ints
) -> None:
    """Requests that have not arrived yet, into `requests`, which is all zeros: arrival [s], prompt
    and answer [tokens], service class.
    """
    for i in range(len(requests)):
        request = requests[i]
        request.arrival = arrival[i]
        request.input = prompt[i]
        request.need = prompt[i]
        request.output = answer[i]
        request.service = service[i]
        request.started = -1.0
        request.first = -1.0
        request.done = -1.0
        request.next = -1
        request.after = -1
        request.replica = -1


@njit(cache=can_be_kept(), nogil=True)
def read_requests(requests: Records, times: Floats, whole: Ints, flags: Flags) -> None:
    """Into times [s]: ttft, tpot, e2e, started, done, arrived, shape (6, n), NaN where it never
    was; into whole: replica, hit [tokens], (2, n); into flags: shed, finished, (2, n).
    """
    for i in range(len(requests)):
        request = requests[i]
        finished = request.status == DONE
        flags[0, i] = request.status == SHED
        flags[1, i] = finished
        whole[0, i] = request.replica
        whole[1, i] = request.hit
        times[0, i] = request.first - request.arrival if request.first >= 0 else np.nan
        times[2, i] = request.done - request.arrival if finished else np.nan
        times[1, i] = (
            (request.done - request.first) / max(request.output - 1, 1) if finished else np.nan
        )
        times[3, i] = request.started if request.started >= 0 else np.nan
        times[4, i] = request.done if request.done >= 0 else np.nan
        times[5, i] = request.arrival
