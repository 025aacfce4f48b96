"""`headrace verify` and `headrace bench`: every row is shown, a miss is an exit code."""

from __future__ import annotations

import json

import pytest

from headrace.show import cli
from headrace.show.cli import checks
from headrace.verification import registry as registry


def options(app, path=()):
    """Every command of an app by its words, with its arguments."""
    for name in app:
        if name.startswith("-"):
            continue
        command = app[name]
        if command.default_command is not None:
            yield (*path, name), command.assemble_argument_collection(parse_docstring=True)
        else:
            yield from options(command, (*path, name))


def test_verify_shows_every_row_and_exits_3_on_a_fail(monkeypatch, capsys):
    def one(outcome):
        return lambda: outcome

    def absent():
        raise registry.Skip("no data folder")

    rows = (
        registry.Check(
            "energy.a", "a sum", "MW", 1e-6, "hand", one(registry.CheckOutcome(2.0, 2.0))
        ),
        registry.Check(
            "energy.b", "a miss", "MW", 1e-6, "hand", one(registry.CheckOutcome(2.1, 2.0))
        ),
        registry.Check("market.c", "not here", "1", 1e-6, "hand", absent),
    )
    monkeypatch.setattr(registry, "registered", lambda only=None: rows)
    assert cli.main(["verify"]) == 3
    shown = capsys.readouterr().out
    assert all(
        word in shown
        for word in (
            "energy.a",
            "energy.b",
            "market.c",
            "no data folder",
            "1 pass, 1 fail, 1 skipped",
        )
    )
    assert cli.main(["verify", "--json"]) == 3
    told = json.loads(capsys.readouterr().out)["rows"]
    assert [row["status"] for row in told] == ["pass", "fail", "skip"]
    assert told[1]["deviation"] == pytest.approx(0.05)
    monkeypatch.setattr(registry, "registered", lambda only=None: (rows[0], rows[2]))
    assert cli.main(["verify"]) == 0


def test_bench_runs_a_script_and_reads_its_lines(monkeypatch, capsys, tmp_path):
    folder = tmp_path / "benchmarks"
    folder.mkdir()
    line = {
        "bench": "toy",
        "peer": "p",
        "study": "s",
        "metric": "m",
        "ours": 1.5,
        "theirs": None,
        "pass": False,
    }
    (folder / "toy.py").write_text(f"print('warming up')\nprint({json.dumps(json.dumps(line))})\n")
    (folder / "bad.py").write_text("raise SystemExit(7)\n")
    monkeypatch.setattr(checks, "benchmarks", lambda: folder)
    assert cli.main(["bench", "toy", "--json"]) == 3
    told = capsys.readouterr()
    assert [json.loads(row) for row in told.out.splitlines()] == [line]
    assert "warming up" in told.err
    assert cli.main(["bench", "toy"]) == 3
    assert "MISSED" in capsys.readouterr().out
    assert cli.main(["bench", "bad"]) == 7
    assert cli.main(["bench", "../toy"]) == 2
    assert cli.main(["bench"]) == 0
    assert capsys.readouterr().out.split() == ["bad", "toy"]
