"""`sweep`: what is ordered at each price of one thing, from end to end."""

from __future__ import annotations

from headrace.api.study import StudyHandle
from headrace.api.table import ResultTable


def sweep(
    study: StudyHandle, about: str, low: float | None = None, high: float | None = None
) -> ResultTable:
    """The best plan in every range of a price; nothing is written. about: "capex:nuclear.smr"
    [USD/kW] or "fuel:gas" [USD/MMBtu]. low, high: the prices looked at [its unit]; for a capex half
    and one and a half times the break-even if not given.

    The note says where the thing enters, and how often the plan changes.

    Raises InputError for what cannot be swept.
    """
    from headrace.plan.analysis.breakeven import breakeven_question
    from headrace.plan.analysis.price_sweep import SweepGrid
    from headrace.plan.analysis.price_sweep import sweep as swept
    from headrace.show.figures import segments
    from headrace.show.reports import price_sweep

    question = breakeven_question(study.model, about, study.folder)
    found = swept(question, low, high, SweepGrid(), say=lambda words: None, stop=lambda: False)
    told = segments.as_table(found)
    title = f"{found.title or found.study}: {found.about}"
    return ResultTable(told.columns, told.rows, title=title, note=price_sweep.lede(found))
