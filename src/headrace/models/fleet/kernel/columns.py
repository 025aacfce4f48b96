"""Columns into records before a replay, records into columns after it: one sweep over memory each,
not one a field.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from headrace.core.arrays import Floats, Ints
from headrace.models.fleet.kernel.layout import DONE, SHED, World


@njit(cache=True, nogil=True)
def write_requests(
    requests: World, arrival: Floats, prompt: Ints, answer: Ints, service: Ints
) -> None:
    """Requests that have not arrived yet; `requests` is all zeros."""
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
        request.replica = -1


@njit(cache=True, nogil=True)
def read_requests(requests: World, times: Floats, whole: Ints, flags: World) -> None:
    """Into times: ttft, tpot, e2e, started, done, shape (5, n), NaN where it never was; whole:
    replica, hit, (2, n);
    flags: shed, finished, (2, n).
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
