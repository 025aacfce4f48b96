"""Whether what numba compiles can be kept for the next start.

numba keeps compiled code beside the source or in the user's cache, and ends with an error where it
may write neither (a container with a read-only root, a package of another user and no HOME). Then
the code is compiled without being kept, and that is said once.
"""

from __future__ import annotations

import sys
from functools import cache


def _probe() -> None:
    """A function that is never called: numba looks where it could keep it."""


@cache
def can_be_kept() -> bool:
    """Whether numba finds a folder to keep compiled code in; where it does not, stderr says so."""
    from numba import njit

    try:
        njit(cache=True)(_probe)
    except RuntimeError:
        print(
            "note: compiled code cannot be kept here, so each start takes about a minute longer; "
            "set NUMBA_CACHE_DIR to a folder you may write.",
            file=sys.stderr,
            flush=True,
        )
        return False
    return True
