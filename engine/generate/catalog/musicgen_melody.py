"""MusicGen Melody through transformers: words and a melody to music."""

from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelSpec
from engine.music.guide import GuidePart


def _adapter() -> type:
    from engine.generate.pipelines.musicgen_melody import MusicgenMelody

    return MusicgenMelody


SPEC = ModelSpec(
    "musicgen-melody",
    "MusicGen Melody",
    adapter=_adapter,
    classes=("MusicgenMelodyForConditionalGeneration",),
    licence="CC-BY-NC-4.0",
    models=(
        KnownModel(
            "musicgen-melody",
            "MusicGen Melody",
            "CC-BY-NC-4.0",
            "music on a melody",
            repo="facebook/musicgen-melody",
            bytes=6_200_000_000,
            commercial=False,
            terms=NON_COMMERCIAL,
        ),
    ),
    guides=frozenset({GuidePart.SWELL, GuidePart.MELODY}),
    rank=51,
)
