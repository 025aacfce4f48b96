"""What every test may use."""

from __future__ import annotations

from collections.abc import Callable

import pytest


@pytest.fixture
def solved() -> Callable:
    """Solves a study text; imported late, so that rooms without a plan are tested without one."""
    from tests.solving import solve_text

    return solve_text
