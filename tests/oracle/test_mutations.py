"""Every mutation still finds its line: what breaks nothing proves nothing."""

from __future__ import annotations

import pytest
from tests.oracle.mutations import MUTATIONS, ROOT, Mutation


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda one: one.name)
def test_a_mutation_finds_its_line(mutation: Mutation) -> None:
    source = (ROOT / "src" / mutation.path).read_text()
    assert mutation.old in source
    assert mutation.new != mutation.old


def test_mutations_have_names_of_their_own() -> None:
    assert len({one.name for one in MUTATIONS}) == len(MUTATIONS)
