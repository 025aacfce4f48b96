"""The dossier in sections: nothing filled in that nobody told, and everything that was."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from headrace.trust.audit import audit
from headrace.trust.dossier.evidence import CodeVersion, Evidence
from headrace.trust.dossier.plan import RULES, AuditPlan, Mandate
from headrace.trust.dossier.sections import CONCLUSIONS, OPEN, Dossier
from headrace.trust.judging import judge_flips
from headrace.trust.replay_plan import plan_replay
from headrace.trust.simulated_logs import Marketplace, draw

CODE = CodeVersion("0.1", "ab" * 32, "3.11", "numpy 2")
FILE = Evidence("log.csv", "cd" * 32, 12, "2026-11-01T00:00:00+00:00")


@pytest.fixture(scope="module")
def verdict():
    return audit(draw(Marketplace(queries=300, beta=0.3), 1))


def dossier(found, **changes):
    made = Dossier(
        found, "places", Mandate(), {"relevance": "x", "slot": ""}, (FILE,), CODE, None, "now"
    )
    return replace(made, **changes)


def told(made, title):
    (one,) = (one for one in made.sections() if one.title.startswith(title))
    return dict(one.rows)


def test_what_nobody_told_is_left_open(verdict):
    made = dossier(verdict)
    assert told(made, "A.")["Audited service"] == OPEN
    assert told(made, "B.") == {"Auditor": OPEN}
    assert "None was registered" in told(made, "D.1")["Plan"]
    assert "Choice: slot" not in told(made, "D.2")


def test_findings_and_evidence_stand_in_it(verdict):
    made = dossier(verdict)
    assert told(made, "C.")["Conclusion"] == CONCLUSIONS["biased"]
    assert told(made, "C.")["Finding"].startswith("Paying is worth")
    assert FILE.sha256 in told(made, "D.3")["log.csv"]
    assert "Smallest detectable" in told(made, "D.4")["Said before the result"]
    assert CODE.room in told(made, "E.")["Code"]
    plain = json.loads(json.dumps(made.as_json(), allow_nan=False))
    assert (plain["answer"], plain["plan_sha256"]) == ("biased", None)
    assert len(plain["sections"]) == 9


def test_a_plan_and_what_does_not_fit_it(verdict):
    plan = AuditPlan("log", {}, 0.05, Mandate(), "2026-11-02T00:00:00+00:00", CODE, RULES)
    made = dossier(verdict, plan=plan)
    criteria = told(made, "D.1")
    assert plan.digest in criteria["Plan"]
    assert criteria["Materiality threshold"] == "0.05 places"
    assert "written before the plan" in told(made, "E.")["Order of plan and data"]
    assert "Code since the plan" not in told(made, "E.")
    other = replace(CODE, room="ef" * 32)
    late = replace(FILE, written="2026-11-03T00:00:00+00:00")
    changed = dossier(verdict, plan=plan, code=other, evidence=(late,))
    assert "changed" in told(changed, "E.")["Code since the plan"]
    assert "Order of plan and data" not in told(changed, "E.")


def test_a_replay_is_filed_as_well():
    plan = plan_replay([f"q{k}" for k in range(10)], 1, 0.2)
    found = replace(judge_flips(plan, 2), remarks=("what changed: a price in 2",))
    made = dossier(found)
    assert told(made, "D.2")["Result 1"] == "what changed: a price in 2"
    assert "10 pairs" in told(made, "D.4")["Said before the result"]


def test_every_answer_has_a_conclusion():
    assert set(CONCLUSIONS) == {"biased", "ranks_higher", "no_bias_above", "cannot_tell"}
