"""The app against its own schema: no address answers what it does not document."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("fastapi", reason="the extra `app` is not installed")
pytest.importorskip("schemathesis", reason="the extra `test` is not installed")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from headrace.show.app.routes import build
from headrace.show.app.shelf import Shelf
from headrace.show.app.solving import Solving


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_no_answer_is_undocumented(tmp_path: Path) -> None:
    solving = Solving(Shelf(tmp_path), lambda study, out: [sys.executable, "-c", "pass"])
    app = build(tmp_path, solving, lambda: False)
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", app)
    tried = 0
    for found in schema.get_all_operations():
        answers(found.ok())
        tried += 1
    assert tried >= 13


def answers(operation) -> None:
    """Twenty requests that the schema allows, or that it does not; each answer is documented."""

    @settings(
        max_examples=20,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case) -> None:
        case.call_and_validate()

    check()
