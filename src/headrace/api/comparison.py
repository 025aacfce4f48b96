"""`compare`: two plans beside each other, headline first, then every order of either."""

from __future__ import annotations

from headrace.api.plan import Plan
from headrace.api.table import ResultTable


def compare(first: Plan, second: Plan) -> ResultTable:
    """How the second plan differs from the first: status, objective, gap, then the orders now, with
    how much more the second one orders of each.

    An unfinished plan gives no advice, and the table says which one that is.
    """
    from headrace.show.comparison import compared

    names = first.folder.root.name, second.folder.root.name
    found = compared(first.file, second.file, names)
    note = " ".join(found.notes)
    return ResultTable(found.table.columns, found.table.rows, title="Plans compared", note=note)
