"""Accelerators, shapes and measurements of the study's own, whole units, and fleets of which a part
cannot serve.
"""

import pytest

from headrace.compute.accelerator import accelerator, part_of
from headrace.core.errors import InputError
from headrace.core.ids import AssetId, AssetRole, ConverterId, ConverterRole, ProductId
from headrace.core.study_reader import parse_text, study_of
from headrace.models.architecture import language_model, shape_of
from headrace.models.serving import study_offers
from headrace.plan.model.build_system import expand

STUDY = """
study: own
horizon: {{start: 2027-01, stages: [12 months], hours: {{weeks: 1}}}}
sites:
  here: {{weather: "tmy3:723170", grid: {{limit: 50 MW, stands: 50 MW, energy: 60 USD/MWh}},
      hall: {{use: hall.ai, stands: 20 MW}}}}
{own}
fleet: {{may_buy: {fleet}}}
models: {{m: {model}}}
products:
  chat: {{model: m, isl: {isl}, osl: 300, cached: {cached}, demand: 0.01 Gtok/h, price: 9 USD/Mtok}}
"""
L70 = "{shape: meta-llama/Llama-3.1-70B}"


def written(fleet="{a: h100}", model=L70, own="", isl=1000, cached=0):
    text = STUDY.format(fleet=fleet, model=model, own=own, isl=isl, cached=cached)
    return study_of(parse_text(text))


def chip(study, name="a"):
    return expand(study).system.asset(AssetId("here", AssetRole.ACCELERATOR, name))


def rate(study, name="a"):
    """Tokens an accelerator-hour [Mtok]; None where it does not serve."""
    made = ConverterId(
        ConverterRole.WORK, AssetId("here", AssetRole.ACCELERATOR, name), ProductId("chat")
    )
    found = [c for c in expand(study).system.converters if c.id == made]
    return found[0].ports[2].ratio if found else None


@pytest.mark.parametrize(
    ("unit", "size"),
    [("server", 8.0), ("rack", 32.0), ("16", 16.0), ("4 accelerator", 4.0)],
)
def test_whole_units_are_ordered_where_the_study_says_so(unit, size):
    assert chip(written(f"{{a: {{use: h100, unit: {unit}}}}}")).unit_size == size
    assert chip(written()).unit_size == 0.0


def test_a_rack_is_as_large_as_it_is_sold():
    assert chip(written("{a: {use: gb200, unit: rack}}")).unit_size == 72.0


def test_a_replica_is_what_serves_together():
    """Its decoding layout and, where prompts are read elsewhere, one that reads."""
    study = written("{a: {use: h100, unit: replica}}")
    product, part = study.products["chat"], part_of(study, "h100")
    size = chip(study).unit_size
    assert size == study_offers.replica(study, "a", part) > 1
    assert size == int(size)
    assert study_offers.offer(study, product, "a", part) is not None


@pytest.mark.parametrize("unit", ["0", "-8", "tray", "8 MW"])
def test_units_that_cannot_be_are_refused(unit):
    with pytest.raises(InputError, match="unit"):
        written(f"{{a: {{use: h100, unit: {unit}}}}}")


def test_a_model_that_decodes_with_drafts_is_offered_so():
    """And its replicas with it; a tight promise is where drafts pay."""
    drafts = "{shape: meta-llama/Llama-3.1-70B, speculation: {proposed: 3, accepted: 2.6}}"
    tight = "products:\n  chat: {promise: {ttft_p95: 2 s, tpot_p95: 15 ms},"
    plain, drafted = (
        study_of(
            parse_text(
                STUDY.format(fleet="{a: h100}", model=model, own="", isl=1000, cached=0).replace(
                    "products:\n  chat: {", tight
                )
            )
        )
        for model in (L70, drafts)
    )
    assert rate(drafted) > 1.5 * rate(plain)


def test_more_accepted_than_proposed_is_refused():
    with pytest.raises(InputError, match="expected 1 to 3"):
        written(model="{shape: meta-llama/Llama-3.1-70B, speculation: {proposed: 2, accepted: 4}}")


OWN = """
accelerators:
  mi: {like: mi355x, title: Own, memory: 432 GB, bandwidth: 16 TB/s, peak_fp8: 12 PFLOP/s,
       peak_bf16: 6 PFLOP/s, price: 60 kUSD/accelerator,
       server: 4, available_from: 2027-06, source: a quote}
"""


def test_an_own_accelerator_is_like_another_but_for_what_is_written():
    """Twice the speed serves more; the price is the quote's, all else the catalogue's."""
    study = written("{a: {use: mi, unit: server}, b: mi355x}", own=OWN)
    found, base = part_of(study, "mi"), accelerator("mi355x")
    assert (found.key, found.title, found.row) == ("mi", "Own", "mi355x")
    assert (found.memory.to("GB"), found.memory.source) == (432, "a quote")
    assert found.power_busy == base.power_busy
    assert found.available_from == "2027-06"
    assert sum(p.usd for p in chip(study).payments) == pytest.approx(60_000)
    assert chip(study).unit_size == 4
    assert rate(study, "a") > 1.2 * rate(study, "b")


@pytest.mark.parametrize(
    ("own", "words"),
    [
        ("accelerators: {mi: {like: mi999}}", r"accelerators.mi.*mi999"),
        ("accelerators: {mi: {memory: 432 GB}}", r"accelerators.mi.like.*missing"),
        ("accelerators: {mi: {like: b200, memory: 432 GW}}", r"memory"),
        ("accelerators: {mi: {like: b200, power_idle: 9 kW/accelerator}}", r"idle power above"),
    ],
)
def test_own_accelerators_that_cannot_be(own, words):
    with pytest.raises(InputError, match=words):
        expand(written("{a: mi}", own=own))


def test_a_vendor_of_whom_nothing_is_known_serves_with_a_wide_band():
    own = "accelerators: {mi: {like: b200, vendor: Somebody}}"
    study = written("{a: mi}", own=own)
    product = study.products["chat"]
    found, known = (
        study_offers.offer(study, product, "a", part)
        for part in (part_of(study, "mi"), accelerator("b200"))
    )
    assert found.rate == pytest.approx(0.65 * known.rate, rel=0.25)
    assert found.high / found.low > 2 * known.high / known.low


SHAPE = """
shapes:
  mine: {parameters: 70.55e9, active: 70.55e9, layers: 80, hidden: 8192, heads: 64, kv_heads: 8,
         kv_width: 256, attention_width: 128, kv_layers: 80, context: 8192}
"""


def test_an_own_shape_serves_as_its_sizes_say():
    """The sizes of a model of the catalogue, under another name and with physics alone: within a
    third of it.
    """
    study = written(model="{shape: mine}", own=SHAPE)
    assert (
        shape_of(study, "mine").kv_elements
        == language_model("meta-llama/Llama-3.1-70B").kv_elements
    )
    assert rate(study) == pytest.approx(rate(written()), rel=0.33)


def test_requests_beyond_a_context_are_refused():
    with pytest.raises(InputError, match="at most 8,192, the context of mine"):
        expand(written(model="{shape: mine}", own=SHAPE, isl=9000))


@pytest.mark.parametrize(
    ("sizes", "words"),
    [
        ("active: 80e9", "more weights than"),
        ("experts: 8", "experts without"),
        ("kv_layers: 81", "KV layers than there are"),
    ],
)
def test_shapes_that_contradict_themselves(sizes, words):
    name = sizes.split(":", maxsplit=1)[0]
    kept = ", ".join(
        cell
        for cell in SHAPE.split("{")[1].split("}")[0].split(",")
        if name not in cell.split(":")[0]
    )
    with pytest.raises(InputError, match=words):
        written(own=f"shapes: {{mine: {{{kept}, {sizes}}}}}", model="{shape: mine}")


def test_own_measurements_correct_the_rate_and_narrow_the_band():
    measured = "{shape: meta-llama/Llama-3.1-70B, measured: {a: {tpot: 1.25, error: 5 %}}}"
    plain, study = written(), written(model=measured)
    product, part = study.products["chat"], accelerator("h100")
    before, after = (study_offers.offer(s, product, "a", part) for s in (plain, study))
    assert 0.5 * before.rate < after.rate < 0.95 * before.rate
    assert (after.low / after.rate, after.high / after.rate) == pytest.approx((1 / 1.08, 1.08))
    assert after.words.endswith("measured, software of 2026-04")
    dated = written(model=measured.replace("error: 5 %", "error: 5 %, date: 2026-10"))
    assert study_offers.offer(dated, product, "a", part).words.endswith("software of 2026-10")
    with pytest.raises(InputError, match=r"models.m.measured.b.*is not a name of `fleet`"):
        written(model=measured.replace("a: {tpot", "b: {tpot"))


def test_a_cached_share_is_served_faster_and_must_be_part_of_the_prompt():
    assert rate(written(isl=4000, cached=3000)) > 1.2 * rate(written(isl=4000))
    with pytest.raises(InputError, match=r"chat.cached: 4000 of 4000 tokens"):
        written(isl=4000, cached=4000)


GPT = "{shape: openai/gpt-oss-120b, precision: fp4}"


def test_weights_in_a_format_that_a_part_cannot_compute_are_widened():
    """MXFP4 on Hopper and MI300X: half the bytes of fp8, bf16 arithmetic; offered, and slower than
    on a part that has fp4.
    """
    study = written("{a: h100, b: b200, c: mi300x}", model=GPT)
    rates = {name: rate(study, name) for name in "abc"}
    assert all(value is not None for value in rates.values())
    assert rates["b"] > 1.5 * rates["a"]
    for form in ("int4", "fp8", "bf16"):
        own = written("{a: h100}", model=f"{{shape: openai/gpt-oss-120b, precision: {form}}}")
        assert rate(own) > 0


def test_a_part_that_cannot_hold_the_model_is_passed_over():
    """Kimi's trillion weights in bf16 fit no eight A100; GB300 holds them. Alone the A100 is
    refused.
    """
    kimi = "{shape: moonshotai/Kimi-K2.5, precision: bf16}"
    study = written("{a: rtx_4090, b: gb300}", model=kimi)
    assert rate(study, "a") is None
    assert rate(study, "b") > 0
    with pytest.raises(InputError, match="GB for weights"):
        expand(written("{a: rtx_4090}", model=kimi))


def test_an_unknown_part_and_an_unknown_model_are_told_together():
    """And the weather's mistake with them."""
    text = STUDY.format(
        fleet="{a: h101}", model="{shape: Kimi-K9}", own="", isl=1000, cached=0
    ).replace("723170", "999999")
    with pytest.raises(InputError) as caught:
        expand(study_of(parse_text(text)))
    told = str(caught.value)
    assert "fleet.may_buy.a" in told
    assert "models.m.shape" in told
    assert "sites.here.weather" in told


KNOWN = """
beliefs:
  faster:
    about: software
    before: 20 %/a
    reveal: 2
    cases:
      fast: {probability: 50 %, value: 60 %/a}
      slow: {probability: 50 %, value: 0 %/a}
"""


def with_software(belief, model=L70):
    text = STUDY.format(fleet="{a: h100}", model=model, own=belief, isl=1000, cached=0)
    return study_of(parse_text(text.replace("[12 months]", "[12 months, 12 months]")))


def rates_at_nodes(study):
    """Tokens an accelerator-hour at every node of the tree, over the system's own [1]."""
    made = ConverterId(
        ConverterRole.WORK, AssetId("here", AssetRole.ACCELERATOR, "a"), ProductId("chat")
    )
    expansion = expand(study)
    listed = next(c for c in expansion.system.converters if c.id == made)
    return [
        here.converter(listed).ports[2].ratio / listed.ports[2].ratio
        for here in expansion.parameters
    ]


def test_faster_software_is_a_belief_that_grows_from_the_law_s_date():
    """The law is of April 2026, the first year's middle is July 2027: 15 months at 20 %; then half
    a year more at that, and half a year at what turns out.
    """
    first, fast, slow = rates_at_nodes(with_software(KNOWN))
    assert first == pytest.approx(1.2 ** (15 / 12))
    assert fast == pytest.approx(1.2 ** (21 / 12) * 1.6**0.5)
    assert slow == pytest.approx(1.2 ** (21 / 12))


def test_own_measurements_are_as_old_as_they_say():
    own = "{shape: meta-llama/Llama-3.1-70B, measured: {a: {tpot: 1.1, error: 4 %, date: 2027-01}}}"
    assert rates_at_nodes(with_software(KNOWN, own))[0] == pytest.approx(1.2**0.5)


def test_without_a_belief_software_stays_as_it_was():
    assert rates_at_nodes(with_software("")) == [1.0, 1.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("about: software", "about: software:chat"), "software"),
        (("60 %/a", "60 %"), "share"),
        (("60 %/a", "-100 %/a"), "no change of a year"),
    ],
)
def test_beliefs_about_software_that_cannot_be(change, words):
    with pytest.raises(InputError, match=words):
        with_software(KNOWN.replace(*change))
