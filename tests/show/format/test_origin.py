"""Places on the page: one for each key, whatever the key is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from headrace.show.format.origin import link_to, place_of, product_place


@given(st.text(min_size=1), st.text(min_size=1))
def test_a_place_is_a_word_of_its_own(one: str, other: str) -> None:
    for place in (place_of, product_place):
        assert (place(one) == place(other)) == (one == other)
        assert not set(place(one)) & set(" \t\n\"'<>&")


def test_a_link_leads_to_the_place_and_none_to_nowhere() -> None:
    assert str(link_to("über.plant 2", "its figures")) == (
        '<a href="#figures-%C3%BCber.plant%202" class="origin">its figures</a>'
    )
    assert link_to("", "its figures") == ""
