"""Policies from a text."""

from __future__ import annotations

from headrace.core.errors import InputError
from headrace.rights.odrl.graph import graph
from headrace.rights.odrl.model import Policy
from headrace.rights.odrl.reading import PolicyReader


def read_policies(text: str, file: str = "odrl.json") -> tuple[Policy, ...]:
    """Every policy in a JSON-LD or Turtle text.

    Raises InputError with everything that is not understood.
    """
    reader = PolicyReader(graph(text, file), file)
    found = reader.policies()
    if reader.problems:
        raise InputError(reader.problems)
    return found
