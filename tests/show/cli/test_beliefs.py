"""`headrace forecast` and `headrace score`: what they print, write and refuse."""

from __future__ import annotations

import json

import pytest

import headrace as hr
from headrace.core.errors import InputError
from headrace.show import cli

HEAD = "series,date,value,unit,meaning,source,status,class\n"
KNOWN = HEAD + "".join(
    f"users,{2015 + i}-12-31,{100 * 1.3**i:.0f},M,users,made,assumption,adoption\n"
    for i in range(7)
)
CAME = HEAD + "users,2022-12-31,700,M,users,made,assumption,\n"


@pytest.fixture
def known(tmp_path):
    path = tmp_path / "known.csv"
    path.write_text(KNOWN, encoding="utf-8")
    return path


def forecast(*words):
    return cli.main(["forecast", "--cutoff", "2026-01-15", "--draws", "500", *map(str, words)])


def test_a_forecast_is_written_scored_and_the_verdict_said(known, tmp_path, capsys):
    out, came = tmp_path / "f.json", tmp_path / "came.csv"
    words = ["--known", known, "--months", 12, "--out", out]
    assert forecast(*words) == 0
    told = capsys.readouterr().out
    assert "users" in told
    assert "sha256" in told
    came.write_text(CAME.replace("2022-12-31", "2026-06-30"), encoding="utf-8")
    assert cli.main(["score", str(out), str(came)]) == 0
    told = capsys.readouterr().out
    assert "mean CRPS" in told
    assert "beat" in told or "ahead" in told
    assert "Worst misses: users" in told
    assert cli.main(["score", str(out), str(came), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["points"][0]["value"] == 700
    assert set(found) == {"points", "summary", "verdict"}
    assert forecast(*words) == 2  # written once
    assert "written once" in capsys.readouterr().err


def test_the_same_inputs_give_the_same_bytes(known, tmp_path):
    for name in ("a", "b"):
        assert forecast("--known", known, "--out", tmp_path / name) == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_json_is_the_file_itself(known, tmp_path, capsys):
    assert forecast("--known", known, "--out", tmp_path / "f.json", "--json") == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "f.json").read_text())


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cutoff", "soon"], "`soon` is no date"),
        (["--cutoff", "2025-01-01"], "after the cut-off"),
        (["--cutoff", "2026-01-01", "--months", "0"], "--months: 0"),
        (["--cutoff", "2026-01-01", "--draws", "9999999"], "--draws"),
        (["--cutoff", "2026-01-01", "--seed", "-1"], "--seed"),
        (["--cutoff", "2026-01-01", "--known", "none.csv"], "no such file"),
    ],
)
def test_options_that_make_no_sense_are_refused(words, told, capsys):
    assert cli.main(["forecast", *words]) == 2
    assert told in " ".join(capsys.readouterr().err.split())


def test_outcomes_are_later_than_the_cutoff_and_never_missing(known, tmp_path, capsys):
    out, came = tmp_path / "f.json", tmp_path / "came.csv"
    assert forecast("--known", known, "--out", out) == 0
    assert cli.main(["score", str(out)]) == 2
    assert "without outcomes" in capsys.readouterr().err
    came.write_text(CAME, encoding="utf-8")
    assert cli.main(["score", str(out), str(came)]) == 2
    assert "is not after 2026-01-15" in capsys.readouterr().err


def test_the_page_draws_history_fan_and_500_draws_of_the_prior(known, tmp_path):
    page = tmp_path / "f.html"
    assert forecast("--known", known, "--report", page) == 0
    from headrace.beliefs import forecast_file
    from headrace.beliefs.history import read_histories
    from headrace.show.reports.forecast import forecast_page, prior_paths

    made = forecast_file.make(known, "2026-01-15", 15, 500, 0)
    dates, paths = prior_paths(made.series[0], read_histories(known)["users"], 0)
    assert paths.shape == (500, len(dates))
    assert (paths > 0).all()
    text = page.read_text(encoding="utf-8")
    assert text == forecast_page(made.series, made.cutoff, made.histories, 0)
    assert "What may become of 1 series" in text


def test_the_library_says_the_same(known, tmp_path):
    table = hr.forecast(known, cutoff="2026-01-15", draws=500, out=tmp_path / "f.json")
    assert table.columns[:4] == ("series", "question", "unit", "date")
    assert all(a <= b for a, b in zip(table["q5"], table["q95"]))
    assert "sha256" in table.note
    came = tmp_path / "came.csv"
    came.write_text(CAME.replace("2022-12-31", "2026-06-30"), encoding="utf-8")
    scores = hr.score(tmp_path / "f.json", came)
    assert len(scores) == 1
    assert "CRPS" in scores.note
    with pytest.raises(InputError, match="there is no such file"):
        hr.score("backtest.txt", came)


def test_the_shipped_forecast_is_found_by_its_name(tmp_path, capsys):
    """A made-up outcome: what really came is not ours to type."""
    came = tmp_path / "came.csv"
    came.write_text(
        HEAD + "chatgpt_weekly_users,2026-06-30,1000,M,made up,made,assumption,\n"
        "sora_app_alive,2026-09-30,1,1,made up,made,assumption,\n",
        encoding="utf-8",
    )
    assert cli.main(["score", "backtest", str(came)]) == 0
    told = capsys.readouterr().out
    assert "1 points of 1 series" in told
    assert "1 events: mean Brier score" in told
