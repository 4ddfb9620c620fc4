"""Stable Audio Open: words to stereo at 44.1 kHz."""

from engine.generate.model_spec import STABILITY, KnownModel, ModelSpec


def _adapter() -> type:
    from engine.generate.pipelines.stable_audio import StableAudio

    return StableAudio


SPEC = ModelSpec(
    "stable-audio",
    "Stable Audio",
    adapter=_adapter,
    classes=("StableAudioPipeline",),
    models=(
        KnownModel(
            "stable-audio-open",
            "Stable Audio Open 1.0",
            "Stability AI Community License",
            "sounds and music, stereo, up to 47 s",
            repo="stabilityai/stable-audio-open-1.0",
            bytes=5_300_000_000,
            terms=STABILITY,
        ),
    ),
    rank=20,
)
