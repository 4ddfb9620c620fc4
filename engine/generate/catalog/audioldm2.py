"""AudioLDM 2 (Liu et al. 2023): words to sound, music or speech, mono at 16 kHz."""

from engine.generate.model_spec import NON_COMMERCIAL, KnownModel, ModelSpec

_LICENCE = "CC-BY-NC-SA-4.0"


def _model(model_id: str, repo: str, name: str, size: int, about: str) -> KnownModel:
    return KnownModel(model_id, name, _LICENCE, about, repo=repo, bytes=size, commercial=False, terms=NON_COMMERCIAL)


def _adapter() -> type:
    from engine.generate.pipelines.audioldm2 import AudioLdm2

    return AudioLdm2


SPEC = ModelSpec(
    "audioldm2",
    "AudioLDM 2",
    adapter=_adapter,
    classes=("AudioLDM2Pipeline",),
    licence=_LICENCE,
    models=(
        _model("audioldm2", "cvssp/audioldm2", "AudioLDM 2", 4_400_000_000, "sounds and music from words"),
        _model("audioldm2-music", "cvssp/audioldm2-music", "AudioLDM 2 Music", 4_400_000_000, "music from words"),
        _model("audioldm2-large", "cvssp/audioldm2-large", "AudioLDM 2 Large", 6_000_000_000, "sounds from words"),
        _model(
            "audioldm2-gigaspeech",
            "anhnct/audioldm2_gigaspeech",
            "AudioLDM 2 GigaSpeech",
            3_400_000_000,
            "speech of a voice described in words",
        ),
        _model(
            "audioldm2-ljspeech",
            "anhnct/audioldm2_ljspeech",
            "AudioLDM 2 LJSpeech",
            3_400_000_000,
            "speech of one voice",
        ),
    ),
    rank=10,
)
