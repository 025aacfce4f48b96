"""Published comparisons of two neighbours as a log: each pair becomes an answer with two items.

The investigation "Amazon Puts Its Own Brands First" (Jeffries & Yin, The Markup, 14 October 2021)
published `pairwise_training_set.csv.gz`: 1,415 pairs of products that stood side by side on the
first page of a search, with the differences of what could be seen of them. A difference d becomes
+d/2 and -d/2, which says the same: only what differs within an answer counts.

python -m headrace.trust.pairs pairwise_training_set.csv.gz amazon.csv      writes it as a log
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np

from headrace.core.arrays import Floats
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files import database
from headrace.trust.log import AuditLog, Columns, from_arrays
from headrace.trust.write import write_log

HIGHER, OWN = "placed_higher", "is_amazon"
SEEN = {
    "stars": "stars_delta",
    "reviews": "reviews_delta",
    "shipped": "is_shipped_by_amazon",
    "sold": "is_sold_by_amazon",
}


def read_pairs(path: Path) -> AuditLog:
    """The Markup's pairs as a log: paid is "an Amazon brand or exclusive", relevance what was seen.

    Relevance: stars, reviews, shipped and sold by Amazon, and logreviews (signed log of 1 + the
    difference of reviews). Raises InputError for a file that is not theirs.
    """
    database.readable(path, 2 + len(SEEN), "the pairs as CSV")
    names = ", ".join(f'"{name}"' for name in (HIGHER, OWN, *SEEN.values()))
    try:
        with database.connect(path) as base:
            found = base.execute(
                f"SELECT {names} FROM read_csv({database.literal(path)}, hive_partitioning=false)"
            ).fetchnumpy()
    except duckdb.Error as error:
        told = f"cannot be read as pairs: {str(error).splitlines()[0]}"
        raise InputError(InputFault(Place(str(path)), told)) from None
    seen = {name: np.asarray(found[column], dtype=float) for name, column in SEEN.items()}
    seen["logreviews"] = np.sign(seen["reviews"]) * np.log1p(np.abs(seen["reviews"]))
    first = np.asarray(found[HIGHER]).astype(bool)
    own = np.asarray(found[OWN], dtype=float)
    pairs = len(first)
    return from_arrays(
        np.repeat(np.arange(pairs), 2),
        _sides(np.where(first, 1, 2), np.where(first, 2, 1)).astype(np.int32),
        _sides(own == 2, own == -2),
        np.column_stack([_sides(d / 2.0, -d / 2.0) for d in seen.values()]),
        None,
        Columns(relevance=tuple(seen)),
        path.name,
    )


def _sides(one: np.ndarray, other: np.ndarray) -> Floats:
    return np.column_stack([one, other]).ravel().astype(np.float64)


if __name__ == "__main__":
    write_log(read_pairs(Path(sys.argv[1])), Path(sys.argv[2]))
