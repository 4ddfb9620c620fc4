"""MusicGen through transformers: words to music, and music continued."""

from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelSpec

_LICENCE = "CC-BY-NC-4.0"
_ABOUT = "music from words, and its continuation"


def _model(model_id: str, name: str, size: int) -> KnownModel:
    repo = f"facebook/{model_id}"
    return KnownModel(model_id, name, _LICENCE, _ABOUT, repo=repo, bytes=size, commercial=False, terms=NON_COMMERCIAL)


def _adapter() -> type:
    from engine.generate.pipelines.musicgen import Musicgen

    return Musicgen


SPEC = ModelSpec(
    "musicgen",
    "MusicGen",
    adapter=_adapter,
    classes=("MusicgenForConditionalGeneration",),
    licence=_LICENCE,
    models=(
        _model("musicgen-small", "MusicGen small", 2_400_000_000),
        _model("musicgen-medium", "MusicGen medium", 8_000_000_000),
    ),
    rank=50,
)
