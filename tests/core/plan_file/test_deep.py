"""Where a baseline loses most."""

from __future__ import annotations

from headrace.core.plan_file import Baseline, BranchOutcome, Span


def leaf(node: int, low: float | None) -> BranchOutcome:
    return BranchOutcome(node, Span(0.0, 0.0), regret=Span(low, None))


def test_the_worst_branch_is_that_of_the_largest_certain_loss():
    """A branch whose loss is not known cannot be the worst, even where all others gain."""
    assert Baseline("wait", "Wait", leaves=(leaf(1, 5.0), leaf(2, 7.0), leaf(3, None))).worst() == (
        leaf(2, 7.0)
    )
    assert Baseline("wait", "Wait", leaves=(leaf(1, None), leaf(2, -3.0))).worst() == leaf(2, -3.0)
    unknown = BranchOutcome(4, Span())
    assert Baseline("wait", "Wait", leaves=(unknown, leaf(1, None))).worst() is None
