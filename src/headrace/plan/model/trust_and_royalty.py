"""What the rooms of trust and rights say of a product: how far its users trust it, month by month,
and what is owed to holders of rights for a unit that is served.

    T'      = T + repair (1 - T) - (wear ads irrelevance + failure_wear failed) T, then times
              1 - jump x chance of being found out                          (trust/stock.py)
    royalty = rate, or sum over works of share asked x highest price of a use  (rights/coupling.py)

Trust follows from what the study writes, not from what the plan decides: so the plan stays linear,
and `sold.words` says where it leaves more unserved than was written.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from headrace.core.errors import InputError, InputFault, Place
from headrace.core.product_units import BUS_UNITS, PRICE_UNITS
from headrace.core.study import Product, TrustTerms
from headrace.core.study_lock import found_file
from headrace.core.units import LARGEST, parse
from headrace.rights.coupling import royalty_per_clip
from headrace.rights.terms_yaml import read_licences
from headrace.trust.stock import Habits, expected_path, hazard


def trust_by_month(terms: TrustTerms, stages: Sequence[float]) -> tuple[float, ...]:
    """Mean trust at the start of every month of the horizon [1]. stages: lengths [month]."""
    ads, failed = by_month(terms.ads, stages), by_month(terms.failed, stages)
    pressed = [(load, terms.irrelevance, share) for load, share in zip(ads, failed)]
    habits = Habits(terms.repair, terms.wear, terms.jump, terms.failure_wear)
    path = expected_path(terms.now, habits, pressed, hazard(terms.found, terms.audits / 12))
    return tuple(path[:-1].tolist())


def by_month(values: Sequence[float], stages: Sequence[float]) -> tuple[float, ...]:
    """One number for all stages, or one a stage, by month of the horizon. stages: lengths
    [month].
    """
    ends = np.cumsum(stages)
    months = np.arange(math.ceil(ends[-1]))
    stage = np.minimum(np.searchsorted(ends, months, side="right"), len(values) - 1)
    return tuple(values[k] for k in stage.tolist())


def royalty_of(product: Product, folder: Path) -> float:
    """What is owed for a unit served [USD per unit of the product]. folder: of the study's files.

    Raises InputError for a register that cannot be read, a work without a price in it, or more than
    a plan can hold.
    """
    terms = product.royalty
    if terms is None:
        return 0.0
    if not terms.clip:
        return parse(terms.rate, PRICE_UNITS[product.kind])
    if terms.licences:
        register = read_licences(found_file(terms.licences, folder))
        owed = royalty_per_clip(register, terms.asked)
    else:
        owed = parse(terms.rate, "USD/clip")
    found = owed / parse(terms.clip, f"{BUS_UNITS[product.kind]}/clip")
    if not found <= LARGEST:
        told = f"{found:g} {PRICE_UNITS[product.kind]}"
        raise InputError(InputFault(Place(key="royalty"), told, f"at most {LARGEST:g}"))
    return found
