"""Make or buy on a plant beside a neighbour's: laws of its value, and going on after a stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.plan.analysis.integration import store
from headrace.plan.analysis.integration.layers_file import read_layers, times
from headrace.plan.analysis.integration.supplier_response import response
from headrace.plan.analysis.integration.value import Integration, dominating, integration
from headrace.plan.analysis.integration.worlds import LayerWorld, responses, worlds
from headrace.show.reports.integration import sentences
from headrace.verification.money.integration_checks import LAYERS, STUDY


def found(tmp_path: Path, more: str = "", extra: str = "") -> Integration:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "layers.yaml").write_text(LAYERS.format(more=more) + extra)
    question = read_layers(tmp_path / "layers.yaml", {})
    answers = responses(question, {}, lambda one: None)
    prices = {name: one.paid for name, one in answers.items()}
    return integration(question, answers, worlds(question, prices, {}, lambda one: None))


def test_a_supplier_marks_up_to_half_way(tmp_path: Path) -> None:
    """Marginal revenue 100 - 10 q: the best price is 60 at a cost of 20, 4 MW are bought."""
    told = found(tmp_path)
    (answer,) = told.responses
    assert answer.answer == 60.0
    assert answer.bought[answer.prices.index(60.0)] == pytest.approx(4 * 8760)
    assert max(answer.profits) == pytest.approx(160 * 8760)
    # integrated 8 MW: 320 a MWh; bought at 60: 80, and the supplier's 160 are lost to one
    assert told.whole == pytest.approx(((320 - 80) * 8760,) * 2)
    assert told.makes == {"energy"}


def test_where_nothing_is_different_integration_is_worth_exactly_0(tmp_path: Path) -> None:
    """Zero fixed cost, zero lead, price = cost."""
    told = found(tmp_path, ", alternative: 20")
    assert told.responses[0].paid == 20.0
    assert told.whole == pytest.approx((0.0, 0.0), abs=1e-6)
    assert not told.shares[0].matters


@pytest.mark.slow
def test_it_falls_as_suppliers_are_added(tmp_path: Path) -> None:
    worth = [found(tmp_path, f", suppliers: {n}").whole[0] for n in (1, 2, 9)]
    assert worth == sorted(worth, reverse=True)
    assert worth[0] > worth[1] > worth[2]


@pytest.mark.slow
def test_it_rises_with_specificity_and_with_hold_up(tmp_path: Path) -> None:
    base = ", alternative: 30, renewal: {} %, switching: {}, steps: 5"
    by_switching = [found(tmp_path, base.format(50, s)).whole[0] for s in (0, 20, 40)]
    assert by_switching == sorted(by_switching)
    assert by_switching[0] < by_switching[-1]
    by_renewal = [found(tmp_path, base.format(eta, 30)).whole[0] for eta in (0, 100)]
    assert by_renewal == sorted(by_renewal)
    assert by_renewal[0] < by_renewal[-1]


@pytest.mark.slow
def test_a_fixed_cost_above_the_gain_is_not_paid(tmp_path: Path) -> None:
    told = found(tmp_path, extra="    fixed: 3 MUSD\n")
    assert told.makes == frozenset()
    assert told.whole == pytest.approx((0.0, 0.0), abs=1e-6)


@pytest.mark.slow
def test_a_partners_share_is_a_layer(tmp_path: Path) -> None:
    extra = "  channel: {factors: {products.p0.price: 0.5, products.p1.demand: 0.5}}\n"
    told = found(tmp_path, extra=extra)
    assert told.complete
    by_name = {share.player: share for share in told.shares}
    assert by_name["channel"].matters
    whole = sum(share.low for share in told.shares)
    assert whole == pytest.approx(told.whole[0], rel=1e-6)
    assert len(told.pairs) == 1


def test_an_option_that_strictly_dominates_is_named(tmp_path: Path) -> None:
    extra = "  channel: {factors: {products.p0.price: 0.5}}\n"
    told = found(tmp_path, ", steps: 2", extra)
    assert dominating(told) == ("channel",)
    assert "strictly dominates" in " ".join(sentences(told))
    assert "energy" not in dominating(told)  # its supplier answers


def test_what_is_known_is_not_solved_again(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "layers.yaml").write_text(LAYERS.format(more=""))
    question = read_layers(tmp_path / "layers.yaml", {})
    first = LayerWorld(frozenset(), 1.0, 2.0, 0.1)
    seen: list[LayerWorld] = []
    everything = worlds(question, {"energy": 60.0}, {first.made: first}, seen.append)
    assert everything[frozenset()] is first
    assert [one.made for one in seen] == [frozenset({"energy"})]


@pytest.mark.slow
def test_it_stops_and_goes_on_from_its_file(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "layers.yaml").write_text(LAYERS.format(more=""))
    question = read_layers(tmp_path / "layers.yaml", {})
    answer = response(question, "energy")
    solved: dict = {}

    def keep(one: LayerWorld) -> None:
        solved[one.made] = one
        store.write(tmp_path, question, [answer], solved.values())

    worlds(question, {"energy": answer.paid}, {}, keep, stop=lambda: len(solved) == 1)
    half = store.read(tmp_path, question)
    assert len(half.worlds) == 1
    assert integration(question, half.responses, half.worlds).whole is None
    rest = worlds(question, {"energy": answer.paid}, half.worlds, keep)
    whole = integration(question, half.responses, rest)
    assert whole.whole == found(tmp_path).whole


def test_a_folder_of_another_question_is_refused(tmp_path: Path) -> None:
    told = found(tmp_path, ", steps: 2")
    store.write(tmp_path, told.question, told.responses, told.worlds)
    (tmp_path / "layers.yaml").write_text(LAYERS.format(more=", suppliers: 2"))
    with pytest.raises(InputError, match="another text"):
        store.read(tmp_path, read_layers(tmp_path / "layers.yaml", {}))
    (tmp_path / store.NAME).write_text("{")
    with pytest.raises(InputError, match="not what an integration writes"):
        store.read(tmp_path, read_layers(tmp_path / "layers.yaml", {}))


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(STUDY)
    (tmp_path / "layers.yaml").write_text(
        "integrate: x\nstudy: study.yaml\nlayers:\n"
        "  a: {bought: {sites.here.build.owm.at_most: 0 MW, sites.here.gird: 1}}\n"
        "  b: {}\n"
        "  c: {factors: {technologies.own.fuel: 0.5}}\n"
        "  d: {supplier: {price: technologies.other.variable, unit: USD/MWh, cost: 50, to: 40}}\n"
    )
    with pytest.raises(InputError) as raised:
        read_layers(tmp_path / "layers.yaml", {})
    told = str(raised.value)
    assert "gird" in told
    assert "making and buying are the same" in told
    assert "it rises" in told
    assert "technologies.own.fuel" in told


def test_numbers_keep_their_units() -> None:
    assert times("0.5 USD/Mtok", 0.5) == "0.25 USD/Mtok"
    assert times(3, 2.0) == "6.0"
    with pytest.raises(InputError, match="not a number"):
        times("flat", 0.5)
