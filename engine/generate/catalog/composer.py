"""The composer: words become notes, and notes sound. Its only data is the bundled SoundFont."""

from collections.abc import Sequence

from engine import paths
from engine.generate.interface import Generator
from engine.generate.model_spec import KnownModel, ModelInfo, ModelSpec, Opening
from engine.music.guide import GuidePart

_SOUNDFONT = "FluidR3Mono_GM.sf3"
_MEMORY = 13  # bytes in memory for a byte of the SoundFont, which is compressed
_MODEL = KnownModel(
    "composer",
    "Composer",
    "Apache-2.0",
    "writes notes and plays them, in stereo: at once, in tempo and key, without end",
)


def _open(opening: Opening) -> Generator:
    from engine.generate.composer.generator import Composer

    return Composer()


def _installed() -> Sequence[ModelInfo]:
    folder = paths.resources() / "soundfonts"
    try:
        size, problem = (folder / _SOUNDFONT).stat().st_size, ""
    except OSError:
        size, problem = 0, f"The SoundFont {folder / _SOUNDFONT} is missing: install Continuo again."
    memory = _MEMORY * size
    return (
        ModelInfo(
            _MODEL.id, _MODEL.name, "", _MODEL.licence, (), size, folder, problem, system=_MODEL.id, memory=memory
        ),
    )


SPEC = ModelSpec(
    "composer", "Composer", open=_open, models=(_MODEL,), installed=_installed, guides=frozenset(GuidePart), rank=1
)
