"""Which hours are kept, how often they count, and what follows what."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from headrace.core.study import HoursKept
from headrace.plan.scenario.time_slices import (
    k_medoids,
    keep_all,
    keep_blocks,
    keep_weeks,
    span_hours,
)


def test_a_span_of_the_calendar_by_hand() -> None:
    """February and March: hours 31 x 24 = 744 to (31 + 28 + 31) x 24 = 2160."""
    hours = span_hours(1, 2.0)
    assert (hours[0], hours[-1], len(hours)) == (744, 2159, 1416)


def test_a_span_over_new_year_and_one_of_years() -> None:
    hours = span_hours(11, 2.0)
    assert hours[:2].tolist() == [8016, 8017]
    assert hours[-1] == 743
    assert len(span_hours(0, 24.0)) == 8760


def test_every_hour_once_in_one_circle() -> None:
    found = keep_all(0, 12.0)
    assert found.weights.sum() == found.span == 8760
    assert found.next_hour[-1] == 0
    assert np.array_equal(found.next_hour[:-1], np.arange(1, 8760))
    assert found.day.max() == 364
    masks = [mask for _, mask in found.months if mask is not None]
    assert [int(mask.sum()) for mask in masks][:2] == [744, 672]
    assert np.sum(masks, axis=0).tolist() == [1.0] * 8760


def test_load_blocks_follow_nothing() -> None:
    found = keep_blocks((6000.0, 2760.0), 12.0)
    assert found.next_hour.tolist() == [0, 1]
    assert found.span == 8760
    assert found.labelled == "load blocks"


def test_blocks_of_half_a_year_count_half_and_every_month_is_billed() -> None:
    found = keep_blocks((6000.0, 2760.0), 6.0)
    assert found.weights.tolist() == [3000.0, 1380.0]
    assert found.months == ((6.0, None),)
    assert keep_blocks((6000.0, 2760.0), 36.0).span == 8760


@given(st.integers(1, 12), st.integers(0, 3))
@settings(max_examples=15, deadline=None)
def test_kept_weeks_bill_every_month_of_the_year(weeks: int, days: int) -> None:
    """Twelve months, each by the snapshots that stand for its hours."""
    features = np.random.default_rng(weeks).random((2, 8760))
    found = keep_weeks(0, 12.0, HoursKept(weeks=weeks, extreme_days=days), features)
    assert sum(count for count, _ in found.months) == 12
    seen = np.zeros(len(found.hour))
    for _, mask in found.months:
        seen += 1.0 if mask is None else mask
    assert seen.min() >= 1


def test_a_store_begins_empty_where_every_hour_is_there_and_in_no_kept_week() -> None:
    found = keep_all(0, 12.0)
    assert np.flatnonzero(np.asarray(found.carried) == 0).tolist() == [0]
    features = np.random.default_rng(1).random((2, 8760))
    assert keep_weeks(0, 12.0, HoursKept(weeks=2, extreme_days=1), features).carried == 1.0


@given(
    st.lists(st.integers(1, 8759), max_size=4, unique=True), st.integers(1, 6), st.integers(0, 2)
)
@settings(max_examples=25, deadline=None)
def test_kept_weeks_stand_for_no_hour_beyond_an_arrival(
    cuts: list[int], weeks: int, days: int
) -> None:
    """Every interval between arrivals is stood for by its own hours, and their weights are its."""
    features = np.random.default_rng(weeks).random((2, 8760))
    kept = HoursKept(weeks=weeks, extreme_days=days)
    found = keep_weeks(0, 12.0, kept, features, tuple(float(c) for c in cuts))
    marks = [0, *sorted(cuts), 8760]
    for begin, end in itertools.pairwise(marks):
        inside = (found.offset >= begin) & (found.offset < end)
        assert found.weights[inside].sum() == pytest.approx(end - begin)
        assert inside[found.like[begin:end]].all()
        assert inside[found.next_hour[inside]].all()
    assert np.array_equal(np.sort(found.next_hour), np.arange(len(found.hour)))


def test_a_piece_of_blocks_is_billed_for_its_own_months() -> None:
    found = keep_blocks((6000.0, 2760.0), 12.0, (2190.0, 4380.0))
    assert [months for months, _ in found.months] == pytest.approx([3.0, 3.0, 6.0])
    assert [mask.tolist() for _, mask in found.months if mask is not None] == [
        [1, 1, 0, 0, 0, 0],
        [0, 0, 1, 1, 0, 0],
        [0, 0, 0, 0, 1, 1],
    ]
    assert found.offset.tolist() == [0.0, 0.0, 2190.0, 2190.0, 4380.0, 4380.0]


def test_a_series_is_cut_and_a_constant_stays() -> None:
    found = keep_all(1, 1.0)
    series = np.arange(8760.0)
    assert found.cut(3.0) == 3.0
    assert np.asarray(found.cut(series))[0] == 744.0


@given(st.integers(1, 200))
@settings(max_examples=20, deadline=None)
def test_windows_cover_every_hour_and_are_no_longer_than_asked(length: int) -> None:
    counts = np.bincount(keep_all(0, 3.0).window(float(length)))
    assert counts.sum() == 90 * 24
    assert counts.min() >= 1
    assert counts.max() <= length


@given(st.integers(1, 20), st.integers(0, 5), st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_kept_weeks_count_for_the_whole_span(weeks: int, days: int, seed: int) -> None:
    """Weights add up to the span, each segment is a circle of its own, and every hour of the span
    is stood for by the same hour of the week (or by itself on an extreme day).
    """
    features = np.random.default_rng(seed).random((2, 8760))
    found = keep_weeks(0, 12.0, HoursKept(weeks=weeks, extreme_days=days), features)
    assert len(found.hour) == 168 * weeks + 24 * days
    assert found.weights.sum() == pytest.approx(8760)
    assert found.weights.min() > 0
    assert np.array_equal(np.sort(found.next_hour), np.arange(len(found.hour)))
    assert found.next_hour[167] == 0
    hours = np.arange(8760)
    assert np.array_equal(found.hour[found.like] % 24, hours % 24)
    extreme = found.like >= 168 * weeks
    assert extreme.sum() == 24 * days
    assert np.array_equal(found.hour[found.like[extreme]], hours[extreme])


@given(st.integers(1, 30), st.integers(0, 3), st.integers(0, 10**6))
@settings(max_examples=15, deadline=None)
def test_kept_days_count_for_the_whole_span(days: int, hard: int, seed: int) -> None:
    """As kept weeks do, in circles of 24 hours: each stands for days of its own interval."""
    features = np.random.default_rng(seed).random((2, 8760))
    kept = HoursKept(days=days, extreme_days=hard)
    found = keep_weeks(0, 12.0, kept, features, (2400.0,))
    cut = np.searchsorted(found.offset, 2400.0) if hard == 0 else None
    assert found.weights.sum() == pytest.approx(8760)
    assert np.array_equal(np.sort(found.next_hour), np.arange(len(found.hour)))
    assert found.next_hour[23] == 0
    assert np.array_equal(found.hour[found.like] % 24, np.arange(8760) % 24)
    early = found.offset < 2400
    assert found.weights[early].sum() == pytest.approx(2400)
    assert early[found.like[:2400]].all()
    assert cut is None or len(found.hour) == 24 * max(
        days, round(days * 2400 / 8760) + round(days * 6360 / 8760), 2
    )
    assert found.labelled == f"{days} representative days and {hard} extreme days"


def test_one_day_is_the_medoid_of_days() -> None:
    """Ten days are hot and 355 alike: the day that is kept is one of these."""
    features = np.zeros((1, 8760))
    features[0, :240] = 1.0
    found = keep_weeks(0, 12.0, HoursKept(days=1, extreme_days=0), features)
    assert len(found.hour) == 24
    assert found.hour[0] >= 240
    assert found.weights == pytest.approx(np.full(24, 365.0))


def test_the_hardest_days_are_kept_as_they_are() -> None:
    features = np.zeros((1, 8760))
    features[0, 100 * 24 + 5] = 3.0
    found = keep_weeks(0, 12.0, HoursKept(weeks=2, extreme_days=1), features)
    assert found.hour[-24:].tolist() == list(range(2400, 2424))
    assert found.weights[-24:].tolist() == [1.0] * 24


def test_as_many_weeks_as_there_are_is_every_hour() -> None:
    found = keep_weeks(0, 1.0, HoursKept(weeks=4, extreme_days=0), np.zeros((1, 8760)))
    assert found.labelled == "every hour"


def test_medoids_of_two_heaps() -> None:
    """Three points near 0 and two near 10: one medoid in the middle of each."""
    rows = np.array([[0.0], [0.1], [0.2], [10.0], [10.1]])
    medoids, member = k_medoids(rows, 2)
    assert sorted(rows[medoids, 0].tolist())[0] == 0.1
    assert len(set(member[:3].tolist())) == 1
    assert len(set(member[3:].tolist())) == 1
    assert member[0] != member[3]


@given(st.integers(2, 12), st.integers(0, 10**6))
@settings(max_examples=30, deadline=None)
def test_every_row_belongs_to_its_nearest_medoid(count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.random((count, 3))
    medoids, member = k_medoids(rows, int(rng.integers(1, count)))
    away = np.linalg.norm(rows[:, None] - rows[medoids][None], axis=2)
    assert away[np.arange(count), member] == pytest.approx(away.min(axis=1), abs=1e-6)


def test_alike_rows_do_not_trouble_it() -> None:
    medoids, member = k_medoids(np.ones((5, 2)), 3)
    assert len(medoids) == 3
    assert member.shape == (5,)
