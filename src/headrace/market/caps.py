"""What a cap does to use that differs between people: lognormal use, truncated.

Source: moments of the limited lognormal, Klugman, Panjer & Willmot, Loss Models, app. A.5.1.1.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from headrace.core.errors import InputError, InputFault, Place


class CappedUse(NamedTuple):
    """Use a head a period [use], before the cap and served under it, and the share of heads [1]
    that meet the cap.
    """

    wanted: float
    served: float
    at_cap: float

    @property
    def unserved(self) -> float:
        """Share of the wanted use that is not served [1]."""
        return 1.0 - self.served / self.wanted


def capped_use(median: float, spread: float, cap: float) -> CappedUse:
    """Use under a cap, where use is lognormal between heads.

    median, cap: [use a head a period] > 0, the cap may be infinite; spread: standard deviation of
    the logarithm [1] >= 0. Raises InputError for numbers outside these.
    """
    faults = [
        InputFault(Place(key=name), f"{value:g}", "above 0")
        for name, value in (("median", median), ("cap", cap))
        if not value > 0
    ]
    if not 0 <= spread < math.inf:
        faults.append(InputFault(Place(key="spread"), f"{spread:g}", "0 or more, finite"))
    if faults:
        raise InputError(faults)
    if spread == 0:
        return CappedUse(median, min(median, cap), float(median >= cap))
    wanted = median * math.exp(spread**2 / 2)
    if math.isinf(cap):
        return CappedUse(wanted, wanted, 0.0)
    from scipy.special import ndtr  # a quarter of a second, for whom nothing is capped

    z = math.log(cap / median) / spread
    at_cap = float(ndtr(-z))
    return CappedUse(wanted, float(wanted * ndtr(z - spread) + cap * at_cap), at_cap)
