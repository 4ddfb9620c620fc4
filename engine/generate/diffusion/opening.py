"""Opens a folder of diffusers or transformers as a generator. Only the networks of its own system are imported."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.generate.api import Generator
from engine.generate.diffusion import layouts
from engine.generate.diffusion.layouts import Layout

if TYPE_CHECKING:
    from engine.generate.diffusion.placement import Placement


def open_folder(folder: Path, device: str | None = None, model_id: str = "", licence: str = "") -> Generator:
    """The model in `folder`, on the device of that name or on the best one.

    Args:
        folder: what diffusers or transformers wrote.
        device: “cpu”, “cuda” …; the best there is by default.
        model_id: under which it is known here; the folder's name by default.
        licence: what was agreed to; what the folder states by default.

    Raises:
        ModelError: it is of no kind that can be run, not whole, or does not fit into memory.
    """
    layout = layouts.inspect(folder)
    layout = replace(layout, id=model_id or layout.id, licence=layouts.marked(licence) or layout.licence)
    from engine.generate.diffusion import loading, placement

    place = placement.choose(layout, device)
    with loading.opening(layout):
        return _opened(layout, place)


def _opened(layout: Layout, place: "Placement") -> Generator:
    match layout.system.id:
        case "audioldm2":
            from engine.generate.diffusion.audioldm2 import AudioLdm2

            return AudioLdm2(layout, place)
        case "musicldm":
            from engine.generate.diffusion.musicldm import MusicLdm

            return MusicLdm(layout, place)
        case "stable-audio":
            from engine.generate.diffusion.stable_audio import StableAudio

            return StableAudio(layout, place)
        case "stable-audio-3":
            from engine.generate.diffusion.stable_audio_3 import StableAudio3

            return StableAudio3(layout, place)
        case "ace-step":
            from engine.generate.diffusion.ace_step import AceStep

            return AceStep(layout, place)
        case "longcat":
            from engine.generate.diffusion.longcat import LongCat

            return LongCat(layout, place)
        case "musicgen-melody":
            from engine.generate.diffusion.musicgen_melody import MusicgenMelody

            return MusicgenMelody(layout, place)
        case _:
            from engine.generate.diffusion.musicgen import Musicgen

            return Musicgen(layout, place)
