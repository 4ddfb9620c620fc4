"""What of a song is heard: on which tracks, which clips, and up to which frame."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from engine.playback.gains import gain_of
from engine.project.model import MIN_GAIN_DB, ChannelKind, Clip, Project, Track
from engine.project.routing import Hearing, all_devices_of


def left_out_because(project: Project, track: Track, hearing: Hearing | None = None) -> str:
    """Why `track` is in no file, to go on after its name (“, which is muted”); empty if it may be heard.

    `hearing` is that of the project, where it is there already.
    """
    hearing = hearing or Hearing(project)
    if track.mute:
        return ", which is muted"
    if not hearing.unmuted(track):
        return ", whose group is muted"
    if not hearing.audible(track) and not any(hearing.sends(track, send.to) for send in track.sends):
        return ", because another track is soloed"
    if track.kind is ChannelKind.GROUP:
        return "" if any(each.group == track.id for each in project.tracks) else ", which has no tracks"
    if track.kind is ChannelKind.RETURN:
        feeds_sends = any(send.to == track.id for each in project.tracks for send in each.sends)
        return "" if feeds_sends else ", which nothing is sent to"
    return "" if track.clips else ", which has no clips"


def heard_clips(project: Project) -> Iterator[tuple[Track, Clip]]:
    """Every clip that is heard, with its track, in the order of the tracks."""
    hearing = Hearing(project)
    controlling = {device.sidechain for _, device in all_devices_of(project) if device.enabled}
    for track in project.tracks:
        if not track.clips:
            continue
        sounding = (
            not left_out_because(project, track, hearing)
            and _fader_up(project, track)
            and quiet_from(project, track) != 0
        )
        if sounding or track.id in controlling:
            yield from ((track, clip) for clip in track.clips if _sounds(clip))


def heard_end(project: Project, tails: Mapping[str, int] = MappingProxyType({})) -> int:
    """The frame after the last in which a clip sounds; 0 where nothing is heard.

    What is muted, not soloed or turned all the way down does not count, nor what of a clip lies outside its sound.
    Silence inside a sound does: it is part of it.

    Args:
        project: the song.
        tails: by track id, for how many frames its sound rings on (`graph.tails_of`).
    """
    if gain_of(project.master_gain_db) == 0.0 and not project.master_lanes:
        return 0
    end, hearing = 0, Hearing(project)
    for track, clip in heard_clips(project):
        if not hearing.audible(track) and left_out_because(project, track, hearing):
            continue  # it controls a device of another track, and is not heard itself
        start, quiet = project.start_of(clip), quiet_from(project, track)
        last = start + sounding_length(project, clip)
        if last > start and (quiet is None or quiet > start):
            end = max(end, (last if quiet is None else min(last, quiet)) + tails.get(track.id, 0))
    return end


def _fader_up(project: Project, track: Track) -> bool:
    """Whether anything of a track leaves its channel: the fader may be down while sends before it are not."""
    return gain_of(track.gain_db) > 0.0 or bool(track.lanes) or any(send.pre_fader for send in track.sends)


def quiet_from(project: Project, track: Track) -> int | None:
    """The frame from which on a track's automation keeps it silent to the end; None if it does not."""
    quiet = None
    for index, point in enumerate(track.automation):
        if point.gain_db > MIN_GAIN_DB:
            quiet = None
        elif quiet is None:
            quiet = project.clock.frames(point.position) if index else 0
    return quiet


def sounding_length(project: Project, clip: Clip) -> int:
    """The frames of `clip` up to the last that lies inside its sound."""
    return clip.content.sounding_length(clip.length, project.sources, project.rate)


def _sounds(clip: Clip) -> bool:
    return not clip.mute and gain_of(clip.gain_db) * gain_of(clip.chosen.gain_db) > 0.0
