"""ACE-Step 1.5: words and lyrics to music at 48 kHz, inpainting, and covers."""

from engine.generate.model_spec import KnownModel, ModelSpec
from engine.music.guide import GuidePart


def _adapter() -> type:
    from engine.generate.pipelines.ace_step import AceStep

    return AceStep


SPEC = ModelSpec(
    "ace-step",
    "ACE-Step",
    adapter=_adapter,
    classes=("AceStepPipeline",),
    half="bfloat16",
    models=(
        KnownModel(
            "ace-step",
            "ACE-Step 1.5 XL Turbo",
            "Apache-2.0",
            "songs with lyrics, stereo, for a GPU",
            repo="ACE-Step/acestep-v15-xl-turbo-diffusers",
            bytes=15_000_000_000,
        ),
    ),
    guides=frozenset({GuidePart.SWELL, GuidePart.MELODY, GuidePart.CHORDS}),
    rank=30,
)
