"""What every request must pass: host, origin, token, length."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

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


GOOD = [(b"host", b"127.0.0.1:1"), (b"x-headrace-token", b"secret")]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ([(b"content-length", b"2"), (b"transfer-encoding", b"chunked")], 400),
        ([(b"content-length", b"2"), (b"content-length", b"300000000")], 400),
        ([(b"transfer-encoding", b"chunked")], 411),
        ([], 411),
        ([(b"content-length", "²".encode())], 411),
        ([(b"content-length", b"9" * 5000)], 411),
        ([(b"content-length", b"1200001")], 413),
    ],
)
def test_a_request_says_its_length_once(more, status) -> None:
    guard = Guard(None, frozenset({"127.0.0.1:1"}), "secret")
    found = guard.refusal("POST", Headers(raw=[*GOOD, *more]))
    assert found is not None
    assert found[0] == status


def test_a_body_that_is_longer_than_it_said_is_cut_off() -> None:
    """Whatever stands before us: no more than the limit ever reaches the app."""
    taken: list[int] = []

    async def app(scope, receive, send) -> None:
        while (message := await receive())["type"] == "http.request":
            taken.append(len(message["body"]))

    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": True}

    async def send(message) -> None:
        raise AssertionError(message)

    headers = [*GOOD, (b"content-length", b"2")]
    scope = {"type": "http", "method": "POST", "headers": headers, "path": "/"}
    guard = Guard(app, frozenset({"127.0.0.1:1"}), "secret")
    # In a thread of its own: a browser's journey before us leaves its loop running in this one.
    with ThreadPoolExecutor(1) as threads:
        threads.submit(asyncio.run, guard(scope, endless, send)).result()
    assert sum(taken) <= 1_200_000
