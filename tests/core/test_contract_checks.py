"""Keys of tariffs and contracts without effect or meaning are refused."""

from __future__ import annotations

import pytest
from tests.builders.studies import study

from headrace.core.errors import InputError

STUDY = """\
study: contracts
horizon: {start: 2027-01, stages: [12 months], hours: HOURS}
fuels: {gas: {price: 4 USD/MMBtu}, peat: {price: 4 USD/MMBtu MORE}}
technologies: {plant: {capex: 1 USD/kW ALSO}, deal: {kind: ppa, variable: 30 USD/MWh DEAL}}
sites: {here: {grid: {limit: 9 MW, GRID}, build: {plant: plant, deal: {use: deal BUILD}}}}
products: {power: {kind: electricity, site: here, demand: 1 MW, price: 60 USD/MWh}}
"""
BASE = {
    "HOURS": "all",
    "MORE": "",
    "ALSO": "",
    "GRID": "energy: 1 USD/MWh",
    "BUILD": "",
    "DEAL": "",
}


def _text(**changes: str) -> str:
    text = STUDY
    for word, value in (BASE | changes).items():
        text = text.replace(word, value)
    return text


def test_the_study_itself_is_sound() -> None:
    assert study(_text()).sites["here"].grid is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"GRID": "stands: 1 MW"}, "`energy` is missing; expected `energy: 62 USD/MWh`, or"),
        ({"GRID": "energy: 1 USD/MWh, tariff: a.json"}, "stands beside `tariff`"),
        ({"GRID": "tariff: a.json, demand: 1 USD/kW-month"}, "grid.demand: stands beside"),
        ({"GRID": "energy: 1 USD/MWh, ratchet: 80 %"}, "`billing: year` is a full ratchet"),
        (
            {"GRID": "energy: 1 USD/MWh, export: {meter: generation, net_metering: year}"},
            "exclude each other",
        ),
        ({"GRID": "energy: 1 USD/MWh, loss: 100 %, export: {}"}, "all is lost"),
        (
            {
                "GRID": "energy: 1 USD/MWh, demands: [{charge: 1 USD/kW-month, begin: 8, end: 9}]",
                "HOURS": "{blocks: [8760 h]}",
            },
            "no hours of the day",
        ),
        ({"BUILD": ", capex: 3 USD/kW"}, "is bought by the MWh"),
        ({"MORE": ", take_or_pay: {least: 5 MMBtu/a}"}, "nothing burns it"),
        ({"ALSO": ", take_or_pay: 50 %"}, "has no effect on a generator"),
        ({"ALSO": ", take_or_pay_period: month"}, "has no effect on a generator"),
        ({"DEAL": ", take_or_pay_period: month"}, "all that is offered is paid for"),
        ({"DEAL": ", take_or_pay: 50 %, take_or_pay_period: week"}, "'year' or 'month'"),
    ],
)
def test_what_would_be_read_in_silence(changes: dict[str, str], words: str) -> None:
    with pytest.raises(InputError) as refused:
        study(_text(**changes))
    assert words in str(refused.value)


def test_a_purchase_has_no_price_of_power() -> None:
    text = _text().replace("variable: 30", "capex: 5 USD/kW, efficiency: 50 %, variable: 30")
    with pytest.raises(InputError) as refused:
        study(text)
    assert str(refused.value).count("has no effect on a ppa") == 2
