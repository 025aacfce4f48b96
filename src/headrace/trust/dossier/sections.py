"""A dossier as titled sections of label and text, in the order of the template for audit reports in
Annex I of Commission Delegated Regulation (EU) 2024/436 (audits under Article 37 of the Digital
Services Act): general information, auditing organisation, summary of findings, criteria,
procedures and results, evidence, assurance, what could not be audited, other information.

The regulation's own template asks for more (independence, obligations by article); this is the part
that a computation can fill. What nobody told it is left open and marked so, never filled in.
"""

from __future__ import annotations

from collections.abc import Sequence
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
        found = self.verdict
        return (
            Section("A. General information", self._general()),
            Section("B. Auditing organisation", (("Auditor", self.mandate.auditor or OPEN),)),
            Section(
                "C. Summary of findings",
                (
                    ("Conclusion", CONCLUSIONS[found.answer]),
                    ("Finding", f"{found.why[:1].upper()}{found.why[1:]}."),
                    ("Effect", self._effect()),
                ),
            ),
            Section("D.1 Criteria and materiality", self._criteria()),
            Section("D.2 Procedures and results", self._procedures()),
            Section("D.3 Evidence relied upon", self._evidence()),
            Section("D.4 Level of assurance", self._assurance()),
            Section("D.5 What could not be audited", self._limits()),
            Section("E. Other information", self._other()),
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

    def _general(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Audited service", self.mandate.service or OPEN),
            ("Question", self.mandate.question),
            ("Dossier made", self.made),
        )

    def _effect(self) -> str:
        low, high = self.verdict.ci
        ends = f"95 % interval {low:.4g} to {high:.4g}"
        return f"{self.verdict.beta:.4g} {self.unit}, {ends}"

    def _criteria(self) -> tuple[tuple[str, str], ...]:
        rows = []
        if self.plan is None:
            rows.append(("Plan", "None was registered: choices were made with the data at hand."))
        else:
            rows.append(("Plan", f"registered {self.plan.registered}, SHA-256 {self.plan.digest}"))
            tolerance = self.plan.tolerance
            told = "none set" if tolerance is None else f"{tolerance:g} {self.unit}"
            rows.append(("Materiality threshold", told))
            rows += [(name[:1].upper() + name[1:], f"{x:g}") for name, x in self.plan.rules.items()]
        return tuple(rows)

    def _procedures(self) -> tuple[tuple[str, str], ...]:
        chosen = [(f"Choice: {name}", str(value)) for name, value in self.choices.items() if value]
        found = self.verdict
        if isinstance(found, Replayed):
            return (*chosen, *((f"Result {k}", t) for k, t in enumerate(found.remarks, 1)))
        robust = found.robustness
        agree = sum(one.statistic > found.design.critical for one in found.curve)
        return (
            *chosen,
            ("Basis of identification", found.design.basis),
            ("Specifications that find it", f"{agree} of {len(found.curve)}"),
            ("Robustness value", f"{robust.value:.1%}; at 5 %: {robust.value_of_bound:.1%}"),
            *((f"Unseen cause against {one.name}", one.words()) for one in robust.needed),
            *((f"Part: {part.name}", _brief(part.verdict)) for part in found.parts),
        )

    def _evidence(self) -> tuple[tuple[str, str], ...]:
        return tuple(
            (
                one.name,
                f"SHA-256 {one.sha256}, {one.size:,} bytes"
                + (f", last written {one.written}" if one.written else ""),
            )
            for one in self.evidence
        )

    def _assurance(self) -> tuple[tuple[str, str], ...]:
        found = self.verdict
        said = found.plan if isinstance(found, Replayed) else found.design
        return (("Said before the result", said.sentence()),)

    def _limits(self) -> tuple[tuple[str, str], ...]:
        found = self.verdict
        told: Sequence[str]
        if isinstance(found, Replayed):
            told = (
                "irony, brands by description, languages beyond the few that the reader knows",
                "what the box does for askers, places and times that were not replayed",
            )
        else:
            told = (
                *found.design.doubts,
                *found.design.remarks,
                "causes that nobody saw and that are stronger than those told under D.2",
            )
        return tuple((str(k), one[:1].upper() + one[1:] + ".") for k, one in enumerate(told, 1))

    def _other(self) -> tuple[tuple[str, str], ...]:
        code = self.code
        rows = [
            ("Code", f"headrace {code.headrace}, room trust SHA-256 {code.room}"),
            ("Computed with", f"Python {code.python}, {code.packages}"),
        ]
        if self.plan is not None and self.plan.code.room != code.room:
            rows.append(("Code since the plan", f"changed: registered with {self.plan.code.room}"))
        if self.plan is not None:
            late = [o.name for o in self.evidence if o.written and o.written < self.plan.registered]
            if late:
                told = f"{', '.join(late)}: last written before the plan was registered"
                rows.append(("Order of plan and data", told))
        return tuple(rows)


def _brief(one: Verdict) -> str:
    return f"{one.answer}: {one.design.size(one.beta)}, {one.ci[0]:.3g} to {one.ci[1]:.3g}"
