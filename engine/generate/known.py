"""The models that this program knows: its own, and published ones with their repository, licence and size.

Licences are those that the makers state with the weights. A licence that forbids commercial use holds for the sound
that a model makes, too, so the model, its clips and their exports are marked with it.
"""

from dataclasses import dataclass

NON_COMMERCIAL = "no commercial use"
STABILITY = "commercial use up to a yearly revenue of 1 million US dollars, after registering with Stability AI"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model that this program can run, installed or not.

    system: which adapter runs it: “melody”, or the class that its `model_index.json` or `config.json` names.
    repo: where its weights are published; empty for the program's own.
    bytes: about how much is fetched.
    commercial: whether what it makes may be used commercially; `terms` says under which condition, if any.
    """

    id: str
    name: str
    system: str
    preset: str
    licence: str
    about: str
    repo: str = ""
    bytes: int = 0
    commercial: bool = True
    terms: str = ""


def _audioldm2(key: str, repo: str, name: str, bytes: int, about: str) -> KnownModel:
    return KnownModel(
        key,
        name,
        "AudioLDM2Pipeline",
        "",
        "CC-BY-NC-SA-4.0",
        about,
        repo=repo,
        bytes=bytes,
        commercial=False,
        terms=NON_COMMERCIAL,
    )


def _musicgen(key: str, name: str, bytes: int, about: str, kind: str = "Musicgen") -> KnownModel:
    return KnownModel(
        key,
        name,
        f"{kind}ForConditionalGeneration",
        "",
        "CC-BY-NC-4.0",
        about,
        repo=f"facebook/{key}",
        bytes=bytes,
        commercial=False,
        terms=NON_COMMERCIAL,
    )


KNOWN: dict[str, KnownModel] = {
    model.id: model
    for model in (
        KnownModel(
            "melody-starter",
            "MeLoDy starter",
            "melody",
            "starter",
            "Apache-2.0",
            "small enough to play live on two CPU cores",
        ),
        KnownModel(
            "melody-paper",
            "MeLoDy",
            "melody",
            "paper",
            "Apache-2.0",
            "the sizes of the paper, for a GPU; to be trained with `continuo train`",
        ),
        KnownModel(
            "composer",
            "Composer",
            "composer",
            "",
            "Apache-2.0",
            "writes notes and plays them, in stereo: at once, in tempo and key, without end",
        ),
        _audioldm2("audioldm2", "cvssp/audioldm2", "AudioLDM 2", 4_400_000_000, "sounds and music from words"),
        _audioldm2("audioldm2-music", "cvssp/audioldm2-music", "AudioLDM 2 Music", 4_400_000_000, "music from words"),
        _audioldm2("audioldm2-large", "cvssp/audioldm2-large", "AudioLDM 2 Large", 6_000_000_000, "sounds from words"),
        _audioldm2(
            "audioldm2-gigaspeech",
            "anhnct/audioldm2_gigaspeech",
            "AudioLDM 2 GigaSpeech",
            3_400_000_000,
            "speech of a voice described in words",
        ),
        _audioldm2(
            "audioldm2-ljspeech",
            "anhnct/audioldm2_ljspeech",
            "AudioLDM 2 LJSpeech",
            3_400_000_000,
            "speech of one voice",
        ),
        KnownModel(
            "stable-audio-open",
            "Stable Audio Open 1.0",
            "StableAudioPipeline",
            "",
            "Stability AI Community License",
            "sounds and music, stereo, up to 47 s",
            repo="stabilityai/stable-audio-open-1.0",
            bytes=5_300_000_000,
            terms=STABILITY,
        ),
        KnownModel(
            "stable-audio-3",
            "Stable Audio 3 Medium",
            "StableAudio3Pipeline",
            "",
            "Stability AI Community License, Gemma Terms of Use",
            "music and sounds, stereo, up to 380 s",
            repo="stabilityai/stable-audio-3-medium",
            bytes=10_400_000_000,
            terms=STABILITY,
        ),
        KnownModel(
            "ace-step",
            "ACE-Step 1.5 XL Turbo",
            "AceStepPipeline",
            "",
            "Apache-2.0",
            "songs with lyrics, stereo, for a GPU",
            repo="ACE-Step/acestep-v15-xl-turbo-diffusers",
            bytes=15_000_000_000,
        ),
        KnownModel(
            "musicldm",
            "MusicLDM",
            "MusicLDMPipeline",
            "",
            "CC-BY-NC-SA-4.0",
            "music from words",
            repo="ucsd-reach/musicldm",
            bytes=2_000_000_000,
            commercial=False,
            terms=NON_COMMERCIAL,
        ),
        _musicgen("musicgen-small", "MusicGen small", 2_400_000_000, "music from words, and its continuation"),
        _musicgen("musicgen-medium", "MusicGen medium", 8_000_000_000, "music from words, and its continuation"),
        _musicgen("musicgen-melody", "MusicGen Melody", 6_200_000_000, "music on a melody", "MusicgenMelody"),
    )
}
DEFAULT = "melody-starter"
COMPOSER = "composer"


def of_repo(repo: str) -> KnownModel | None:
    """The known model that is published there."""
    return next((model for model in KNOWN.values() if model.repo and model.repo.lower() == repo.lower()), None)
