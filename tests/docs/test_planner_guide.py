"""The four studies of the planner's guide can be planned as they are printed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from headrace.core.study_reader import parse_text, study_of
from headrace.plan.model.build_system import expand

PAGE = Path(__file__).parents[2] / "docs" / "guides" / "planner.md"
STUDIES = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
HOURS = "price [USD/MWh], load [MW], wind [1]\n" + "41.5, 62, 0.4\n" * 8760


@pytest.mark.parametrize("number", range(4))
def test_a_study_of_the_guide_can_be_planned(number: int, tmp_path: Path) -> None:
    """Your own weather file is another place's here."""
    (tmp_path / "hours.csv").write_text(HOURS)
    text = STUDIES[number].replace("elpaso.epw", '"tmy3:723170"')
    found = expand(study_of(parse_text(text)), tmp_path)
    assert len(found.nodes) >= 3
    assert found.system.demands


def test_the_guide_has_four() -> None:
    assert len(STUDIES) == 4
