"""The rows of the three statements, as formulas of the rows above them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from headrace.core.arrays import Floats
from headrace.finance.branch_facts import Purchase
from headrace.finance.statements.statements import BranchStatement
from headrace.show.statements.row_book import Formula, RowBook, term


def add_statements(
    book: RowBook,
    one: BranchStatement,
    own: Sequence[Purchase],
    products: Sequence[str],
    costs: Sequence[str],
) -> None:
    """Income, cash flow, owners and the sheet, of cells above; and the check that is 0."""
    st = one.statement
    last, keys = len(one.facts.years) - 1, [p.key for p in own]
    none = np.zeros(last + 1)
    c = book.cell

    def step(key: str, at: int) -> str:
        return f"({c(key, at)}-{c(key, at - 1)})"

    def gain(at: int) -> str:
        if at < last:
            return "0"
        parts = [
            f"SUM({c(f'books {k}', 0)}:{c(f'books {k}', last)})"
            f"-SUM({c(f'spend {k}', 0)}:{c(f'spend {k}', last)})"
            f"-SUM({c(f'borne {k}', 0)}:{c(f'borne {k}', last)})"
            for k in keys
        ]
        return "+".join([book.sum([f"sell {k}" for k in keys] + ["minor resale"], at), *parts])

    for title, rows in _statements(book, one, products, costs, keys, step, gain):
        book.title(title)
        for key, name, values, formula in rows:
            book.add(key, name, none + values, formula)
    book.title("Checks")
    book.add(
        "check", "assets less debts less equity: must be 0",
        st.cash_balance + sum(st.balance.values(), none) - st.equity,
        lambda at: f"ROUND({c('cash', at)}+{c('net plant', at)}+{c('receivable', at)}-"
        f"{c('payable', at)}-{c('deferred', at)}-{c('owed', at)}-{c('equity', at)}-"
        f"({book.sum([f'bal {each.name}' for each in one.facts.contracts], at)}),2)",
    )  # fmt: skip


RowText = tuple[str, str, Floats, Formula]


def _statements(
    book: RowBook,
    one: BranchStatement,
    products: Sequence[str],
    costs: Sequence[str],
    keys: Sequence[str],
    step: Callable[[str, int], str],
    gain: Formula,
) -> Iterator[tuple[str, list[RowText]]]:
    st, s, c = one.statement, one.schedule, book.cell
    e = {name: st.earnings.get(name, np.zeros(len(st.years))) for name in (
        "revenue", "running cost", "minor orders", "depreciation", "interest", "gain", "credit",
        "tax")}  # fmt: skip
    yield "Income statement", [
        ("i revenue", "revenue", e["revenue"], lambda at: book.sum(products, at)),
        ("i cost", "running cost", e["running cost"], lambda at: f"-({book.sum(costs, at)})"),
        ("i minor", "minor orders", e["minor orders"], lambda at: f"-{c('minor', at)}"),
        ("i contracts", "contracts", st.earnings.get("contracts", np.zeros(len(st.years))),
         lambda at: book.sum([f"con {each.name}" for each in one.facts.contracts], at)),
        ("i off", "depreciation", e["depreciation"],
         lambda at: f"-({book.sum([f'books {k}' for k in keys], at)})"),
        ("i interest", "interest", e["interest"],
         lambda at: f"-({c('interest', at)}-{c('capitalised', at)})"),
        ("i gain", "gain on resale", e["gain"], gain),
        ("i credit", "credits sold", e["credit"],
         lambda at: f"{term('credit_sold_at')}*"
                    f"({book.sum([f'credit {k}' for k in keys], at)})"),
        ("i tax", "tax, paid and deferred", e["tax"],
         lambda at: f"-({c('tax paid', at)}+{step('deferred', at)})"),
        ("net", "net income", st.net_income,
         lambda at: f"SUM({c('i revenue', at)}:{c('i tax', at)})"),
    ]  # fmt: skip
    spends, parts = [f"spend {k}" for k in keys], [f"borne {k}" for k in keys]
    sells = [*(f"sell {k}" for k in keys), "minor resale"]
    before = st.flow(tuple(n for n in st.cash if n not in ("paid in", "paid out")))
    yield "Cash flow", [
        ("f operating", "from operating, indirect", st.indirect,
         lambda at: f"{c('net', at)}-{c('i off', at)}-{c('i gain', at)}-{step('receivable', at)}"
                    f"+{step('payable', at)}+{step('deferred', at)}"),
        ("f investing", "from investing", st.flow(("plant", "interest capitalised", "resale")),
         lambda at: f"{book.sum(sells, at)}-({book.sum([*spends, *parts], at)})"),
        ("f contracts", "from contracts' balances", st.flow(("contract balances",)),
         lambda at: "+".join(step(f"bal {each.name}", at) for each in one.facts.contracts)
         or "0"),
        ("f debt", "from debt", st.flow(("debt",)), lambda at: step("owed", at)),
        ("free", "before owners", before,
         lambda at: f"SUM({c('f operating', at)}:{c('f debt', at)})"),
    ]  # fmt: skip
    paid_out = -s.distribution

    def left(at: int) -> str:
        return f"({c('free', at)}+{c('line in', at)}-{c('line out', at)})"

    owners: list[RowText] = [
        ("in", "owners pay in", s.contribution, _typed(s.contribution)),
        ("out", "owners are paid", paid_out, _typed(paid_out)),
    ]
    if one.facts.years and np.allclose(st.cash_balance, 0.0, atol=1.0):
        owners = [
            ("in", "owners pay in", s.contribution,
             lambda at: f"{c('line in', at)}+MAX(0,-{left(at)})"),
            ("out", "owners are paid", paid_out,
             lambda at: f"-{c('line out', at)}-MAX(0,{left(at)})"),
        ]  # fmt: skip
    yield "Owners", owners
    net = sum((st.balance[n] for n in ("building", "plant", "written off") if n in st.balance),
              np.zeros(len(st.years)))  # fmt: skip
    yield "Balance sheet at the year's end", [
        ("cash", "cash", st.cash_balance,
         lambda at: f"{c('cash', at - 1)}+{c('free', at)}+{c('in', at)}+{c('out', at)}"),
        ("net plant", "plant, net, with what is being built", net,
         lambda at: f"{c('net plant', at - 1)}-{c('f investing', at)}+{c('i gain', at)}"
                    f"+{c('i off', at)}"),
        ("equity", "equity, from earnings and owners alone", st.equity,
         lambda at: f"{c('equity', at - 1)}+{c('net', at)}+{c('in', at)}+{c('out', at)}"),
    ]  # fmt: skip


def _typed(values: Floats) -> Formula:
    return lambda at: repr(float(values[at]))
