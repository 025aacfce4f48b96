"""Headrace: which orders for AI infrastructure do I place this month, and what is each worth?

From electrons to tokens: sun, fuel and grid; halls and accelerators; models; products and cash. The
command line is `headrace` or `python -m headrace`; the library is

    import headrace as hr
    plan = hr.read("piedmont").but({"sites.greensboro.grid.limit": "400 MW"}).solve()
    plan.orders

Every name is loaded when it is first asked for (PEP 562); types stand in `__init__.pyi`. The rooms
are packages of their own.
"""

from __future__ import annotations

_PLACES = {
    "Plan": "plan:Plan",
    "Study": "study:StudyHandle",
    "Table": "table:ResultTable",
    "HeadraceError": "errors:HeadraceError",
    "InputError": "errors:InputError",
    "ask": "asking:ask",
    "audit": "rooms:audit",
    "catalogue": "reference:catalogue",
    "compare": "comparison:compare",
    "discover": "asking:discover",
    "examples": "reference:examples",
    "explain": "reference:explain",
    "fleet": "rooms:fleet",
    "forecast": "beliefs:forecast",
    "integrate": "rooms:integrate",
    "open": "plan:open_plan",
    "read": "study:read",
    "schema": "reference:schema",
    "score": "beliefs:score",
    "settle": "rooms:settle",
    "size": "rooms:size",
    "sweep": "sweep:sweep",
    "tariff": "rooms:tariff",
    "tree": "beliefs:tree",
    "verify": "reference:verify",
}
__all__ = ["__version__", *(name for name in _PLACES if name != "open")]
# `from headrace import *` leaves Python's own `open` alone


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("headrace")
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, _, inside = _PLACES[name].partition(":")
    room = "core" if module == "errors" else "api"
    found: object = getattr(import_module(f"{__name__}.{room}.{module}"), inside)
    globals()[name] = found  # asked once; a submodule of the name (none today) would shadow it
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES, "__version__"})
