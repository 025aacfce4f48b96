"""A model's shape from the `config.json` that its vendor publishes with the weights (Hugging Face).

Weights are counted from the sizes, embeddings included. Latent attention (kv_lora_rank), routed and
shared experts, first dense layers, layers without a growing cache (linear or windowed attention)
and sparse attention (index_topk) are understood. What the file does not say is said in `doubts`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from headrace.core.errors import InputError, InputFault, Place
from headrace.models.architecture import LanguageModel

MOST_BYTES = 2_000_000
Config = Mapping[str, object]


@dataclass(frozen=True)
class ReadConfig:
    """The shape, and what was assumed where the file is silent."""

    model: LanguageModel
    doubts: tuple[str, ...]


def read_config(text: str, file: str, name: str) -> ReadConfig:
    """The shape in a config.json. Raises InputError with every field that is missing or wrong."""
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(InputFault(Place(file), f"not JSON: {error}")) from None
    if not isinstance(raw, dict):
        raise InputError(InputFault(Place(file), "not an object", "a model's config.json"))
    inner = raw.get("text_config")
    config: Config = {**raw, **inner} if isinstance(inner, dict) else raw
    needed = ("hidden_size", "num_hidden_layers", "num_attention_heads", "vocab_size")
    problems = [
        InputFault(Place(file, key=key), f"{config.get(key)!r}", "a whole number above 0")
        for key in needed
        if not isinstance(config.get(key), int) or _whole(config, key) < 1
    ]
    if problems:
        raise InputError(problems)
    return _read(config, file, name)


def _whole(config: Config, *keys: str, default: int = 0) -> int:
    """The first of `keys` that is a whole number."""
    for key in keys:
        value = config.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
    return default


def _read(config: Config, file: str, name: str) -> ReadConfig:
    doubts: list[str] = []
    hidden, layers = _whole(config, "hidden_size"), _whole(config, "num_hidden_layers")
    heads = _whole(config, "num_attention_heads")
    width = _whole(config, "head_dim", default=hidden // heads)
    kv_heads = _whole(config, "num_key_value_heads", default=heads)
    latent = _whole(config, "kv_lora_rank")
    growing = growing_layers(config, layers, doubts)
    if latent:
        rotary = _whole(config, "qk_rope_head_dim", default=64)
        query = _whole(config, "qk_nope_head_dim", default=128) + rotary
        attention = latent_weights(config, hidden, heads, latent, rotary, query)
        shape = (1, latent + rotary, query)
    else:
        attention = hidden * width * (2 * heads + 2 * kv_heads)
        shape = (kv_heads, 2 * width, width)
    experts = _whole(config, "n_routed_experts", "num_local_experts", "num_experts")
    each = _whole(config, "num_experts_per_tok", "num_experts_per_token", "experts_per_token")
    dense_width = _whole(config, "intermediate_size", "ffn_hidden_size")
    expert_width = _whole(config, "moe_intermediate_size", default=dense_width)
    if not dense_width and not expert_width:
        place = Place(file, key="intermediate_size")
        raise InputError(InputFault(place, "missing", "the width of the feed-forward layers"))
    if experts and not each:
        place = Place(file, key="num_experts_per_tok")
        raise InputError(InputFault(place, "missing", "the experts that serve a token"))
    plain = min(layers, _whole(config, "first_k_dense_replace")) if experts else layers
    routed = (layers - plain) * 3 * hidden * expert_width
    shared_width = _whole(config, "shared_expert_intermediate_size") or expert_width * _whole(
        config, "n_shared_experts", "num_shared_experts"
    )
    shared = (layers - plain) * 3 * hidden * (shared_width if experts else 0)
    # a token looks its embedding up, and is multiplied with the other one
    embedding = hidden * _whole(config, "vocab_size")
    rest = layers * attention + plain * 3 * hidden * dense_width + shared + embedding
    looked_up = 0 if config.get("tie_word_embeddings") is True else embedding
    if experts and _whole(config, "first_k_dense_replace") == 0 and shared == 0:
        doubts.append("every layer is taken to hold routed experts and none that is shared")
    model = LanguageModel(
        key=name,
        title=name,
        parameters=float(rest + looked_up + routed * experts),
        active=float(rest + routed * each),
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=shape[0],
        kv_width=shape[1],
        attention_width=shape[2],
        kv_layers=growing,
        attended=_whole(config, "index_topk"),
        experts=experts,
        experts_per_token=each,
        expert_parameters=float(routed * experts),
        context=_whole(config, "max_position_embeddings"),
    )
    return ReadConfig(model, tuple(doubts))


def latent_weights(
    config: Config, hidden: int, heads: int, latent: int, rotary: int, query: int
) -> int:
    """Weights of one layer of multi-head latent attention (DeepSeek-V2, arXiv 2405.04434)."""
    low, value = _whole(config, "q_lora_rank"), _whole(config, "v_head_dim", default=128)
    queries = hidden * low + low * heads * query if low else hidden * heads * query
    keys = hidden * (latent + rotary) + latent * heads * (query - rotary + value)
    return queries + keys + heads * value * hidden


def growing_layers(config: Config, layers: int, doubts: list[str]) -> int:
    """Layers whose keys and values grow with the context. Said are layers that keep none, and that
    the weights of layers without attention are counted as if they had it.
    """
    kinds = config.get("layer_types") or config.get("layers_block_type")
    pattern = config.get("hybrid_override_pattern")  # a letter a layer, `*` for attention
    if isinstance(pattern, str):
        kinds = ["attention" if letter == "*" else "other" for letter in pattern]
    every = _whole(config, "full_attention_interval", "attn_layer_period")
    window = isinstance(config.get("sliding_window"), int)
    if window and config.get("use_sliding_window") is not False:
        every = every or _whole(config, "sliding_window_pattern", "_sliding_window_pattern")
    full = layers
    if isinstance(kinds, list) and len(kinds) == layers:
        full = sum("full" in str(kind) or kind == "attention" for kind in kinds)
        other = sum("attention" not in str(kind) for kind in kinds)
        if other:
            doubts.append(f"weights of {other} layers without attention are counted as with it")
    elif every > 1:
        full = layers // every
    elif window and config.get("use_sliding_window") is not False:
        doubts.append("a sliding window is counted as if every layer kept the whole context")
    if full < layers:
        doubts.append(f"{layers - full} of {layers} layers keep no cache that grows")
    return full
