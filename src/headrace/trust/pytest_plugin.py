"""pytest plug-in: the fixture `noninterference` fails a test in which bids can move the organic
answer.

def test_money_cannot_move_the_answer(noninterference):
    noninterference(lambda: MyRecommender(), cases=10_000)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from headrace.trust.noninterference import Build


@pytest.fixture
def noninterference() -> Callable[..., None]:
    """A function `(build, cases=1000, seed=0)` that fails the test with the smallest leak."""

    def run(build: Build, cases: int = 1000, seed: int = 0) -> None:
        from headrace.trust.noninterference import check

        searched = check(build, cases, seed)
        if searched.leak is not None:
            pytest.fail(str(searched.leak), pytrace=False)

    return run
