"""What a track sounds like behind its devices and before its fader, as a sound of the song: to freeze or replace it."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import EditError
from engine.jobs import Context, Part
from engine.playback.bounce import BounceRequest, bounce
from engine.playback.filenames import safe_name
from engine.playback.wavfile import SampleFormat
from engine.project.edits.structure import track_of
from engine.project.importing import import_audio
from engine.project.model import MIN_GAIN_DB, ChannelKind, Project, Source, Track
from engine.timing.position import Position

_RENDERED = 0.8  # of the progress


def start_of_track(p: Project, track_id: str) -> int:
    """The frame at which the sound of a track begins.

    Raises:
        EditError: it has none, or is frozen.
    """
    track = track_of(p, track_id)
    if track.kind is not ChannelKind.AUDIO:
        raise EditError(f"“{track.name}” has no clips of its own: choose one of the tracks that feed it.")
    if track.frozen is not None:
        raise EditError(f"“{track.name}” is frozen: unfreeze it first.")
    if not any(not clip.mute for clip in track.clips):
        raise EditError(f"“{track.name}” has no clip that is heard, so there is nothing to render.")
    return min(p.start_of(clip) for clip in track.clips if not clip.mute)


def render_track(p: Project, folder: Path, track_id: str, context: Context) -> Source:
    """The track's sound from its first clip to where its devices have rung out: 32-bit float, stereo. Any thread.

    It lies in the song's audio then.

    Raises:
        EngineError: nothing of it is heard; audio is missing, is still being made, or cannot be written.
        Cancelled: the user cancelled.
    """
    start = Position.at_frame(start_of_track(p, track_id))
    with TemporaryDirectory(prefix="continuo-") as place:
        path = Path(place) / f"{safe_name(track_of(p, track_id).name)[:80].strip() or 'Track'}.wav"
        request = BounceRequest(mix=path, start=start, format=SampleFormat.FLOAT, credentials=False)
        bounce(_alone(p, track_id), folder, request, Part(context, 0.0, _RENDERED))
        return import_audio(folder, path, p.rate, Part(context, _RENDERED, 1.0))


def _alone(p: Project, track_id: str) -> Project:
    """The song with the track alone at full level; what controls its devices is there, but not heard."""
    controlled = any(device.sidechain for device in track_of(p, track_id).devices)
    tracks = []
    for track in p.tracks:
        if track.id == track_id:
            tracks.append(_level(track, 0.0))
        elif controlled:
            tracks.append(replace(_level(track, MIN_GAIN_DB), mute=track.mute, group=track.group))
    return replace(p, tracks=tuple(tracks), master_gain_db=0.0, markers=(), master_devices=(), master_lanes=())


def _level(track: Track, gain_db: float) -> Track:
    lanes = tuple(lane for lane in track.lanes if lane.target.device)
    return replace(
        track, gain_db=gain_db, pan=0.0, mute=False, solo=False, automation=(), sends=(), group="", lanes=lanes
    )
