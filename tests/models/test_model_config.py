"""Shapes from config.json: weights counted by hand, and kinds of attention and experts."""

import json

import pytest

from headrace.core.errors import InputError
from headrace.models.architecture import language_model
from headrace.models.model_config import read_config

DENSE = {
    "hidden_size": 8192, "num_hidden_layers": 80, "num_attention_heads": 64, "vocab_size": 128256,
    "num_key_value_heads": 8, "intermediate_size": 28672, "max_position_embeddings": 131072,
}  # fmt: skip
LATENT = {
    "hidden_size": 7168, "num_hidden_layers": 61, "num_attention_heads": 128, "vocab_size": 129280,
    "kv_lora_rank": 512, "q_lora_rank": 1536, "qk_rope_head_dim": 64, "qk_nope_head_dim": 128,
    "v_head_dim": 128, "intermediate_size": 18432, "moe_intermediate_size": 2048,
    "n_routed_experts": 256, "num_experts_per_tok": 8, "n_shared_experts": 1,
    "first_k_dense_replace": 3, "max_position_embeddings": 163840,
}  # fmt: skip


def read(config, **changes):
    return read_config(json.dumps(config | changes), "config.json", "own")


def sizes(model):
    names = ("layers", "hidden", "heads", "kv_heads", "kv_width", "attention_width", "kv_layers")
    return {n: getattr(model, n) for n in (*names, "experts", "experts_per_token", "context")}


@pytest.mark.parametrize(
    ("config", "key"),
    [(DENSE, "meta-llama/Llama-3.1-70B"), (LATENT, "deepseek-ai/DeepSeek-V3")],
)
def test_the_catalogue_is_found_again(config, key):
    found, known = read(config).model, language_model(key)
    assert sizes(found) == sizes(known)
    assert found.parameters == pytest.approx(known.parameters, rel=0.005)
    assert found.active == pytest.approx(known.active, rel=0.02)
    assert found.expert_parameters == pytest.approx(known.expert_parameters, rel=0.005)


def test_a_small_model_by_hand():
    """Two layers of width 4, one head of 4, feed-forward 8, ten words, embeddings shared:
    2 (4 x 4 x 4 + 3 x 4 x 8) + 40 weights.
    """
    small = {
        "hidden_size": 4, "num_hidden_layers": 2, "num_attention_heads": 1, "vocab_size": 10,
        "intermediate_size": 8, "tie_word_embeddings": True,
    }  # fmt: skip
    found = read(small).model
    assert found.parameters == found.active == 2 * (64 + 96) + 40
    assert read(small, tie_word_embeddings=False).model.parameters == 2 * (64 + 96) + 80
    assert (found.kv_heads, found.kv_width, found.context) == (1, 8, 0)


def test_layers_without_a_growing_cache_are_left_out_and_said():
    kinds = ["linear_attention", "full_attention"] * 40
    found = read(DENSE, layer_types=kinds)
    assert found.model.kv_layers == 40
    assert "40 of 80" in found.doubts[0]
    assert read(DENSE, full_attention_interval=4).model.kv_layers == 20


def test_a_text_model_inside_another_is_read():
    found = read({"text_config": LATENT, "vision_config": {}, "index_topk": 2048})
    assert (found.model.experts, found.model.attended) == (256, 2048)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("[]", "not an object"),
        ("{}", "hidden_size.*\n.*num_hidden_layers"),
        (json.dumps(DENSE | {"hidden_size": -1}), "hidden_size: -1"),
        (json.dumps(DENSE | {"vocab_size": "many"}), "vocab_size: 'many'"),
        (json.dumps({k: v for k, v in DENSE.items() if k != "intermediate_size"}), "intermediate"),
        (json.dumps(DENSE | {"num_experts": 8}), "num_experts_per_tok"),
    ],
)
def test_what_is_no_config_is_told(text, words):
    with pytest.raises(InputError, match=words):
        read_config(text, "config.json", "own")


KINDS = (
    ({"layer_types": ["mamba"] * 60 + ["attention"] * 20}, 20, "weights of 60 layers"),
    ({"layers_block_type": ["attention"] * 10 + ["mamba"] * 70}, 10, "weights of 70 layers"),
    ({"hybrid_override_pattern": "M-*M" * 20}, 20, "weights of 60 layers"),
    ({"attn_layer_period": 8}, 10, "70 of 80 layers keep no cache"),
    ({"full_attention_interval": 4}, 20, "60 of 80 layers keep no cache"),
    ({"sliding_window": 1024, "sliding_window_pattern": 6}, 13, "67 of 80 layers keep no cache"),
    ({"sliding_window": 4096}, 80, "as if every layer kept the whole context"),
)


@pytest.mark.parametrize(("changes", "growing", "doubt"), KINDS)
def test_layers_that_keep_no_cache_are_found_however_they_are_named(changes, growing, doubt):
    found = read(DENSE, **changes)
    assert found.model.kv_layers == growing
    assert any(doubt in words for words in found.doubts)


def test_a_window_that_is_not_used_is_no_doubt():
    found = read(DENSE, sliding_window=4096, use_sliding_window=False)
    assert (found.model.kv_layers, found.doubts) == (80, ())
