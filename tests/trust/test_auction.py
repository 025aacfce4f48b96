from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.trust.auction import Offer, position_auction, surplus

VALUES = st.lists(
    st.one_of(st.sampled_from([0.0, 1.0, 2.0]), st.floats(0.0, 100.0)), min_size=1, max_size=6
)
CLICKS = st.lists(st.floats(0.01, 1.0), min_size=1, max_size=4).map(
    lambda a: sorted(a, reverse=True)
)
RESERVE = st.sampled_from([0.0, 0.5, 1.0, 50.0])


def _offers(values: list[float]) -> tuple[Offer, ...]:
    return tuple(Offer(f"b{k}", v) for k, v in enumerate(values))


def test_edelman_ostrovsky_schwarz_example() -> None:
    """Slots of 200 and 100 clicks an hour, bids 10, 4, 2. GSP: prices 4 and 2, payments 800 and
    200.
    VCG: second pays 2 * 100 = 200; first pays 4 * (200 - 100) + 2 * 100 = 600. (AER 97, pp.
        247-248.)
    """
    offers = (Offer("1", 10.0), Offer("2", 4.0), Offer("3", 2.0))
    assert [one.payment for one in position_auction(offers, (200.0, 100.0), mechanism="gsp")] == [
        800.0,
        200.0,
    ]
    assert [one.payment for one in position_auction(offers, (200.0, 100.0))] == pytest.approx(
        [600.0, 200.0]
    )


def test_one_slot_is_vickrey_with_a_reserve() -> None:
    for mechanism in ("vcg", "gsp"):
        assert position_auction(_offers([3.0, 5.0]), (0.5,), 0.0, mechanism)[0].price == 3.0
        assert position_auction(_offers([3.0, 5.0]), (0.5,), 4.0, mechanism)[0].price == 4.0
    assert position_auction(_offers([3.0, 5.0]), (0.5,), 6.0) == ()


@settings(max_examples=150, deadline=None)
@given(values=VALUES, clicks=CLICKS, reserve=RESERVE)
def test_vcg_no_bidder_gains_and_nobody_pays_more_than_the_bid(
    values: list[float], clicks: list[float], reserve: float
) -> None:
    offers = _offers(values)
    for one in position_auction(offers, clicks, reserve):
        assert reserve <= one.price <= values[int(one.bidder[1:])]
    for k, value in enumerate(values):
        honest = surplus(offers, f"b{k}", value, clicks, reserve, "vcg")
        assert honest >= 0.0
        for bid in (0.0, value / 2, value * 1.01, 1e6, *values, *(v + 1e-6 for v in values)):
            other = _offers([*values[:k], bid, *values[k + 1 :]])
            assert surplus(other, f"b{k}", value, clicks, reserve, "vcg") <= honest + 1e-9


def test_gsp_invites_shading_where_vcg_does_not() -> None:
    """Values 10, 9, 1; slots 1.0 and 0.9.

    At truth the first earns 1.0 * (10 - 9) = 1; bidding 8 it earns 0.9 * (10 - 1) = 8.1.
    """
    offers, shaded = _offers([10.0, 9.0, 1.0]), _offers([8.0, 9.0, 1.0])
    assert surplus(offers, "b0", 10.0, (1.0, 0.9), 0.0, "gsp") == pytest.approx(1.0)
    assert surplus(shaded, "b0", 10.0, (1.0, 0.9), 0.0, "gsp") == pytest.approx(8.1)
    assert (
        surplus(shaded, "b0", 10.0, (1.0, 0.9), 0.0, "vcg")
        <= surplus(offers, "b0", 10.0, (1.0, 0.9), 0.0, "vcg") + 1e-12
    )


@pytest.mark.parametrize(
    ("offers", "clicks", "reserve"),
    [
        ((Offer("a", -1.0),), (1.0,), 0.0),
        ((Offer("a", float("nan")),), (1.0,), 0.0),
        ((Offer("a", 1.0), Offer("a", 2.0)), (1.0,), 0.0),
        ((Offer("a", 1.0),), (0.5, 0.6), 0.0),
        ((Offer("a", 1.0),), (0.0,), 0.0),
        ((Offer("a", 1.0),), (1.0,), float("inf")),
    ],
)
def test_bad_markets_are_refused(
    offers: tuple[Offer, ...], clicks: tuple[float, ...], reserve: float
) -> None:
    with pytest.raises(InputError):
        position_auction(offers, clicks, reserve)
