"""The command line: exit codes, one JSON object, errors as help, a light start."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys

import pytest

from headrace.core.errors import Infeasible, InputError, InputFault, LawBroken, Place, StoppedEarly
from headrace.show import cli
from headrace.show.cli import checks, output
from headrace.verification import registry as registry


def test_a_verb_without_its_module_is_not_registered(monkeypatch):
    absent = cli.Verb("ghost", "headrace.show.cli.no_such_module:ghost", "Not there.", "Plan")
    deep = cli.Verb("deep", "headrace.no_such_room.module:deep", "Not there.", "Plan")
    here = cli.Verb("verify", "headrace.show.cli.checks:verify", "There.", "Evidence")
    monkeypatch.setattr(cli, "VERBS", (absent, deep, here))
    assert [verb.present() for verb in (absent, deep, here)] == [False, False, True]
    assert cli.main(["ghost"]) == 2
    assert cli.main(["verify", "--help"]) == 0


def test_every_present_verb_names_a_function_that_exists():
    for verb in cli.VERBS:
        module, _, function = verb.target.partition(":")
        if verb.present():
            assert hasattr(importlib.import_module(module), function), verb


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            InputError(
                InputFault(Place("study.yaml", 7, 33, "sites.a"), "wrong", "right", "Write right.")
            ),
            2,
        ),
        (LawBroken("energy is not conserved"), 3),
        (
            Infeasible(
                "no plan keeps every limit",
                ("grid limit", "availability"),
                "0.2 % less availability",
            ),
            4,
        ),
        (StoppedEarly("stopped"), 5),
    ],
)
def test_errors_become_help_and_exit_codes(monkeypatch, capsys, error, code):
    def broken(*, json: bool = False) -> int:
        raise error

    monkeypatch.setattr(checks, "verify", broken)
    assert cli.main(["verify"]) == code
    told = capsys.readouterr()
    assert told.out == ""
    assert error.message.splitlines()[0][:20] in told.err
    assert "Traceback" not in told.err
    assert cli.main(["verify", "--json"]) == code
    told = capsys.readouterr()
    assert json.loads(told.out)["exit_code"] == code
    assert told.out.count("\n") == 1


def test_a_defect_of_ours_is_named_without_a_traceback(monkeypatch, capsys):
    def broken() -> int:
        raise KeyError("x")

    monkeypatch.setattr(checks, "verify", broken)
    assert cli.main(["verify"]) == 1
    assert "defect of ours" in (err := capsys.readouterr().err)
    assert "Traceback" not in err
    monkeypatch.setenv(cli.TRACEBACK, "1")
    with pytest.raises(KeyError):
        cli.main(["verify"])


def test_unknown_words_are_bad_input_with_a_hint(capsys):
    assert cli.main(["verify", "--jsn"]) == 2
    assert "--json" in capsys.readouterr().err
    assert cli.main(["nonsense"]) == 2
    assert cli.main(["verify", "--only", "nowhere"]) == 2
    assert "no check is called nowhere" in capsys.readouterr().err


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
    monkeypatch.setattr(checks, "_benchmarks", lambda: folder)
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


def test_json_has_no_nan(capsys):
    output.emit({"a": [float("nan"), float("inf"), 1.0], "b": {"c": -float("inf")}, "d": "nan"})
    assert json.loads(capsys.readouterr().out) == {
        "a": [None, None, 1.0],
        "b": {"c": None},
        "d": "nan",
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "-"),
        (0.0, "0"),
        (1234567.891, "1,234,568"),
        (12.3456789, "12.3457"),
        (3e-9, "3e-09"),
        (float("nan"), "-"),
        (100.0, "100"),
    ],
)
def test_figures_are_short(value, text):
    assert output.figure(value) == text


def test_help_is_light():
    """None of the heavy packages is imported for `headrace --help`, and it is quick even on a slow,
    busy machine.
    """
    code = (
        "import sys, resource; from headrace.show.cli import main; main(['--help']);"
        "heavy = {'numpy', 'pandas', 'scipy', 'plotly', 'duckdb', 'numba', 'pydantic', 'pvlib', 'highspy'} & set(sys.modules);"
        "u = resource.getrusage(resource.RUSAGE_SELF); print(sorted(heavy), u.ru_utime + u.ru_stime, file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy, _, seconds = told.stderr.strip().rpartition(" ")
    assert heavy == "[]"
    assert float(seconds) < 1.5
    assert "verify" in told.stdout
