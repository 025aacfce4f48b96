"""The picture of the reactor's share holds every point it was given, and names where the reactor
enters.
"""

from __future__ import annotations

from headrace.plan.analysis.technology_share import ShareCurve
from headrace.show.figures.technology_share import chart

CURVES = (
    ShareCurve(4.0, 0.0, (2000.0, 4000.0), (0.2, 0.0), 2644.0),
    ShareCurve(8.0, 100.0, (2000.0, 4000.0), (0.5, 0.4), 7791.0),
)


def test_every_point_is_drawn_and_tabled() -> None:
    found = chart(CURVES)
    lines = found.figure["data"]
    assert [line["y"] for line in lines] == [[0.2, 0.0], [0.5, 0.4]]  # type: ignore[attr-defined]
    assert found.table.rows == (
        (4.0, 0.0, 2000.0, 0.2),
        (4.0, 0.0, 4000.0, 0.0),
        (8.0, 100.0, 2000.0, 0.5),
        (8.0, 100.0, 4000.0, 0.4),
    )
    looks = [line["line"] for line in lines]  # type: ignore[attr-defined]
    assert len({(look["color"], look["dash"]) for look in looks}) == 2


def test_the_words_name_both_ends() -> None:
    about = chart(CURVES).about
    assert about.index("2,640") < about.index("7,790")
    assert chart((ShareCurve(4.0, 0.0, (2000.0,), (0.1,)),)).about == ""
