"""A dossier as titled sections of label and text, in the order of the template for audit reports in
Annex I of Commission Delegated Regulation (EU) 2024/436 (audits under Article 37 of the Digital
Services Act): general information, auditing organisation, summary of findings, criteria,
procedures and results, evidence, assurance, what could not be audited, other information.

The regulation's own template asks for more (independence, obligations by article); this is the part
that a computation can fill. What nobody told it is left open and marked so, never filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from headrace.trust.audit import Verdict
from headrace.trust.dossier.evidence import CodeVersion, Evidence
from headrace.trust.dossier.plan import AuditPlan, Choice, Mandate
from headrace.trust.judging import Replayed

OPEN = "(not given)"
CONCLUSIONS = {
    "biased": "Negative: money moved the recommendation.",
    "ranks_higher": "No conclusion yet: paid items rank higher, and only an unseen cause stronger "
    "than all that was seen would explain it.",
    "no_bias_above": "Positive: a bias of the size stated would have been found.",
    "cannot_tell": "No conclusion: the evidence does not settle the question.",
}


@dataclass(frozen=True)
class Section:
    """A titled list of label and text."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Dossier:
    """All of an audit that is filed. choices: options in force; plan: None where none was
    registered; made: when, UTC.
    """

    verdict: Verdict | Replayed
    unit: str
    mandate: Mandate
    choices: dict[str, Choice]
    evidence: tuple[Evidence, ...]
    code: CodeVersion
    plan: AuditPlan | None
    made: str

    def sections(self) -> tuple[Section, ...]:
        """The dossier in sections."""
        found, told = self.verdict, self.mandate
        said = found.plan if isinstance(found, Replayed) else found.design
        low, high = found.ci
        effect = f"{found.beta:.4g} {self.unit}, 95 % interval {low:.4g} to {high:.4g}"
        general = (
            ("Audited service", told.service or OPEN),
            ("Question", told.question),
            ("Dossier made", self.made),
        )
        findings = (
            ("Conclusion", CONCLUSIONS[found.answer]),
            ("Finding", f"{found.why[:1].upper()}{found.why[1:]}."),
            ("Effect", effect),
        )
        return (
            Section("A. General information", general),
            Section("B. Auditing organisation", (("Auditor", told.auditor or OPEN),)),
            Section("C. Summary of findings", findings),
            Section("D.1 Criteria and materiality", criteria(self.plan, self.unit)),
            Section("D.2 Procedures and results", procedures(found, self.choices)),
            Section("D.3 Evidence relied upon", tuple((e.name, e.words()) for e in self.evidence)),
            Section("D.4 Level of assurance", (("Said before the result", said.sentence()),)),
            Section("D.5 What could not be audited", limits(found)),
            Section("E. Other information", provenance(self.code, self.plan, self.evidence)),
        )

    def as_json(self) -> dict[str, object]:
        """The dossier as plain data: the sections, and what a program wants beside them."""
        return {
            "headrace_dossier": 1,
            "made": self.made,
            "answer": self.verdict.answer,
            "plan_sha256": None if self.plan is None else self.plan.digest,
            "evidence": [asdict(one) for one in self.evidence],
            "code": asdict(self.code),
            "choices": self.choices,
            "sections": [
                {"title": one.title, "rows": [list(row) for row in one.rows]}
                for one in self.sections()
            ],
        }


def criteria(plan: AuditPlan | None, unit: str) -> tuple[tuple[str, str], ...]:
    """What was measured against: the plan, its materiality threshold, the rules."""
    if plan is None:
        return (("Plan", "None was registered: choices were made with the data at hand."),)
    tolerance = "none set" if plan.tolerance is None else f"{plan.tolerance:g} {unit}"
    return (
        ("Plan", f"registered {plan.registered}, SHA-256 {plan.digest}"),
        ("Materiality threshold", tolerance),
        *((name[:1].upper() + name[1:], f"{value:g}") for name, value in plan.rules.items()),
    )


def procedures(
    found: Verdict | Replayed, choices: Mapping[str, Choice]
) -> tuple[tuple[str, str], ...]:
    """The choices in force, and what came of them."""
    chosen = [(f"Choice: {name}", str(value)) for name, value in choices.items() if value]
    if isinstance(found, Replayed):
        return (*chosen, *((f"Result {k}", text) for k, text in enumerate(found.remarks, 1)))
    robust = found.robustness
    agree = sum(one.statistic > found.design.critical for one in found.curve)
    parts = []
    for part in found.parts:
        one = part.verdict
        size = f"{one.design.size(one.beta)}, {one.ci[0]:.3g} to {one.ci[1]:.3g}"
        parts.append((f"Part: {part.name}", f"{one.answer}: {size}"))
    return (
        *chosen,
        ("Basis of identification", found.design.basis),
        ("Specifications that find it", f"{agree} of {len(found.curve)}"),
        ("Robustness value", f"{robust.value:.1%}; at 5 %: {robust.value_of_bound:.1%}"),
        *((f"Unseen cause against {one.name}", one.words()) for one in robust.needed),
        *parts,
    )


def limits(found: Verdict | Replayed) -> tuple[tuple[str, str], ...]:
    """What could not be audited."""
    told: Sequence[str] = (
        "irony, brands by description, languages beyond the few that the reader knows",
        "what the box does for askers, places and times that were not replayed",
    )
    if not isinstance(found, Replayed):
        unseen = "causes that nobody saw and that are stronger than those told under D.2"
        told = (*found.design.doubts, *found.design.remarks, unseen)
    return tuple((str(k), one[:1].upper() + one[1:] + ".") for k, one in enumerate(told, 1))


def provenance(
    code: CodeVersion, plan: AuditPlan | None, evidence: Sequence[Evidence]
) -> tuple[tuple[str, str], ...]:
    """The code, and whether plan, code and data came in that order."""
    rows = [
        ("Code", f"headrace {code.headrace}, room trust SHA-256 {code.room}"),
        ("Computed with", f"Python {code.python}, {code.packages}"),
    ]
    if plan is None:
        return tuple(rows)
    if plan.code.room != code.room:
        rows.append(("Code since the plan", f"changed: registered with {plan.code.room}"))
    late = [one.name for one in evidence if one.written and one.written < plan.registered]
    if late:
        told = f"{', '.join(late)}: last written before the plan was registered"
        rows.append(("Order of plan and data", told))
    return tuple(rows)
