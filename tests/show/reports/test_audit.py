"""The page of an audit: the answer, with the detectable size before it."""

from __future__ import annotations

import dataclasses

import pytest
from tests.builders.pages import opened

from headrace.show.reports import audit as report
from headrace.trust.audit import audit
from headrace.trust.simulated_logs import Marketplace, draw

VERDICT = audit(draw(Marketplace(queries=60), 1))


@pytest.mark.parametrize("answer", report.ANSWERS)
def test_each_answer_has_its_words_and_its_colour(answer):
    told = opened(report.audit_page(dataclasses.replace(VERDICT, answer=answer), None)).markup
    words, kind = report.ANSWERS[answer]
    assert f'<span class="verdict {kind}">{words}</span>' in told
    assert told.index("Smallest detectable effect") < told.index(words)


def test_the_page_is_whole_in_its_folder(tmp_path):
    path = report.write(VERDICT, None, tmp_path / "a" / "page.html")
    assert [each.name for each in path.parent.iterdir()] == ["page.html"]
    assert opened(path.read_text(encoding="utf-8")).data["study"] == f"Audit of {VERDICT.name}"
