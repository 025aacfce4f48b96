"""Which layouts a search may choose from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from headrace.compute.accelerator import Accelerator
from headrace.core.errors import InputError, InputFault, Place
from headrace.models.step_time.roofline import Layout


@dataclass(frozen=True)
class LayoutLimits:
    """one_server: every replica lies within one server. together: prompts are read where answers
    are made. layouts: only these (empty: all).
    """

    one_server: bool = False
    together: bool = False
    layouts: tuple[Layout, ...] = ()

    def of(self, known: Sequence[Layout], chip: Accelerator) -> list[Layout]:
        """Those of `known` that may be chosen on `chip`, and layouts of the user's own. Raises
        InputError where none is left.
        """
        most = chip.server.value if self.one_server else float("inf")
        found = [each for each in (self.layouts or known) if each.accelerators <= most]
        if not found:
            words = f"no layout lies within a server of {most:g} accelerators"
            raise InputError(InputFault(Place(key="layout"), words, "a smaller layout"))
        return found


ANY_LAYOUT = LayoutLimits()


def layout(written: str) -> Layout:
    """The layout written as "tp4" or "tp1dp8". Raises InputError."""
    import re

    found = re.fullmatch(r"tp(\d{1,3})(?:-?dp(\d{1,3}))?", written.strip().lower())
    wide = Layout(int(found[1]), int(found[2] or 1)) if found else Layout(0, 0)
    if not 1 <= wide.accelerators <= 1024:
        raise InputError(InputFault(Place(key="--layout"), f"`{written}`", "`tp4` or `tp1dp8`"))
    return wide
