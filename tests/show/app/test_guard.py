"""What every request must pass: host, origin, token, length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")

from starlette.datastructures import Headers

from headrace.show.app.guard import Guard


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["host", "origin", "x-headrace-token", "content-length"]),
            st.text(max_size=20),
        )
    )
)
def test_only_requests_with_all_four_are_answered(sent):
    guard = Guard(None, frozenset({"127.0.0.1:1"}), "secret")
    raw = [(name.encode(), value.encode("utf-8")) for name, value in sent]
    assert guard.refusal("POST", Headers(raw=raw)) is not None
    good = [(b"host", b"127.0.0.1:1"), (b"x-headrace-token", b"secret"), (b"content-length", b"2")]
    assert guard.refusal("POST", Headers(raw=good)) is None
    assert guard.refusal("POST", Headers(raw=[*good, (b"origin", b"http://127.0.0.1:1")])) is None
    assert guard.refusal("POST", Headers(raw=[*good, (b"origin", b"null")])) is not None
    assert guard.refusal("POST", Headers(raw=[*good, (b"host", b"evil")])) is not None
