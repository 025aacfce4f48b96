"""The kernels as plain Python: the same sources without the compiler, so that their parts can be
called.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType, SimpleNamespace

PACKAGE = "headrace.plan.interior_point.kernels"
PARTS = (
    "layout",
    "vector_ops",
    "assembly",
    "factorise_in_time",
    "factorise",
    "triangular_solve",
    "right_hand_sides",
    "directions",
    "step",
    "passes",
    "repair_hours",
)


def _without_compiler() -> SimpleNamespace:
    """Every module of the kernels, loaded once more with a numba that leaves functions alone."""
    stub = ModuleType("numba")
    stub.njit = lambda *_, **__: lambda function: function  # type: ignore[attr-defined]
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    kept = {name: sys.modules.pop(name) for name in [*names, "numba"] if name in sys.modules}
    parent = sys.modules.get("headrace.plan.interior_point")
    sys.modules["numba"] = stub
    try:
        return SimpleNamespace(
            **{part: importlib.import_module(f"{PACKAGE}.{part}") for part in PARTS}
        )
    finally:
        for name in [n for n in sys.modules if n == PACKAGE or n.startswith(f"{PACKAGE}.")]:
            del sys.modules[name]
        del sys.modules["numba"]
        sys.modules.update(kept)
        if parent is not None and PACKAGE in kept:
            parent.kernels = kept[PACKAGE]  # type: ignore[attr-defined]


plain = _without_compiler()
