"""A settled month on one page: pictures first, then the statements and the law so far."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from headrace.rights.law import NOT_ADVICE, legal_facts
from headrace.rights.money import MICRO, written
from headrace.rights.offering.allocation import EXPOSURE_IS_NOT_USE
from headrace.rights.royalties.dues import Due
from headrace.rights.royalties.period import Period
from headrace.show.figures import settlement as figures
from headrace.show.format.chart import Chart, table
from headrace.show.format.html import Markup, tag
from headrace.show.reports import page

MOST_ROWS = 200


def write(done: Period, rows: Sequence[Due], path: Path) -> Path:
    """Write the page; complete or not at all. Raises InputError, DiskFull."""
    return page.write(settlement_page(done, rows), path)


def settlement_page(done: Period, rows: Sequence[Due]) -> str:
    """The page as text. The same period gives the same bytes."""
    chosen, many = done.chosen, len(done.refused)
    holders = int((chosen.earned > 0).sum())
    named = f"{many:,} refused (refused.csv names each row and reason)"
    counted = (
        f"{done.read:,} records read, {chosen.uses:,} accepted, {done.repeated:,} sent twice and"
        f" counted once, {named if many else 'none refused'}."
    )
    waits = written(sum(each.amount for each in chosen.held_by))
    lede = [counted]
    if chosen.held_by:
        lede.append(f"{waits} {chosen.currency} are held and paid to nobody yet (held.csv).")
    top = page.masthead(
        f"settlement of {done.name}, {figures.WORDS[chosen.rule]}",
        f"{chosen.pool / MICRO:,.2f} {chosen.currency} shared among {holders:,} holders",
        tag("p", done.note, class_="caution") if done.note else Markup(""),
        lede=tuple(lede),
    )
    charts = (*figures.charts(done), statements(rows), law())
    fine_print = tag("p", EXPOSURE_IS_NOT_USE, class_="note")
    return page.gallery(f"Settlement {done.name}", top, charts, fine_print)


def statements(rows: Sequence[Due]) -> Chart:
    """What each holder is owed, the largest first, at most 200 [main units]."""
    shown = sorted(rows, key=lambda due: (-due.payable, due.holder))[:MOST_ROWS]
    columns = (
        *("holder", "earned", "reserved", "held", "guarantee top-up", "recouped"),
        *("payable", "advance left"),
    )
    told = [
        (
            due.holder,
            *map(written, (due.earned, due.reserved, due.held, due.top_up, due.recouped)),
            *map(written, (due.payable, due.advance_left)),
        )
        for due in shown
    ]
    rest = len(rows) - len(shown)
    files = "in dues.csv and dues.parquet; works by holder in works.csv."
    about = f"{rest:,} more holders {files}" if rest else ""
    return Chart("statements", "Statements", table(columns, told), {}, about)


def law() -> Chart:
    """Decided and open cases that bear on such a settlement."""
    columns = ("case", "instance", "decided", "held", "open", "as of", "kind")
    rows = [
        (
            *(fact.title, fact.instance, str(fact.decided), fact.holding),
            *(fact.still_open, str(fact.as_of), fact.kind),
        )
        for fact in legal_facts()
    ]
    return Chart("law", "The law so far", table(columns, rows), {}, NOT_ADVICE)
