"""The four rules against slow fractions, and their laws."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders.rights_logs import (
    Row,
    bot_uses,
    by_name,
    fee_maps,
    fees,
    join,
    log,
    plain,
    rows,
)

from headrace.core.errors import InputError
from headrace.rights.royalties.dues import Account, dues
from headrace.rights.royalties.settlement import RULES, Rule, settle
from headrace.rights.usage.fraud import bot_gains
from headrace.rights.usage.uses import WHOLE, Uses

USERS = tuple("uvwxyz")


def exact(uses: Uses, rule: Rule, fee: dict[str, int]) -> tuple[dict[str, Fraction], int]:
    """Exact shares by plain fractions, and the number of pots (each can move a holder by less than
    one micro-unit).
    """
    got = {h: Fraction(0) for h in uses.holders}
    lines = list(zip(uses.use_of_line(), uses.holder, uses.weight))
    if rule == "per_use":
        for use, holder, weight in lines:
            got[uses.holders[holder]] += Fraction(int(uses.price[use]) * int(weight), WHOLE)
        return got, len(lines)
    owner = [uses.users[uses.user[use]] for use, _, _ in lines]
    if rule == "pro_rata":
        everything = sum(int(w) for _, _, w in lines)
        for _, holder, weight in lines:
            got[uses.holders[holder]] += Fraction(sum(fee.values()) * int(weight), everything)
        return got, 1
    for user in set(owner):
        mine = [(uses.holders[h], int(w)) for name, (_, h, w) in zip(owner, lines) if name == user]
        if rule == "equal_split":
            mine = [(h, 1) for h in {h for h, _ in mine}]
        whole = sum(w for _, w in mine)
        for holder, weight in mine:
            got[holder] += Fraction(fee.get(user, 0) * weight, whole)
    return got, len(set(owner))


@settings(max_examples=60, deadline=None)
@given(rows, fee_maps, st.sampled_from(RULES))
def test_each_rule_is_its_exact_share_rounded_and_conserved(
    log_rows: list[Row], fee: dict[str, int], rule: Rule
) -> None:
    uses = log(log_rows, USERS)
    done = settle(uses, rule, fees(uses, fee))
    assert int(done.earned.sum()) + done.undistributed == done.pool
    assert done.pool == (int(uses.price.sum()) if rule == "per_use" else sum(fee.values()))
    wanted, pots = exact(uses, rule, fee)
    for holder, amount in by_name(uses, done.earned).items():
        assert abs(amount - wanted[holder]) < pots
    assert (done.reserved <= done.earned).all()
    assert (done.reserved >= 0).all()
    by_work = np.zeros(len(uses.holders), dtype=np.int64)
    np.add.at(by_work, done.pair_holder, done.pair_earned)
    assert (by_work == done.earned).all()


@settings(max_examples=40, deadline=None)
@given(rows, fee_maps, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(
    log_rows: list[Row], fee: dict[str, int], rule: Rule, draw
) -> None:  # type: ignore[no-untyped-def]
    """Permutation invariance to the micro-unit; also of the order in which names first appear.

    (Times travel with their uses.)
    """
    uses = log(log_rows, USERS)
    done = by_name(uses, settle(uses, rule, fees(uses, fee)).earned)
    order = list(range(uses.count))
    draw.shuffle(order)
    mixed = uses.take(order)
    assert by_name(mixed, settle(mixed, rule, fees(mixed, fee)).earned) == done
    renamed = join(log([], ("z", "x"), ("e", "b")), mixed)
    assert {
        h: a
        for h, a in by_name(renamed, settle(renamed, rule, fees(renamed, fee)).earned).items()
        if h in done
    } == done


@settings(max_examples=40, deadline=None)
@given(rows, fee_maps, st.sampled_from(RULES))
def test_a_holder_whose_works_nobody_used_gets_nothing(
    log_rows: list[Row], fee: dict[str, int], rule: Rule
) -> None:
    uses = log(log_rows, USERS, holders=("nobody",))
    assert by_name(uses, settle(uses, rule, fees(uses, fee)).earned)["nobody"] == 0


@settings(max_examples=40, deadline=None)
@given(rows, fee_maps, st.sampled_from(RULES))
def test_two_holders_used_alike_get_alike(
    log_rows: list[Row], fee: dict[str, int], rule: Rule
) -> None:
    """Symmetry: every use of a and b swapped is also in the log: one micro-unit a pot apart at
    most.
    """
    swap = {"a": "b", "b": "a"}
    mirrored = [
        (u, p, d, {swap.get(w[0], w[0]) + w[1:]: x for w, x in works.items()})
        for u, p, d, works in log_rows
    ]
    uses = log(log_rows + mirrored, USERS, holders=("a", "b"))
    got = by_name(uses, settle(uses, rule, fees(uses, fee)).earned)
    pots = {"pro_rata": 1, "per_use": 2 * len(uses.weight)}.get(rule, len(USERS))
    assert abs(got["a"] - got["b"]) <= pots


@settings(max_examples=40, deadline=None)
@given(rows, rows, fee_maps)
def test_two_months_apart_are_two_settlements_added(
    first: list[Row], second: list[Row], fee: dict[str, int]
) -> None:
    """Additivity. per_use: exactly. The user rules: exactly, when the months share no user."""
    holders = tuple("abcde")
    renamed = [(u.upper(), p, d, works) for u, p, d, works in second]
    left, right = log(first, USERS, holders), log(renamed, tuple("UVWXYZ"), holders)
    for rule in ("per_use", "user_centric", "equal_split"):
        both = join(left, right)
        later = {u.upper(): f for u, f in fee.items()}
        apart = [
            by_name(u, settle(u, rule, fees(u, f)).earned) for u, f in ((left, fee), (right, later))
        ]
        together = by_name(both, settle(both, rule, fees(both, fee | later)).earned)
        assert together == {h: apart[0][h] + apart[1][h] for h in holders}


def test_replay_gives_identical_cents() -> None:
    from headrace.rights.generated_studio import generate

    one, two = generate(20_000, 3_000, 50), generate(20_000, 3_000, 50)
    for rule in RULES:
        a, b = settle(one.uses, rule, one.fees), settle(two.uses, rule, two.fees)
        assert a.earned.tobytes() == b.earned.tobytes()
        assert a.pair_earned.tobytes() == b.pair_earned.tobytes()


def test_by_hand_the_two_rules_differ() -> None:
    """Two users pay 10 each. u uses a 8 times; v uses b twice.

    Pro rata: 16 and 4. User-centric: 10 and 10.
    """
    uses = log([plain("u", "a1")] * 8 + [plain("v", "b1")] * 2)
    fee = fees(uses, {"u": 10_000_000, "v": 10_000_000})
    assert by_name(uses, settle(uses, "pro_rata", fee).earned) == {"a": 16_000_000, "b": 4_000_000}
    assert by_name(uses, settle(uses, "user_centric", fee).earned) == {
        "a": 10_000_000,
        "b": 10_000_000,
    }


def test_the_fee_of_a_user_who_used_nothing() -> None:
    """Nobody's under the user rules (5 undistributed), in the pot under pro rata."""
    uses = log([plain("u", "a1")], ("idle",))
    fee = fees(uses, {"u": 7, "idle": 5})
    assert [
        settle(uses, r, fee).undistributed for r in ("pro_rata", "user_centric", "equal_split")
    ] == [0, 5, 5]
    assert settle(log([], ("idle",)), "pro_rata", np.array([5])).undistributed == 5


def test_disputed_money_is_reserved_and_changes_nobody_else() -> None:
    """User u: half the weight of a is disputed, so half of a's 6 waits; c's part is as before."""
    clean = [plain("u", "a1"), plain("u", "a2"), plain("u", "c1")]
    contested: list[Row] = [clean[0], ("u", 0, True, {"a2": WHOLE}), clean[2]]
    for rule in ("pro_rata", "user_centric"):
        before, after = (settle(log(r), rule, np.array([9])) for r in (clean, contested))
        assert before.earned.tolist() == after.earned.tolist() == [6, 3]
        assert after.reserved.tolist() == [3, 0]
    # half of 5, rounded up
    assert settle(log(contested), "equal_split", np.array([10])).reserved.tolist() == [3, 0]


def test_fees_that_do_not_fit() -> None:
    uses = log([plain("u", "a1")])
    for bad in (None, np.array([1, 2])):
        with pytest.raises(ValueError):
            settle(uses, "pro_rata", bad)
    with pytest.raises(InputError, match="larger"):
        settle(log([plain("u", "a1", 10**18)] * 12), "per_use")


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9), st.booleans())
def test_guarantee_and_advance_never_go_below_zero(
    price: int, guarantee: int, advance: int, disputed: bool
) -> None:
    uses = log([("u", price, disputed, {"a1": WHOLE})])
    (due,) = dues(settle(uses, "per_use"), {"a": Account(guarantee, advance)})
    assert min(due.top_up, due.recouped, due.payable, due.advance_left) >= 0
    assert due.earned + due.top_up == max(price, guarantee)
    assert due.payable + due.recouped + due.reserved == due.earned + due.top_up
    assert due.advance_left == advance - due.recouped


def test_an_advance_by_hand() -> None:
    """Advance 100, guarantee 30.

    Month 1 earns 20: top-up 10, all 30 recouped, 70 left. Month 2 earns 90: 70 recouped, 20 paid.
    """
    (first,) = dues(settle(log([plain("u", "a1", 20)]), "per_use"), {"a": Account(30, 100)})
    assert (first.top_up, first.recouped, first.payable, first.advance_left) == (10, 30, 0, 70)
    (second,) = dues(
        settle(log([plain("u", "a1", 90)]), "per_use"), {"a": Account(30, first.advance_left)}
    )
    assert (second.top_up, second.recouped, second.payable, second.advance_left) == (0, 70, 20, 0)


@settings(max_examples=40, deadline=None)
@given(rows, fee_maps, st.integers(0, 10**8), st.integers(1, 50), st.integers(0, 10**6))
def test_what_a_bot_moves_is_what_settling_with_it_gives(
    log_rows: list[Row], fee: dict[str, int], paid: int, count: int, price: int
) -> None:
    uses = log(log_rows, USERS)
    work = uses.works[0]
    owner = int(uses.holder[np.flatnonzero(uses.work == 0)[0]])
    both = join(uses, bot_uses(uses, work, owner, count, price))
    old = fees(uses, fee)
    for gain in bot_gains(uses, old, work=work, fee=paid, count=count, price=price):
        before = settle(uses, gain.rule, old).earned
        change = settle(both, gain.rule, np.append(old, paid)).earned - before
        assert (gain.gain, gain.others_lost) == (change[owner], change[owner] - change.sum())
