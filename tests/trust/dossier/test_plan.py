"""Plans: written once, read back, and found out where a byte was changed."""

from __future__ import annotations

import json
import math

import pytest

from headrace.core.errors import InputError
from headrace.trust.dossier.plan import RULES, Mandate, read_plan, register

CHOICES = {"relevance": "stars,price", "scraped": True, "repeats": 3}


@pytest.fixture
def path(tmp_path):
    register(tmp_path / "plan.json", "log", CHOICES, 0.05, Mandate("a shop", "an auditor"))
    return tmp_path / "plan.json"


def test_a_plan_comes_back_as_it_was(path):
    plan = read_plan(path)
    assert (plan.kind, dict(plan.choices), plan.tolerance) == ("log", CHOICES, 0.05)
    assert plan.mandate == Mandate("a shop", "an auditor")
    assert dict(plan.rules) == dict(RULES)
    assert json.loads(path.read_text())["sha256"] == plan.digest


def test_a_plan_is_registered_once(path):
    with pytest.raises(InputError, match="registered once"):
        register(path, "log", CHOICES, math.inf, Mandate())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("stars", "clicks"),
        ("0.05", "0.06"),
        ("an auditor", "nobody"),
        ('"registered": "20', '"registered": "19'),
        ('"sha256": "', '"sha256": "0'),
    ],
)
def test_a_plan_that_was_changed_is_found_out(path, old, new):
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError, match="changed after it was registered"):
        read_plan(path)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"null", b"\xff", b'{"headrace_audit_plan": 2}', b"[" * 9999]
)
def test_what_is_no_plan(tmp_path, content):
    (tmp_path / "x.json").write_bytes(content)
    with pytest.raises(InputError, match="no audit plan"):
        read_plan(tmp_path / "x.json")
    with pytest.raises(InputError, match="no such file"):
        read_plan(tmp_path / "absent.json")


def test_choices_are_plain_values(path):
    told = json.loads(path.read_text())
    for wrong in ({"choices": {"a": []}}, {"tolerance": "much"}, {"kind": "other"}):
        path.write_text(json.dumps(told | wrong))
        with pytest.raises(InputError, match="no audit plan"):
            read_plan(path)
