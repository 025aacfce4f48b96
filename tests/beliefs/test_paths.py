"""Forecasts of a file, and the file they are stored in."""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files

import numpy as np
import pytest

from headrace.beliefs import forecast_file
from headrace.beliefs.forecast_file import KNOWN, STORED, as_json
from headrace.beliefs.history import parse_histories
from headrace.beliefs.paths import forecast, joint, month_ends
from headrace.beliefs.priors import record_hash
from headrace.beliefs.tree import staged
from headrace.core.errors import InputError

CUTOFF = date(2025, 10, 8)
FOLDER = files("headrace.beliefs") / "catalogue"


@pytest.fixture(scope="module")
def known():
    return parse_histories((FOLDER / KNOWN).read_text(encoding="utf-8"), KNOWN, CUTOFF)


@pytest.fixture(scope="module")
def made(known):
    return {one.series: one for one in forecast(known, month_ends(CUTOFF, 6), number=2000, seed=3)}


def test_month_ends_begin_with_the_month_of_the_day():
    assert month_ends(date(2025, 10, 8), 3) == (
        date(2025, 10, 31), date(2025, 11, 30), date(2025, 12, 31),
    )  # fmt: skip
    assert month_ends(date(2025, 12, 31), 2) == (date(2026, 1, 31),)


def test_the_whole_is_the_product_of_its_parts_draw_by_draw(made):
    whole = made["chatgpt_paying_users"]
    parts = joint((made["chatgpt_weekly_users"], made["chatgpt_paying_share"]), 3)
    assert whole.draws == pytest.approx(parts[0].draws * parts[1].draws)


def test_pairing_keeps_the_draws_of_each(made):
    parts = (made["openai_api_tokens"], made["h100_rent_sdh100rt"])
    paired = joint(parts, 1)
    for before, after in zip(parts, paired):
        assert np.sort(before.draws, axis=0) == pytest.approx(np.sort(after.draws, axis=0))
    rank = [np.argsort(np.argsort(one.draws[:, -1])) for one in paired]
    assert np.corrcoef(*rank)[0, 1] == pytest.approx(0.48, abs=0.05)  # Spearman of 0.5


def test_what_holds_of_each_kind(made):
    assert (made["chatgpt_paying_share"].draws < 1).all()
    assert set(np.unique(made["palisades_power_by_2025-12-31"].draws)) == {0.0, 1.0}
    reactors = made["pilot_reactors_by_2026-07-04"].draws
    assert ((reactors >= 0) & (reactors <= 10) & (reactors == np.round(reactors))).all()
    site = made["abilene_it_mw"].draws
    assert (np.diff(site, axis=1) >= 0).all()
    assert site.min() >= 105
    assert site.max() <= 840
    assert made["sora_app_alive"].notes == ("prior only: nothing of it stands in the known file",)
    assert "rationed" in made["openai_api_tokens"].notes[0]


def test_a_series_is_the_same_in_any_order_and_company(known, made):
    some = {name: known[name] for name in ("h100_rent_sdh100rt", "chatgpt_weekly_users")}
    alone = {o.series: o for o in forecast(some, month_ends(CUTOFF, 6), number=2000, seed=3)}
    assert set(alone) == set(some)  # nothing that needs the rest, nothing prior-only
    for name in some:
        assert (alone[name].draws == made[name].draws).all()


def test_every_series_that_cannot_be_is_named(known):
    from dataclasses import replace

    wild = {
        name: replace(known["google_tokens_all"], series=name, group="cost")
        for name in ("one", "two")
    }
    with pytest.raises(InputError) as caught:
        forecast(wild, month_ends(CUTOFF, 2), number=100, seed=0)
    assert {problem.where.key for problem in caught.value.problems} == {"one", "two"}


def test_the_shipped_file_is_what_the_program_writes_today(tmp_path):
    """Byte for byte where BLAS and numpy are the same; the quantiles to 1e-4 in any case."""
    made = forecast_file.make(None, "2025-10-08", 15, 10_000, 0)
    stored, series = forecast_file.read(FOLDER / STORED)
    assert made.content["made_of"] == stored["made_of"] | {
        "headrace": made.content["made_of"]["headrace"]
    }
    fresh = made.content["series"]
    assert set(fresh) == {one.series for one in series}
    for one in series:
        quantiles = np.array(
            [list(row.values()) for row in fresh[one.series]["quantiles"].values()]
        )
        assert quantiles == pytest.approx(one.quantiles, rel=1e-4)


def test_a_file_says_what_it_was_made_of_and_is_written_once(made, tmp_path):
    content = forecast_file.as_json(tuple(made.values()), CUTOFF, b"known", 3, 2000)
    path = tmp_path / "f.json"
    forecast_file.write(path, content)
    again, series = forecast_file.read(path)
    assert again == json.loads(path.read_text()) == content
    assert len(series) == len(made)
    table = next(one for one in series if one.series == "chatgpt_weekly_users")
    assert (np.diff(table.quantiles, axis=1) >= 0).all()
    with pytest.raises(InputError, match="written once"):
        forecast_file.write(path, content)


@pytest.mark.parametrize("change", ["quantile", "format", "text"])
def test_a_file_that_was_changed_is_not_scored(made, tmp_path, change):
    content = forecast_file.as_json(tuple(made.values()), CUTOFF, b"known", 3, 2000)
    if change == "quantile":
        content["series"]["openai_api_tokens"]["quantiles"]["2025-12-31"]["50"] *= 2
    if change == "format":
        content["format"] = "something else"
    path = tmp_path / "f.json"
    path.write_text(json.dumps(content)[: 100 if change == "text" else None])
    told = {"quantile": "changed after", "format": "another format", "text": "no forecast file"}
    with pytest.raises(InputError, match=told[change]):
        forecast_file.read(path)


def test_without_statsmodels_the_missing_baseline_is_said(known, monkeypatch):
    """A module that is None cannot be imported, as where it is not installed."""
    name = "statsmodels.tsa.exponential_smoothing.ets"
    monkeypatch.setitem(__import__("sys").modules, name, None)
    some = {"chatgpt_weekly_users": known["chatgpt_weekly_users"]}
    (one,) = forecast(some, month_ends(CUTOFF, 2), number=200, seed=0)
    assert set(one.baselines) == {"last value"}
    assert any("pip install 'headrace[market]'" in note for note in one.notes)


QUEUE = """\
series,date,value,unit,meaning,source,status,censored,class
queue,2019-12-31,28,month,months to power,a test,assumption,,lead_time
queue,2021-12-31,34,month,months to power,a test,assumption,,lead_time
queue,2023-12-31,41,month,months to power,a test,assumption,,lead_time
queue,2024-12-31,46,month,months to power,a test,assumption,,lead_time
tokens,2025-10-06,6,bn/min,API tokens,a test,assumption,,tokens
"""


def test_what_is_late_is_a_path_that_comes_with_load():
    """A queue has a prior of its own, longer where more is asked for, and joins a study's tree; its
    forecast is stamped with the record of priors and the table that it took.
    """
    found = parse_histories(QUEUE, "queue.csv", CUTOFF)
    made = forecast(found, month_ends(CUTOFF, 24), number=4000, seed=1)
    queue, tokens = made
    assert 46 < np.median(queue.draws[:, -1]) < 60
    assert np.quantile(queue.draws[:, -1], 0.1) < 46
    rank = [np.argsort(np.argsort(one.draws[:, -1])) for one in joint((queue, tokens), 1)]
    assert np.corrcoef(*rank)[0, 1] == pytest.approx(0.29, abs=0.05)  # Spearman of 0.3
    joined = staged(made, {"queue:here": "queue"}, 3, 1)
    assert joined.values.shape == (4000, 3, 1)
    stamps = [as_json(some, CUTOFF, b"", 1, 4000)["made_of"] for some in (made, made[1:])]
    assert stamps[0]["priors_sha256"] == record_hash(["lead_time"]) != record_hash()
    assert stamps[1]["priors_sha256"] == record_hash()
