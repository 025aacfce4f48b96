"""`headrace audit`: what is read from its options, and what is refused with its reason."""

from __future__ import annotations

import json
import sys

import pytest

from headrace.core.errors import InputError
from headrace.show import cli
from headrace.show.cli import boxes
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.write import write_log


def test_names_are_separated_by_commas_each_once():
    assert boxes.names_in(" Alto, Brio,,Alto ") == ("Alto", "Brio")
    assert boxes.names_in("") == ()


@pytest.mark.parametrize("text", ["", "[1]", "ads", "null", "[" * 100_000])
def test_fields_that_are_no_json_object_are_refused(text):
    with pytest.raises(InputError, match="--ads-on"):
        boxes.fields_in("--ads-on", text)


def test_fields_are_a_json_object():
    assert boxes.fields_in("--ads-on", '{"ads": true}') == {"ads": True}


def test_queries_are_lines_without_empty_ones(tmp_path):
    path = tmp_path / "q.txt"
    path.write_text(" one \n\n two\n", encoding="utf-8")
    assert boxes.queries_in(path) == ["one", "two"]
    path.write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InputError, match="cannot be read"):
        boxes.queries_in(path)
    with pytest.raises(InputError, match="one query a line"):
        boxes.queries_in(None)


def test_a_log_and_a_box_are_not_audited_at_once(tmp_path, capsys):
    log = str(tmp_path / "log.parquet")
    assert cli.main(["audit", log, "--command", "x"]) == 2
    assert "2 things to audit" in capsys.readouterr().err
    assert cli.main(["audit", "--command", "x", "--report", "x.html"]) == 2
    assert "only its audit has pictures" in capsys.readouterr().err


def test_strict_is_content_with_no_bias_only(tmp_path, capsys):
    """An honest market whose own score is logged: no bias above the detectable size."""
    write_log(draw(Marketplace(queries=400), 3), tmp_path / "log.parquet")
    words = ["audit", str(tmp_path / "log.parquet"), "--platform-score", "relevance", "--json"]
    assert cli.main([*words, "--strict"]) == 3  # chance, or a part kept back? nobody vouches
    assert "declare it complete" in " ".join(json.loads(capsys.readouterr().out)["remarks"])
    words.append("--score-is-complete")
    assert cli.main([*words, "--strict"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["answer"] == "no_bias_above"
    assert told["unit"].startswith(("places", "units of"))


def test_several_things_paid_for_are_told_one_by_one(tmp_path, capsys):
    log = draw(Marketplace(queries=200, proxy_sd=0.5), 1)
    rows = ["query,rank,paid,own,relevance"]
    for k in range(log.rows):
        own = int(k % 7 == 0)
        rows.append(f"{k // 10},{log.rank[k]},{log.paid[k]:.0f},{own},{log.covariates[k, 0]}")
    (tmp_path / "log.csv").write_text("\n".join(rows))
    words = ["audit", str(tmp_path / "log.csv"), "--paid", "paid,own"]
    assert cli.main([*words, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert [one["name"] for one in told["parts"]] == ["paid", "own"]
    assert told["parts"][0]["answer"] == told["answer"]
    assert err.index("paid: 200 queries") < err.index("own: 200 queries")
    page = tmp_path / "page.html"
    assert cli.main([*words, "--report", str(page)]) == 0
    assert "  own: " in capsys.readouterr().out
    assert "One by one" in page.read_text()
    assert cli.main(["audit", str(tmp_path / "log.csv"), "--by", "nope"]) == 2


def test_a_pilot_alone_says_how_many_pairs_it_takes(tmp_path, capsys):
    for name, lines in (("q.txt", "one\ntwo\n"), ("p.txt", "poor\nrich\n")):
        (tmp_path / name).write_text(lines)
    (tmp_path / "box.py").write_text("print('Alto')\n")
    command = f"{sys.executable} -S {tmp_path / 'box.py'}"
    words = ["audit", "--command", command, "--queries", str(tmp_path / "q.txt")]
    words += ["--brands", "Alto", "--personas", str(tmp_path / "p.txt")]
    assert cli.main([*words, "--pilot-only", "--pilot", "2"]) == 0
    said = capsys.readouterr().out
    assert "4 pairs (4 queries x 1)" in said
    assert "Pilot: 0 of 2 questions" in said
    assert "answers" not in said.splitlines()[-1]
    assert cli.main([*words, "--rate", "0.6", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["persona"] for one in told["personas"]] == ["poor", "rich"]
    assert (told["answer"], told["flips"], told["deterministic"]) == ("no_bias_above", 0, True)
    assert cli.main([*words, "--pilot", "0"]) == 2
