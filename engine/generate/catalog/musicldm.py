"""MusicLDM: words to music, mono at 16 kHz."""

from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelSpec


def _adapter() -> type:
    from engine.generate.pipelines.musicldm import MusicLdm

    return MusicLdm


SPEC = ModelSpec(
    "musicldm",
    "MusicLDM",
    adapter=_adapter,
    classes=("MusicLDMPipeline",),
    licence="CC-BY-NC-SA-4.0",
    models=(
        KnownModel(
            "musicldm",
            "MusicLDM",
            "CC-BY-NC-SA-4.0",
            "music from words",
            repo="ucsd-reach/musicldm",
            bytes=2_000_000_000,
            commercial=False,
            terms=NON_COMMERCIAL,
        ),
    ),
    rank=40,
)
