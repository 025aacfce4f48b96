"""How our statement columns relate to the fields of DDEX Digital Sales Reporting (DSR).

DDEX standards are used under an implementation licence, which Headrace does not hold: this is a
reading aid for people who map our files to theirs. Our files are not DSR messages and no
conformance is claimed. Names of DDEX fields are those of the public DDEX data dictionary
(dsrf:HeaderRecord and dsrf:SalesRecord) and of the public overview of DSR Part 1.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Mapped:
    """One of our columns, the DDEX field nearest in meaning ("" where there is none), and how they
    differ.
    """

    table: str
    column: str
    ddex: str
    difference: str


MAPPING: tuple[Mapped, ...] = (
    Mapped(
        "both",
        "period",
        "MessageNotificationStartDate, MessageNotificationEndDate",
        "one month as YYYY-MM; theirs are two dates",
    ),
    Mapped("both", "currency", "CurrencyCode", "the same: ISO 4217"),
    Mapped("both", "rule", "", "DSR has no field for the rule by which a pool was shared"),
    Mapped(
        "both",
        "holder",
        "MessageRecipient",
        "our own id; theirs is a DDEX party id (DPID), which has to be supplied",
    ),
    Mapped(
        "works",
        "work",
        "ProprietaryId of the work or resource",
        "our own name; `identifiers.csv` tells its ISWC, ISRC and EIDR",
    ),
    Mapped(
        "works",
        "uses",
        "NumberOfConsumerSalesGross (usages)",
        "a generation shared by several works counts in parts; theirs are whole numbers",
    ),
    Mapped(
        "works",
        "earned",
        "amount payable in the CurrencyCode",
        "six decimals, exact; before guarantee and recoupment",
    ),
    Mapped("dues", "earned", "", "the sum of the holder's works"),
    Mapped("dues", "reserved", "", "disputed money has no field in a sales report"),
    Mapped("dues", "held", "", "money that waits has no field in a sales report"),
    Mapped("dues", "guarantee_top_up", "", "minimum guarantees are settled outside DSR"),
    Mapped("dues", "recouped", "", "recoupment is settled outside DSR"),
    Mapped("dues", "payable", "", "payment is outside DSR"),
    Mapped("dues", "advance_left", "", "outside DSR"),
)
