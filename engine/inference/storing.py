"""Sound that the generator's process sent, on its way into the song's folder. Nobody else writes what is generated."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.audio import Audio
from engine.inference import prompt_sounds
from engine.inference.api import Made, Place, Takes
from engine.inference.messages import GeneratedTake, TakesGenerated
from engine.jobs import Context
from engine.project.storing import store_sound


def store_takes(generated: TakesGenerated, place: Place, sounds: Sequence[Audio], context: Context) -> Takes:
    """Puts the takes of an order into the pool, and the sounds that they were made with: audio prompt, other tracks.

    Raises:
        AudioFileError: the disk is full or failing.
        Cancelled: the user cancelled.
    """
    takes = []
    for take in generated.takes:
        context.check()
        stored = store_take(take, place)
        record = stored.provenance
        for sound in sounds:
            record = prompt_sounds.with_prompt(place.folder, record, sound)
        takes.append(Made(stored.source, record))
    return Takes(tuple(takes), generated.notices, generated.seconds_spent)


def store_take(take: GeneratedTake, place: Place) -> Made:
    """Puts one take into the pool.

    Raises:
        AudioFileError: the disk is full or failing.
    """
    return Made(store_sound(place.folder, Audio(take.samples, place.rate), take.name), take.provenance)


def stored_prompts(folder: Path, record: Mapping[str, Any], prompts: Mapping[str, Audio]) -> dict[str, Audio]:
    """The audio prompts of a record by their hashes: those in the pool, and `prompts`."""
    return {**prompt_sounds.sounds_of(folder, record), **prompts}
