"""What some tracks of a song sound like together, as material for a model that listens to them."""

import tempfile
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from engine.audio import Audio, read_audio
from engine.jobs import Context
from engine.project.model import ChannelKind, Project
from engine.timing.position import Position


def with_tracks_alone(project: Project, track_ids: Collection[str]) -> Project:
    """The song with all other tracks muted; groups, returns and the master stay as they are."""
    tracks = []
    for track in project.tracks:
        if track.kind is ChannelKind.AUDIO:
            track = replace(track, mute=track.id not in track_ids, solo=False)
        else:
            track = replace(track, solo=False)
        tracks.append(track)
    return replace(project, tracks=tuple(tracks))


def tracks_sound(
    project: Project, folder: Path, track_ids: Collection[str], start: int, frames: int, context: Context
) -> Audio:
    """`frames` frames of the tracks' mix from frame `start` of the song on, at its rate, left and right.

    Any thread. Where one of them is still being made, this waits for it.

    Raises:
        EngineError: an audio file is missing, or the disk is full.
        Cancelled: the user cancelled.
    """
    from engine.playback.bounce import BounceRequest, bounce
    from engine.playback.wavfile import SampleFormat

    with tempfile.TemporaryDirectory(prefix="continuo-") as place:
        path = Path(place) / "tracks.wav"
        request = BounceRequest(
            mix=path, start=Position.at_frame(start), end=Position.at_frame(start + frames), credentials=False,
            format=SampleFormat.FLOAT, rate=project.rate, clip=True, wait=True,
        )  # fmt: skip
        bounce(with_tracks_alone(project, track_ids), folder, request, context)
        return read_audio(path)
