"""Hashes of files, logs and code; the answers of a box kept word by word."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace

import pytest

from headrace.core.errors import InputError
from headrace.trust.boxes import Command
from headrace.trust.dossier.evidence import Recorder, code_version, of_file, of_log
from headrace.trust.simulated_logs import Marketplace, draw


def test_a_file_is_its_bytes(tmp_path):
    (tmp_path / "log.csv").write_bytes(b"a,b\n" * 400_000)
    found = of_file(tmp_path / "log.csv")
    assert found.sha256 == hashlib.sha256(b"a,b\n" * 400_000).hexdigest()
    assert (found.name, found.size) == ("log.csv", 1_600_000)
    assert found.written.endswith("+00:00")
    with pytest.raises(InputError, match="no such file"):
        of_file(tmp_path / "absent.csv")


def test_a_log_without_a_file_is_its_arrays():
    log = draw(Marketplace(queries=60), 1)
    one = of_log(log)
    assert one == of_log(draw(Marketplace(queries=60), 1))
    changed = log.paid.copy()
    changed[3] = 1 - changed[3]
    assert of_log(replace(log, paid=changed)).sha256 != one.sha256
    assert one.written == ""


def test_the_code_is_named():
    code = code_version()
    assert code == code_version()
    assert len(code.room) == 64
    assert "numpy " in code.packages


class Box:
    def ask(self, query, ads, seed):
        return f"{query} {ads}"

    def ask_as(self, persona, query, ads, seed):
        return f"{persona}: {query}"


class Plain:
    def ask(self, query, ads, seed):
        return "x"


def test_every_answer_is_kept():
    stream = io.StringIO()
    box = Recorder(Box(), stream)
    assert box.ask("q", True, 1) == "q True"
    assert box.ask_as("rich", "è\n", False, 2) == "rich: è\n"
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {"persona": "", "query": "q", "ads": True, "seed": 1, "answer": "q True"},
        {"persona": "rich", "query": "è\n", "ads": False, "seed": 2, "answer": "rich: è\n"},
    ]
    with pytest.raises(InputError, match="cannot be asked as somebody"):
        Recorder(Plain(), stream).ask_as("rich", "q", True, 0)
    with pytest.raises(InputError, match="gave no answer"):
        Recorder(Command("no-such-program-here"), stream).ask("q", True, 0)
    assert len(stream.getvalue().splitlines()) == 2
