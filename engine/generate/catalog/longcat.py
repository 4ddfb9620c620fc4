"""LongCat-AudioDiT: words to sound, up to 30 s."""

from engine.generate.model_spec import ModelSpec


def _adapter() -> type:
    from engine.generate.pipelines.longcat import LongCat

    return LongCat


SPEC = ModelSpec(
    "longcat",
    "LongCat-AudioDiT",
    adapter=_adapter,
    classes=("LongCatAudioDiTPipeline",),
    half="bfloat16",
)
