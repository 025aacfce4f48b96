"""Shapes of models: nothing but sizes, from which work and memory follow. Rows stand in
`catalogue/models.yaml`.

A mixture of experts touches only some of its weights: a batch of b tokens touches each of E
experts, k per token, with probability 1 - (1 - k/E)^b. Cross-layer sharing, tied embeddings and
multi-token heads are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from headrace.core.catalogue import CatalogueRow, entries, entry
from headrace.core.errors import InputError, InputFault, Place
from headrace.core.study import Study


@dataclass(frozen=True)
class LanguageModel:
    """A transformer that makes tokens. Counts are plain numbers; parameters are numbers of weights.

    kv_layers: layers whose keys and values grow with the context. kv_width: elements kept per
        token, layer and KV head.
    attention_width: width of a query head. attended: most positions a token attends to (0: all).
    expert_parameters: weights of all routed experts; experts_per_token of `experts` serve a token
        (0, 0: dense). context: most positions of prompt and answer together (0: not known).
    """

    key: str
    title: str
    parameters: float
    active: float
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    kv_width: int
    attention_width: int
    kv_layers: int
    attended: int = 0
    experts: int = 0
    experts_per_token: int = 0
    expert_parameters: float = 0.0
    context: int = 0

    @property
    def kv_elements(self) -> int:
        """Elements of keys and values kept per token of context (times bytes per element: the
        cache).
        """
        return self.kv_heads * self.kv_width * self.kv_layers

    @property
    def shares_kv(self) -> bool:
        """True where the cache is one latent that tensor parallelism cannot split (multi-head
        latent attention).
        """
        return self.kv_heads == 1

    def touched(self, tokens: float) -> float:
        """Share of the routed experts' weights that a step of `tokens` [1] tokens reads [1]."""
        if not self.experts:
            return 1.0
        return float(1.0 - (1.0 - self.experts_per_token / self.experts) ** tokens)

    def attention_flop(self, tokens: float, context: float) -> float:
        """Work [FLOP] of scores and weighted sums of `tokens` queries over `context` positions."""
        seen = min(context, self.attended) if self.attended else context
        return 4.0 * tokens * seen * self.heads * self.attention_width * self.kv_layers

    def training_flop(self, sequence: int) -> float:
        """Work per trained token [FLOP], forward and backward: 6 active + 6 layers hidden sequence
        (causal attention).
        """
        return 6.0 * self.active + 6.0 * self.kv_layers * self.hidden * sequence


@dataclass(frozen=True)
class VideoModel:
    """A diffusion transformer that makes clips.

    width, ffn: model and feed-forward width; matrices: square matrices a token passes per layer;
        text: tokens of cross-attention. patch [pixel], time_patch [frame]: what a token spans.
        steps x passes forward passes make a clip of `frames` frames of height x pixels_wide at
        `rate` frames a second.
    """

    key: str
    title: str
    parameters: float
    layers: int
    width: int
    ffn: int
    text: int
    matrices: int
    patch: int
    time_patch: int
    height: int
    pixels_wide: int
    frames: int
    rate: float
    steps: int
    passes: int

    @property
    def seconds(self) -> float:
        """Length of a clip [s]."""
        return self.frames / self.rate


def language_model(key: str) -> LanguageModel:
    """The catalogue's language model `key`. Raises InputError with the nearest known key."""
    return _language(_row(key, "language").key)


def shape_of(study: Study, key: str) -> LanguageModel:
    """The shape that a study calls `key`: its own, or the catalogue's language model. Raises
    InputError with the nearest known key.
    """
    if key not in study.shapes:
        return language_model(key)
    sizes = study.shapes[key].model_dump(exclude={"title", "source"})
    return LanguageModel(key, study.shapes[key].title or key, **sizes)


def video_model(key: str) -> VideoModel:
    """The catalogue's video model `key`. Raises InputError with the nearest known key."""
    return _video(_row(key, "video").key)


def language_models() -> tuple[LanguageModel, ...]:
    """All language models of the catalogue, in its order."""
    return tuple(
        _language(row.key) for row in entries("models", "models").values() if row.kind == "language"
    )


def _row(key: str, kind: str) -> CatalogueRow:
    row = entry("models", "models", key)
    if row.kind != kind:
        raise InputError(InputFault(Place(), f"`{key}` is a {row.kind} model", f"a {kind} model"))
    return row


@lru_cache(maxsize=128)
def _language(key: str) -> LanguageModel:
    row = entry("models", "models", key)
    words = ("layers", "hidden", "heads", "kv_heads", "kv_width", "attention_width", "kv_layers")
    optional = ("attended", "experts", "experts_per_token", "context")
    whole = {name: int(row.value(name, "1")) for name in words} | {
        name: int(row.value(name, "1", 0)) for name in optional
    }
    weights = (row.value("parameters", "1") * 1e9, row.value("active", "1") * 1e9)
    return LanguageModel(
        row.key,
        row.title,
        *weights,
        **whole,
        expert_parameters=row.value("expert_parameters", "1", 0.0) * 1e9,
    )


@lru_cache(maxsize=128)
def _video(key: str) -> VideoModel:
    row = entry("models", "models", key)
    size = (
        "layers",
        "width",
        "ffn",
        "text",
        "matrices",
        "patch",
        "time_patch",
        "height",
        "pixels_wide",
        "frames",
        "steps",
        "passes",
    )
    whole = {name: int(row.value(name, "1")) for name in size}
    return VideoModel(
        row.key,
        row.title,
        row.value("parameters", "1") * 1e9,
        rate=row.value("rate", "1/s"),
        **whole,
    )
