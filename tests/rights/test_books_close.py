"""Whatever a log holds, its pool is in the books to the micro-unit: random hostile months."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from random import Random

import pytest
from tests.builders.pages import opened
from tests.rights.test_money_waits import BEAR, FOX, licence, month, row

from headrace.rights.ledger import About, Ledger, component
from headrace.rights.money import MICRO
from headrace.rights.royalties.booking import book
from headrace.rights.royalties.dues import SUSPENSE, Due, dues
from headrace.rights.royalties.period import Period, days_of
from headrace.rights.royalties.settlement import RULES, Settlement
from headrace.show.cli import main
from headrace.show.figures import settlement as figures
from headrace.show.reports.settlement import settlement_page

JANUARY = About("video", "2026-01")
COLUMNS = "id,user,at,works,price,quantity,disputed,approved"
LICENCES = (
    FOX
    + BEAR
    + licence("Owl", "acme", ", per_use: 0.5 USD")
    + licence("Elk", "bolt", ", approval: true")
    + licence("Hen", "cara", ", cap: 3/month, share: 40 %")
    + licence("Duo", "acme")
    + licence("Duo", "bolt")
    + licence("Trio", "cara")
)
SHARES = """work,holder,share
Trio,cara,1/3
Trio,bolt,1/3
"""


def hostile(folder: Path, seed: int, rule: str) -> Period:
    """Forty uses: known, unknown, co-owned, overclaimed, disputed, taken back, unreadable; fees of
    which one is a chargeback and one belongs to a user who used nothing.
    """
    dice = Random(seed)
    works = ("Fox=1", "Bear=1", "Owl=1", "Elk=1", "Hen=1", "Duo=1", "Trio=1", "Nobody=1",
             "Fox=1/3;Nobody=2/3", "Trio=0.5;Hen=0.5", "Fox=0.6;Bear=0.5", "Fox=x")  # fmt: skip
    lines = []
    for number in range(40):
        cells = [
            row(number, dice.choice(works), f"{dice.uniform(0, 2):.4f}", dice.choice("uvw"),
                dice.randint(1, 28)),
            str(dice.choice([1, 1, 1, 7, -1])),
            dice.choice(["", "", "yes"]),
            dice.choice(["", "yes", "no"]),
        ]  # fmt: skip
        lines.append(",".join(cells))
    if dice.random() < 0.5:
        lines.append("99,u,noon,Fox=1,1,1,,")
    fees = f"u,{dice.uniform(1, 20):.3f},USD\nv,-{dice.uniform(0, 3):.3f},USD\nw,7,USD\nidle,2,USD"
    return month(folder, LICENCES, " ".join(lines), rule, columns=COLUMNS, fees=fees, shares=SHARES)


def booked(folder: Path, settlement: Settlement) -> dict[str, int]:
    """Balances of the accounts of a ledger with this period alone [micro-units]."""

    def due(accounts) -> tuple[Due, ...]:
        return dues(settlement, accounts)

    with Ledger.open(folder / f"{settlement.rule}.ledger") as ledger:
        book(ledger, settlement, due, {}, JANUARY, days_of("2026-01")[1])
        return {account: amount for (account, _), amount in ledger.balances().items()}


@pytest.mark.parametrize("seed", range(12))
def test_the_pool_is_in_the_books(tmp_path: Path, seed: int) -> None:
    done = hostile(tmp_path / "m", seed, "per_use")
    for each in done.all_rules:
        found = booked(tmp_path, each)
        assert sum(found.values()) == 0
        assert found["Expenses:Royalties"] == each.pool - each.retained
        waits = {k: v for k, v in found.items() if k.startswith((SUSPENSE, "Liabilities:Held:"))}
        assert -sum(waits.values()) == sum(held.amount for held in each.held_by)
        rows = dues(each)
        assert sum(due.earned for due in rows) == int(each.earned.sum())
        for due in rows:
            name = component(due.holder)
            assert -found.get(f"Liabilities:Holders:{name}", 0) == due.payable
            assert -found.get(f"Liabilities:Disputed:{name}", 0) == due.reserved
            assert -found.get(f"Liabilities:Held:{name}", 0) == due.held
            assert due.earned == due.payable + due.reserved + due.held


@pytest.mark.parametrize("seed", range(12, 18))
def test_the_picture_of_the_pool_holds_all_of_it(tmp_path: Path, seed: int) -> None:
    done = hostile(tmp_path, seed, "user_centric")
    told = figures.pool(done.all_rules).table
    assert len(told.rows) == len(RULES)
    held = next(i for i, name in enumerate(told.columns) if name.startswith("held"))
    for line, each in zip(told.rows, done.all_rules):
        assert sum(round(float(text) * MICRO) for text in line[1:]) == each.pool
        assert round(float(line[held]) * MICRO) == sum(one.amount for one in each.held_by)


def test_the_page_says_what_is_held(tmp_path: Path) -> None:
    """Of 3 USD one is payable, one waits for its holder, one for somebody."""
    uses = f"{row(1, 'Fox=1')} {row(2, 'Unknown=1')} {row(3, 'Fox=1.5;Bear=1')}"
    done = month(tmp_path, FOX + BEAR, uses)
    markup = opened(settlement_page(done, dues(done.chosen))).markup
    assert "2.000000 USD are held and paid to nobody yet (held.csv)." in markup
    plain = month(tmp_path / "plain", FOX, row(1, "Fox=1"))
    assert "are held" not in opened(settlement_page(plain, dues(plain.chosen))).markup


@pytest.mark.parametrize("rule", RULES)
def test_a_disputed_use_of_nobodys_work_waits_too(tmp_path: Path, rule: str) -> None:
    """Three uses of 1, a fee of 3: one clear, one disputed use of a known work, and one disputed
    use of a work that nobody knows, whose money is nobody's reserve and is held.
    """
    names = "id,user,at,works,price,disputed"
    uses = f"{row(1, 'Fox=1')},no {row(2, 'Bear=1')},yes {row(3, 'Unknown=1')},yes"
    done = month(tmp_path, FOX + BEAR, uses, rule, columns=names, fees="u,3,USD")
    chosen = done.chosen
    assert (chosen.earned.tolist(), chosen.reserved.tolist()) == ([10**6] * 2, [0, 10**6])
    (held,) = chosen.held_by
    assert (held.kind, held.work, held.amount) == ("unknown work", "Unknown", 10**6)
    found = booked(tmp_path, chosen)
    assert found == {
        "Expenses:Royalties": 3 * 10**6,
        "Liabilities:Holders:N-acme": -(10**6),
        "Liabilities:Disputed:N-bolt": -(10**6),
        "Liabilities:Suspense:N-Unknown": -(10**6),
    }


def test_a_month_in_which_nobody_is_known(tmp_path: Path, capsys) -> None:
    """Co-owners who say no shares and no prices: all waits, and the report is drawn."""
    for rule in RULES:
        folder = tmp_path / rule
        month(folder, licence("Duo", "acme") + licence("Duo", "bolt"), row(1, "Duo=1"))
        code = main(["settle", str(folder), "--rule", rule, "--out", str(folder / "o"), "--json"])
        told = json.loads(capsys.readouterr().out)
        assert (code, told["accepted"], told["payable"]) == (0, 1, "0.000000")
        assert told["held_by"] == {"shares unknown": told["pool"]}
        assert (folder / "o" / "report.html").is_file()
        with (folder / "o" / "held.csv").open(newline="", encoding="utf-8") as file:
            (line,) = csv.DictReader(file)
        assert (line["kind"], line["work"], line["holder"]) == ("shares unknown", "Duo", "")


def test_terms_may_turn_on_every_day_of_a_year(tmp_path: Path) -> None:
    """Three hundred licences, each from another day on: every use is judged on its own day."""
    days = [f"2026-{month:02d}-{day:02d}" for month in range(1, 13) for day in range(1, 26)]
    texts = [
        f"- {{id: l{n}, work: w{n}, holder: h, allow: ['*'], media: ['*'], territory: ['*'],"
        f" term: {day}..2026-12-31}}\n"
        for n, day in enumerate(days)
    ]
    rows = [f"a{n},u,{day}T00:00:00Z,w{n}=1,1" for n, day in enumerate(days)]
    early = [
        f"b{n},u,{before}T23:59:59Z,w{n}=1,1"
        for n, (before, _) in enumerate(itertools.pairwise(days), start=1)
    ]
    month(tmp_path, "".join(texts), " ".join([*rows, *early]))
    from headrace.rights.royalties.period import settle_folder

    done = settle_folder(tmp_path, "2026", "per_use")
    assert done.chosen.uses == 300
    assert {one.kind for one in done.refused} == {"terms not begun"}
    assert len(done.refused) == 299
