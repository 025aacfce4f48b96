"""The registry behind `headrace verify`."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.builders.checks import row_of

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


def test_several_rooms_and_families_are_kept_with_commas_between() -> None:
    def ids(only: str) -> set[str]:
        return {check.id for check in registry.registered(only)}

    assert ids("rights, trust") == ids("rights") | ids("trust")
    assert ids("rights.ledger,trust.auction") == ids("rights.ledger") | {"trust.auction"}
    assert ids("rights,nowhere") == ids("") == set()


def test_every_registered_check_belongs_to_a_room_and_names_its_source() -> None:
    for check in registry.registered():
        assert check.room in registry.ROOMS
        assert check.source.strip()
        assert check.tolerance >= 0


def test_several_outcomes_are_several_rows_with_their_own_bars() -> None:
    """100.5 of 100 is .5 % off: inside the check's 1 %, beyond the .1 % of the second outcome."""

    def run() -> tuple[CheckOutcome, ...]:
        return (
            CheckOutcome(100.5, 100, id_suffix=".a"),
            CheckOutcome(100.5, 100, id_suffix=".b", tolerance=0.001, reason="tight"),
        )

    first, second = registry.run(Check("energy.test", "a test", "MW", 0.01, "nobody", run))
    assert (first.id, first.status, first.tolerance) == ("energy.test.a", "pass", 0.01)
    assert (second.id, second.status, second.reason) == ("energy.test.b", "fail", "tight")
    assert first.deviation == second.deviation == pytest.approx(0.005)


def test_a_given_deviation_stands_for_the_distance_of_two_numbers() -> None:
    assert row(CheckOutcome(5, 100, deviation=0.0)).status == "pass"
    assert row(CheckOutcome(100, 100, deviation=0.02)).status == "fail"


def test_an_error_half_way_through_several_rows_is_one_failed_row() -> None:
    """No row of a check that broke counts as passed."""

    def run() -> Iterator[CheckOutcome]:
        yield CheckOutcome(1, 1)
        raise RuntimeError("half way")

    (found,) = registry.run(Check("energy.test", "a test", "MW", 0.01, "nobody", run))
    assert (found.status, found.ours) == ("fail", None)
    assert "half way" in found.reason


def test_a_row_is_plain_data() -> None:
    told = row(CheckOutcome(100.5, 100)).as_json()
    assert json.loads(json.dumps(told))["published"] == 100
    assert set(told) >= {"id", "room", "ours", "published", "deviation", "tolerance", "status"}


def test_two_checks_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_REGISTRY", {})

    def named(function: str) -> Callable[[], CheckOutcome]:
        def run() -> CheckOutcome:
            return CheckOutcome(1, 1)

        run.__qualname__ = function
        return run

    register = registry.check("energy.x", what="x", unit="1", tolerance=0, source="nobody")
    register(named("one"))
    register(named("one"))  # the same module loaded again
    with pytest.raises(ValueError, match=r"two checks are called energy\.x"):
        register(named("two"))


def test_a_room_or_a_prefix_keeps_its_checks_in_the_order_of_rooms() -> None:
    every = [check.id for check in registry.registered()]
    rooms = [registry.ROOMS.index(id.split(".")[0]) for id in every]
    assert rooms == sorted(rooms)
    assert len(set(every)) == len(every)
    ledger = {check.id for check in registry.registered("rights.ledger")}
    assert ledger == {id for id in every if id.startswith("rights.ledger.")}
    assert registry.registered("rights.led") == ()


def test_data_stands_in_the_folder_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    with pytest.raises(Skip, match=r"a/x\.csv is not in the folder"):
        registry.data_file("a/x.csv")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x.csv").write_text("")
    assert registry.data_file("a/x.csv") == tmp_path / "a" / "x.csv"


DATA_ROWS = (
    "energy.atb.lcoe",
    "energy.atb.capex",
    "energy.atb.cff",
    "energy.atb.ptc",
    "energy.offgrid.golden",
    "models.deepseek_day",
    "models.training.mlperf_scaling",
    "models.fleet.vidur",
    "models.fleet.jump",
    "models.fleet.deepseek_day",
    "plan.pypsa_stochastic",
)


@pytest.mark.parametrize("id", DATA_ROWS)
def test_rows_that_need_data_skip_and_say_what_is_absent(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HEADRACE_DATA", raising=False)
    found = row_of(id)
    assert (found.status, found.ours, found.deviation) == ("skip", None, None)
    assert found.reason.startswith("HEADRACE_DATA names no folder")
    monkeypatch.setenv("HEADRACE_DATA", str(tmp_path))
    found = row_of(id)
    assert found.status == "skip"
    assert found.reason.endswith("is not in the folder named by HEADRACE_DATA")
