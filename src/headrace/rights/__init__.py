"""Works and licences -> offers, uses, statements; usable without a plan.

terms.py, register.py   what a licence permits; terms_yaml.py, odrl.py, rsl.py read and write it
works/                  identifiers with their check digits; registrations (CWR)
offering/               offers under guarantees of exposure
usage/                  logs of uses, every row accounted for
royalties/              who earned what, what is paid and what is told
ledger/                 append-only double entry whose published heads show later alterations
money.py                integers and splits that lose nothing
coupling.py, law.py     what the plan is told
generated_studio.py     a month made up, honestly
"""

from __future__ import annotations

_PLACES = {
    "Allocation": "offering.allocation",
    "Breach": "ledger",
    "Entry": "ledger",
    "Group": "offering.offers",
    "Head": "ledger",
    "Ledger": "ledger",
    "Licence": "terms",
    "Metered": "usage.metering",
    "Offers": "offering.offers",
    "Posting": "ledger",
    "Regime": "coupling",
    "Rights": "coupling",
    "Settlement": "royalties.settlement",
    "UseRequest": "terms",
    "Uses": "usage.uses",
    "allocate": "offering.allocation",
    "decide": "terms",
    "expected_royalty": "coupling",
    "meter": "usage.metering",
    "regimes": "coupling",
    "royalty_per_clip": "coupling",
    "royalty_per_use": "coupling",
    "settle": "royalties.settlement",
    "verify": "ledger",
}
__all__ = list(_PLACES)


def __getattr__(name: str) -> object:
    """Each name is loaded when it is first asked for: settling needs no linear program."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
