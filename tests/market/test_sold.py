"""Offers as nouns: what each kind comes to at its reference, by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from headrace.core.study import OfferTerms, Product
from headrace.market.caps import capped_use
from headrace.market.demand import billed_as_served, demand, seasonal
from headrace.market.sold import after_cut, sold_offer, survival_curve

MONTH = 730.0


def product(**more: Any) -> Product:
    return Product.model_validate({"kind": "tokens", "isl": 1200, "osl": 300, **more})


def offer(product_of: Product | None = None, **terms: Any) -> Any:
    written = OfferTerms.model_validate(terms)
    return sold_offer("chat", product_of or product(), "one", written, 2027 * 12, 120.0)


def test_a_tier_is_paid_by_the_head_and_served_under_its_cap() -> None:
    found = offer(
        kind="tier",
        users="1000 user",
        price="20 USD/user-month",
        use={"median": "0.4 Mtok/user-month", "spread": 1.6, "cap": "2 Mtok/user-month"},
        groups={"india": {"share": "25 %", "price": "5 USD/user-month"}},
        ads="0.5 USD/user-month",
        partner="30 %",
    )
    served = capped_use(0.4, 1.6, 2.0).served
    assert found.work == pytest.approx(1000 * served / MONTH)
    assert found.usd == pytest.approx(0.7 * 1000 * (0.75 * 20 + 0.25 * 5) / MONTH)
    assert found.advertising == pytest.approx(1000 * 0.5 / MONTH)
    assert found.gross == pytest.approx(1 / 0.7)
    assert not found.metered


def test_agents_pay_a_seat_and_what_lies_beyond_it() -> None:
    found = offer(
        kind="agents",
        users="100 seat",
        price="200 USD/user-month",
        use={"median": "10 Mtok/user-month", "spread": 1.0},
        included="12 Mtok/user-month",
        overage="3 USD/Mtok",
    )
    whole, within = capped_use(10, 1, np.inf).served, capped_use(10, 1, 12).served
    assert found.usd == pytest.approx(100 * (200 + 3 * (whole - within)) / MONTH)
    assert found.work == pytest.approx(100 * whole / MONTH)


def test_an_api_bills_output_input_and_cached_tokens_and_batches_less() -> None:
    found = offer(
        product(cached=900),
        kind="api",
        amount="2 Gtok/h",
        price="8 USD/Mtok",
        input="1 USD/Mtok",
        cached="0.1 USD/Mtok",
        batch={"share": "40 %", "discount": "50 %"},
    )
    a_token = (8 + 1 * 1 + 3 * 0.1) * (1 - 0.4 * 0.5)
    assert found.usd == pytest.approx(2000 * a_token)
    assert found.metered


def test_credits_are_paid_before_use_and_some_never_used() -> None:
    clips = product(kind="video", isl=1000)
    found = offer(
        clips, kind="credits", amount="3600 video-second/h", price="0.04 USD/video-second",
        unused="20 %",
    )  # fmt: skip
    assert found.usd == pytest.approx(3600 * 0.04 / 0.8)
    assert found.work == pytest.approx(3600)


def test_results_are_paid_where_they_succeed() -> None:
    found = offer(
        kind="results", amount="730 result/month", price="500 USD/result", work="40 Mtok/result",
        success="25 %",
    )  # fmt: skip
    assert found.usd == pytest.approx(500.0)
    assert found.work == pytest.approx(160.0)


def test_a_cut_of_rivals_takes_what_the_logit_says() -> None:
    """Own share 30 %, rivals 40 % at one price; they cut 80 % of it."""
    found = offer(
        kind="api", amount="1 Gtok/h", price="8 USD/Mtok", elasticity=1.4, market_share="30 %",
        rivals={"share": "40 %"},
    )  # fmt: skip
    slope = 1.4 / 0.7
    assert found.curve.level(1.0) == pytest.approx(1.0)
    more = 0.4 * np.exp(slope * 0.8)
    expected = 0.3 / (0.3 + more + 0.3) / 0.3
    cut = after_cut(found, 0.8)
    assert cut.level(1.0) == pytest.approx(expected)
    assert float(cut.price(np.array(expected))) == pytest.approx(1.0)
    step = 1e-6
    fall = (found.curve.level(1 + step) - found.curve.level(1 - step)) / (2 * step)
    assert fall == pytest.approx(-1.4, rel=1e-4)


@pytest.mark.parametrize("share", [None, "25 %"])
def test_pieces_lie_below_and_halving_them_quarters_the_error(share: str | None) -> None:
    more = {} if share is None else {"market_share": share}
    found = [
        offer(kind="api", amount="1 Gtok/h", price="8 USD/Mtok", elasticity=1.4, pieces=k, **more)
        for k in (40, 80)
    ]
    coarse, fine = (one.pieces() for one in found)
    assert (np.diff(coarse.slopes) < 0).all()
    if share is None:
        assert fine.error == pytest.approx(coarse.error / 4, rel=1e-2)
    assert fine.error < 0.6 * coarse.error
    ends = np.concatenate([[0], np.cumsum(coarse.widths * coarse.slopes)])
    assert ends[-1] == pytest.approx(float(found[0].revenue(np.array(found[0].most))))


def test_a_demand_of_offers_is_their_work_at_what_it_brings() -> None:
    written = product(
        offers={
            "api": {"kind": "api", "amount": "1 Gtok/h", "price": "8 USD/Mtok"},
            "free": {"kind": "tier", "users": "730e3 user", "price": "0 USD/user-month",
                     "use": "1 Mtok/user-month"},
        },
        season=[0.5, *[1.0] * 11],
    )  # fmt: skip
    found = demand("chat", written, 4, (2027 * 12, 24.0))
    assert found.reference == pytest.approx(2000.0)
    assert found.price == pytest.approx(4.0)
    assert found.refund == pytest.approx(8.0)
    assert float(np.mean(found.quantity)) == pytest.approx(2000.0)
    year = seasonal(written, 4, None)
    assert year[0] / year[-1] == pytest.approx(0.5)
    assert not found.billed


def test_only_menus_of_metered_use_are_billed_as_served() -> None:
    terms = {"kind": "api", "amount": "1 Gtok/h", "price": "8 USD/Mtok", "elasticity": 1.5}
    menu = {**terms, "prices": ["6 USD/Mtok", "8 USD/Mtok"]}

    def billed(**more: Any) -> bool:
        written = product(**more)
        return billed_as_served(written, demand("chat", written, 4, (0, 12.0)).offers)

    assert billed(offers={"a": menu})
    assert not billed(offers={"a": menu, "b": terms})
    assert not billed(offers={"a": menu}, deadline="day")
    assert not billed(offers={"a": menu}, refund="1 USD/Mtok")


def test_creators_are_paid_of_what_partners_leave_and_of_advertising() -> None:
    """1,000 users pay 20 USD, of which 14 are left of a store, and bring half a dollar of ads.
    Creators have 45 % of 14.50: 6.525 USD a user, and 7.975 stay.
    """
    found = offer(
        kind="tier",
        users="1000 user",
        price="20 USD/user-month",
        use="0.4 Mtok/user-month",
        ads="0.5 USD/user-month",
        partner="30 %",
        creators="45 %",
    )
    month = float(found.revenue(np.array(1.0))) * MONTH
    assert month == pytest.approx(7975.0)
    assert found.billed(1.0) * MONTH == pytest.approx(20_500.0)
    assert month * found.creators / (1 - found.creators) == pytest.approx(6525.0)
    assert found.billed(0.0) == 0.0


def test_users_leave_as_a_cohort_that_was_seen() -> None:
    """ "High End" of Fader & Hardie, a year a month: alpha .668 and beta 3.806 come of it."""
    seen = [1, 0.869, 0.743, 0.653, 0.593, 0.551, 0.517, 0.491]
    terms = OfferTerms.model_validate(
        {
            "kind": "tier",
            "users": "10 user",
            "price": "20 USD/user-month",
            "use": "1 Mtok/user-month",
            "churn": {"seen": seen},
        }
    )
    assert terms.churn is not None
    curve = survival_curve(terms.churn)
    assert (curve.alpha, curve.beta) == (
        pytest.approx(0.668, abs=2e-3), pytest.approx(3.806, abs=1e-2)
    )  # fmt: skip
    constant = survival_curve(terms.churn.model_copy(update={"family": "constant"}))
    assert constant.curve(12)[12] < 0.75 * curve.curve(12)[12]
