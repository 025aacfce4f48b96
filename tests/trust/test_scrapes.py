"""Scrapes: places closed up by hand, missing values held equal, and everything told."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust.audit import audit
from headrace.trust.log import Columns, RowCodes, from_arrays
from headrace.trust.log_reader import read_log, read_table
from headrace.trust.refuse import refuse
from headrace.trust.scrapes import closed_up, in_steps, middle_places, told_of_missing
from headrace.trust.simulated_logs import Marketplace, draw

NAN = math.nan
SCRAPED = Columns(relevance=("x",), scraped=True)
PLAIN = RowCodes()


def scrape(query, rank, *, x=None, paid=None, columns=SCRAPED, codes=PLAIN):
    size = len(query)
    return from_arrays(
        np.array(query),
        np.array(rank, dtype=float),
        np.array(paid if paid is not None else np.arange(size) % 2, dtype=float),
        np.array(x if x is not None else np.arange(size), dtype=float)[:, None],
        None,
        columns,
        codes=codes,
    )


def test_places_by_hand():
    """Gaps close; two at place 4 share 2.5; those not shown share what is left."""
    log = scrape([0, 0, 0, 0, 1, 1, 1], [1, 4, 4, 9, 7, NAN, NAN])
    assert middle_places(log.rank, log).tolist() == [1, 2.5, 2.5, 4, 1, 2.5, 2.5]
    closed = closed_up(log)
    refuse_only_for_size(closed)
    assert closed.notes == (
        "gaps in 2 of 2 lists are closed",
        "1 items share the place of another and take the middle",
        "2 items without a place stand below what was shown, tied",
    )


def refuse_only_for_size(log):
    with pytest.raises(InputError) as told:
        refuse(log)
    assert {one.where.key for one in told.value.problems} == {"query"}


def test_a_page_of_one_length_is_told_to_be_cut():
    (note,) = closed_up(scrape([0, 0, 1, 1, 2, 2, 2], [1, 2, 1, 2, 1, 2, 3])).notes or ("",)
    assert note == ""
    (note,) = closed_up(scrape([0, 0, 1, 1], [1, 2, 2, 1])).notes
    assert "100% of lists end at place 2" in note


def test_whole_places_are_left_as_they_are():
    log = draw(Marketplace(queries=60), 1)
    assert (middle_places(log.rank.astype(float), log) == log.rank).all()


def test_missing_values_take_the_mean_and_a_column_beside_them():
    columns = Columns(relevance=("x",), also=("own",), scraped=True)
    table = np.array([[1.0, 0.0], [NAN, 1.0], [4.0, 1.0], [4.0, 0.0]])
    log = from_arrays(
        np.array([0, 0, 1, 1]), np.array([1.0, 2, 1, 2]), np.array([0.0, 1, 0, 1]), table, None,
        columns,
    )  # fmt: skip
    closed = closed_up(log)
    assert closed.columns.covariates == ("x", "x is missing", "own")
    assert closed.covariates.tolist() == [[1, 0, 0], [3, 1, 1], [4, 0, 1], [4, 0, 0]]


def test_items_without_a_declared_score_are_left_out():
    """The fault: payers are better, their missing scores took the mean, and the rest of their worth
    passed for money; 80 honest logs were accused 7 times, and large ones always.
    """
    columns = Columns(platform_score=("relevance",), score_is_complete=True, scraped=True)
    log = draw(Marketplace(queries=2000, advantage=1.0), 1)
    rng = np.random.default_rng(1)
    lacks = rng.random(log.rows) < 0.05 + 0.3 * log.paid
    table = {
        "query": np.repeat(np.arange(2000), 10),
        "rank": log.rank,
        "paid": log.paid,
        "relevance": np.where(lacks, NAN, log.covariates[:, 0]),
        "slot": np.arange(log.rows) % 2,
    }
    verdict = audit(read_table(table, columns))
    assert verdict.answer == "no_bias_above"
    assert verdict.design.rows == int((~lacks).sum())
    assert f"these {int(lacks.sum()):,} items are left out" in verdict.design.remarks[0]
    apart = read_table(table, replace(columns, slot="slot"))
    assert (apart.queries, apart.columns.covariates) == (2000, ("relevance",))


def test_what_is_hidden_where_money_is_counts_as_evidence():
    """Half of the paid rows lack a rating and none of the others: z is about sqrt(answers)."""
    rng = np.random.default_rng(1)
    paid = np.tile([1.0, 0.0], 400)
    hidden = (paid == 1.0) & (rng.random(800) < 0.5)
    log = scrape(np.repeat(np.arange(400), 2), np.tile([1, 2], 400), paid=paid)
    told = told_of_missing("stars", hidden, log)
    assert told.startswith("stars is missing in ")
    assert "0.0% of other rows" in told
    assert told.endswith("evidence of its own")
    even = told_of_missing("stars", rng.random(800) < 0.3, log)
    assert "evidence" not in even


def test_an_honest_scrape_is_not_accused_and_a_bought_one_is():
    """Cut at the page, gaps, ties and missing ratings change no honest verdict."""
    for seed, beta in ((1, 0.0), (2, 0.0), (3, 0.0), (4, 1.0)):
        log = draw(Marketplace(queries=400, items=10, beta=beta), seed)
        rng = np.random.default_rng(seed)
        rows = np.flatnonzero(log.rank <= 6)
        table = {
            "query": np.repeat(np.arange(400), 10)[rows],
            "rank": (3 * log.rank[rows]) - (log.rank[rows] == 5) * 3,  # gaps; 5th shares the 4th
            "paid": log.paid[rows],
            "relevance": np.where(rng.random(len(rows)) < 0.05, NAN, log.covariates[rows, 0]),
        }
        columns = Columns(platform_score=("relevance",), score_is_complete=True, scraped=True)
        verdict = audit(read_table(table, columns))
        assert verdict.answer == ("biased" if beta else "no_bias_above")
        assert len(verdict.design.remarks) == 5


def test_a_scrape_has_to_be_declared(tmp_path):
    path = tmp_path / "log.csv"
    lines = [f"{q},{r},{q % 2 ^ r % 2},{r}" for q in range(60) for r in (1, 3)]
    path.write_text("query,rank,paid,relevance\n" + "\n".join([*lines, "60,,1,", "60,1,0,2"]))
    with pytest.raises(InputError, match="say --scraped"):
        read_log(path)
    log = read_log(path, Columns(relevance=("relevance",), scraped=True))
    assert (log.queries, log.rank.max()) == (61, 2.0)
    path.write_text(path.read_text().replace("60,1,0,2", "60,1,,2"))
    with pytest.raises(InputError, match="paid: empty cells"):
        read_log(path, Columns(relevance=("relevance",), scraped=True))


def test_places_below_nought_are_no_scrape():
    """A score, or places counted from the end: turned round, it would clear and accuse wrongly."""
    table = {"query": [1, 1], "rank": [-1, -2], "paid": [0, 1], "relevance": [1.0, 2.0]}
    with pytest.raises(InputError, match="below nought"):
        read_table(table, Columns(relevance=("relevance",), scraped=True))


def test_places_that_were_not_closed_up_are_refused():
    log = scrape(np.repeat(np.arange(60), 2), np.tile([1, 5], 60))
    with pytest.raises(InputError, match="not closed up"):
        audit(log)


def test_slots_are_ranked_apart_and_answers_stay_the_clusters():
    """Query 0 has an organic list of two and a carousel of three; query 1 one list of two and a
    lonely carousel item, which is left out.
    """
    log = scrape(
        [0, 0, 0, 0, 0, 1, 1, 1],
        [1, 1, 2, 2, 3, 1, 2, 1],
        columns=Columns(relevance=("x",), slot="slot", scraped=True),
        codes=RowCodes(slot=np.array([0, 1, 1, 0, 1, 0, 0, 1])),
    )
    assert log.sizes.tolist() == [2, 3, 2]
    assert (log.queries, log.lists, log.dropped) == (2, 3, 1)
    assert log.answers.tolist() == [0, 2, 3]
    assert "ranked within slot, 3 lists" in closed_up(log).notes[-1]


def test_clustered_by_answer_two_copies_of_a_list_are_worth_no_more_than_one():
    """Each answer shows its list in two slots: the effect is the same, and so is its error."""
    log = draw(Marketplace(queries=200, items=6, beta=0.3), 1)
    query = np.repeat(np.arange(200), 6)
    twice = from_arrays(
        np.tile(query, 2),
        np.tile(log.rank, 2),
        np.tile(log.paid, 2),
        np.tile(log.covariates, (2, 1)),
        None,
        log.columns,
        codes=RowCodes(slot=np.repeat([0, 1], 1200)),
    )
    assert twice.queries == 200
    once, doubled = audit(log), audit(twice)
    assert doubled.beta == pytest.approx(once.beta, rel=1e-9)
    assert doubled.design.error == pytest.approx(once.design.error, rel=1e-9)


def test_amounts_are_read_in_their_own_spread():
    """100 times the money is the same log."""
    rng = np.random.default_rng(1)
    log = draw(Marketplace(queries=200, proxy_sd=0.5), 1)
    columns = Columns(paid="spend", relevance=("relevance",), amounts=("spend",))
    made = []
    for scale in (1.0, 100.0):
        rng = np.random.default_rng(1)
        spend = scale * rng.exponential(size=log.rows)
        made.append(audit(in_steps(replace(log, paid=spend, columns=columns))))
    assert made[0].beta == pytest.approx(made[1].beta)
    assert made[0].design.size(1.0).endswith("per standard deviation of spend")
