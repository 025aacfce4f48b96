"""How alike two answers are in their words, and whether ads change them more than they vary anyway.

Similarity of two texts: the cosine of their counts of words and of pairs of neighbouring words (of
characters where a text has no spaces), 1 for the same, 0 for none in common (Salton & McGill 1983).
"""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from headrace.core.arrays import Floats

_WORD = re.compile(r"[0-9A-Za-z_À-ɏ]+|[^\W0-9A-Za-z_À-ɏ]")


def similarity(one: str, other: str) -> float:
    """Likeness of two texts in 0..1 [1]; 1 for two empty ones."""
    if one == other:
        return 1.0
    first, second = _counts(one), _counts(other)
    product = sum(count * second[word] for word, count in first.items())
    norms = math.hypot(*first.values()) * math.hypot(*second.values())
    return product / norms if norms > 0 else 0.0


def wording_p_value(beside: Sequence[float], within: Sequence[float], seed: int = 0) -> float:
    """Chance [1] of answers with and without ads so much less alike than two without, if ads change
    nothing: paired permutation test, one-sided.

    beside: likeness on/off [1], within: likeness off/off [1] of the same questions.
    """
    gaps: Floats = np.asarray(within, dtype=float) - np.asarray(beside, dtype=float)
    if not gaps.any():
        return 1.0
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(9999, len(gaps)))
    return float((1 + np.sum(signs @ gaps >= gaps.sum() - 1e-12)) / 10_000)


def _counts(text: str) -> Counter[str | tuple[str, str]]:
    words = _WORD.findall(text.lower())
    counts: Counter[str | tuple[str, str]] = Counter(words)
    counts.update(itertools.pairwise(words))
    return counts
