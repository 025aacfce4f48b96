"""Rented accelerators: paid by the month for a term, without a hall and without a meter."""

from __future__ import annotations

import pytest
from tests.solving import solve_text

from headrace.compute.cloud import cloud, rented
from headrace.core.catalogue import entries
from headrace.core.errors import InputError
from headrace.core.reading import parse_text, study_of
from headrace.core.study import Rent

STUDY = """
study: rented
money: {{year: 2026, discount: 0 %/a real}}
horizon: {{start: 2027-01, stages: [12 months, 12 months], hours: {{blocks: [6000 h, 2760 h]}}}}
sites: {{here: {{grid: {{limit: 10 MW, stands: 1 MW, energy: 60 USD/MWh}}}}}}
fleet: {{may_rent: {{h100: {{use: h100.cloud, term: 12 months, rent: {rent} USD/accelerator-h{more}}}}}}}
models: {{large: {{shape: deepseek-ai/DeepSeek-V3, precision: fp8}}}}
products:
  chat: {{kind: tokens, model: large, isl: 1200, osl: 300, promise: {{ttft: 2 s, tpot: 50 ms}}, demand: 2 Gtok/h, price: 8 USD/Mtok}}
"""


def test_every_offer_is_read_and_is_paid_month_by_month():
    for key in entries("compute", "cloud"):
        asset, found = rented("x", Rent(use=key))
        assert len(asset.payments) == round(found.term.to("month")) == asset.life_months
        assert asset.price == pytest.approx(1e3 * found.rent.to("USD/accelerator-h") * 730 * asset.life_months)
        assert asset.site == "cloud"
        assert asset.fixed_cost == 0
    with pytest.raises(InputError, match=r"h100\.cloud"):
        cloud("h100.clod")


def test_rented_accelerators_serve_without_a_hall_and_pay_only_their_rent():
    """Served in full, the year costs accelerators x 8,760 h x rent, and nothing for power."""
    found = solve_text(STUDY.format(rent=2, more=""))
    size = found.quantity("n000", "cloud.h100")
    assert size > 0
    assert found.total("payments") == pytest.approx(-2 * 8760 * 1e3 * (size + found.quantity("n001", "cloud.h100")), rel=1e-6)
    assert found.total("variable", "fuel", "peak") == pytest.approx(0, abs=1e-6)
    served = sum(float(o.weights @ row) for o in found.outcomes for i, row in o.activity.items())
    assert served > 0


def test_no_more_are_rented_than_may_be():
    found = solve_text(STUDY.format(rent=2, more=", at_most: 100"))
    assert found.quantity("n000", "cloud.h100") <= 0.1 + 1e-9


def test_what_is_dearer_than_its_work_is_not_rented():
    assert solve_text(STUDY.format(rent=500, more="")).quantity("n000", "cloud.h100") == pytest.approx(0, abs=1e-9)


def test_names_that_clash_are_told():
    text = STUDY.format(rent=2, more="").replace("sites: {here:", "sites: {cloud:")
    with pytest.raises(InputError, match="rented accelerators stand"):
        study_of(parse_text(text))
    both = STUDY.format(rent=2, more="").replace("fleet: {", "fleet: {may_buy: {h100: h100}, ")
    with pytest.raises(InputError, match="of its own"):
        study_of(parse_text(both))
