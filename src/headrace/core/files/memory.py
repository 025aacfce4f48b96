"""How much memory may be taken, asked before it is.

The limit is what was asked for (`--memory 4GB`, or HEADRACE_MEMORY), else what the machine, the
container and the process's own limit leave, and at most `UNASKED`. Whoever is about to hold rows,
nodes or hours multiplies first and calls `afford`: a size that does not fit is a sentence, not a
machine that swaps.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.units import UnitError, parse

ASKED = "HEADRACE_MEMORY"
"""The environment variable that `--memory` sets, so that children know it too."""

LEAST = 200e6
"""The least that a process can be asked to stay within [bytes]."""

UNASKED = 16e9
"""The most that is taken unless more is asked for [bytes]: what grows beyond it is rarely meant."""

_GROUPS = Path("/sys/fs/cgroup")


def asked(text: str, key: str = "--memory") -> float:
    """The limit written as `4 GB` or `500MB` [byte]. Raises InputError."""
    expected = "memory such as `4GB`, at least 0.2 GB"
    try:
        size = parse(text, "B")
    except UnitError as error:
        raise InputError(InputFault(Place(key=key), str(error), expected)) from None
    if size < LEAST:
        raise InputError(InputFault(Place(key=key), f"`{text}`", expected))
    return size


def limit() -> float:
    """How much this process may hold [byte]: as asked for, else what the machine leaves, at most
    UNASKED.

    Raises InputError where HEADRACE_MEMORY cannot be read.
    """
    if written := os.environ.get(ASKED):
        return asked(written, ASKED)
    return max(min(_machine(), _of_group(), _of_process(), UNASKED), LEAST)


def afford(size: float, what: str, place: Place, fix: str = "") -> None:
    """Raise InputError where `size` [byte] is more than may be held.

    what: what would be held, in words and counts ("60,000,000 rows"). place, fix: whose it is and
    what helps.
    """
    most = limit()
    if size > most:
        help_ = fix or "Give less, or more memory with `--memory`."
        found = f"{what} would take about {gigabytes(size)}"
        raise InputError(InputFault(place, found, f"at most {gigabytes(most)} of memory", help_))


def gigabytes(size: float) -> str:
    """A size [byte] in words."""
    return f"{size / 1e9:,.1f} GB" if size < 1e14 else f"{size / 1e9:.0e} GB"


def _machine() -> float:
    """Memory that the machine can give without swapping [byte]."""
    with suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/meminfo").read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return float(line.split()[1]) * 1024
    with suppress(OSError, ValueError, AttributeError):
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    return 8e9


def _of_group() -> float:
    """What the container, and every group around this process, allows [byte]; else endless."""
    files = [_GROUPS / "memory" / "memory.limit_in_bytes"]
    with suppress(OSError, ValueError, IndexError):
        path = (
            Path("/proc/self/cgroup").read_text(encoding="utf-8").split("::", 1)[1].split("\n")[0]
        )
        inside = _GROUPS / path.strip("/")
        files += [group / "memory.max" for group in (inside, *inside.parents)]
    allowed = [float("inf")]
    for file in files:
        with suppress(OSError, ValueError):  # `max`, or no such group
            allowed.append(float(file.read_text(encoding="ascii")))
    return min(allowed)


def _of_process() -> float:
    """The address space that `ulimit -v` allows this process [byte]; endless where it is open."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        soft = resource.getrlimit(resource.RLIMIT_AS)[0]
        return float("inf") if soft == resource.RLIM_INFINITY else float(soft)
    return float("inf")
