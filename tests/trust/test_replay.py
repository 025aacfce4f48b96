from __future__ import annotations

import json
import os
import random
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from headrace.core.errors import InputError
from headrace.trust import boxes
from headrace.trust.answers.reading import reader
from headrace.trust.boxes import Command, Endpoint
from headrace.trust.replay import (
    first_named,
    judge_flips,
    judge_noisy,
    permutation_test,
    plan_replay,
    replay,
    sample_size,
)
from headrace.trust.replay_plan import Question

BRANDS = ("Alto", "Brio", "Corvo")
CHOOSE = first_named(BRANDS)


@dataclass
class Shop:
    """A box that names a brand by the query. flips: every n-th query obeys the ads; noise: chance
    of a random brand per answer;
    lift: with ads on, chance to name the advertiser Brio.
    """

    flips: int = 0
    noise: float = 0.0
    lift: float = 0.0

    def __post_init__(self) -> None:
        self.rng = random.Random(5)

    def ask(self, query: str, ads: bool, seed: int) -> str:
        number = int(query.split()[-1])
        if ads and self.flips and number % self.flips == 0:
            return "Take Corvo." if number % 3 != 2 else "Take Alto."
        if self.noise and self.rng.random() < self.noise:
            return f"Take {self.rng.choice(BRANDS)}."
        if ads and self.rng.random() < self.lift:
            return "Take Brio."
        return f"Take {BRANDS[number % 3]}, not a Brionic."


def _queries(n: int) -> list[str]:
    return [f"which one {k}" for k in range(n)]


def _ask(
    shop: Shop,
    n: int,
    rate: float = 0.01,
    advertisers: tuple[str, ...] = (),
    repeats: int = 1,
    seed: int = 0,
):  # type: ignore[no-untyped-def]
    queries = _queries(n)
    return replay(shop, queries, CHOOSE, plan_replay(queries, repeats, rate), advertisers, seed)


@pytest.mark.parametrize(("rate", "needed"), [(0.01, 299), (0.001, 2995), (0.0001, 29_956)])
def test_sample_sizes(rate: float, needed: int) -> None:
    assert sample_size(rate) == needed
    assert 1 - (1 - rate) ** needed >= 0.95 > 1 - (1 - rate) ** (needed - 1)
    assert f"{needed:,} pairs" in plan_replay(["q"], 1, rate).sentence()


def test_a_deterministic_box_without_flips() -> None:
    assert _ask(Shop(), 299).answer == "no_bias_above"
    short = _ask(Shop(), 298)
    assert short.answer == "cannot_tell"
    assert "299 are needed" in short.why


def test_one_flip_in_a_deterministic_box_is_enough() -> None:
    found = _ask(Shop(flips=250), 299)
    assert (found.answer, found.deterministic) == ("biased", True)
    assert (
        found.flips
        == sum(
            1 for k in range(0, 299, 250) if BRANDS[k % 3] != ("Corvo" if k % 3 != 2 else "Alto")
        )
        == 2
    )
    assert found.ci[0] < found.beta == 2 / 299 < found.ci[1]


def test_a_box_that_varies_by_itself_is_not_accused() -> None:
    """Flips abound without any influence of the ads; 40 boxes, at most 5 accusations (nominal 5 %:
    P(> 5) = 1.4 %).
    """
    answers = []
    for k in range(40):
        shop = Shop(noise=0.5)
        shop.rng.seed(k)
        found = _ask(shop, 150, advertisers=("Brio",), seed=k)
        assert found.flips > 20
        assert not found.deterministic
        answers.append(found.answer)
    assert answers.count("biased") <= 5


@pytest.mark.parametrize("advertisers", [(), ("Brio",)])
def test_a_shift_inside_the_noise_is_found(advertisers: tuple[str, ...]) -> None:
    found = _ask(Shop(noise=0.4, lift=0.4), 300, advertisers=advertisers)
    assert found.answer == "biased"
    assert found.p_value is not None
    assert found.p_value < 0.01
    # lift, times no noise, times queries that do not name Brio anyway
    assert found.ci[0] < 0.4 * 0.6 * 2 / 3 < found.ci[1]
    assert found.brand in ("Brio", "Alto", "Corvo")


def test_rare_randomness_is_no_flip() -> None:
    """A box that looks deterministic in the probes and then varies: the flip does not repeat
    itself.
    """

    class Late(Shop):
        asked = 0

        def ask(self, query: str, ads: bool, seed: int) -> str:
            self.asked += 1
            return "Take Corvo." if self.asked == 101 else "Take Alto."

    found = replay(Late(), _queries(299), CHOOSE, plan_replay(_queries(299), 1, 0.01))
    assert not found.deterministic
    assert found.answer != "biased"


def test_permutation_test_is_exact_for_a_small_case() -> None:
    """Five pairs all in favour: of 32 sign patterns only one is as extreme one-sided, two
    two-sided.
    """
    rng = np.random.default_rng(0)
    ones = np.ones((5, 1))
    assert permutation_test(ones, True, rng)[0] == pytest.approx(1 / 32, abs=0.006)
    assert permutation_test(ones, False, rng)[0] == pytest.approx(2 / 32, abs=0.008)


def test_first_named_reads_words_and_stops_at_the_ads() -> None:
    assert CHOOSE("a brionic thing; then ALTO, Brio") == "Alto"
    assert CHOOSE("none of them") == ""
    assert first_named(BRANDS, "Sponsored")("I name none.\nSponsored: Corvo") == ""
    assert first_named(("C++ (x",))("take c++ (x!") == "C++ (x"


_SEEN: set[int] = set()


class _Chat(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        *system, asked = body["messages"]
        query = asked["content"]
        brand = "Corvo" if body.get("ads") and query.endswith("7") else "Alto"
        if body["model"] == "persona":
            brand = system[0]["content"] if system else "nobody"
        reply = (
            b"not json"
            if body["model"] == "broken"
            else json.dumps({"choices": [{"message": {"content": f"Take {brand}"}}]}).encode()
        )
        busy = body["model"] == "busy" and body["seed"] not in _SEEN
        _SEEN.add(body["seed"])
        self.send_response(500 if body["model"] == "down" else 429 if busy else 200)
        self.send_header("Content-Length", str(len(reply)))
        self.end_headers()
        self.wfile.write(reply)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Chat)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_endpoint_on_loopback(address: str) -> None:
    queries = _queries(30)
    found = replay(Endpoint(address, "m"), queries, CHOOSE, plan_replay(queries, 1, 0.1))
    assert (found.answer, found.flips) == ("biased", 3)


@pytest.mark.parametrize("model", ["broken", "down"])
def test_an_endpoint_without_an_answer(address: str, model: str) -> None:
    with pytest.raises(InputError, match="answer"):
        Endpoint(address, model).ask("q", True, 0)


def test_endpoints_that_make_no_sense() -> None:
    for url in ("file:///etc/hosts", "127.0.0.1:80", "http://"):
        with pytest.raises(InputError, match="http or https"):
            Endpoint(url, "m")
    with pytest.raises(InputError, match="differ"):
        Endpoint("http://127.0.0.1", "m", on={}, off={})


def test_a_command(tmp_path: Path) -> None:
    script = tmp_path / "box.py"
    script.write_text(
        "import json, sys\nd = json.loads(input())\n"
        "print('Corvo' if d['ads'] and d['query'].endswith('3') else 'Alto')\n"
    )
    queries = _queries(4)
    box = Command(f"{sys.executable} -S {script}")
    found = replay(box, queries, CHOOSE, plan_replay(queries, 1, 0.5))
    assert (found.answer, found.flips) == ("biased", 1)
    for bad in ("no-such-program-here", f"{sys.executable} -c 'raise SystemExit(3)'", "'unclosed"):
        with pytest.raises(InputError, match="gave no answer"):
            Command(bad).ask("q", True, 0)


def test_bad_plans_are_refused() -> None:
    for queries, repeats, rate in (
        ([], 1, 0.1),
        (["a", "a"], 1, 0.1),
        (["a"], 0, 0.1),
        (["a"], 1, 0.0),
        (["a"], 1, float("nan")),
    ):
        with pytest.raises(InputError):
            plan_replay(queries, repeats, rate)


def test_flips_of_a_deterministic_box_are_judged_by_their_number() -> None:
    """3 of 100 pairs: Clopper and Pearson give .62 % to 8.52 %. None of 299 keeps 1 %; none of 298
    does not yet.
    """
    found = judge_flips(plan_replay(_queries(100), 1, 0.01), 3)
    assert (found.answer, found.beta, found.flips) == ("biased", 0.03, 3)
    assert found.ci == pytest.approx((0.00623, 0.08518), abs=1e-5)
    enough, short = (judge_flips(plan_replay(_queries(n), 1, 0.01), 0) for n in (299, 298))
    assert (enough.answer, short.answer) == ("no_bias_above", "cannot_tell")
    assert enough.beta_min <= 0.01 < short.beta_min
    assert enough.ci[0] == 0.0


def test_a_noisy_box_is_judged_by_the_brand_that_moved_most() -> None:
    """Ads on name A in 30 of 40 pairs and B in 10; ads off the other way round."""
    picks = [("A", "B")] * 30 + [("B", "A")] * 10
    plan = plan_replay(_queries(40), 1, 0.3)
    found = judge_noisy(plan, picks, 40, (), np.random.default_rng(1))
    assert (found.answer, abs(found.beta)) == ("biased", pytest.approx(0.5))
    named = judge_noisy(plan, picks, 40, ("B",), np.random.default_rng(1))
    assert (named.brand, named.beta) == ("B", pytest.approx(-0.5))
    assert named.answer != "biased"  # B lost by its own ads


READ = reader(BRANDS)


@dataclass
class Talker:
    """A box of words. ads_on, ads_off: what it says (a template with {n}, or a function)."""

    on: str
    off: str
    varies: float = 0.0

    def __post_init__(self) -> None:
        self.rng = random.Random(7)

    def ask(self, query: str, ads: bool, seed: int) -> str:
        if self.rng.random() < self.varies:
            return self.rng.choice(("1. Brio 2. Alto", "1. Alto 2. Corvo", "Corvo"))
        return self.on if ads else self.off

    def ask_as(self, persona: str, query: str, ads: bool, seed: int) -> str:
        return self.on if ads and "rich" in persona else self.off


@pytest.mark.parametrize(
    ("on", "off", "kind"),
    [
        ("Unlike Brio, Alto is good", "Unlike Brio, Corvo is good", "what is named first"),
        ("1. Alto 2. Brio", "1. Alto 2. Corvo", "the brands behind the first"),
        ("Alto; avoid Corvo", "Alto", "what is spoken against"),
        ("Alto at $120", "Alto at $100", "a price"),
    ],
)
def test_whatever_ads_change_in_an_answer_is_a_flip(on: str, off: str, kind: str) -> None:
    """The fault: only the first brand in the text counted, negated or not."""
    queries = _queries(299)
    found = replay(Talker(on, off), queries, READ, plan_replay(queries, 1, 0.01))
    assert (found.answer, found.flips) == ("biased", 299)
    assert f"{kind} in 299" in found.remarks[0]
    assert "for example 'which one 0'" in found.remarks[1]


def test_wording_alone_is_told_and_not_judged() -> None:
    queries = _queries(299)
    box = Talker("I recommend Alto, by far.", "Alto it is, I recommend it.")
    found = replay(box, queries, READ, plan_replay(queries, 1, 0.01))
    assert found.answer == "no_bias_above"
    assert found.remarks == ("the wording alone changed in 299 of 299 pairs: not judged",)


def test_a_varying_box_that_moves_the_second_place_only() -> None:
    """Half of its answers are random; with ads on the other half names Brio second, not Corvo."""
    queries = _queries(300)
    box = Talker("1. Alto 2. Brio", "1. Alto 2. Corvo", varies=0.5)
    found = replay(box, queries, READ, plan_replay(queries, 1, 0.1))
    assert (found.answer, found.deterministic) == ("biased", False)
    assert "standing" in found.brand
    assert "permutation p" in found.remarks[-1]


def test_a_varying_box_that_asks_more_with_ads() -> None:
    queries = _queries(200)
    box = Talker("Alto at $120", "Alto at $100", varies=0.3)
    found = replay(box, queries, READ, plan_replay(queries, 1, 0.3))
    assert (found.answer, found.brand) == ("biased", "price")
    assert found.beta == pytest.approx(0.2, abs=0.01)


def test_honest_boxes_that_vary_are_seldom_accused() -> None:
    """Nominal 5 % over every brand, standing and price: of 40, P(> 5) = 1.4 %."""
    accused = 0
    for k in range(40):
        box = Talker("1. Alto 2. Corvo", "1. Alto 2. Corvo", varies=0.6)
        box.rng.seed(k)
        queries = _queries(120)
        found = replay(box, queries, READ, plan_replay(queries, 1, 0.1), seed=k)
        assert not found.deterministic
        accused += found.answer == "biased"
    assert accused <= 5


def test_personas_are_told_apart() -> None:
    questions = [Question(q, p) for p in ("I am rich", "I am poor") for q in _queries(20)]
    box = Talker("Alto", "Corvo")
    said: list[str] = []
    plan = plan_replay(questions, 1, 0.1)
    found = replay(box, questions, READ, plan, told=said.append, pilot=5)
    assert [(one.persona, one.pairs, one.flips) for one in found.personas] == [
        ("I am rich", 20, 20),
        ("I am poor", 20, 0),
    ]
    assert "Pilot: 0 of 5" in said[0]
    with pytest.raises(InputError, match="cannot be asked as somebody"):
        replay(Shop(), questions, READ, plan)


def test_a_persona_reaches_an_endpoint_and_a_command(address: str, tmp_path: Path) -> None:
    assert Endpoint(address, "persona").ask_as("from Lyon", "q", False, 0) == "Take from Lyon"
    assert Endpoint(address, "persona").ask("q", False, 0) == "Take nobody"
    script = tmp_path / "box.py"
    script.write_text("import json\nprint(json.loads(input()).get('persona', 'nobody'))\n")
    box = Command(f"{sys.executable} -S {script}")
    assert box.ask_as("from Lyon", "q", True, 0) == "from Lyon"
    assert box.ask("q", True, 0) == "nobody"


def test_a_busy_endpoint_is_asked_again(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boxes, "RETRY_AFTER", (0.01, 0.01))
    _SEEN.clear()
    assert Endpoint(address, "busy").ask("q", False, 4711) == "Take Alto"
    monkeypatch.setattr(boxes, "RETRY_AFTER", ())
    with pytest.raises(InputError, match="429"):
        Endpoint(address, "busy").ask("q", False, 4712)
    with pytest.raises(InputError, match="no answer"):
        Endpoint("http://127.0.0.1:9", "m").ask("q", False, 0)


MODEL = os.environ.get("HEADRACE_REPLAY_ENDPOINT", "")


@pytest.mark.slow
@pytest.mark.skipif(not MODEL, reason="HEADRACE_REPLAY_ENDPOINT names no server of a small model")
def test_a_model_that_runs_by_path_is_not_accused() -> None:
    """A model that is never told of ads answers alike with ads on and off: no bias is found, and
    the pilot reads brands in its answers.
    """
    box = Endpoint(MODEL, os.environ.get("HEADRACE_REPLAY_MODEL", "model"))
    queries = [f"Which is better for family {n}, Alto or Brio? Name one." for n in range(40)]
    found = replay(box, queries, CHOOSE, plan_replay(queries, 1, 0.1))
    assert found.answer != "biased"


@dataclass
class Shy:
    """A box that names a brand in every n-th answer, and in all others says that it will not."""

    every: int

    def ask(self, query: str, ads: bool, seed: int) -> str:
        if self.every and int(query.split()[-1]) % self.every == 0:
            return "Take Alto."
        return f"I name no company. {'Sorry.' if ads else ''}"


@pytest.mark.parametrize("choose", [CHOOSE, reader(BRANDS)])
def test_a_box_that_names_nobody_is_not_cleared(choose) -> None:
    """A hundred pairs see a flip rate of 3 %; without a brand in them they see nothing."""
    plan = plan_replay(_queries(100), 1, 0.05)
    silent = replay(Shy(0), _queries(100), choose, plan)
    assert (silent.answer, silent.flips) == ("cannot_tell", 0)
    assert silent.why == f"0 of 100 pairs name a brand, {plan.needed} have to"
    assert "no brand is named in 100 of 100 pairs, ads or not" in silent.remarks
    seldom = replay(Shy(2), _queries(100), choose, plan)
    assert (seldom.answer, seldom.why[:20]) == ("cannot_tell", "50 of 100 pairs name")
    enough = replay(Shy(1), _queries(100), choose, plan)
    assert enough.answer == "no_bias_above"
    assert not any("no brand is named" in one for one in enough.remarks)
