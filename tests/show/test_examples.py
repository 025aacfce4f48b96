"""The studies that come along: all are found, each says what it is, a wrong name has a near one."""

from __future__ import annotations

import pytest

from headrace.core.errors import InputError
from headrace.core.study_reader import parse_text, study_of
from headrace.show import examples


def test_every_example_can_be_read_and_says_what_it_is():
    found = examples.every()
    assert examples.EMBEDDED in {example.name for example in found}
    for example in found:
        assert example.about, example.name
        assert not example.about.startswith("#")
        text = example.study.read_text(encoding="utf-8")
        assert study_of(parse_text(text, example.study.name)).study


def test_a_wrong_name_is_answered_with_the_nearest():
    with pytest.raises(InputError, match="Did you mean piedmont"):
        examples.find("piedmnt")
    with pytest.raises(InputError, match="there is no example zzz"):
        examples.find("zzz")


def test_folders_without_a_study_are_no_examples(tmp_path, monkeypatch):
    root = tmp_path / "headrace" / "examples"
    for name, files in {"a": ["study.yaml"], "b": ["b.yaml"], "c": ["other.yaml"]}.items():
        (root / name).mkdir(parents=True)
        for file in files:
            (root / name / file).write_text("#\n# What it is about\nstudy: x\n")
    monkeypatch.setattr(examples.headrace, "__file__", str(root.parent / "__init__.py"))
    assert [(e.name, e.about) for e in examples.every()] == [
        ("a", "What it is about"),
        ("b", "What it is about"),
    ]


def test_a_bare_name_is_its_study_unless_a_file_is_called_so(tmp_path, monkeypatch):
    from pathlib import Path

    monkeypatch.chdir(tmp_path)
    assert examples.named(Path("gas_first")) == examples.find("gas_first").study
    assert examples.named(None) is None
    assert examples.named(Path("gas_first.yaml")) == Path("gas_first.yaml")
    (tmp_path / "gas_first").write_text("study: mine\n")
    assert examples.named(Path("gas_first")) == Path("gas_first")


def test_folders_for_rooms_come_along_too():
    for name in examples.ROOMS:
        assert examples.folder_of(name).is_dir()
    with pytest.raises(InputError):
        examples.folder_of("studios")
