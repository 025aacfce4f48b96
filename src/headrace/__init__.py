"""Headrace: which orders for AI infrastructure do I place this month, and what is each worth?

From electrons to tokens: sun, fuel and grid; halls and accelerators; models; products and cash. The
command line is `headrace` or `python -m headrace`; the rooms are packages of their own.
"""

from __future__ import annotations

__all__ = ["__version__"]


def __getattr__(name: str) -> str:
    """`__version__`, read from the installed distribution when it is asked for (PEP 562)."""
    if name == "__version__":
        from importlib.metadata import version

        return version("headrace")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
