"""Weeks are alike only where demand, weather, what is away and what power costs are alike."""

from __future__ import annotations

import numpy as np
import pytest
from tests.builders.nouns import asset, plant, sold, system

from headrace.core.components import Port, System
from headrace.core.study import HoursKept
from headrace.plan.model.week_features import week_features
from headrace.plan.scenario.time_slices import keep_weeks

HOUR = np.arange(8760)


def dear_april() -> np.ndarray:
    inside = (HOUR >= 2160) & (HOUR < 2880) & (HOUR % 24 >= 16) & (HOUR % 24 < 20)
    return np.where(inside, 2000.0, 50.0)


def test_a_dear_month_has_a_week_of_its_own() -> None:
    of = system([asset()], [plant(asset(), cost=dear_april())], demands=(sold(),))
    found = keep_weeks(0, 12.0, HoursKept(weeks=2), week_features(of))
    begins = found.hour[::168]
    assert sum(b >= 2160 and b + 168 <= 2880 for b in begins) == 1


def test_the_mean_of_what_they_stand_for_is_the_mean_of_the_year() -> None:
    of = system([asset()], [plant(asset(), cost=20.0)], demands=(sold(),))
    found = keep_weeks(0, 12.0, HoursKept(weeks=3, extreme_days=2), week_features(of))
    price = dear_april()
    stood = np.bincount(found.like, minlength=len(found.hour))
    assert stood @ found.mean(price) == pytest.approx(price.sum())
    assert found.mean(7.0) == 7.0


def test_a_day_of_interruption_is_the_hardest() -> None:
    """Away on day 200: the residual load is a whole capacity higher there."""
    share = np.where(HOUR // 24 == 200, 0.0, 1.0)
    right = plant(asset(), availability=share)
    features = week_features(system([asset()], [right], demands=(sold(),)))
    found = keep_weeks(0, 12.0, HoursKept(weeks=1, extreme_days=1), features)
    assert found.hour[-24:].tolist() == list(range(4800, 4824))


def test_series_of_a_kind_weigh_as_much_as_one() -> None:
    """Two panels under two suns count like one sun; the same sun twice counts once."""
    day = np.maximum(0.0, np.sin(HOUR / 24 * 2 * np.pi))
    bus = plant(asset()).ports[0].bus

    def panel(key: str, sun: np.ndarray):
        return plant(asset(key), ports=(), standing=(Port(bus, sun),), has_activity=False)

    def rows(*suns: np.ndarray) -> np.ndarray:
        panels = [panel(f"p{i}", sun) for i, sun in enumerate(suns)]
        assets = [asset(f"p{i}") for i in range(len(suns))]
        return week_features(system(assets, panels, demands=(sold(),)))

    assert len(rows(day, day)) == len(rows(day)) == 5
    two = rows(day, day[::-1])
    assert len(two) == 6
    assert (two[4] ** 2).sum() == pytest.approx((day**2).sum() / 2)


def test_a_system_of_which_nothing_is_wanted_has_features_all_the_same() -> None:
    """Faults of a study are looked for without its products too: no mean of nothing."""
    assert np.isfinite(week_features(System((), (), (), ()))).all()
