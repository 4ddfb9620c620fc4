"""Stable Audio 3: words to stereo, variations of a sound, and inpainting."""

from engine.generate.model_spec import STABILITY, KnownModel, ModelSpec


def _adapter() -> type:
    from engine.generate.pipelines.stable_audio_3 import StableAudio3

    return StableAudio3


SPEC = ModelSpec(
    "stable-audio-3",
    "Stable Audio 3",
    adapter=_adapter,
    classes=("StableAudio3Pipeline", "StableAudio3InpaintPipeline", "StableAudio3AudioToAudioPipeline"),
    models=(
        KnownModel(
            "stable-audio-3",
            "Stable Audio 3 Medium",
            "Stability AI Community License, Gemma Terms of Use",
            "music and sounds, stereo, up to 380 s",
            repo="stabilityai/stable-audio-3-medium",
            bytes=10_400_000_000,
            terms=STABILITY,
        ),
    ),
    rank=21,
)
