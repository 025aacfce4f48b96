"""An audit plan: every choice written down before the data are looked at, with a hash to publish.

Whoever can still choose columns, tolerance or questions after a look at the data will find what
they like. A plan is a JSON file; its SHA-256 is taken over all else in it, written in one canonical
way. Published (a mail to a regulator, a line in a register), the hash proves that these were the
choices; the date inside is only what the computer's clock said.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from headrace.core.atomic_write import write_text
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.files.inputs import read_bytes
from headrace.trust.audit import LEVEL
from headrace.trust.declared_score import AGAINST, BEYOND
from headrace.trust.design import YARDSTICK_RANK_SHARE
from headrace.trust.dossier.evidence import CodeVersion, code_version
from headrace.trust.refuse import FEWEST_QUERIES
from headrace.trust.sensitivity import FLOOR, STRENGTH

FORMAT = 1
LARGEST_PLAN = 1_000_000

Choice = str | int | float | bool
Kind = Literal["log", "replay"]

RULES: Mapping[str, float] = MappingProxyType(
    {
        "one-sided level": LEVEL,
        "strength of an unseen driver against each column": STRENGTH,
        "least share an unseen cause must explain for `ranks_higher`": FLOOR,
        "least share of rank that makes a yardstick": YARDSTICK_RANK_SHARE,
        "most neighbours against a declared score": AGAINST,
        "most that a column may explain beyond a complete score": BEYOND,
        "fewest answers": FEWEST_QUERIES,
    }
)


@dataclass(frozen=True)
class Mandate:
    """Who audits which service, and the question put; free text, as it shall stand in the file."""

    service: str = ""
    auditor: str = ""
    question: str = "Did money change the recommendation?"


@dataclass(frozen=True)
class AuditPlan:
    """Choices made before the data were looked at.

    kind: of a log, or a replay of a box; choices: options of `headrace audit` by name; tolerance:
    largest bias that would not matter [unit of the effect], None for none; registered: when, UTC.
    """

    kind: Kind
    choices: Mapping[str, Choice]
    tolerance: float | None
    mandate: Mandate
    registered: str
    code: CodeVersion
    rules: Mapping[str, float]

    def content(self) -> dict[str, object]:
        """All that the hash covers, as plain data."""
        return {
            "headrace_audit_plan": FORMAT,
            "kind": self.kind,
            "choices": dict(self.choices),
            "tolerance": self.tolerance,
            "mandate": asdict(self.mandate),
            "registered": self.registered,
            "code": asdict(self.code),
            "rules": dict(self.rules),
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the content, keys sorted, without blanks."""
        text = json.dumps(self.content(), sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()


def register(
    path: Path, kind: Kind, choices: Mapping[str, Choice], tolerance: float, mandate: Mandate
) -> AuditPlan:
    """Write a plan with today's date and this code; never over a file that is there.

    tolerance: [unit of the effect], infinite for none. Raises InputError for a file that is there
    or cannot be written.
    """
    if path.exists():
        expected = "a new file: a plan is registered once"
        raise InputError(InputFault(Place(str(path)), "a file that is there", expected))
    plan = AuditPlan(
        kind,
        choices,
        tolerance if math.isfinite(tolerance) else None,
        mandate,
        datetime.now(UTC).isoformat(timespec="seconds"),
        code_version(),
        RULES,
    )
    text = json.dumps(plan.content() | {"sha256": plan.digest}, indent=2, ensure_ascii=False)
    write_text(path, text + "\n")
    return plan


def read_plan(path: Path) -> AuditPlan:
    """A registered plan. Raises InputError for a file that is none, or that was changed since."""
    raw = read_bytes(path, expected="a plan written by `headrace audit --register`")
    try:
        told: dict[str, object] = json.loads(raw) if len(raw) <= LARGEST_PLAN else {}
        plan = _plan_of(told)
        unchanged = told["sha256"] == plan.digest
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        expected = "a plan written by `headrace audit --register`"
        raise InputError(InputFault(Place(str(path)), "no audit plan", expected)) from None
    if not unchanged:
        found = "a plan that was changed after it was registered (its hash does not fit)"
        raise InputError(InputFault(Place(str(path)), found))
    return plan


def _plan_of(told: dict[str, object]) -> AuditPlan:
    """The plan in plain data. Raises ValueError, KeyError, TypeError or AttributeError."""
    if told["headrace_audit_plan"] != FORMAT or told["kind"] not in ("log", "replay"):
        raise ValueError("another format")
    choices = cast("dict[str, Choice]", told["choices"])
    if not all(isinstance(value, str | int | float | bool) for value in choices.values()):
        raise ValueError("a choice that is no plain value")
    tolerance = told["tolerance"]
    if not (tolerance is None or isinstance(tolerance, int | float)):
        raise ValueError("a tolerance that is no number")
    return AuditPlan(
        "log" if told["kind"] == "log" else "replay",
        choices,
        tolerance,
        Mandate(**cast("dict[str, str]", told["mandate"])),
        str(told["registered"]),
        CodeVersion(**cast("dict[str, str]", told["code"])),
        cast("dict[str, float]", told["rules"]),
    )
