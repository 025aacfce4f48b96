"""Rooms alone answer as their verbs do."""

from __future__ import annotations

import json
import math

import duckdb
import pandas
import pytest

from headrace.api import rooms
from headrace.core.errors import InputError
from headrace.show.cli import main
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.write import write_log

TRACE = "TIMESTAMP,ContextTokens,GeneratedTokens\n" + "".join(
    f"2023-11-16 18:{i // 60:02d}:{i % 60:02d}.0000000,{200 + 7 * (i % 90)},{20 + i % 60}\n"
    for i in range(120)
)


@pytest.fixture
def trace(tmp_path):
    path = tmp_path / "trace.csv"
    path.write_text(TRACE, encoding="utf-8")
    return path


def test_a_fleet_is_that_of_the_command_line(trace, capsys):
    found = rooms.fleet(trace, replicas=1, ttft="1 s", speed=2, failures="1 min", repair="10 s")
    words = ("--replicas", "1", "--ttft", "1 s", "--speed", "2", "--failures", "1 min")
    assert main(["fleet", str(trace), *words, "--repair", "10 s", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert found.requests == told["requests"] == 120
    assert found.ttft.p99 == told["ttft"]["p99"]
    assert found.energy == told["energy"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"replica": 1}, "Did you mean `replicas`"),
        ({"replicas": 1, "speed": 0}, "expected above 0"),
        ({"replicas": 1, "curtail": 0.2}, "headrace fleet --curtail"),
        ({"replicas": 1, "ttft": "3 MW"}, "expected a time"),
    ],
)
def test_a_wrong_option_of_a_fleet_is_told(trace, options, said):
    with pytest.raises(InputError, match=said):
        rooms.fleet(trace, **options)


def test_a_month_is_settled_as_the_command_line_settles_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    done = rooms.settle("studio", rule="pro_rata")
    assert list(tmp_path.iterdir()) == []  # nothing is written
    assert main(["settle", "studio", "--rule", "pro_rata", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert done.figures.items() <= told.items()
    payable = math.fsum(map(float, done.dues["payable"]))
    assert payable == pytest.approx(float(told["payable"]))
    assert len(done.refused) == sum(told["refused"].values())
    assert set(done.works["holder"]) <= set(done.dues["holder"])


def test_a_rule_nobody_knows_is_told(tmp_path):
    with pytest.raises(InputError):
        rooms.settle("studio", rule="pro_ratta")
    with pytest.raises(InputError):
        rooms.settle(tmp_path)


def test_an_audit_says_first_what_it_can_see(tmp_path, capsys):
    write_log(draw(Marketplace(queries=300, beta=0.5), 1), tmp_path / "log.parquet")
    verdict = rooms.audit(
        tmp_path / "log.parquet", platform_score="relevance", score_is_complete=True
    )
    assert verdict.answer == "biased"
    out, err = capsys.readouterr()
    assert out == ""
    assert "Smallest detectable effect" in err
    with pytest.raises(InputError, match="Did you mean `platform_score`"):
        rooms.audit(tmp_path / "log.parquet", platform_scor="relevance")


def test_an_audit_takes_a_frame_or_columns_by_name():
    log = draw(Marketplace(queries=100, proxy_sd=0.5), 1)
    columns = {
        "query": [k // 10 for k in range(log.rows)],
        "rank": log.rank.tolist(),
        "paid": log.paid.tolist(),
        "relevance": log.covariates[:, 0].tolist(),
    }
    frame = pandas.DataFrame(columns)
    made = [rooms.audit(one) for one in (frame, columns, duckdb.from_df(frame).to_arrow_table())]
    assert len({verdict.beta for verdict in made}) == 1
    for nothing in (3, None, [1, 2]):
        with pytest.raises(InputError, match="a data frame"):
            rooms.audit(nothing)
    with pytest.raises(InputError, match="make no table"):
        rooms.audit({"query": [1, 2], "rank": [1]})


def test_an_audit_is_filed_from_python(tmp_path):
    log = draw(Marketplace(queries=100, proxy_sd=0.5), 1)
    columns = {
        "query": [k // 10 for k in range(log.rows)],
        "rank": log.rank.tolist(),
        "paid": log.paid.tolist(),
        "relevance": log.covariates[:, 0].tolist(),
    }
    assert main(["audit", "--register", str(tmp_path / "p.json"), "--relevance", "relevance"]) == 0
    rooms.audit(columns, plan=tmp_path / "p.json", dossier=tmp_path / "out")
    told = json.loads((tmp_path / "out" / "dossier.json").read_text())
    assert told["evidence"][0]["name"] == "table"
    assert told["plan_sha256"]
    with pytest.raises(InputError, match="as planned"):
        rooms.audit(columns, plan=tmp_path / "p.json", relevance="paid")
