"""Pieces of the kernel are tested uncompiled; the compiled whole stands in ../test_reference.py."""

import pytest
from tests.builders.fleet_world import interpret


@pytest.fixture(autouse=True)
def _interpreted(monkeypatch):
    interpret(monkeypatch)
