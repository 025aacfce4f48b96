"""Legal facts with their date and instance. Facts, never advice: a first-instance ruling binds its
parties.

The rows are `catalogue/law.yaml`. A statement that somebody expects (an article, a company) is an
assumption and says so.
"""

from __future__ import annotations

from dataclasses import dataclass

from headrace.core.catalogue import entries

NOT_ADVICE = (
    "Dated facts about single cases, read from press reports. "
    "Not legal advice; later rulings may have changed them."
)


@dataclass(frozen=True)
class LegalFact:
    """One case or claim: where, which instance, when decided, what it held, what is still open, as
    of when, from what source.
    """

    key: str
    title: str
    kind: str
    place: str
    instance: str
    decided: str
    holding: str
    still_open: str
    as_of: str
    cited: str


def legal_facts() -> tuple[LegalFact, ...]:
    """Every row, in the order of the catalogue."""
    return tuple(
        LegalFact(
            e.key,
            e.title,
            e.kind,
            *(
                e.words[w]
                for w in ("place", "instance", "decided", "holding", "open", "as_of", "cited")
            ),
        )
        for e in entries("rights", "law").values()
    )
