"""The audit of a log on one page: the answer, then its evidence in pictures."""

from __future__ import annotations

from pathlib import Path

from headrace.show.figures import audit as figures
from headrace.show.format.html import tag
from headrace.show.reports import page
from headrace.trust.audit import Verdict
from headrace.trust.picture import LikeWithLike

ANSWERS = {
    "biased": ("Money moved the ranking", "bad"),
    "ranks_higher": ("Paid items rank higher, unless a strong unseen cause explains it", "open"),
    "no_bias_above": ("No bias above the detectable size", "good"),
    "cannot_tell": ("This log cannot tell", "open"),
}


def write(verdict: Verdict, likes: LikeWithLike | None, path: Path) -> Path:
    """Write the page; complete or not at all. likes: places of like items, where the log has a
    relevance column. Raises InputError, DiskFull.
    """
    return page.write(audit_page(verdict, likes), path)


def audit_page(verdict: Verdict, likes: LikeWithLike | None) -> str:
    """The whole page as text."""
    title, kind = ANSWERS[verdict.answer]
    top = page.masthead(
        f"audit of {verdict.name}",
        tag("span", title, class_=f"verdict {kind}"),
        lede=(f"{verdict.why[:1].upper()}{verdict.why[1:]}.",),
        before=verdict.design.sentence(),
    )
    return page.gallery(f"Audit of {verdict.name}", top, figures.charts(verdict, likes))
