"""Accelerators rented by the hour: ordered where waiting for one's own costs more, and paid for
whether they work or not.
"""

import json
from pathlib import Path

import pytest

from headrace.compute.rental import rental, rented_asset
from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole, ProductId
from headrace.core.study import Rental, Study
from headrace.core.study_reader import parse_text, study_of
from headrace.energy.price_level import price_level
from headrace.plan.model.build_system import expand
from headrace.show.cli import main

STUDY = """
study: hired
horizon: {{start: 2027-01, stages: [6 months, 6 months, 12 months], hours: {{weeks: 1}}}}
sites:
  greensboro: {{weather: "tmy3:723170", grid: {{limit: 20 MW, stands: 20 MW,
      energy: 60 USD/MWh}}, hall: {{use: hall.ai, stands: 10 MW}}}}
fleet:
  may_buy: {{b200: {{use: b200, supply: 10000}}}}
  may_rent: {{cloud_h100: {rental}}}
models: {{m: {{shape: meta-llama/Llama-3.1-70B}}}}
products:
  chat: {{model: m, isl: 1000, osl: 300, demand: 5 Gtok/h, price: 4 USD/Mtok}}
"""


def study(rental: str = "h100.cloud") -> Study:
    return study_of(parse_text(STUDY.format(rental=rental)))


def test_the_rent_by_hand():
    """An H100 for 12 months of 730 h at 2.95 USD is 25,842 USD, the first due half a month after
    the order.
    """
    asset, _ = rented_asset("cloud", Rental(use="h100.cloud"), 2025)
    assert asset.price == pytest.approx(2.95 * 730 * 12)
    assert asset.payments[0].month == asset.lead_months == 0.5
    assert asset.life_months == 12
    short, _ = rented_asset(
        "cloud",
        Rental(use="h100.cloud", price="2 USD/accelerator-h", term="3 months", lead="0 months"),
        2025,
    )
    assert short.price == pytest.approx(2 * 730 * 3)


def test_rented_hours_need_no_power_and_no_hall():
    system = expand(study()).system
    hired = AssetId("cloud", AssetRole.RENTAL, "cloud_h100")
    work = next(c for c in system.converters if c.id.asset == hired and c.id.product is not None)
    assert {port.bus.carrier.of for port in work.ports} == {hired, ProductId("chat")}
    assert not any(hired in dict(limit.weights) for limit in system.limits)


def test_they_bridge_the_time_until_ones_own_arrive(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Own B200 take six months; in the first stage only rented accelerators can serve, and they go
    back after their term.
    """
    from headrace.core.hourly_store import read_hourly
    from headrace.core.plan_file import read_plan
    from headrace.core.run_folder import open_run
    from headrace.plan import run as api

    source = tmp_path / "study.yaml"
    source.write_text(STUDY.format(rental="h100.cloud"))
    run = open_run(api.plan(source, tmp_path / "run", lambda event: None, lambda: False, worth=5))
    result = read_plan(run)
    hired = [order for order in result.orders if order.asset == "cloud_h100"]
    assert hired
    assert hired[0].site == "cloud"
    # the rent is in the money of 2025, the study in that of 2026
    rent = 2.95 * price_level(2026) / price_level(2025)
    assert hired[0].cost_usd == pytest.approx(hired[0].quantity * rent * 730 * 12)
    made = [
        s for s in read_hourly(run, 0).series if s.bus == "chat" and s.item == "chat on cloud_h100"
    ]
    assert made[0].values.max() > 0
    # the last half month of their term is in the third stage; then none is there
    late = next(s for s in read_hourly(run, 2).series if s.item == "chat on cloud_h100")
    assert late.values[len(late.values) // 2 :].max() == pytest.approx(0, abs=1e-6)
    # its hours can be replayed, once they have come: the first week has none yet
    asked = ["--day", "8", "--requests", "200000", "--curtail", "20%", "--json"]
    assert main(["replay", str(run.root), *asked]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["site"], told["chip"]) == ("cloud", "cloud_h100")
    assert all(promise["kept"] for promise in told["promises"])
    assert {"h100.cloud", "h100"} <= {source.key for source in result.sources}


@pytest.mark.parametrize(
    ("written", "words"),
    [("h101.cloud", "h101.cloud"), ("{use: h100.cloud, term: 0 months}", "term")],
)
def test_bad_rentals_are_named(written: str, words: str):
    with pytest.raises(InputError, match=words):
        expand(study(written))


def test_every_row_loads():
    for key in (
        "h100.cloud",
        "h200.cloud",
        "b200.cloud",
        "gb200.cloud",
        "gb300.cloud",
        "mi300x.cloud",
        "tpu_v6e.cloud",
    ):
        assert rental(key).part.rent.value > 0
