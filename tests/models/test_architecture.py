"""Shapes of models: published sizes follow from the parts, work by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from headrace.core.errors import InputError
from headrace.models.architecture import language_model, language_models, video_model


def test_cache_of_known_models():
    """Llama 3.1 70B: 8 heads x 2 x 128 x 80 layers = 163,840 elements; DeepSeek-V3: (512 + 64) x 61
    = 35,136.
    """
    assert language_model("meta-llama/Llama-3.1-70B").kv_elements == 163_840
    assert language_model("deepseek-ai/DeepSeek-V3").kv_elements == 35_136


def test_training_flop_of_llama_405b():
    """6 x 405.85e9 + 6 x 126 x 16,384 x 8,192 = 2.537e12 a token; x 15.6e12 tokens = 3.96e25."""
    flop = language_model("meta-llama/Llama-3.1-405B").training_flop(8192) * 15.6e12
    assert flop == pytest.approx(3.957e25, rel=1e-3)


def test_experts_touched():
    """One token touches 8 of 256; very many touch all."""
    model = language_model("deepseek-ai/DeepSeek-V3")
    assert model.touched(1) == pytest.approx(8 / 256)
    assert model.touched(10_000) == pytest.approx(1.0)
    assert language_model("Qwen/Qwen3-8B").touched(1) == 1.0


def test_every_model_is_consistent():
    for model in language_models():
        assert 0 < model.active <= model.parameters
        assert model.expert_parameters < model.parameters
        assert 0 < model.kv_layers <= model.layers


def test_kinds_are_not_mixed_up():
    with pytest.raises(InputError, match="is a video model"):
        language_model("wan-14b-720p")
    with pytest.raises(InputError, match="is a language model"):
        video_model("Qwen/Qwen3-8B")
    with pytest.raises(InputError, match="Did you mean `Qwen/Qwen3-32B`"):
        language_model("Qwen/Qwen3-32")


def test_attention_by_hand():
    """Qwen3-32B: 64 heads of 128 over 64 layers, scores and sums, 2 FLOP each: 4 x 64 x 128 x 64 a
    pair of tokens.
    """
    model = language_model("Qwen/Qwen3-32B")
    assert model.attention_flop(3, 1000) == 3 * 1000 * 4 * 64 * 128 * 64


def test_a_window_bounds_what_a_token_sees():
    model = replace(language_model("Qwen/Qwen3-32B"), attended=512)
    assert model.attention_flop(1, 4000) == model.attention_flop(1, 512)
    assert model.attention_flop(1, 100) < model.attention_flop(1, 512)


@pytest.mark.parametrize("model", language_models(), ids=lambda model: model.key)
@given(few=st.floats(1, 5000), more=st.floats(0, 5000))
def test_more_tokens_never_touch_fewer_experts(model, few, more):
    assert 0 < model.touched(few) <= model.touched(few + more) <= 1


def test_a_clip_lasts_its_frames():
    """81 frames at 16 a second: 5.06 s."""
    assert video_model("wan-14b-720p").seconds == pytest.approx(81 / 16)
