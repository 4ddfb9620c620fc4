"""Old versions of the project file, and of the journal beside it, brought to the next one.

Version 1: a take was a source and a shift; offset, loop and direction were the clip's. Version 2: each take holds a
content, and these are fields of an audio content. Version 3: a content may be notes, and a track may have a role and an
instrument; nothing that was there has changed. Version 4: channels have devices, sends, groups and lanes; nothing that
was there has changed. Version 5: audio may be warped and transposed; nothing that was there has changed. Version 6:
a take may have a prompt and a guide of its own, clips a comp of their takes and a gain envelope; nothing that was
there has changed. Version 7: audio that is stretched may be limited; nothing that was there has changed.
"""

from collections.abc import Callable, Mapping
from typing import Any

Migration = Callable[[dict[str, Any]], dict[str, Any]]

_STRETCH = ("offset", "loop_length", "loop_phase", "reverse")


def _song_to_2(song: dict[str, Any]) -> dict[str, Any]:
    return {**song, "tracks": [_track_to_2(track) for track in song.get("tracks", [])]}


def _track_to_2(track: Mapping[str, Any]) -> dict[str, Any]:
    return {**track, "clips": [_clip_to_2(clip) for clip in track["clips"]]} if "clips" in track else dict(track)


def _clip_to_2(clip: Mapping[str, Any]) -> dict[str, Any]:
    stretch = {name: clip[name] for name in _STRETCH if name in clip}
    rest = {name: value for name, value in clip.items() if name not in _STRETCH}
    return {**rest, "takes": [_take_to_2(take, stretch) for take in clip["takes"]]}


def _take_to_2(take: Mapping[str, Any], stretch: Mapping[str, Any]) -> dict[str, Any]:
    content = {"kind": "audio", "source": take["source"], **stretch}
    if "shift" in take:
        content["shift"] = take["shift"]
    rest = {name: value for name, value in take.items() if name not in ("id", "source", "shift")}
    return {"id": take["id"], "content": content, **rest}


def _journal_to_2(step: dict[str, Any]) -> dict[str, Any]:
    if "tracks" not in step:
        return step
    return {**step, "tracks": {track_id: _track_to_2(changes) for track_id, changes in step["tracks"].items()}}


def _unchanged(whole: dict[str, Any]) -> dict[str, Any]:
    return whole


_ADDED_FIELDS: dict[int, Migration] = {2: _unchanged, 3: _unchanged, 4: _unchanged, 5: _unchanged, 6: _unchanged}

MIGRATIONS: dict[int, Migration] = {1: _song_to_2, **_ADDED_FIELDS}
"""For each old version, the function that turns a song's JSON object into that of the next version."""

JOURNAL_MIGRATIONS: dict[int, Migration] = {
    1: _journal_to_2,
    2: _unchanged,
    3: _unchanged,
    4: _unchanged,
    5: _unchanged,
    6: _unchanged,
}
"""The same for a record of the journal that says what an edit changed."""
