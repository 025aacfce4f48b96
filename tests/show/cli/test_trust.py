"""`headrace audit`: what is read from its options, and what is refused with its reason."""

from __future__ import annotations

import json
import sys

import pytest

from headrace.core.errors import InputError
from headrace.show import cli
from headrace.show.cli import boxes, filing
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
    with pytest.raises(InputError, match="not UTF-8"):
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


@pytest.fixture
def log(tmp_path):
    write_log(draw(Marketplace(queries=200, proxy_sd=0.5), 1), tmp_path / "log.parquet")
    return str(tmp_path / "log.parquet")


def test_a_plan_is_registered_then_kept_and_filed(tmp_path, log, capsys):
    plan, folder = str(tmp_path / "plan.json"), tmp_path / "out"
    words = ["audit", "--register", plan, "--relevance", "relevance", "--service", "<b>shop</b>"]
    assert cli.main([*words, "--tolerance", "2"]) == 0
    digest = capsys.readouterr().out.split("SHA-256 ")[1].strip()
    assert cli.main(["audit", log, "--plan", plan, "--dossier", str(folder)]) == 0
    told = json.loads((folder / "dossier.json").read_text())
    assert told["plan_sha256"] == digest
    assert told["choices"]["relevance"] == "relevance"
    page = (folder / "dossier.html").read_text()
    assert "&lt;b&gt;shop&lt;/b&gt;" in page
    assert "<b>shop</b>" not in page
    assert digest in page
    capsys.readouterr()


def test_a_plan_cannot_be_bent(tmp_path, log, capsys):
    plan = str(tmp_path / "plan.json")
    assert cli.main(["audit", "--register", plan, log]) == 2
    assert "leave the log out" in capsys.readouterr().err
    assert cli.main(["audit", "--register", plan, "--relevance", "relevance"]) == 0
    assert cli.main(["audit", "--register", plan, "--relevance", "relevance"]) == 2
    for words in (["--relevance", "other"], ["--scraped"], ["--tolerance", "1"]):
        capsys.readouterr()
        assert cli.main(["audit", log, "--plan", plan, *words]) == (2)
        assert "as planned" in capsys.readouterr().err
    told = json.loads((tmp_path / "plan.json").read_text())
    told["choices"]["relevence"] = "x"
    (tmp_path / "plan.json").write_text(json.dumps(told))
    assert cli.main(["audit", log, "--plan", plan]) == 2
    assert "changed after" in capsys.readouterr().err


def test_a_replay_that_breaks_off_leaves_the_filed_answers_alone(tmp_path, monkeypatch):
    """What was paid for stands under a name of its own."""
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "answers.jsonl").write_text("of the filed dossier\n")
    (tmp_path / "q.txt").write_text("one\ntwo\n")
    (tmp_path / "box.py").write_text("print('Alto')\n")

    def broken(options, wrap, *, quiet):
        wrap(lambda *a: "Alto").stream.write("half\n")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(filing, "replay_box", broken)
    words = ["--command", f"{sys.executable} -S {tmp_path / 'box.py'}", "--brands", "Alto"]
    words += ["--queries", str(tmp_path / "q.txt"), "--rate", "0.9", "--dossier", str(folder)]
    assert cli.main(["audit", *words]) == 5
    assert (folder / "answers.jsonl").read_text() == "of the filed dossier\n"
    assert (folder / "answers.unfinished.jsonl").read_text() == "half\n"


def test_a_dossier_without_a_plan_says_so(tmp_path, log):
    assert cli.main(["audit", log, "--dossier", str(tmp_path / "out")]) == 0
    assert "None was registered" in (tmp_path / "out" / "dossier.html").read_text()


def test_a_replay_keeps_its_answers_and_files_their_hash(tmp_path, capsys):
    (tmp_path / "q.txt").write_text("one\ntwo\n")
    (tmp_path / "box.py").write_text("print('Alto')\n")
    plan, folder = str(tmp_path / "plan.json"), tmp_path / "out"
    words = ["--command", f"{sys.executable} -S {tmp_path / 'box.py'}"]
    words += ["--queries", str(tmp_path / "q.txt"), "--brands", "Alto", "--rate", "0.9"]
    assert cli.main(["audit", "--register", plan, *words]) == 0
    assert cli.main(["audit", "--plan", plan, "--dossier", str(folder)]) == 0
    assert not (folder / "answers.unfinished.jsonl").exists()
    rows = (folder / "answers.jsonl").read_text().splitlines()
    assert len(rows) == 8  # two questions: twice in the pilot, once on and once off
    assert json.loads(rows[0])["answer"] == "Alto"
    told = json.loads((folder / "dossier.json").read_text())
    assert [one["name"] for one in told["evidence"]] == ["q.txt", "answers.jsonl"]
    assert cli.main(["audit", "--plan", plan, "--dossier", str(tmp_path / "q.txt")]) == 2
    assert "cannot be written" in capsys.readouterr().err
