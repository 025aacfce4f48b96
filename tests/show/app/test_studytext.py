"""A study as text: any text is a study or an input error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")


from headrace.core.errors import InputError
from headrace.show.app import studytext


@given(st.text(max_size=200))
def test_any_text_is_a_study_or_an_input_error(text):
    with pytest.raises(InputError):
        studytext.stays_inside(text, Path(__file__).parent)


WEATHER = """study: wx
horizon: {{start: 2027-01, stages: [12 months], hours: {{weeks: 1}}}}
sites: {{here: {{weather: "{}", build: {{pv: solar.fixed}}}}}}
products: {{power: {{kind: electricity, site: here, demand: 10 MW, price: 60 USD/MWh}}}}
"""


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../../x.csv",
        "../../../../etc/passwd#2019",
        "../../../../etc/passwd#/../../../../runs/x",
        "../inside#/../../../outside",
    ],
)
def test_weather_of_the_app_stays_in_the_runs_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="leads out of the runs folder"):
        studytext.stays_inside(WEATHER.format(name), tmp_path / "runs")


@pytest.mark.parametrize("name", ["tmy3:723170", "../mine.csv", "../mine.csv#2019", "x#y.csv"])
def test_its_own_files_may_be_named(tmp_path: Path, name: str) -> None:
    studytext.stays_inside(WEATHER.format(name), tmp_path / "runs")
