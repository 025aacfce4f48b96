"""A study as text: any text is a study or an input error."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("fastapi", reason="the extra `app` is not installed")

pytest.importorskip("uvicorn", reason="the extra `app` is not installed")


from headrace.core.errors import InputError
from headrace.show.app import studytext


@given(st.text(max_size=200))
def test_any_text_is_a_study_or_an_input_error(text):
    with pytest.raises(InputError):
        studytext.stays_inside(text, Path(__file__).parent)
