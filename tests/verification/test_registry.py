"""The registry behind `headrace verify`."""

from __future__ import annotations

import math

import pytest

from headrace.verification import registry
from headrace.verification.registry import Check, CheckOutcome, Skip


def row(result: object, tolerance: float = 0.01) -> registry.Row:
    def run() -> CheckOutcome:
        if isinstance(result, Exception):
            raise result
        return result  # type: ignore[return-value]

    (found,) = registry.run(Check("energy.test", "a test", "MW", tolerance, "nobody", run))
    return found


def test_pass_and_fail_by_relative_distance() -> None:
    assert row(CheckOutcome(100.5, 100)).status == "pass"
    assert row(CheckOutcome(102, 100)).status == "fail"
    assert row(CheckOutcome(0.02, 0)).status == "fail"
    assert row(CheckOutcome(102, 100, absolute=True, tolerance=3)).status == "pass"


def test_nothing_that_is_not_a_number_passes() -> None:
    assert row(CheckOutcome(math.nan, 1)).status == "fail"
    assert row(CheckOutcome(1, 1, deviation=math.inf)).status == "fail"


def test_a_skip_says_why_and_an_error_is_a_failure() -> None:
    assert row(Skip("no data")).reason == "no data"
    assert row(ZeroDivisionError("oh")).status == "fail"
    assert "ZeroDivisionError" in row(ZeroDivisionError("oh")).reason


def test_absent_data_is_a_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HEADRACE_DATA", raising=False)
    with pytest.raises(Skip, match="HEADRACE_DATA"):
        registry.data_file("x.csv")


def test_every_registered_check_belongs_to_a_room_and_names_its_source() -> None:
    for check in registry.registered():
        assert check.room in registry.ROOMS
        assert check.source.strip()
        assert check.tolerance >= 0
