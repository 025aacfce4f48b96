"""`headrace audit` as a person and as a script use it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from random import Random

import pytest
from tests.builders.pages import opened

from headrace.show.cli import main
from headrace.trust.log import AuditLog
from headrace.trust.simulated_logs import Marketplace, draw
from headrace.trust.write import write_log


def _written(folder: Path, log: AuditLog) -> str:
    write_log(log, folder / "log.parquet")
    return str(folder / "log.parquet")


def test_the_detectable_size_comes_before_the_answer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                "audit",
                _written(tmp_path, draw(Marketplace(queries=300, beta=0.5), 1)),
                "--platform-score",
                "relevance",
                "--score-is-complete",
            ]
        )
        == 0
    )
    said = capsys.readouterr().out
    assert 0 <= said.index("Smallest detectable effect") < said.index("BIASED")


def test_json_is_one_object_with_the_agreed_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = _written(tmp_path, draw(Marketplace(queries=300, proxy_sd=0.5), 1))
    assert main(["audit", path, "--json"]) == 0
    out, err = capsys.readouterr()
    told = json.loads(out)
    assert {"answer", "beta", "ci", "beta_min", "why"} <= set(told)
    assert told["answer"] == "cannot_tell"
    assert told["ci"][0] < told["beta"] < told["ci"][1]
    assert "Smallest detectable effect" in err
    assert main(["audit", path, "--json", "--strict"]) == 3


def test_a_refused_log_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", _written(tmp_path, draw(Marketplace(queries=20), 1))]) == 2
    assert "at least 50" in capsys.readouterr().err
    assert main(["audit"]) == 2
    assert main(["audit", str(tmp_path / "absent.parquet")]) == 2


def test_the_report_is_one_file_that_loads_nothing(tmp_path: Path) -> None:
    log = draw(Marketplace(queries=200, proxy_sd=0.5), 1)
    assert (
        main(["audit", _written(tmp_path, log), "--report", str(tmp_path / "deep" / "page.html")])
        == 0
    )
    text = (tmp_path / "deep" / "page.html").read_text(encoding="utf-8")
    page = opened(text)
    told = page.markup
    assert told.index("Smallest detectable effect") < told.index("This log cannot tell")
    assert len(page.data["charts"]) == 5
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["page.html"]


def test_a_name_in_the_log_cannot_become_markup(tmp_path: Path) -> None:
    from headrace.show.reports.audit import audit_page
    from headrace.trust.audit import audit
    from headrace.trust.log import Columns
    from headrace.trust.picture import like_with_like

    log = draw(Marketplace(queries=60), 1)
    evil = AuditLog(
        log.starts,
        log.rank,
        log.paid,
        log.covariates,
        None,
        Columns(platform_score=("<script>alert(1)</script>",)),
        0,
        "</title><b>",
    )
    text = audit_page(audit(evil), like_with_like(evil))
    assert "<script>alert(1)" not in text
    assert "</title><b>" not in text


def test_a_command_is_replayed_with_the_sample_size_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "q.txt").write_text("one\ntwo\n\n")
    (tmp_path / "box.py").write_text("print('Alto')\n")
    command = f"{sys.executable} -S {tmp_path / 'box.py'}"
    words = [
        "audit",
        "--command",
        command,
        "--queries",
        str(tmp_path / "q.txt"),
        "--brands",
        "Alto,Brio",
    ]
    assert main([*words, "--rate", "0.9"]) == 0
    said = capsys.readouterr().out
    assert 0 <= said.index("pairs (") < said.index("NO BIAS")
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["answer"] == "cannot_tell"
    assert main(["audit", "--command", command, "--brands", "Alto"]) == 2
    assert (
        main(
            [
                "audit",
                "--endpoint",
                "http://127.0.0.1:9",
                "--ads-on",
                "[",
                "--queries",
                str(tmp_path / "q.txt"),
            ]
        )
        == 2
    )


def test_a_score_that_holds_paid_itself_answers_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The declared score is the quality seen plus one for paid, each written with four digits: what
    they leave of paid is rounding, and a size of hundreds of places in lists of eight is told of
    nobody.
    """
    dice = Random(1)
    lines = ["query,item,rank,paid,quality,score"]
    for query in range(200):
        items = [(dice.gauss(0, 1), int(dice.random() < 0.3)) for _ in range(8)]
        scores = [round(quality + paid, 5) for quality, paid in items]
        order = sorted(range(8), key=lambda i: -scores[i])
        for rank, i in enumerate(order, start=1):
            quality, paid = items[i]
            lines.append(f"{query},{query}-{i},{rank},{paid},{quality:.4f},{scores[i]}")
    (tmp_path / "log.csv").write_text("\n".join(lines) + "\n")
    words = ["--relevance", "quality", "--platform-score", "score", "--json"]
    assert main(["audit", str(tmp_path / "log.csv"), *words]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["answer"] == "cannot_tell"
    assert "nothing is left of paid" in told["why"]
