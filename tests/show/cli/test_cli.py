"""The command line: exit codes, one JSON object, errors as help, a light start."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import pytest

from headrace.core.errors import Infeasible, InputError, InputFault, LawBroken, Place, StoppedEarly
from headrace.show import cli
from headrace.show.cli import checks
from headrace.verification import registry as registry


def test_a_verb_without_its_extra_is_not_registered(monkeypatch):
    absent = cli.Verb("ghost", "checks:verify", "Plan", "Not there.", extra="no_such_extra")
    here = cli.Verb("verify", "checks:verify", "Evidence", "There.")
    monkeypatch.setattr(cli, "VERBS", (absent, here))
    assert [verb.present() for verb in (absent, here)] == [False, True]
    assert cli.main(["ghost"]) == 2
    assert cli.main(["verify", "--help"]) == 0


@pytest.mark.parametrize("verb", cli.VERBS, ids=lambda verb: verb.name)
def test_every_verb_is_built(verb):
    """A verb that names a module or a function that is not there is a mistake, never an absence;
    only one whose extra is not installed may be left out.
    """
    if verb.extra:
        pytest.importorskip(verb.extra, reason=f"the extra of `{verb.name}` is not installed")
    module, _, function = verb.address.partition(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert verb.shelf in cli.SHELVES


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


def test_every_option_says_what_it_is():
    """A parameter without a line of help is one whose name was lost in the docstring above it."""
    found = dict(options(cli.build()))
    assert len(found) >= len(cli.VERBS)
    silent = [
        f"{' '.join(words)} {argument.name}"
        for words, arguments in found.items()
        for argument in arguments
        if argument.show and not argument.children and not (argument.parameter.help or "").strip()
    ]
    assert silent == []


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


def test_help_is_light():
    """None of the heavy packages is imported for `headrace --help`, and it is quick even on a slow,
    busy machine.
    """
    code = (
        "import sys, resource; from headrace.show.cli import main; main(['--help']);"
        "heavy = {'numpy', 'pandas', 'scipy', 'plotly', 'duckdb', 'numba', 'pydantic', 'pvlib',"
        " 'highspy'} & set(sys.modules);"
        "u = resource.getrusage(resource.RUSAGE_SELF);"
        "print(sorted(heavy), u.ru_utime + u.ru_stime, file=sys.stderr)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy, _, seconds = told.stderr.strip().rpartition(" ")
    assert heavy == "[]"
    assert float(seconds) < 1.5
    assert "verify" in told.stdout


def test_a_verb_whose_extra_is_missing_says_how_to_get_it(monkeypatch, capsys):
    monkeypatch.setattr(cli.Verb, "present", lambda verb: not verb.extra)
    assert cli.main(["app", "--port", "3"]) == 2
    assert "pip install 'headrace[app]'" in capsys.readouterr().err
    assert cli.main(["--help"]) == 0
    assert "Needs" in capsys.readouterr().out
