"""Public ODRL policies beside our reading of them: rows of `headrace verify --only rights`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from headrace.core.errors import InputError
from headrace.verification.registry import CheckOutcome, Skip, check

if TYPE_CHECKING:
    from rdflib import Graph, URIRef

_ODRL = "http://www.w3.org/ns/odrl/2/"
_REPORT = "https://w3id.org/force/compliance-report#"
_CASE = "http://example.org/"
_ISSUED = "http://purl.org/dc/terms/issued"
#: Where the suite's cases took place, when their state of the world gives no time.
_WHEN = datetime(2024, 2, 12, 11, 20, 10, tzinfo=UTC)


@dataclass(frozen=True)
class SuiteResult:
    """What became of the suite's cases: agreeing, differing, and refused with the clause named."""

    agree: int
    differ: tuple[str, ...]
    refused: tuple[str, ...]


@check(
    "rights.odrl.solid_suite",
    what="cases of the ODRL test suite of SolidLab whose outcome differs from the expected report",
    unit="cases",
    tolerance=0.0,
    source="SolidLabResearch/ODRL-Test-Suite, data/, 68 cases",
)
def solid_suite() -> CheckOutcome:
    """Permitted where a permission report is active and no prohibition report is; duties of which
    nothing is known leave a permission active, as the suite has it.
    """
    folder = Path(os.environ.get("HEADRACE_DATA", "")) / "odrl_test_suite" / "data"
    if not (folder / "test_cases").is_dir():
        raise Skip("no odrl_test_suite/ in HEADRACE_DATA (github.com/SolidLabResearch)")
    try:
        import rdflib  # noqa: F401
    except ImportError:
        raise Skip("rdflib is not installed (it comes with the extra `rights`)") from None
    found = run_suite(folder)
    told = f"{found.agree} agree, {len(found.refused)} refused: rules without an action"
    return CheckOutcome(
        float(len(found.differ)), 0.0, absolute=True, reason=f"{told} {' '.join(found.differ)}"
    )


def run_suite(folder: Path) -> SuiteResult:
    """Every case of the suite in this folder."""
    from rdflib import Graph

    graphs = {
        kind: {
            path: Graph().parse(path, format="turtle")
            for path in sorted((folder / kind).glob("*.ttl"))
        }
        for kind in ("policies", "requests", "sotw")
    }
    agree, differ, refused = 0, [], []
    for path in sorted((folder / "test_cases").glob("*.ttl")):
        outcome = _case(path, graphs)
        if outcome is None:
            refused.append(path.stem)
        elif outcome:
            agree += 1
        else:
            differ.append(path.stem)
    return SuiteResult(agree, tuple(differ), tuple(refused))


def _case(path: Path, graphs: dict[str, dict[Path, Graph]]) -> bool | None:
    """Whether a case comes out as expected; None where its policy is refused."""
    from rdflib import RDF, Graph, URIRef

    from headrace.rights.odrl import PolicyRequest, StateOfWorld, evaluate, read_policies

    case = Graph().parse(path, format="turtle")
    (name,) = case.subjects(RDF.type, URIRef(_CASE + "TestCase"))
    policy, request, world = (
        case.value(name, URIRef(_CASE + k)) for k in ("policy", "request", "sotw")
    )
    file, about = next((f, g) for f, g in graphs["policies"].items() if (policy, None, None) in g)
    asked = next(g for g in graphs["requests"].values() if (request, None, None) in g)
    state = next(g for g in graphs["sotw"].values() if (world, None, None) in g)
    try:
        policies = [p for p in read_policies(file.read_text(), file.name) if p.uid == str(policy)]
    except InputError:
        return None
    rule = next(asked.objects(request, URIRef(_ODRL + "permission")))
    action, target, who = (
        str(asked.value(rule, URIRef(_ODRL + k))) for k in ("action", "target", "assignee")
    )
    now = next(
        (datetime.fromisoformat(str(o)) for o in state.objects(None, URIRef(_ISSUED))), _WHEN
    )
    verdict = evaluate(
        policies,
        PolicyRequest(action.removeprefix(_ODRL), target, who),
        StateOfWorld(
            now,
            _parts(state, about),
            frozenset(_duties(state, "Fulfilled")),
            frozenset(_duties(state, "Violated")),
            "pending",
        ),
    )
    expected = _active(case, "PermissionReport") and not _active(case, "ProhibitionReport")
    return verdict.permitted == expected


def _parts(*graphs: Graph) -> dict[str, list[str]]:
    """Which collections each thing is part of."""
    from rdflib import URIRef

    found: dict[str, list[str]] = {}
    for graph in graphs:
        for thing, _, whole in graph.triples((None, URIRef(_ODRL + "partOf"), None)):
            found.setdefault(str(thing), []).append(str(whole))
    return found


def _duties(state: Graph, how: str) -> Iterator[str]:
    """Uids of the duties that the state of the world reports as fulfilled or violated."""
    from rdflib import RDF, URIRef

    for report in state.subjects(RDF.type, URIRef(_REPORT + "DutyReport")):
        if state.value(report, URIRef(_REPORT + "deonticState")) == URIRef(_REPORT + how):
            yield str(state.value(report, URIRef(_REPORT + "rule")))


def _active(case: Graph, kind: str) -> bool:
    from rdflib import RDF, URIRef

    active: URIRef = URIRef(_REPORT + "Active")
    return any(
        case.value(report, URIRef(_REPORT + "activationState")) == active
        for report in case.subjects(RDF.type, URIRef(_REPORT + kind))
    )
