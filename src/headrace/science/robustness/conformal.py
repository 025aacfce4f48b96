"""A band around a prediction that holds for a stated share of new points, whatever their law.

Split conformal prediction: of n errors on points that the prediction never saw, the k-th smallest
with k = ceil((n + 1) x level) is the half width. For exchangeable points the mean coverage is
k / (n + 1); over calibrations it is Beta(k, n + 1 - k) distributed.

Source: Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005); Lei et al., JASA
113 (2018).
"""

from __future__ import annotations

import math

import numpy as np

from headrace.core.arrays import Floats


def conformal_half_width(errors: Floats, level: float) -> float:
    """Half width of the band [unit of the errors]; endless where there are too few errors.

    errors: absolute, on points held out, shape (point,); level: share that the band is to hold [1].
    """
    place = math.ceil((len(errors) + 1) * level - 1e-9)
    return float(np.sort(errors)[place - 1]) if place <= len(errors) else math.inf
