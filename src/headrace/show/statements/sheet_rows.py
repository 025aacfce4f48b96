"""Which rows a branch's sheet has: facts as numbers, everything else as a formula of other cells.

The formulas are written from the meaning of the lines, not from the code that computed them: what
a spreadsheet makes of them is compared with the cached values in a test.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np

from headrace.finance.branch_facts import Purchase
from headrace.finance.levelised import MACRS
from headrace.finance.statements.statements import BranchStatement
from headrace.finance.statements.terms import StatementTerms
from headrace.show.statements.row_book import RowBook, term
from headrace.show.statements.statement_rows import add_statements


def rows_of(one: BranchStatement, terms: StatementTerms) -> RowBook:
    """Every row of a branch's sheet."""
    book, facts = RowBook(), one.facts
    last = len(facts.years) - 1
    book.title("Facts of the plan [USD of the day]")
    products = [f"revenue {name}" for name in facts.revenue]
    for key, values in zip(products, facts.revenue.values()):
        book.add(key, key, values)
    costs = [f"cost {name}" for name in facts.cost]
    for key, values in zip(costs, facts.cost.values()):
        book.add(key, key, values)
    book.add("minor", "minor orders", facts.minor)
    end = np.zeros(last + 1)
    end[-1] = facts.minor_resale
    book.add("minor resale", "resale of minor orders", end)
    own = [p for p in facts.purchases if p.key in one.schedule.plant]
    for p in own:
        book.add(f"spend {p.key}", f"paid for {p.title}", p.spending)
        sold = np.zeros(last + 1)
        sold[-1] = p.resale
        book.add(f"sell {p.key}", f"resale of {p.title}", sold)
    for each in facts.contracts:
        book.add(f"con {each.name}", f"contract {each.name}: income", each.income)
        book.add(f"bal {each.name}", f"contract {each.name}: owed less held", each.balance)
    book.add("line in", "owners pay in by the plan's lines", facts.equity_in)
    book.add("line out", "the plan's lines give back to owners", facts.equity_out)
    book.add("capacity", "debt that later cash serves, on the tree", one.schedule.capacity)
    s = one.schedule
    book.title("Working capital at the year's end")

    def open_at_end(name: str, keys: Sequence[str], at: int) -> str:
        return "0" if at == last else f"({book.sum(keys, at)})*{term(name)}/365"

    book.add("receivable", "receivable", s.receivable, partial(open_at_end, "receivable", products))
    book.add("payable", "payable", s.payable, partial(open_at_end, "payable", costs))
    book.title("Interest while building, and debt")
    debt_rows(book, one, own)
    book.title("Written off")
    for p in own:
        written_off_rows(book, one, p, terms)
    tax_rows(book, one, own, products, costs)
    add_statements(book, one, own, products, costs)
    return book


def debt_rows(book: RowBook, one: BranchStatement, own: Sequence[Purchase]) -> None:
    """Interest, what is being built, and the debt at each year's end."""
    s, years = one.schedule, one.facts.years
    heavy = [f"weight {p.key}" for p in own]
    parts = [f"borne {p.key}" for p in own]
    # rows refer to rows further down: where each will stand is known before they are written
    names = ["interest", "capitalised"]
    names += [f"{word} {p.key}" for p in own for word in ("building", "weight", "borne")]
    names += ["spent", "owed"]
    book.numbers |= {name: len(book.rows) + i for i, name in enumerate(names)}
    book.add("interest", "interest due", s.interest,
             lambda at: f"{term('interest')}*{book.cell('owed', at - 1)}")  # fmt: skip
    book.add(
        "capitalised", "of it on what is being built", s.capitalised,
        lambda at: f"MIN({book.cell('interest', at)},{term('interest')}*({book.sum(heavy, at)}))",
    )  # fmt: skip
    for p in own:
        building_rows(book, one, p, heavy)
    spent = np.cumsum(sum((s.plant[p.key].added for p in own), np.zeros(len(years))))
    spends = [f"spend {p.key}" for p in own]
    book.add(
        "spent", "plant so far", spent,
        lambda at: f"{book.cell('spent', at - 1)}+{book.sum([*spends, *parts], at)}",
    )  # fmt: skip
    book.add(
        "owed", "debt at the year's end", s.owed,
        lambda at: f"MIN({book.cell('capacity', at)},"
        f"{term('debt_share')}*MAX(0,{book.cell('spent', at)}))",
    )  # fmt: skip


def building_rows(book: RowBook, one: BranchStatement, p: Purchase, heavy: Sequence[str]) -> None:
    """What of an asset is being built, and the interest on it."""
    plant, years = one.schedule.plant[p.key], one.facts.years
    service = p.begins // 12 - years[0]
    standing = np.cumsum(plant.added - plant.into_service)
    standing = np.where(np.arange(len(years)) < service, standing, 0.0)
    shares = np.clip(p.begins / 12 - np.array(years), 0.0, 1.0)
    before = np.concatenate(([0.0], standing[:-1]))
    spend, building, weight, part = (
        f"{word} {p.key}" for word in ("spend", "building", "weight", "borne")
    )

    def at_end(at: int) -> str:
        added = f"{book.cell(spend, at)}+{book.cell(part, at)}"
        return "0" if at >= service else f"{book.cell(building, at - 1)}+{added}"

    def bears(at: int) -> str:
        return f"{book.cell(building, at - 1)}*{float(shares[at])!r}"

    def borne(at: int) -> str:
        whole = f"({book.sum(heavy, at)})"
        share = f"{book.cell('capitalised', at)}*{book.cell(weight, at)}/{whole}"
        return f"IF({whole}>0,{share},0)"

    book.add(building, f"{p.title}: being built at the year's end", standing, at_end)
    book.add(weight, f"{p.title}: bears interest", before * shares, bears)
    book.add(part, f"{p.title}: interest capitalised", plant.added - p.spending, borne)


def written_off_rows(
    book: RowBook, one: BranchStatement, p: Purchase, terms: StatementTerms
) -> None:
    """What of an asset goes into service, and is written off in the books and for tax."""
    plant, years = one.schedule.plant[p.key], one.facts.years
    service = p.begins // 12 - years[0]

    def into(at: int) -> str:
        part = [f"spend {p.key}", f"borne {p.key}"]
        if at < service:
            return "0"
        if at > service:
            return book.sum(part, at)
        return "+".join(book.sum(part, early) for early in range(at + 1))

    def books(at: int) -> str:
        told = []
        for early in range(max(service, 0), at + 1):
            begins = max(float(p.begins), 12.0 * years[early])
            ends = max(min(p.begins + 12 * terms.classes[p.plant].life, p.ends), begins + 12)
            inside = f"MAX(0,MIN({ends!r},12*({years[at]}+1))-MAX({begins!r},12*{years[at]}))"
            told.append(f"{book.cell(f'into {p.key}', early)}*{inside}/({ends!r}-{begins!r})")
        return "+".join(told) or "0"

    book.add(f"into {p.key}", f"{p.title}: into service", plant.into_service, into)
    book.add(f"books {p.key}", f"{p.title}: off in the books", plant.books, books)
    cost = float(plant.into_service.sum())
    share = float(plant.credit.sum()) / cost if cost else 0.0
    book.add(f"credit {p.key}", f"{p.title}: credit granted", plant.credit,
             lambda at: f"{book.cell(f'into {p.key}', at)}*{share!r}")  # fmt: skip

    def for_tax(at: int) -> str:
        told = []
        recovery = terms.classes[p.plant].recovery
        for early in range(max(service, 0), at + 1):
            basis = f"({book.cell(f'into {p.key}', early)}-{book.cell(f'credit {p.key}', early)}/2)"
            if terms.depreciation == "straight_line":
                begins = max(float(p.begins), 12.0 * years[early])
                ends = begins + 12.0 * recovery
                inside = f"MAX(0,MIN({ends!r},12*({years[at]}+1))-MAX({begins!r},12*{years[at]}))"
                told.append(f"{basis}*{inside}/{12.0 * recovery!r}")
                continue
            shares = (1.0,) if terms.depreciation == "expensing" else MACRS[recovery]
            if at - early < len(shares):
                told.append(f"{basis}*{shares[at - early]!r}")
        return "+".join(told) or "0"

    book.add(f"tax off {p.key}", f"{p.title}: off for tax", plant.tax, for_tax)


def tax_rows(
    book: RowBook,
    one: BranchStatement,
    own: Sequence[Purchase],
    products: Sequence[str],
    costs: Sequence[str],
) -> None:
    """Income, interest allowed, losses, tax paid."""
    s, facts = one.schedule, one.facts
    last = len(facts.years) - 1
    keys = [p.key for p in own]
    off, sold = [f"tax off {k}" for k in keys], [f"sell {k}" for k in keys]
    written = sum((s.plant[k].tax for k in keys), np.zeros(last + 1))
    income = facts.operating - facts.minor - written
    value = sum(float((s.plant[k].added - s.plant[k].tax - s.plant[k].credit / 2).sum())
                for k in keys)  # fmt: skip
    income[-1] += sum(p.resale for p in own) + facts.minor_resale - value

    def before(at: int) -> str:
        told = f"{book.sum(products, at)}-({book.sum(costs, at)})-{book.cell('minor', at)}"
        told += f"-({book.sum(off, at)})"
        told += f"+{book.sum([f'con {each.name}' for each in facts.contracts], at)}"
        if at < last:
            return told
        ends = [f"{c}" for k in keys for c in (
            f"SUM({book.cell(f'spend {k}', 0)}:{book.cell(f'spend {k}', last)})",
            f"SUM({book.cell(f'borne {k}', 0)}:{book.cell(f'borne {k}', last)})",
            f"(-SUM({book.cell(f'tax off {k}', 0)}:{book.cell(f'tax off {k}', last)}))",
            f"(-SUM({book.cell(f'credit {k}', 0)}:{book.cell(f'credit {k}', last)})/2)",
        )]  # fmt: skip
        back = book.sum([*sold, "minor resale"], at)
        return f"{told}+{back}-({'+'.join(ends) or '0'})"

    book.title("Tax")
    book.add("income", "income before interest and losses", income, before)
    first = len(book.rows)
    book.numbers |= {"allowed": first, "carried": first + 1, "losses used": first + 2}
    book.numbers |= {"losses": first + 3, "taxable": first + 4}
    t = s.tax
    book.add(
        "allowed", "interest allowed", t.allowed,
        lambda at: f"MIN({book.cell('interest', at)}-{book.cell('capitalised', at)}+"
        f"{book.cell('carried', at - 1)},{term('interest_limit')}*"
        f"MAX(0,{book.cell('income', at)}+{book.sum(off, at)}))",
    )  # fmt: skip
    book.add(
        "carried", "interest carried forward", t.carried,
        lambda at: f"{book.cell('interest', at)}-{book.cell('capitalised', at)}+"
        f"{book.cell('carried', at - 1)}-{book.cell('allowed', at)}",
    )  # fmt: skip
    result = income - t.allowed
    used = np.maximum(result, 0.0) - t.taxable
    book.add(
        "losses used", "losses used", used,
        lambda at: f"MIN(0+{book.cell('losses', at - 1)},{term('loss_use')}*"
        f"MAX(0,{book.cell('income', at)}-{book.cell('allowed', at)}))",
    )  # fmt: skip
    book.add(
        "losses", "losses carried forward", t.losses,
        lambda at: f"{book.cell('losses', at - 1)}-{book.cell('losses used', at)}+"
        f"MAX(0,{book.cell('allowed', at)}-{book.cell('income', at)})",
    )  # fmt: skip
    book.add(
        "taxable", "taxable income", t.taxable,
        lambda at: f"MAX(0,{book.cell('income', at)}-{book.cell('allowed', at)})-"
        f"{book.cell('losses used', at)}",
    )  # fmt: skip
    book.add("tax paid", "tax paid", t.paid, lambda at: f"{term('tax')}*{book.cell('taxable', at)}")
    deferred_row(book, one, keys)


def deferred_row(book: RowBook, one: BranchStatement, keys: Sequence[str]) -> None:
    """Deferred tax at each year's end."""
    last = len(one.facts.years) - 1

    def ahead(at: int) -> str:
        if at == last:
            return "0"
        parts = [
            f"SUM({book.cell(f'tax off {k}', 0)}:{book.cell(f'tax off {k}', at)})"
            f"+SUM({book.cell(f'credit {k}', 0)}:{book.cell(f'credit {k}', at)})/2"
            f"-SUM({book.cell(f'books {k}', 0)}:{book.cell(f'books {k}', at)})"
            for k in keys
        ]
        rest = f"-{book.cell('losses', at)}-{book.cell('carried', at)}"
        return f"{term('tax')}*({'+'.join(parts) or '0'}{rest})"

    book.add("deferred", "deferred tax at the year's end", one.schedule.deferred, ahead)
