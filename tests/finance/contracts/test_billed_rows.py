"""Rows of FOCUS for the contracts of a plan: hand sums, the identity, the validator of FOCUS."""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.finance.branch_facts import BranchFacts
from headrace.finance.contracts.billed_rows import billed_rows
from headrace.finance.contracts.commitment import COLUMNS, FocusRow, as_csv, sums
from headrace.finance.contracts.kinds import ContractsFile

YEARS = (2027, 2028, 2029)
VALIDATOR = os.environ.get("FOCUS_VALIDATOR") or shutil.which("focus-validator")
"""The FinOps Foundation's validator: pip install focus-validator, in an environment of its own,
since it asks for an older numpy.
"""


def branch(leaf: int, odds: float, sold: list[float]) -> BranchFacts:
    none = np.zeros(3)
    return BranchFacts(leaf, odds, (0, leaf), (leaf,) * 3, YEARS, np.ones(3),
                       {"chat": np.array(sold)}, {}, none, 0.0, ())  # fmt: skip


BRANCHES = (branch(1, 0.5, [100.0, 150.0, 150.0]), branch(2, 0.5, [100.0, 50.0, 50.0]))
"""Revenue over expected: 1, 1.5, 1.5 and 1, 0.5, 0.5."""


def rows(**contracts: dict[str, object]) -> tuple[FocusRow, ...]:
    return billed_rows(BRANCHES, ContractsFile.model_validate({"contracts": contracts}))


CLOUD = {
    "kind": "commitment", "yearly": "8760 USD", "from": 2027, "to": 2029, "sublet": "40 %",
    "counterparty": "cloud",
}  # fmt: skip
HOURS = {
    "kind": "take_or_pay", "hours": 1200.0, "price": "2 USD/accelerator-h", "least": "80 %",
    "from": 2028, "to": 2028, "period": "month",
}  # fmt: skip


def of(found: tuple[FocusRow, ...], leaf: int, year: int) -> tuple[FocusRow, ...]:
    account = f"branch to node {leaf}"
    return tuple(r for r in found if r["SubAccountId"] == account
                 and str(r["ChargePeriodStart"]).startswith(str(year)))  # fmt: skip


def test_half_a_commitment_used_is_half_the_bill() -> None:
    """8,760 USD a year, half used on the poor branch in 2029; 40 % of the rest comes back."""
    found = sums(of(rows(cloud=CLOUD), 2, 2029))
    assert found == pytest.approx(
        {"billed": 8760, "Used": 4380, "Unused": 4380, "credited": -0.4 * 4380}
    )
    assert sums(of(rows(cloud=CLOUD), 1, 2029))["Unused"] == 0.0


def test_february_of_a_leap_year_has_its_hours() -> None:
    """2028: 8,784 hours share 8,760 USD; 696 of them in February."""
    (bill,) = (r for r in of(rows(cloud=CLOUD), 1, 2028)
               if r["ChargeCategory"] == "Purchase"
               and str(r["ChargePeriodStart"]).startswith("2028-02"))  # fmt: skip
    assert bill["BilledCost"] == pytest.approx(8760 * 696 / 8784)
    assert bill["ChargePeriodEnd"] == "2028-03-01T00:00:00Z"


def test_what_is_taken_of_take_or_pay_is_used_and_the_rest_of_the_bill_is_not() -> None:
    """100 hours a month at 2; the poor branch wants 50 and pays for 80."""
    poor, rich = (sums(of(rows(hours=HOURS), leaf, 2028)) for leaf in (2, 1))
    assert poor == pytest.approx({"billed": 1920, "Used": 1200, "Unused": 720, "credited": 0})
    assert rich == pytest.approx({"billed": 2400, "Used": 2400, "Unused": 0, "credited": 0})


def test_used_and_unused_are_the_bill_in_every_period() -> None:
    found = rows(cloud=CLOUD, hours=HOURS)
    for key in {(r["SubAccountId"], r["ResourceId"], r["ChargePeriodStart"]) for r in found}:
        own = [r for r in found
               if (r["SubAccountId"], r["ResourceId"], r["ChargePeriodStart"]) == key]  # fmt: skip
        told = sums(own)
        assert told["billed"] > 0
        assert told["Used"] + told["Unused"] == pytest.approx(told["billed"], rel=1e-12)


def test_a_contract_left_is_billed_no_more() -> None:
    left = CLOUD | {"exit_from": 2028, "exit_below": "60 %", "exit_fee": "9 USD"}
    assert of(rows(cloud=left), 2, 2027)
    assert not of(rows(cloud=left), 2, 2028)
    assert of(rows(cloud=left), 1, 2029)


def test_a_file_that_bills_nothing_by_use_is_refused() -> None:
    with pytest.raises(InputError, match="no contract that is billed by use"):
        rows(x={"kind": "payments", "yearly": "1 USD", "from": 2027, "to": 2028})


def test_the_file_holds_every_column_and_number_in_full() -> None:
    found = rows(cloud=CLOUD)
    read = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert tuple(read[0]) == COLUMNS
    assert len(read) == len(found)
    assert [float(r["BilledCost"]) for r in read] == [r["BilledCost"] for r in found]


ITS_OWN = {
    "BillingCurrency_IsCurrencyCode",  # its list of currencies is not in its package
    "InvoiceIssuer_Required",  # FOCUS 1.0 calls it InvoiceIssuerName
    "Provider_Required",  # ProviderName
    "Publisher_Required",  # PublisherName
    "ResourceID_Required",  # ResourceId
    "SkuPriceId_Nullable",  # asks for ChargeType, which 1.0 has no more
}
"""What release 1.0.0 of the validator says of any file that keeps FOCUS 1.0."""


def failed(text: str, folder: Path) -> set[str]:
    """Rules of FOCUS 1.0 that a file breaks, by its validator."""
    assert VALIDATOR is not None
    path = folder / "rows.csv"
    path.write_text(text, encoding="utf-8")
    words = [VALIDATOR, "--data-file", str(path), "--validate-version", "1.0"]
    told = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    rules = {r.removesuffix(" failed:") for r in told.stdout.splitlines() if "failed:" in r}
    assert rules, told.stderr
    return {rule.strip() for rule in rules}


@pytest.mark.skipif(not VALIDATOR, reason="focus-validator is not installed")
def test_the_validator_of_focus_finds_nothing_of_ours(tmp_path: Path) -> None:
    text = as_csv(rows(cloud=CLOUD, hours=HOURS))
    assert failed(text, tmp_path) <= ITS_OWN
    assert "CommitmentDiscountStatus_Enum" in failed(text.replace("Unused", "Idle"), tmp_path)
    assert "ChargeDescription_Required" in failed(text.replace("Description", "Text"), tmp_path)
