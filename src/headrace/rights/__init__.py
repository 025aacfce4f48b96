"""Works and licences -> offers, uses, statements; usable without a plan.

terms.py, register.py   what a licence permits; terms_yaml.py, odrl.py, rsl.py read and write it
offering/               offers under guarantees of exposure
usage/                  logs of uses, every row accounted for
royalties/              who earned what, what is paid and what is told
ledger/                 append-only double entry whose published heads show later alterations
money.py                integers and splits that lose nothing
coupling.py, law.py     what the plan is told
generated_studio.py     a month made up, honestly
"""

from headrace.rights.coupling import (
    Regime,
    Rights,
    expected_royalty,
    regimes,
    royalty_per_clip,
    royalty_per_use,
)
from headrace.rights.ledger import Breach, Entry, Head, Ledger, Posting, verify
from headrace.rights.offering.allocation import Allocation, allocate
from headrace.rights.offering.offers import Group, Offers
from headrace.rights.royalties.settlement import Settlement, settle
from headrace.rights.terms import Licence, UseRequest, decide
from headrace.rights.usage.metering import Metered, meter
from headrace.rights.usage.uses import Uses

__all__ = [
    "Allocation",
    "Breach",
    "Entry",
    "Group",
    "Head",
    "Ledger",
    "Licence",
    "Metered",
    "Offers",
    "Posting",
    "Regime",
    "Rights",
    "Settlement",
    "UseRequest",
    "Uses",
    "allocate",
    "decide",
    "expected_royalty",
    "meter",
    "regimes",
    "royalty_per_clip",
    "royalty_per_use",
    "settle",
    "verify",
]
