"""Works and licences -> offers, uses, statements; usable without a plan.

terms.py, register.py   what a licence permits; terms_yaml.py, odrl.py, rsl.py read and write it
offers.py, allocation.py  offers under guarantees of exposure (conflict.py, online.py)
rows.py, metering.py    logs of uses, every row accounted for (screening.py, fees.py)
settlement.py           four rules, exact to the micro-unit (money.py, uses.py, shapley.py,
                        fraud.py)
dues.py, statements.py  what is paid and what is told (ddex.py)
ledger/                 append-only double entry whose published heads show later alterations
coupling.py, law.py     what the plan is told
period.py               a month of a folder; generated_studio.py makes one up, honestly
"""

from headrace.rights.allocation import Allocation, allocate
from headrace.rights.coupling import (
    Regime,
    Rights,
    expected_royalty,
    regimes,
    royalty_per_clip,
    royalty_per_use,
)
from headrace.rights.ledger import Breach, Entry, Head, Ledger, Posting, verify
from headrace.rights.metering import Metered, meter
from headrace.rights.offers import Group, Offers
from headrace.rights.settlement import Settlement, settle
from headrace.rights.terms import Licence, UseRequest, decide
from headrace.rights.uses import Uses

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
