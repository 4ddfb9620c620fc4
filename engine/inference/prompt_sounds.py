"""Audio prompts, and other tracks that were listened to, in the song's pool: takes can be made again from the folder.

A record names them under `sounds`: the hash that its settings have, and the id of the file in the pool.
"""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from engine.audio import Audio, read_audio
from engine.errors import AudioFileError, ProjectFileError
from engine.inference.provenance import sound_hash
from engine.project.layout import AUDIO, resolve

_NAME = "Audio prompt"


def with_prompt(folder: Path, record: Mapping[str, Any], sound: Audio | None) -> dict[str, Any]:
    """`record` with the file of the audio prompt `sound`, which is put into the pool of the song in `folder`.

    Raises:
        AudioFileError: the disk is full or failing.
    """
    sounds = dict(record.get("sounds", {}))
    if sound is None or (name := sound_hash(sound)) in sounds:
        return dict(record)
    from engine.project.storing import store_sound

    return {**record, "sounds": {**sounds, name: store_sound(folder, sound, _NAME).id}}


def sounds_of(folder: Path, record: Mapping[str, Any]) -> dict[str, Audio]:
    """The audio prompts of a record that are still in the pool as they were, by their hashes."""
    sounds, named = {}, record.get("sounds")
    for name, source_id in named.items() if isinstance(named, Mapping) else ():
        if isinstance(source_id, str) and source_id.isalnum():
            with suppress(AudioFileError, ProjectFileError):
                sound = read_audio(resolve(folder, f"{AUDIO}/{source_id}.wav"))
                if sound_hash(sound) == name:
                    sounds[str(name)] = sound
    return sounds
