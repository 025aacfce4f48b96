"""Small logs of uses for the tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import strategies as st

from headrace.core.arrays import Ints
from headrace.rights.usage.uses import WHOLE, Positions, Uses, _none

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


def join(first: Uses, second: Uses) -> Uses:
    """Both logs in one; names that stand in both are one.

    Raises ValueError where the currencies differ, or what a whole use weighs. The second log may
    hold no refused uses.
    """
    if second.refused.any() or second.royalty.size or first.whole % second.whole:
        raise ValueError("the second log is not one of plain uses")
    if first.currency != second.currency:
        raise ValueError(
            f"uses in {first.currency} and in {second.currency} cannot stand in one log"
        )
    users, user = _merged(first.users, second.users)
    works, work = _merged(first.works, second.works)
    holders, holder = _merged(first.holders, second.holders)
    size = len(holders) - len(first.holders)
    owner = np.where(first.holder < len(first.holders), first.holder, first.holder + size)
    plain = len(second.work)
    return replace(
        first,
        users=users,
        works=works,
        holders=holders,
        user=np.concatenate((first.user, user[second.user])),
        price=np.concatenate((first.price, second.price)),
        at=np.concatenate((first.at, second.at)),
        disputed=np.concatenate((first.disputed, second.disputed)),
        starts=np.concatenate((first.starts, first.starts[-1] + second.starts[1:])),
        work=np.concatenate((first.work, work[second.work])),
        refused=np.concatenate((first.refused, second.refused)),
        holder=np.concatenate((owner.astype(np.int32), holder[second.holder])),
        weight=np.concatenate((first.weight, second.weight * (first.whole // second.whole))),
        waits=np.concatenate((first.waits, second.waits)),
        royalty=np.concatenate((first.royalty, np.full(plain, WHOLE)))
        if first.royalty.size
        else _none(),
        least=np.concatenate((first.least, np.zeros(plain, dtype=np.int64)))
        if first.least.size
        else _none(),
    )


def _merged(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[tuple[str, ...], Positions]:
    """All names once, and where each name of the second stands among them."""
    place = {name: i for i, name in enumerate(first)}
    for name in second:
        place.setdefault(name, len(place))
    return tuple(place), np.array([place[name] for name in second], dtype=np.int32)


def bot_uses(uses: Uses, work: str, accomplice: int, count: int, price: int) -> Uses:
    """`count` uses of one work by one new user, after all others; price: micro-units each."""
    name = "bot"
    while name in uses.users:
        name += "+"
    last = int(uses.at.max()) if uses.count else 0
    return Uses(
        currency=uses.currency,
        users=(name,),
        works=(work,),
        holders=(uses.holders[accomplice],),
        user=np.zeros(count, dtype=np.int32),
        price=np.full(count, price, dtype=np.int64),
        at=last + np.arange(count, dtype=np.int64),
        disputed=np.zeros(count, dtype=bool),
        starts=np.arange(count + 1, dtype=np.int64),
        work=np.zeros(count, dtype=np.int32),
        holder=np.zeros(count, dtype=np.int32),
        weight=np.full(count, WHOLE, dtype=np.int64),
    )
