"""Shapes of models: published sizes follow from the parts, work by hand."""

import pytest

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
