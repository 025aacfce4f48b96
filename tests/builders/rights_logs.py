"""Small logs of uses for the tests."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from headrace.core.arrays import Ints
from headrace.rights.usage.uses import WHOLE, Uses

# one use: user, price, disputed, {work: weight in millionths}; the holder of work "a1" is "a"
Row = tuple[str, int, bool, dict[str, int]]


def log(rows: list[Row], users: tuple[str, ...] = (), holders: tuple[str, ...] = ()) -> Uses:
    """A log from rows; `users` and `holders` name some who used or earned nothing."""
    names = tuple(dict.fromkeys([*users, *(r[0] for r in rows)]))
    works = tuple(dict.fromkeys(w for r in rows for w in r[3]))
    holding = tuple(dict.fromkeys([*holders, *(w[0] for w in works)]))
    lines = [(w, weight) for r in rows for w, weight in r[3].items()]
    return Uses(
        currency="USD",
        users=names,
        works=works,
        holders=holding,
        user=np.array([names.index(r[0]) for r in rows], dtype=np.int32),
        price=np.array([r[1] for r in rows], dtype=np.int64),
        at=np.arange(len(rows), dtype=np.int64),
        disputed=np.array([r[2] for r in rows], dtype=bool),
        starts=np.cumsum([0, *(len(r[3]) for r in rows)]).astype(np.int64),
        work=np.array([works.index(w) for w, _ in lines], dtype=np.int32),
        holder=np.array([holding.index(w[0]) for w, _ in lines], dtype=np.int32),
        weight=np.array([weight for _, weight in lines], dtype=np.int64),
    )


def plain(user: str, work: str, price: int = 0) -> Row:
    return (user, price, False, {work: WHOLE})


def by_name(uses: Uses, amounts: Ints) -> dict[str, int]:
    return {h: int(a) for h, a in zip(uses.holders, amounts)}


def fees(uses: Uses, of: dict[str, int]) -> Ints:
    return np.array([of.get(u, 0) for u in uses.users], dtype=np.int64)


@st.composite
def shares(draw: st.DrawFn) -> dict[str, int]:
    works = draw(
        st.lists(
            st.sampled_from([f"{h}{i}" for h in "abcde" for i in (1, 2)]),
            min_size=1,
            max_size=4,
            unique=True,
        )
    )
    cuts = sorted(
        draw(
            st.lists(
                st.integers(1, WHOLE - 1),
                min_size=len(works) - 1,
                max_size=len(works) - 1,
                unique=True,
            )
        )
    )
    return dict(zip(works, (hi - lo for lo, hi in zip([0, *cuts], [*cuts, WHOLE]))))


rows = st.lists(
    st.tuples(st.sampled_from("uvwxyz"), st.integers(0, 10**9), st.booleans(), shares()),
    min_size=1,
    max_size=14,
)
fee_maps = st.fixed_dictionaries({u: st.integers(0, 10**10) for u in "uvwxyz"})
