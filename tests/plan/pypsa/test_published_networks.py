"""Networks that others wrote, in a folder named by HEADRACE_PYPSA_NETWORKS: each is as in PyPSA, or
refused with the reason.

PyPSA's own examples and tests are such networks (`export_to_netcdf` before each `optimize`); none
is kept here. `python -m tests.plan.pypsa.test_published_networks FOLDER` prints the verdicts.
"""

from __future__ import annotations

import os
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.builders.pypsa_networks import pypsa_optimum

from headrace.core.errors import HeadraceError, InputError
from headrace.plan.lp.options import DEFAULTS
from headrace.plan.pypsa.verdict import settle

pypsa = pytest.importorskip("pypsa")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning"),
]

FOLDER = os.environ.get("HEADRACE_PYPSA_NETWORKS", "")
SECONDS = 60.0
"""Most time for one network; one that takes longer has no verdict."""
NEAR = 1e-4
"""Of the total cost."""


@dataclass(frozen=True)
class Compared:
    """kind: exact, no plan (in either), refused, no verdict in time, or DIFFERENT."""

    kind: str
    words: str


def compared(path: Path) -> Compared:
    """What is imported of a network beside PyPSA's own optimum of it."""
    until = time.monotonic() + SECONDS
    try:
        found = settle(path, DEFAULTS.but(gap=1e-5), stop=lambda: time.monotonic() > until)
    except InputError as error:
        first = str(error).splitlines()
        return Compared("refused", f"{len(first)} reasons, first: {first[0]}")
    except HeadraceError as error:
        return Compared("no verdict", str(error))
    best = optimum(path)
    if not found.exact:
        return Compared("no plan" if best is None else "said not as in PyPSA", found.words)
    if best is None:
        return Compared("DIFFERENT", f"{found.words}; PyPSA has no optimum")
    near = NEAR * max(1.0, abs(best))
    same = found.low - near <= best <= found.high + near
    return Compared("exact" if same else "DIFFERENT", f"{found.words}; PyPSA {best:,.6g}")


def optimum(path: Path) -> float | None:
    """PyPSA's least total cost, all capital cost counted [currency]; None where it has no plan, or
    ends in an error of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        n = pypsa.Network(str(path))
        try:
            return pypsa_optimum(n)
        except (ValueError, KeyError, NotImplementedError):
            return None


PATHS = sorted(Path(FOLDER).glob("**/*.nc")) if FOLDER else []


@pytest.mark.skipif(not PATHS, reason="HEADRACE_PYPSA_NETWORKS names no folder with networks")
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_published_network_is_exact_or_refused(path: Path) -> None:
    found = compared(path)
    assert found.kind != "DIFFERENT", found.words


def _main(folder: str) -> None:
    for path in sorted(Path(folder).glob("**/*.nc")):
        found = compared(path)
        print(f"{path.stem}\t{found.kind}\t{found.words}"[:300], flush=True)


if __name__ == "__main__":
    _main(sys.argv[1])
