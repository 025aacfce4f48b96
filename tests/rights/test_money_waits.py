"""Money waits for its owner, terms bind, order never matters: small months by hand."""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.rights.royalties.dues import dues
from headrace.rights.royalties.period import Period, settle_folder
from headrace.rights.terms_yaml import parse_licences

PLAIN = "allow: ['*'], media: ['*'], territory: ['*'], term: 2026-01..2026-12"


def month(
    folder: Path,
    licences: str,
    uses: str,
    rule: str = "per_use",
    *,
    columns: str = "id,user,at,works,price",
    fees: str = "u,10,USD",
    **files: str,
) -> Period:
    """Settle January 2026: rows of `columns`; terms and currency are added to each."""
    folder.mkdir(exist_ok=True)
    (folder / "licences.yaml").write_text(f"licences:\n{licences}")
    digest = parse_licences(f"licences:\n{licences}").digest
    rows = "\n".join(f"{row},{digest},USD" for row in uses.split())
    (folder / "uses.csv").write_text(f"{columns},terms,currency\n{rows}\n")
    (folder / "fees.csv").write_text(f"user,fee,currency\n{fees}\n")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return settle_folder(folder, "2026-01", rule)  # type: ignore[arg-type]


def licence(work: str, holder: str, more: str = "") -> str:
    return f"- {{id: {work}-{holder}, work: {work}, holder: {holder}, {PLAIN}{more}}}\n"


def row(n: int, works: str, price: str = "1", user: str = "u", day: int = 5) -> str:
    return f"{n},{user},2026-01-{day:02d}T00:00:00Z,{works},{price}"


FOX = licence("Fox", "acme")
BEAR = licence("Bear", "bolt")


@pytest.mark.parametrize("rule", ["per_use", "pro_rata", "user_centric"])
def test_a_refused_use_keeps_its_place_in_the_pot(tmp_path: Path, rule: str) -> None:
    """Ten uses at 1, fee 10; nine are of a work nobody knows: 1 is paid, 9 wait."""
    uses = " ".join([row(0, "Fox=1"), *(row(k, "Unknown=1") for k in range(1, 10))])
    done = month(tmp_path, FOX, uses, rule)
    (due,) = dues(done.chosen)
    assert (due.payable, done.chosen.unmatched, done.chosen.undistributed) == (10**6, 9 * 10**6, 0)
    (held,) = done.chosen.held_by
    assert (held.kind, held.work, held.holder) == ("unknown work", "Unknown", "")


def test_money_of_a_known_holder_is_held_for_it(tmp_path: Path) -> None:
    """0.6 + 0.5 claims more than there is: its half of the fee waits, about 6/11 and 5/11 of it."""
    done = month(
        tmp_path, FOX + BEAR, f"{row(1, 'Fox=0.6;Bear=0.5')} {row(2, 'Fox=1')}", "pro_rata"
    )
    fox, bear = sorted(dues(done.chosen), key=lambda due: due.holder)
    assert (fox.payable, bear.payable) == (5_000_000, 0)
    # parts of one use are millionths: 545,455 and 454,545
    assert (fox.held, bear.held) == (2_727_275, 2_272_725)
    assert {each.kind for each in done.chosen.held_by} == {"weights"}


def test_a_row_of_another_month_holds_nothing(tmp_path: Path) -> None:
    uses = f"{row(1, 'Fox=1')} 2,u,2026-02-01T00:00:00Z,Fox=1,1"
    done = month(tmp_path, FOX, uses, "user_centric")
    assert (len(done.refused), done.chosen.held_by) == (1, ())
    assert dues(done.chosen)[0].payable == 10_000_000


def test_a_row_that_names_no_user_waits_in_the_common_pot_only(tmp_path: Path) -> None:
    uses = f"{row(1, 'Fox=1')} 2,,2026-01-05T00:00:00Z,Fox=1,1"
    assert month(tmp_path, FOX, uses, "pro_rata").chosen.held.sum() == 5_000_000
    assert month(tmp_path, FOX, uses, "user_centric").chosen.held.sum() == 0


@pytest.mark.parametrize(
    ("more", "columns", "cells", "kind"),
    [
        (", per_use: 2 USD", "", "", "price below the licence"),
        (", approval: true", "", "", "approval"),
        (", approval: true", ",approved", ",no", "approval"),
        (", licensee: other", "", "", "licensee"),
        (", cap: 0/month", "", "", "cap"),
    ],
)
def test_a_term_that_binds(tmp_path: Path, more: str, columns: str, cells: str, kind: str) -> None:
    names = f"id,user,at,works,price{columns}"
    done = month(tmp_path, licence("Fox", "acme", more), row(1, "Fox=1") + cells, columns=names)
    assert [r.kind for r in done.refused] == [kind]
    (due,) = dues(done.chosen)
    assert (due.held, due.payable) == (1_000_000, 0)


@pytest.mark.parametrize(
    ("more", "columns", "cells"),
    [
        (", per_use: 1 USD", "", ""),
        (", approval: true", ",approved", ",yes"),
        (", licensee: other", ",licensee", ",other"),
        (", cap: 1/month", "", ""),
    ],
)
def test_a_term_that_is_kept(tmp_path: Path, more: str, columns: str, cells: str) -> None:
    names = f"id,user,at,works,price{columns}"
    done = month(tmp_path, licence("Fox", "acme", more), row(1, "Fox=1") + cells, columns=names)
    assert dues(done.chosen)[0].payable == 1_000_000


def test_a_cap_counts_the_earliest_whatever_the_order(tmp_path: Path) -> None:
    """Three uses, cap 2, the last of the month is over; a quantity counts as many."""
    some = licence("Fox", "acme", ", cap: 2/month")
    for i, order in enumerate(itertools.permutations((5, 6, 7))):
        uses = " ".join(row(day, "Fox=1", day=day) for day in order)
        done = month(tmp_path / str(i), some, uses)
        assert [r.id for r in done.refused] == ["7"]
    names = "id,user,at,works,price,quantity"
    done = month(tmp_path / "q", some, row(1, "Fox=1") + ",3", columns=names)
    assert [r.kind for r in done.refused] == ["cap"]


def test_a_share_of_the_price_and_its_least(tmp_path: Path) -> None:
    """12 % of 1.00 is 0.12; with at least 0.20 a use it is 0.20; the rest stays with the seller."""
    done = month(tmp_path, licence("Fox", "acme", ", share: 12 %"), row(1, "Fox=1"))
    assert (done.chosen.earned.tolist(), done.chosen.retained) == ([120_000], 880_000)
    more = licence("Fox", "acme", ", share: 12 %, per_use: 0.20 USD")
    assert month(tmp_path, more, row(1, "Fox=1")).chosen.earned.tolist() == [200_000]


def test_what_a_log_cannot_answer_is_said(tmp_path: Path) -> None:
    some = licence("Fox", "acme", ", characters: [Tail], min_exposure: 2 %/month, share: 5 %")
    done = month(tmp_path, some, row(1, "Fox=1"), "pro_rata")
    told = {note.term: note.state for note in done.terms}
    assert told["characters"] == told["min_exposure"] == told["share"] == "not enforced"
    offers = "work,offers\nFox,1\nBear,99\n"
    done = month(tmp_path, some, row(1, "Fox=1"), offers=offers)
    assert [(x.promised, x.offered, x.short) for x in done.exposures] == [(20_000, 10_000, True)]


def test_fractions_counts_and_quantities(tmp_path: Path) -> None:
    """A third each of 1.00; a play that counts 1.4 beside one; three plays in one row."""
    three = FOX + BEAR + licence("Owl", "coda")
    done = month(tmp_path, three, row(1, "Fox=1/3;Bear=1/3;Owl=1/3"))
    assert sorted(done.chosen.earned.tolist()) == [333_333, 333_333, 333_334]
    done = month(tmp_path, three, f"{row(1, 'Fox=1.4')} {row(2, 'Bear=1')}", "pro_rata")
    assert dict(zip(done.chosen.holders, done.chosen.earned.tolist())) == {
        "acme": 5_833_333,
        "bolt": 4_166_667,
    }
    names = "id,user,at,works,price,quantity"
    done = month(tmp_path, three, f"{row(1, 'Fox=1')},3 {row(2, 'Bear=1')},1", columns=names)
    assert done.chosen.earned.tolist() == [3_000_000, 1_000_000]
    done = month(tmp_path, three, f"{row(1, 'Fox=1')},3 {row(2, 'Fox=1')},-1", columns=names)
    assert done.chosen.earned.tolist() == [2_000_000]


def test_the_third_of_a_large_pool_is_exact(tmp_path: Path) -> None:
    """1/3 of 1,000,000 is 333,333.333333 to the micro-unit, not a rounded 33.3333 %."""
    shares = "work,holder,share\nFox,a,1/3\nFox,b,1/3\nFox,c,1/3\n"
    done = month(tmp_path, FOX, row(1, "Fox=1"), "pro_rata", fees="u,1000000,USD", shares=shares)
    assert sorted(done.chosen.earned.tolist()) == [
        333_333_333_333,
        333_333_333_333,
        333_333_333_334,
    ]


def test_co_owners(tmp_path: Path) -> None:
    """By their prices where no shares are written; held where those are silent too."""
    both = licence("Fox", "acme", ", per_use: 0.10 USD") + licence(
        "Fox", "bolt", ", per_use: 0.30 USD"
    )
    assert month(tmp_path, both, row(1, "Fox=1")).chosen.earned.tolist() == [250_000, 750_000]
    done = month(tmp_path, FOX + licence("Fox", "bolt"), row(1, "Fox=1"))
    assert [each.kind for each in done.chosen.held_by] == ["shares unknown"]
    shares = "work,holder,share,territory\nFox,acme,50 %,*\nFox,bolt,20 %,*\n"
    done = month(tmp_path, FOX, row(1, "Fox=1"), shares=shares)
    assert done.chosen.earned.tolist() == [500_000, 200_000]
    assert [(each.kind, each.amount) for each in done.chosen.held_by] == [
        ("unclaimed share", 300_000)
    ]
    done = month(tmp_path, FOX, row(1, "Fox=1"), shares=shares.replace("20 %", "60 %"))
    assert [each.kind for each in done.chosen.held_by] == ["shares overclaimed"]


def test_several_currencies_by_the_rate_of_the_day(tmp_path: Path) -> None:
    digest = parse_licences(f"licences:\n{FOX}").digest
    month(tmp_path, FOX, row(1, "Fox=1"))
    (tmp_path / "uses.csv").write_text(
        "id,user,at,works,price,terms,currency\n"
        + "".join(f"{row(day, 'Fox=1', day=day)},{digest},EUR\n" for day in (5, 20))
    )
    (tmp_path / "rates.csv").write_text(
        "day,currency,rate\n2026-01-01,EUR,1.1\n2026-01-10,EUR,1.2\n"
    )
    assert settle_folder(tmp_path, "2026-01", "per_use").chosen.pool == 2_300_000
    (tmp_path / "rates.csv").write_text("day,currency,rate\n2026-01-10,EUR,1.2\n")
    with pytest.raises(InputError, match="no rate of EUR"):
        settle_folder(tmp_path, "2026-01", "per_use")


def test_a_chargeback_is_a_negative_fee(tmp_path: Path) -> None:
    done = month(tmp_path, FOX, row(1, "Fox=1"), "user_centric", fees="u,10,USD\nu,-4,USD")
    assert done.chosen.earned.tolist() == [6_000_000]
    done = month(tmp_path, FOX, row(1, "Fox=1"), "user_centric", fees="u,-4,USD")
    assert dues(done.chosen)[0].payable == -4_000_000


def test_shares_change_within_the_month(tmp_path: Path) -> None:
    shares = "work,holder,share,from,until\nFox,acme,1,,2026-01-15\nFox,bolt,1,2026-01-16,\n"
    uses = f"{row(1, 'Fox=1', day=15)} {row(2, 'Fox=1', day=16)}"
    done = month(tmp_path, FOX, uses, shares=shares)
    assert done.chosen.earned.tolist() == [1_000_000, 1_000_000]
    assert date(2026, 1, 15)  # the last day is included


def test_a_month_in_any_order_is_the_same_month(tmp_path: Path) -> None:
    """Rows of every kind, shuffled: the same money, the same refusals."""
    licences = (
        licence("Fox", "acme", ", per_use: 0.5 USD, cap: 3/month") + BEAR + licence("Owl", "coda")
    )
    rows = [
        *(row(n, "Fox=1", day=n + 1) for n in range(5)),
        *(row(n, "Fox=1/3;Bear=1/3;Owl=1/3", user="v") for n in range(10, 14)),
        row(20, "Bear=0.6;Owl=0.5"),
        row(21, "Mouse=1", user="v"),
        row(22, "Fox=1", "0.1"),
        row(23, "Bear=1"),
        row(23, "Bear=1"),
        row(24, "Bear=1"),
        row(24, "Bear=1", "2"),
    ]
    draw = np.random.default_rng(0)
    told = set()
    for n in range(6):
        order = draw.permutation(len(rows)) if n else range(len(rows))
        done = month(
            tmp_path / str(n), licences, " ".join(rows[k] for k in order), "user_centric",
            fees="u,7,USD\nv,3,USD",
        )  # fmt: skip
        refusals = tuple(sorted((r.id, r.kind) for r in done.refused))
        every = tuple((*s.earned.tolist(), *s.held.tolist(), s.unmatched) for s in done.all_rules)
        told.add((refusals, every, done.repeated))
    assert len(told) == 1


def test_amounts_up_to_a_million_million(tmp_path: Path) -> None:
    done = month(tmp_path, FOX, row(1, "Fox=1", "999999999999.999999"))
    assert done.chosen.pool == 999_999_999_999_999_999
