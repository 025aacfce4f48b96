"""One payee's statement: works, dues and payout, as rows for CSV, HTML and PDF alike."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.rights.money import written
from headrace.rights.royalties.payouts import Payout
from headrace.rights.royalties.statements import Statements


@dataclass(frozen=True)
class PayeeStatement:
    """What one payee is told: a heading, figures one under the other, its works, and what is held
    for it. Amounts are texts in main units.
    """

    holder: str
    heading: str
    figures: tuple[tuple[str, str], ...]
    works: tuple[tuple[str, str, str], ...]
    held: tuple[tuple[str, str, str], ...]


def payee_statement(told: Statements, paid: Payout, currency: str) -> PayeeStatement:
    """The statement of one payee; `told` are the statements of that holder alone."""
    holder = paid.payee.holder
    due = told.dues[0]
    names = ("earned", "reserved", "held", "guarantee top-up", "recouped", "payable")
    figures = [*zip(names, due[4:10])]
    figures += [
        ("carried in", written(paid.carried_in)),
        ("gross payout", written(paid.gross)),
        ("tax withheld", written(paid.withheld)),
        ("net payout", written(paid.net)),
        ("carried over", written(paid.carried_out)),
        ("advance not yet recouped", due[10]),
    ]
    return PayeeStatement(
        holder,
        f"{paid.payee.name or holder}: {told.period}, {currency}",
        tuple(figures),
        tuple((row[4], row[5], row[6]) for row in told.works),
        tuple((row[3], row[4], row[6]) for row in told.held),
    )


def statement_rows(found: PayeeStatement) -> list[tuple[str, str, str]]:
    """The statement as rows of three cells."""
    return [
        (found.heading, "", ""),
        *((name, "", amount) for name, amount in found.figures),
        ("work", "uses", "earned"),
        *found.works,
        *([("held", "work", "amount"), *found.held] if found.held else []),
    ]
