"""A month of a folder: which files it needs, and what is wrong with each."""

from __future__ import annotations

from datetime import date

import pytest

from headrace.core.errors import InputError
from headrace.rights.royalties.dues import Account
from headrace.rights.royalties.period import checked_rule, days_of, settle_folder
from headrace.rights.royalties.tables import read_accounts
from headrace.rights.terms_yaml import read_licences

LICENCES = """licences:
- {id: fox, work: Fox, holder: acme, term: 2026-01..2026-12, allow: ['*'], media: ['*'],
   territory: ['*'], per_use: 0.10 USD}
"""


@pytest.fixture
def folder(tmp_path):
    """One user, one use of one work at .10 USD, a fee of 5 USD."""
    (tmp_path / "licences.yaml").write_text(LICENCES)
    digest = read_licences(tmp_path / "licences.yaml").digest
    (tmp_path / "uses.csv").write_text(
        "id,user,at,works,terms,price,currency,context,medium,territory\n"
        f"1,u,2026-01-05T00:00:00Z,Fox=1,{digest},0.10,USD,parody,video,JP\n"
    )
    (tmp_path / "fees.csv").write_text("user,fee,currency\nu,5,USD\n")
    return tmp_path


def test_a_period_is_its_days():
    assert days_of("2026-02") == (date(2026, 2, 1), date(2026, 2, 28))
    assert days_of("2028-02")[1] == date(2028, 2, 29)
    assert days_of("2026-Q3") == (date(2026, 7, 1), date(2026, 9, 30))
    assert days_of("2026-H2") == (date(2026, 7, 1), date(2026, 12, 31))
    assert days_of("2026") == (date(2026, 1, 1), date(2026, 12, 31))
    for name in ("2026-13", "2026-00", "2026-1", "2026-Q5", "0000", "x", ""):
        with pytest.raises(InputError, match="is not a period"):
            days_of(name)


def test_a_rule_is_one_of_four():
    assert checked_rule("per_use") == "per_use"
    with pytest.raises(InputError, match="pro_rata, user_centric, equal_split, per_use"):
        checked_rule("fair")


def test_every_rule_that_can_be_settled_is_settled(folder):
    """5 USD of fees, or .10 USD of prices, all to acme."""
    found = settle_folder(folder, "2026-01", "user_centric")
    assert (found.read, found.repeated, found.refused, found.accounts) == (1, 0, (), {})
    earned = {one.rule: one.earned.tolist() for one in found.all_rules}
    assert earned.pop("per_use") == [100_000]
    fee_rules = ("pro_rata", "user_centric", "equal_split")
    assert earned == {rule: [5_000_000] for rule in fee_rules}
    assert found.chosen.rule == "user_centric"


def test_without_fees_only_the_price_of_a_use_is_shared_out(folder):
    (folder / "fees.csv").unlink()
    found = settle_folder(folder, "2026-01", "per_use")
    assert [one.rule for one in found.all_rules] == ["per_use"]
    with pytest.raises(InputError, match=r"there is no fees\.csv"):
        settle_folder(folder, "2026-01", "pro_rata")


def test_a_note_is_carried_to_every_report(folder):
    (folder / "note.txt").write_text(" made up \n")
    assert settle_folder(folder, "2026-01", "per_use").note == "made up"


def test_registers_that_changed_within_the_month_stand_together(folder):
    (folder / "licences.yaml").rename(folder / "licences-a.yaml")
    (folder / "licences-b.yaml").write_text(LICENCES.replace("fox", "fox-2"))
    assert settle_folder(folder, "2026-01", "per_use").chosen.uses == 1
    (folder / "licences-b.yaml").write_text(LICENCES.replace("USD", "EUR"))
    with pytest.raises(InputError, match="mixed currencies: EUR, USD"):
        settle_folder(folder, "2026-01", "per_use")


def test_files_that_are_absent_or_there_twice(folder):
    (folder / "uses.jsonl").write_text("")
    with pytest.raises(InputError, match=r"found uses\.csv, uses\.jsonl"):
        settle_folder(folder, "2026-01", "per_use")
    for name in ("uses.csv", "uses.jsonl"):
        (folder / name).unlink()
    with pytest.raises(InputError, match="found none"):
        settle_folder(folder, "2026-01", "per_use")
    (folder / "licences.yaml").unlink()
    with pytest.raises(InputError, match=r"no licences\.yaml"):
        settle_folder(folder, "2026-01", "per_use")


def test_accounts_by_holder(tmp_path):
    path = tmp_path / "accounts.csv"
    path.write_text("holder,guarantee,advance,currency\nacme,25,10.5,USD\nbolt,,,USD\n")
    assert read_accounts(path, "USD") == {
        "acme": Account(25_000_000, 10_500_000),
        "bolt": Account(0, 0),
    }


def test_every_row_of_accounts_that_is_wrong_is_named(tmp_path):
    path = tmp_path / "accounts.csv"
    rows = ("acme,1,1,USD", ",1,1,USD", "bolt,1,1,EUR", "coda,x,1,USD", "acme,2,2,USD")
    path.write_text("holder,guarantee,advance,currency\n" + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as told:
        read_accounts(path, "USD")
    assert [problem.where.line for problem in told.value.problems] == [3, 4, 5, 6]
    assert "stands twice" in told.value.problems[-1].found
