"""What a study asks of models and accelerators and cannot have: said at its line, with what can be
had.
"""

from pathlib import Path

import pytest

from headrace.core.errors import InputError
from headrace.plan.check import check

STUDY = """study: asks
horizon: {{start: 2027-01, stages: [6 months, 12 months], hours: {{weeks: 1}}}}
sites: {{here: {{grid: {{limit: 20 MW, energy: 60 USD/MWh}}, hall: hall.ai}}}}
fleet: {{may_buy: {{part: {chip}}}}}
models: {{m: {{shape: {shape}, precision: fp8}}}}
products:
  chat: {{model: m, promise: {{{promise}}}, demand: 5 Gtok/h, price: 4 USD/Mtok}}
"""
GOOD = {"chip": "b200", "shape": "meta-llama/Llama-3.1-405B", "promise": "ttft_p95: 2 s"}


@pytest.mark.parametrize(
    ("but", "words"),
    [
        ({"promise": "ttft_p95: 1 ms, tpot_p95: 1 ms"}, r"study.yaml:7:3.*times too slow"),
        (
            {"shape": "meta-llama/Lama-3.1-405B"},
            r"study.yaml:5:14  models.m.shape.*Did you mean `meta-llama/Llama-3.1-405B`",
        ),
        ({"chip": "rtx_4090"}, r"study.yaml:7:3.*needs 406 GB for weights"),
        ({"chip": "b2000"}, r"study.yaml:4:\d+.*Did you mean `b200`"),
        ({"promise": "ttft_p96: 2 s"}, r"study.yaml:7:\d+.*Did you mean `ttft_p95`"),
    ],
)
def test_what_cannot_be_had_is_said_at_its_line(
    tmp_path: Path, but: dict[str, str], words: str
) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(**(GOOD | but)))
    with pytest.raises(InputError, match=words):
        check(path)


def test_a_promise_that_can_be_kept_is_good(tmp_path: Path) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(STUDY.format(**GOOD))
    study, _ = check(path)
    assert study.study == "asks"
