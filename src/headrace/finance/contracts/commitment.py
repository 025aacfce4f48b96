"""Hours committed to at a price, used or not: rows that add up to what was billed.

The rows are those of the FinOps Open Cost and Usage Specification (FOCUS 1.0): one purchase that is
billed, and usage that carries its amortised cost, `Used` or `Unused`. In every period

    effective cost of Used + effective cost of Unused = billed cost of the purchase

and there is no third kind. What is sublet is used by somebody else: its income is a row of its own
category, Credit, and leaves the identity alone.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from headrace.core.errors import InputError, InputFault, Place

Status = Literal["Used", "Unused"]
COLUMNS = (
    *("AvailabilityZone", "BilledCost", "BillingAccountId", "BillingAccountName"),
    *("BillingCurrency", "BillingPeriodEnd", "BillingPeriodStart", "ChargeCategory", "ChargeClass"),
    *("ChargeDescription", "ChargeFrequency", "ChargePeriodEnd", "ChargePeriodStart"),
    *("CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName"),
    *("CommitmentDiscountStatus", "CommitmentDiscountType", "ConsumedQuantity", "ConsumedUnit"),
    *("ContractedCost", "ContractedUnitPrice", "EffectiveCost", "InvoiceIssuerName", "ListCost"),
    *("ListUnitPrice", "PricingCategory", "PricingQuantity", "PricingUnit", "ProviderName"),
    *("PublisherName", "RegionId", "RegionName", "ResourceId", "ResourceName", "ResourceType"),
    *("ServiceCategory", "ServiceName", "SkuId", "SkuPriceId", "SubAccountId", "SubAccountName"),
    "Tags",
)


@dataclass(frozen=True)
class HourCommitment:
    """A non-cancellable commitment of `rate` [USD/h] in every hour. listed: what the same use would
    cost without it [USD/h]; sublet: what somebody else pays for what is unused,
    over the rate [1].
    account: whose it is, for example a branch of a plan.
    """

    id: str
    provider: str
    service: str
    rate: float
    listed: float
    sublet: float = 0.0
    account: str = ""

    def __post_init__(self) -> None:
        good = 0 < self.rate < 1e12 and self.listed >= 0 and 0 <= self.sublet <= 100
        if not good:
            found = f"{self.rate:g} USD/h, listed {self.listed:g}, sublet {self.sublet:g}"
            expected = "a rate above 0, a list price, a share of 0 or more"
            raise InputError(InputFault(Place(key=self.id or "commitment"), found, expected))


@dataclass(frozen=True)
class UsedPeriod:
    """Hours of a billing period, and those of them that were used [h]; paid: hours paid for, where
    they are not those of the clock.
    """

    begins: datetime
    ends: datetime
    used: float
    paid: float | None = None

    @property
    def hours(self) -> float:
        """Hours paid for [h]."""
        clock = (self.ends - self.begins).total_seconds() / 3600
        return clock if self.paid is None else self.paid


FocusRow = dict[str, str | float]


def focus_rows(one: HourCommitment, periods: Sequence[UsedPeriod]) -> tuple[FocusRow, ...]:
    """The purchase of each period, its used and its unused part, and what was sublet [USD].

    Raises InputError for more hours used than there are, and for a period that ends before it
    begins.
    """
    problems = [
        InputFault(
            Place(key=one.id),
            f"{p.used:g} h used of {p.hours:g} h from {p.begins:%Y-%m-%d}",
            "none below 0, and no more than there are",
        )
        for p in periods
        if not 0 <= p.used <= p.hours or p.hours <= 0
    ]
    if problems:
        raise InputError(problems)
    rows = []
    for p in periods:
        billed = one.rate * p.hours
        rows.append(_row(one, p, "Purchase", billed=billed, hours=p.hours))
        for status, hours in (("Used", p.used), ("Unused", p.hours - p.used)):
            if hours > 0:
                effective = one.rate * hours
                row = _row(one, p, "Usage", effective=effective, hours=hours)
                rows.append(row | {"CommitmentDiscountStatus": status})
        if one.sublet > 0 and p.used < p.hours:
            back = -one.sublet * one.rate * (p.hours - p.used)
            row = _row(one, p, "Credit", billed=back, effective=back)
            rows.append(row | {"ChargeDescription": "sublet of unused hours"})
    return tuple(rows)


def _row(
    one: HourCommitment,
    period: UsedPeriod,
    category: str,
    *,
    billed: float = 0.0,
    effective: float = 0.0,
    hours: float = 0.0,
) -> FocusRow:
    usage, credit = category == "Usage", category == "Credit"
    begins, ends = (t.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
                    for t in (period.begins, period.ends))  # fmt: skip
    values = dict.fromkeys(COLUMNS, "") | {
        "BilledCost": billed,
        "BillingAccountId": "headrace",
        "BillingAccountName": "Headrace",
        "BillingCurrency": "USD",
        "BillingPeriodEnd": ends,
        "BillingPeriodStart": begins,
        "ChargeCategory": category,
        "ChargeDescription": f"{one.service}, committed",
        "ChargeFrequency": "Usage-Based" if usage else "Recurring",
        "ChargePeriodEnd": ends,
        "ChargePeriodStart": begins,
        "CommitmentDiscountCategory": "" if credit else "Spend",
        "CommitmentDiscountId": "" if credit else one.id,
        "CommitmentDiscountName": "" if credit else one.id,
        "CommitmentDiscountType": "" if credit else "commitment",
        "ConsumedQuantity": hours if usage else "",
        "ConsumedUnit": "Hours" if usage else "",
        "ContractedCost": one.rate * hours,
        "ContractedUnitPrice": "" if credit else one.rate,
        "EffectiveCost": effective,
        "InvoiceIssuerName": one.provider,
        "ListCost": one.listed * hours,
        "ListUnitPrice": "" if credit else one.listed,
        "PricingCategory": "" if credit else "Committed",
        "PricingQuantity": "" if credit else hours,
        "PricingUnit": "" if credit else "Hours",
        "ProviderName": one.provider,
        "PublisherName": one.provider,
        "ResourceId": one.id,
        "ResourceName": one.id,
        "ResourceType": "Commitment",
        "ServiceCategory": "AI and Machine Learning",
        "ServiceName": one.service,
        "SkuId": "" if credit else one.id,
        "SkuPriceId": "" if credit else one.id,
        "SubAccountId": one.account,
        "SubAccountName": one.account,
    }
    return {name: values[name] for name in COLUMNS}


def sums(rows: Sequence[FocusRow]) -> dict[str, float]:
    """Billed for purchases, used, unused and credited [USD]."""
    found = {"billed": 0.0, "Used": 0.0, "Unused": 0.0, "credited": 0.0}
    for row in rows:
        status = str(row["CommitmentDiscountStatus"])
        if row["ChargeCategory"] == "Purchase":
            found["billed"] += float(row["BilledCost"])
        elif row["ChargeCategory"] == "Credit":
            found["credited"] += float(row["BilledCost"])
        elif row["ChargeCategory"] == "Usage":
            found[status] += float(row["EffectiveCost"])
    return found


def as_csv(rows: Sequence[FocusRow]) -> str:
    """The rows as a FOCUS data set in CSV, with its header; numbers in full."""
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
